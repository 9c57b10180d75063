//! SNILS, the insurance number of an individual account.

use crate::Refusal;
use crate::text::{self, Separators, text_value};

/// A well-formed SNILS, for example `112-233-445 95`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Snils(String);

/// Numbers up to this one were given out before check digits existed (rule of the Pension Fund).
const LAST_UNCHECKED: u32 = 1_001_998;

impl Snils {
    /// Reads eleven digits, with or without the usual spaces and dashes.
    pub fn parse(text: &str) -> Result<Snils, Refusal> {
        let digits = text::digits(text, Separators::SPACE_DASH)?;
        let [a, b, c, check] = [digits.get(0..3), digits.get(3..6), digits.get(6..9), digits.get(9..)]
            .map(Option::unwrap_or_default);
        if digits.len() != 11 {
            return Err(Refusal::BadLength);
        }
        let number = text::values(a).into_iter().chain(text::values(b)).chain(text::values(c));
        let serial = number.clone().fold(0, |sum, digit| sum * 10 + digit);
        if serial == 0 {
            return Err(Refusal::AllZero);
        }
        let sum: u32 = number.zip((1..=9).rev()).map(|(digit, weight)| digit * weight).sum();
        let expected = sum % 101 % 100; // a remainder of 100 is written 00
        if serial > LAST_UNCHECKED && check != format!("{expected:02}") {
            return Err(Refusal::Checksum);
        }
        Ok(Snils(format!("{a}-{b}-{c} {check}")))
    }

    /// The form to store and show: `112-233-445 95`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The eleven digits alone.
    pub fn digits(&self) -> String {
        self.0.chars().filter(char::is_ascii_digit).collect()
    }

    /// Whether check digits apply to it; old numbers have none, so a slip in them is not noticed.
    pub fn is_checked(&self) -> bool {
        self.digits()
            .get(..9)
            .and_then(|serial| serial.parse::<u32>().ok())
            .is_some_and(|n| n > LAST_UNCHECKED)
    }

    /// For screens that others may see: `***-***-*** 95`.
    pub fn masked(&self) -> String {
        format!("***-***-*** {}", self.0.get(12..).unwrap_or_default())
    }
}

text_value!(Snils, Snils::parse);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_sums_that_naive_code_gets_wrong() {
        for good in ["529-319-407 00", "861-552-684 26", "903-208-731 73", "112-233-445 95", "365 266 267 00"]
        {
            assert!(Snils::parse(good).is_ok(), "{good}");
        }
        for bad in ["21461618799", "53785111426", "31782791299", "13206131899"] {
            assert_eq!(Snils::parse(bad).err(), Some(Refusal::Checksum), "{bad}");
        }
        assert_eq!(Snils::parse("000-000-000 00").err(), Some(Refusal::AllZero));
        assert!(!Snils::parse("000-913-664 42").unwrap().is_checked());
        assert!(Snils::parse("001-002-000 15").unwrap().is_checked());
        assert_eq!(format!("{:?}", Snils::parse("11223344595").unwrap()), "Snils(***-***-*** 95)");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(text in "\\PC*|[0-9 -]{9,16}") {
            if let Ok(snils) = Snils::parse(&text) {
                prop_assert_eq!(Snils::parse(snils.as_str()), Ok(snils.clone()));
                prop_assert_eq!(Snils::parse(&snils.digits()), Ok(snils));
            }
        }
    }
}
