//! One line of free text as it stands in a document: a place of birth, the name of an office, a street.

use crate::Refusal;
use crate::text::{self, text_value};

/// The longest line, in characters (policy: the longest names of offices in passports have about 160).
pub const MAX_LINE: usize = 250;

/// A line of text in normalization form C, with single spaces, without anything that is not printed in documents.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line(String);

impl Line {
    /// Reads a line: letters of any alphabet, digits, spaces and the punctuation of documents.
    ///
    /// # Errors
    /// `Empty`, `TooLong`, `InvisibleChar`, `ControlChar`, `BadChar`, or `NoLetters` when nothing but punctuation is there.
    pub fn parse(text: &str) -> Result<Line, Refusal> {
        let text = text::bounded(text)?;
        if text.chars().any(text::is_invisible) {
            return Err(Refusal::InvisibleChar);
        }
        if text.chars().any(char::is_control) {
            return Err(Refusal::ControlChar);
        }
        let mut line = String::with_capacity(text.len());
        for c in text::nfc(text).chars() {
            match c {
                c if text::is_space(c) && line.ends_with(' ') => {}
                c if text::is_space(c) => line.push(' '),
                c => line.push(c),
            }
        }
        match () {
            () if !line.chars().all(is_printed) => Err(Refusal::BadChar),
            () if !line.chars().any(char::is_alphanumeric) => Err(Refusal::NoLetters),
            () if line.chars().count() > MAX_LINE => Err(Refusal::TooLong),
            () => Ok(Line(line)),
        }
    }

    /// The text to store and show.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first letter and stars.
    pub fn masked(&self) -> String {
        format!("{}***", self.0.chars().next().unwrap_or_default())
    }
}

text_value!(Line, Line::parse);

/// What documents print in a line; brackets of markup and signs of formulas are not among it.
fn is_printed(c: char) -> bool {
    c.is_alphanumeric() || text::is_dash(c) || " .,;:/()«»„“”\"'\u{2019}№#&+°".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_documents() {
        for (typed, stored) in [
            (" ОВД  «Тверской» г.\u{a0}Москвы ", "ОВД «Тверской» г. Москвы"),
            ("г. Санкт-Петербург", "г. Санкт-Петербург"),
            ("12/3, корп. 2 (стр. 1)", "12/3, корп. 2 (стр. 1)"),
            ("с. Кюёрелях", "с. Кюёрелях"),
        ] {
            assert_eq!(Line::parse(typed).map(|line| line.0), Ok(stored.to_owned()), "{typed}");
        }
    }

    #[test]
    fn refusals_name_the_reason() {
        for (typed, why) in [
            ("  ", Refusal::Empty),
            ("—", Refusal::NoLetters),
            ("<script>", Refusal::BadChar),
            ("=1+1", Refusal::BadChar),
            ("Моск\u{200b}ва", Refusal::InvisibleChar),
            ("Москва\nТверь", Refusal::ControlChar),
        ] {
            assert_eq!(Line::parse(typed).err(), Some(why), "{typed:?}");
        }
        assert_eq!(Line::parse(&"я".repeat(251)).err(), Some(Refusal::TooLong));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(text in "\\PC*|[А-яЁё0-9 .,«»№-]{0,60}") {
            if let Ok(line) = Line::parse(&text) {
                prop_assert_eq!(Line::parse(line.as_str()), Ok(line));
            }
        }
    }
}
