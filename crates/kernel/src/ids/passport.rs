//! The passports of citizens: at home, abroad, the office that issued them, and how long they are good.

use super::{fixed, identifier, series_and_number, zeros};
use crate::text::{self, Separators};
use crate::{Date, Refusal};

identifier! {
    /// A citizen's passport: series of four digits and number of six, `4510 123456`.
    PassportRf, shows 3
}

impl PassportRf {
    /// Reads ten digits, with or without spaces, dashes and № between series and number.
    pub fn parse(text: &str) -> Result<PassportRf, Refusal> {
        let digits = series_and_number(text, 4, |part| text::digits(part, Separators::SPACE_DASH))?;
        let (series, number) = (digits.get(..4).unwrap_or_default(), digits.get(4..).unwrap_or_default());
        match () {
            () if digits.len() != 10 => Err(Refusal::BadLength),
            () if series.starts_with("00") => Err(Refusal::BadRegion),
            () if zeros(number) => Err(Refusal::AllZero),
            () => Ok(PassportRf(format!("{series} {number}"))),
        }
    }
}

identifier! {
    /// A passport for travel: series of two digits and number of seven, `75 1234567`.
    PassportIntl, shows 3
}

impl PassportIntl {
    /// Reads nine digits, with or without spaces, dashes and № between series and number.
    pub fn parse(text: &str) -> Result<PassportIntl, Refusal> {
        let digits = series_and_number(text, 2, |part| text::digits(part, Separators::SPACE_DASH))?;
        let (series, number) = (digits.get(..2).unwrap_or_default(), digits.get(2..).unwrap_or_default());
        match () {
            () if digits.len() != 9 => Err(Refusal::BadLength),
            () if zeros(series) => Err(Refusal::BadSeries),
            () if zeros(number) => Err(Refusal::AllZero),
            () => Ok(PassportIntl(format!("{series} {number}"))),
        }
    }
}

identifier! {
    /// The code of the office that issued a passport: `770-001`.
    DivisionCode, shows 7
}

impl DivisionCode {
    /// Reads six digits, with or without a dash.
    pub fn parse(text: &str) -> Result<DivisionCode, Refusal> {
        let digits = fixed(text, Separators::SPACE_DASH, 6)?;
        if digits.starts_with("00") {
            return Err(Refusal::BadRegion);
        }
        let (region, office) = (digits.get(..3).unwrap_or_default(), digits.get(3..).unwrap_or_default());
        Ok(DivisionCode(format!("{region}-{office}")))
    }
}

/// Whether a passport may be used on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassportState {
    /// Yes.
    Ok,
    /// It ran out at 20 or 45 years, but the 90 days to exchange it are not over; remind the person.
    Grace,
}

impl PassportState {
    /// The word of the test vectors and APIs.
    pub const fn word(self) -> &'static str {
        match self {
            PassportState::Ok => "ok",
            PassportState::Grace => "grace",
        }
    }
}

/// The ages at which a citizen's passport must be exchanged (government decree 2267 of 23.12.2023).
const EXCHANGE_AGES: [i16; 2] = [20, 45];
/// Days after the birthday during which the old passport still counts (the same decree).
const GRACE_DAYS: i32 = 90;
/// The age of the first passport, in years.
const FIRST_AGE: i16 = 14;
/// The first day of passports of this kind.
const FIRST_ISSUED: (i16, i8, i8) = (1997, 10, 1);

/// Judges the dates of a citizen's passport on a day. A conscript's passport may be found `Expired` rightly by the
/// dates and still be good: lead such a person to an operator, not to a dead end.
pub fn passport_state(birth: Date, issued: Date, on: Date) -> Result<PassportState, Refusal> {
    match () {
        () if birth > on => return Err(Refusal::BirthInFuture),
        () if issued > on => return Err(Refusal::IssueInFuture),
        () if issued.parts() < FIRST_ISSUED => return Err(Refusal::IssuedBefore1997),
        () if issued < birth.plus_years(FIRST_AGE) => return Err(Refusal::IssuedBefore14),
        () => {}
    }
    for age in EXCHANGE_AGES {
        let end = birth.plus_years(age);
        if issued >= end {
            continue;
        }
        return match () {
            () if on < end => Ok(PassportState::Ok),
            () if on <= end.plus_days(GRACE_DAYS) => Ok(PassportState::Grace),
            () => Err(Refusal::Expired),
        };
    }
    Ok(PassportState::Ok)
}
