//! Days of the calendar, as typed (ДД.ММ.ГГГГ) and as browsers send them (ISO 8601).

use crate::{Refusal, Time, text};
use std::fmt;

/// A day of the Gregorian calendar between the years 1900 and 2100.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(jiff::civil::Date);

/// The oldest age that a birth date is believed (policy), in years.
pub const MAX_AGE: i16 = 130;

impl Date {
    /// Reads what a person types: `29.02.2000`, exactly two, two and four digits.
    pub fn parse_dmy(text: &str) -> Result<Date, Refusal> {
        let text = text::bounded(text)?;
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            [day, month, year] => Date::of_digits(year, month, day),
            _ => Err(Refusal::BadFormat),
        }
    }

    /// Reads what `<input type="date">` sends and what is stored: `2000-02-29`.
    pub fn parse_iso(text: &str) -> Result<Date, Refusal> {
        let text = text::bounded(text)?;
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            [year, month, day] => Date::of_digits(year, month, day),
            _ => Err(Refusal::BadFormat),
        }
    }

    /// Reads either form.
    pub fn parse(text: &str) -> Result<Date, Refusal> {
        Date::parse_iso(text).or_else(|_| Date::parse_dmy(text))
    }

    /// The day with these numbers.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Date, Refusal> {
        if !(1900..=2100).contains(&year) {
            return Err(Refusal::YearRange);
        }
        jiff::civil::Date::new(year, month, day).map(Date).map_err(|_| Refusal::NoSuchDate)
    }

    fn of_digits(year: &str, month: &str, day: &str) -> Result<Date, Refusal> {
        let digits = |part: &str, size| part.len() == size && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return Err(Refusal::BadFormat);
        }
        let number = |part: &str| part.parse::<i16>().map_err(|_| Refusal::BadFormat);
        let small = |part: &str| part.parse::<i8>().map_err(|_| Refusal::BadFormat);
        Date::new(number(year)?, small(month)?, small(day)?)
    }

    /// The day in UTC at a moment; `None` outside the years 1900–2100.
    pub fn at(time: Time) -> Option<Date> {
        let moment = jiff::Timestamp::from_microsecond(time.0).ok()?;
        let day = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
        Date::new(day.year(), day.month(), day.day()).ok()
    }

    /// The form to store: `2000-02-29`.
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }

    /// The form to show: `29.02.2000`.
    pub fn dmy(self) -> String {
        format!("{:02}.{:02}.{:04}", self.0.day(), self.0.month(), self.0.year())
    }

    /// The year, month and day.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// The same day `years` later; 29 February becomes 28 in a common year (policy). It may lie past 2100.
    pub fn plus_years(self, years: i16) -> Date {
        let (year, month, day) = self.parts();
        let year = year.saturating_add(years).clamp(-9999, 9999);
        let moved =
            jiff::civil::Date::new(year, month, day).or_else(|_| jiff::civil::Date::new(year, month, 28));
        Date(moved.unwrap_or(self.0))
    }

    /// The day `days` later.
    pub fn plus_days(self, days: i32) -> Date {
        Date(self.0.saturating_add(jiff::Span::new().days(days.clamp(-3_000_000, 3_000_000))))
    }

    /// Whole years from `self` to `day`, counted by the calendar: an age.
    pub fn years_until(self, day: Date) -> i16 {
        let years = day.0.year() - self.0.year();
        if self.plus_years(years) > day { years - 1 } else { years }
    }

    /// Whether this can be the birth date of somebody alive on `today`: not in the future, at most
    /// [`MAX_AGE`] years ago.
    pub fn can_be_birth(self, today: Date) -> bool {
        self <= today && self.years_until(today) <= MAX_AGE
    }
}

impl fmt::Debug for Date {
    /// Shows the year only: a full date is often somebody's birth date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({}-**-**)", self.0.year())
    }
}

impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.iso())
    }
}

impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        Date::parse_iso(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typed_days() {
        assert_eq!(Date::parse_dmy("\u{a0}29.02.2000").unwrap().iso(), "2000-02-29");
        let cases = [
            ("29.02.1900", Refusal::NoSuchDate),
            ("29.02.2100", Refusal::NoSuchDate),
            ("31.12.1899", Refusal::YearRange),
            ("1.02.2000", Refusal::BadFormat),
            ("01.02.00", Refusal::BadFormat),
            ("+1.02.2000", Refusal::BadFormat),
            ("01/02/2000", Refusal::BadFormat),
            ("٠١.02.2000", Refusal::BadFormat),
            ("2000-02-01", Refusal::BadFormat),
            (" ", Refusal::Empty),
        ];
        for (text, why) in cases {
            assert_eq!(Date::parse_dmy(text).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn ages_go_by_the_calendar() {
        let born = Date::new(2004, 2, 29).unwrap();
        assert_eq!(born.years_until(Date::new(2018, 2, 27).unwrap()), 13);
        assert_eq!(born.years_until(Date::new(2018, 2, 28).unwrap()), 14);
        assert_eq!(born.plus_years(14).iso(), "2018-02-28");
        assert_eq!(Date::at(Time(0)).unwrap().iso(), "1970-01-01");
        assert!(!born.can_be_birth(Date::new(2004, 2, 28).unwrap()));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(text in "\\PC*|[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}") {
            if let Ok(date) = Date::parse(&text) {
                prop_assert_eq!(Date::parse_iso(&date.iso()), Ok(date));
                prop_assert_eq!(Date::parse_dmy(&date.dmy()), Ok(date));
            }
        }

        #[test]
        fn moving_never_panics(year in 1900_i16..2101, month in 1_i8..13, day in 1_i8..32, by: i16, days: i32) {
            if let Ok(date) = Date::new(year, month, day) {
                let _ = (date.plus_years(by), date.plus_days(days), date.plus_days(days).years_until(date));
            }
        }
    }
}
