//! One part of a person's name: surname, given name or patronymic.

use crate::Refusal;
use crate::script::{self, Alphabet};
use crate::text::{self, text_value};

/// The longest part of a name, in characters (policy).
pub const MAX_NAME: usize = 100;

/// The alphabet that a document writes names in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Russian documents: А–Я, а–я, Ё and ё only.
    Ru,
    /// Foreign documents: Latin letters with any diacritics.
    Latin,
}

/// A surname, given name or patronymic in normalization form C, in the case it was typed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NamePart(String);

impl NamePart {
    /// Reads a part of a name in the alphabet of the document it comes from.
    pub fn parse(text: &str, script: Script) -> Result<NamePart, Refusal> {
        let name = tidied(text)?;
        check(&name, script)?;
        Ok(NamePart(name))
    }

    /// Reads a part of a name in whichever of the two alphabets it is written; a mixture is refused.
    pub fn parse_any(text: &str) -> Result<NamePart, Refusal> {
        let name = tidied(text)?;
        let cyrillic = name.chars().any(|c| script::alphabet(c) == Some(Alphabet::Cyrillic));
        check(&name, if cyrillic { Script::Ru } else { Script::Latin })?;
        Ok(NamePart(name))
    }

    /// The name as it was typed, less stray spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form to compare by: upper case, Ё as Е.
    pub fn key(&self) -> String {
        text::nfc(&self.0.to_uppercase()).replace('Ё', "Е")
    }

    /// The first letter and stars, for screens that others may see: `И***`.
    pub fn masked(&self) -> String {
        format!("{}***", self.0.chars().next().unwrap_or_default())
    }

    /// The alphabet that this part is written in.
    pub fn script(&self) -> Script {
        let cyrillic = self.0.chars().any(|c| script::alphabet(c) == Some(Alphabet::Cyrillic));
        if cyrillic { Script::Ru } else { Script::Latin }
    }
}

text_value!(NamePart, NamePart::parse_any);

/// Drops what is around, composes letters, and brings the many spaces, dashes and apostrophes to one of each.
fn tidied(text: &str) -> Result<String, Refusal> {
    let text = text::bounded(text)?;
    if text.chars().any(text::is_invisible) {
        return Err(Refusal::InvisibleChar);
    }
    if text.chars().any(is_control) {
        return Err(Refusal::ControlChar);
    }
    let mut name = String::with_capacity(text.len());
    for c in text::nfc(text).chars() {
        match c {
            c if text::is_space(c) => {
                if !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            c if text::is_dash(c) => name.push('-'),
            '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`' => name.push('\''),
            c => name.push(c),
        }
    }
    Ok(name)
}

/// Control characters, private use and the code points that will never be characters.
fn is_control(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(code, 0xe000..=0xf8ff | 0xf0000..=0x10ffff | 0xfdd0..=0xfdef)
        || code & 0xfffe == 0xfffe
}

fn check(name: &str, script: Script) -> Result<(), Refusal> {
    check_letters(name, script)?;
    let separator = |c: char| matches!(c, ' ' | '-' | '\'');
    let chars: Vec<char> = name.chars().collect();
    let at_an_edge = name.starts_with(separator) || name.ends_with(separator);
    if at_an_edge || chars.windows(2).any(|pair| pair.iter().all(|&c| separator(c))) {
        return Err(Refusal::BadSeparator);
    }
    if name.starts_with(['Ъ', 'ъ', 'Ь', 'ь']) {
        return Err(Refusal::BadStart);
    }
    if chars.len() > MAX_NAME { Err(Refusal::TooLong) } else { Ok(()) }
}

/// Only letters of the document's alphabet and separators; says what is wrong by what was found.
fn check_letters(name: &str, script: Script) -> Result<(), Refusal> {
    let mut seen = script::Seen::default();
    let (mut digit, mut odd, mut not_russian) = (false, false, false);
    for c in name.chars() {
        match script::alphabet(c) {
            Some(alphabet) => {
                seen.add(alphabet);
                not_russian |= alphabet == Alphabet::Cyrillic && !script::is_russian(c);
            }
            None if matches!(c, ' ' | '-' | '\'') => {}
            None if c.is_numeric() => digit = true,
            None => odd = true,
        }
    }
    let wrong = match script {
        Script::Ru => seen.latin,
        Script::Latin => seen.cyrillic,
    };
    match () {
        () if digit => Err(Refusal::Digit),
        () if odd => Err(Refusal::BadChar),
        () if !seen.latin && !seen.cyrillic => Err(Refusal::NoLetters),
        () if seen.mixed() => Err(Refusal::MixedScript),
        () if wrong => Err(Refusal::WrongScript),
        () if not_russian => Err(Refusal::BadChar),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_both_alphabets() {
        let name =
            NamePart::parse("\u{feff} Але\u{308}на\u{2011}Мария\u{a0}\u{a0}кызы ", Script::Ru).unwrap();
        assert_eq!(name.as_str(), "Алёна-Мария кызы");
        assert_eq!(name.key(), "АЛЕНА-МАРИЯ КЫЗЫ");
        assert_eq!(format!("{name:?}"), "NamePart(А***)");
        assert_eq!(NamePart::parse_any("O\u{2019}Neill").unwrap().as_str(), "O'Neill");
        assert_eq!(NamePart::parse_any("Ю").unwrap().script(), Script::Ru);
    }

    #[test]
    fn refusals_name_the_reason() {
        let cases = [
            ("", Refusal::Empty),
            ("Ив\u{200b}ан", Refusal::InvisibleChar),
            ("Иван\tПётр", Refusal::ControlChar),
            ("Иван1", Refusal::Digit),
            ("Иван Ⅳ", Refusal::Digit),
            ("-", Refusal::NoLetters),
            ("Иvан", Refusal::MixedScript),
            ("Ivan", Refusal::WrongScript),
            ("Әмина", Refusal::BadChar),
            ("<b>Иван</b>", Refusal::BadChar),
            ("Иван.", Refusal::BadChar),
            ("-Иван", Refusal::BadSeparator),
            ("И- ван", Refusal::BadSeparator),
            ("Ъван", Refusal::BadStart),
        ];
        for (text, why) in cases {
            let got = NamePart::parse(text, Script::Ru).err();

            assert_eq!(got, Some(why), "{text}");
        }
        assert_eq!(NamePart::parse(&"И".repeat(101), Script::Ru).err(), Some(Refusal::TooLong));
        assert_eq!(NamePart::parse_any("Smіth").err(), Some(Refusal::MixedScript));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(text in "\\PC*|[A-Za-zА-яЁё' `-]{0,20}") {
            for script in [Script::Ru, Script::Latin] {
                if let Ok(name) = NamePart::parse(&text, script) {
                    prop_assert_eq!(NamePart::parse(name.as_str(), script), Ok(name.clone()));
                    prop_assert_eq!(NamePart::parse_any(name.as_str()), Ok(name.clone()));
                    prop_assert_eq!(name.script(), script);
                    let _ = (name.key(), name.masked());
                }
            }
        }
    }
}
