//! Documents that have no number of one form: passports of other states, residence permits, certificates of refugees.

use super::{capital, identifier};
use crate::Refusal;
use crate::script::{self, Alphabet, Seen};
use crate::text::{self, Separators};

identifier! {
    /// Series and number of a document that is not a citizen's passport: letters of one alphabet and digits, without
    /// separators, in capitals: `AB1234567`, `821234567`.
    ForeignDocument, shows 3
}

/// The shortest and the longest that are taken (policy; ICAO Doc 9303 has nine in the machine-readable zone, residence
/// permits with their series have nine digits, certificates of refugees up to twelve characters).
const LENGTHS: std::ops::RangeInclusive<usize> = 5..=20;

impl ForeignDocument {
    /// Reads letters and digits, with or without spaces, dashes and № between series and number.
    ///
    /// # Errors
    /// `BadLength`, `MixedScript` for Latin and Cyrillic letters together, `BadFormat` when there is no digit, `AllZero`,
    /// and what separators and odd characters give.
    pub fn parse(text: &str) -> Result<ForeignDocument, Refusal> {
        let (series, number) = super::around_number_sign(text)?;
        let joined = if series.is_empty() { number.to_owned() } else { format!("{series} {number}") };
        let known = |c: char| c.is_ascii_alphanumeric() || script::is_russian(c);
        let kept = text::unseparated(&joined, Separators::SPACE_DASH, known)?;
        let value: String = kept.chars().map(capital).collect();
        let mut seen = Seen::default();
        value.chars().filter_map(script::alphabet).for_each(|alphabet: Alphabet| seen.add(alphabet));
        let digits = || value.chars().filter(char::is_ascii_digit);
        match () {
            () if seen.mixed() => Err(Refusal::MixedScript),
            () if !LENGTHS.contains(&value.chars().count()) => Err(Refusal::BadLength),
            () if digits().next().is_none() => Err(Refusal::BadFormat),
            () if digits().all(|c| c == '0') => Err(Refusal::AllZero),
            () => Ok(ForeignDocument(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_many_forms() {
        for (typed, stored) in [
            ("ab 1234567", "AB1234567"),
            ("82 1234567", "821234567"),
            ("82 № 1234567", "821234567"),
            ("БР-123456", "БР123456"),
        ] {
            assert_eq!(
                ForeignDocument::parse(typed).map(|number| number.0),
                Ok(stored.to_owned()),
                "{typed}"
            );
        }
        for (typed, why) in [
            ("AБ123456", Refusal::MixedScript),
            ("1234", Refusal::BadLength),
            ("ABCDEFG", Refusal::BadFormat),
            ("AB000000", Refusal::AllZero),
            ("12--34567", Refusal::BadSeparator),
            ("12<3456", Refusal::BadChar),
        ] {
            assert_eq!(ForeignDocument::parse(typed).err(), Some(why), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(text in "\\PC*|[A-ZА-Я0-9 №-]{4,22}") {
            if let Ok(number) = ForeignDocument::parse(&text) {
                prop_assert_eq!(ForeignDocument::parse(number.as_str()), Ok(number));
            }
        }
    }
}
