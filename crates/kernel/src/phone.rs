//! Telephone numbers: Russian mobiles by our own rule, all others by the numbering plans of the world.

use crate::Refusal;
use crate::text::{self, text_value};
use rlibphonenumber::{PhoneNumber, PhoneNumberFormat, PhoneNumberType};

/// A telephone number in E.164 form, for example `+79123456789`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// What was typed, without its separators.
struct Typed {
    plus: bool,
    digits: String,
}

impl Phone {
    /// Reads a Russian mobile number: `+7`, `7`, `8` or nothing before the ten digits that begin with 9.
    pub fn parse_mobile_ru(text: &str) -> Result<Phone, Refusal> {
        let Typed { plus, digits } = typed(text, false)?;
        let first = digits.as_bytes().first().copied();
        let national = match (plus, digits.len(), first) {
            (true, _, Some(c)) if c != b'7' => return Err(Refusal::BadCountry),
            (true, 11, _) | (false, 11, Some(b'7' | b'8')) => digits.get(1..).unwrap_or_default(),
            (false, 10, Some(b'9')) => &digits,
            (false, 10 | 11, _) => return Err(Refusal::BadCountry),
            _ => return Err(Refusal::BadLength),
        };
        if national.starts_with('9') { Ok(Phone(format!("+7{national}"))) } else { Err(Refusal::NotMobile) }
    }

    /// Reads a number of any country, written with `+`, or a Russian one as dialled at home (`8 (495) …`).
    /// Whether it can exist is decided by the metadata of libphonenumber.
    pub fn parse(text: &str) -> Result<Phone, Refusal> {
        let Typed { plus, digits } = typed(text, true)?;
        let candidate = match (plus, digits.len(), digits.as_bytes().first()) {
            (true, 5..=20, _) => format!("+{digits}"),
            (false, 11, Some(b'7' | b'8')) => format!("+7{}", digits.get(1..).unwrap_or_default()),
            (false, 10, _) => format!("+7{digits}"),
            _ => return Err(Refusal::InvalidNumber),
        };
        let number: PhoneNumber = candidate.parse().map_err(|_| Refusal::InvalidNumber)?;
        if !number.is_valid() {
            return Err(Refusal::InvalidNumber);
        }
        Ok(Phone(number.format_as(PhoneNumberFormat::E164).into_owned()))
    }

    /// `+` and the digits: the form to store, compare, index and dial.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// Whether this is a Russian mobile number, the kind that the portal sends codes to by default.
    pub fn is_mobile_ru(&self) -> bool {
        self.0.len() == 12 && self.0.starts_with("+79")
    }

    /// Whether a short message can reach it: a mobile number, or one of a country that does not tell them apart.
    pub fn takes_sms(&self) -> bool {
        self.is_mobile_ru()
            || self.plan().is_some_and(|number| {
                matches!(number.get_type(), PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile)
            })
    }

    /// The country (ISO 3166-1 alpha-2, upper case) whose plan the number belongs to, if it is one country's.
    pub fn country(&self) -> Option<String> {
        if self.is_mobile_ru() {
            return Some("RU".to_owned());
        }
        self.plan()?.get_region_code().map(|region| region.to_string())
    }

    /// For the person's own eyes: `+7 912 345-67-89`, other countries as they write it internationally.
    pub fn display(&self) -> String {
        if let Some([a, b, c, d]) = self.groups_ru() {
            return format!("+7 {a} {b}-{c}-{d}");
        }
        match self.plan() {
            Some(number) => number.format_as(PhoneNumberFormat::International).into_owned(),
            None => self.0.clone(),
        }
    }

    /// For screens that others may see: `+7 *** ***-67-89`, other countries `+49 *** 5678`.
    pub fn masked(&self) -> String {
        if let Some([_, _, c, d]) = self.groups_ru() {
            return format!("+7 *** ***-{c}-{d}");
        }
        let tail = self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default();
        match self.plan() {
            Some(number) => format!("+{} *** {tail}", number.country_code),
            None => format!("+*** {tail}"),
        }
    }

    fn groups_ru(&self) -> Option<[&str; 4]> {
        let national = self.0.strip_prefix("+7").filter(|national| national.len() == 10)?;
        Some([national.get(0..3)?, national.get(3..6)?, national.get(6..8)?, national.get(8..10)?])
    }

    fn plan(&self) -> Option<PhoneNumber> {
        self.0.parse().ok()
    }

    /// Reads back what [`Phone::as_e164`] gave.
    fn stored(text: &str) -> Result<Phone, Refusal> {
        Phone::parse(text).or_else(|_| Phone::parse_mobile_ru(text))
    }
}

text_value!(Phone, Phone::stored);

/// The character check that stands before everything else: libraries let far more pass.
fn typed(text: &str, slash: bool) -> Result<Typed, Refusal> {
    let text = text::bounded(text)?;
    let (plus, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let known = |c: char| {
        c.is_ascii_digit()
            || text::is_space(c)
            || text::is_dash(c)
            || matches!(c, '(' | ')' | '.')
            || (slash && c == '/')
    };
    if !rest.chars().all(known) {
        return Err(Refusal::BadChar);
    }
    if plus && !rest.starts_with(|c: char| c.is_ascii_digit() || text::is_space(c) || c == '(') {
        return Err(Refusal::BadSeparator);
    }
    let brackets: String = rest.chars().filter(|c| matches!(c, '(' | ')')).collect();
    if !matches!(brackets.as_str(), "" | "()") {
        return Err(Refusal::BadSeparator);
    }
    Ok(Typed { plus, digits: rest.chars().filter(char::is_ascii_digit).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn russian_mobiles_in_the_ways_people_write_them() {
        for text in ["+7 912 345-67-89", "8(912)345 67 89", "9123456789", "\u{202d}7.912.345.67.89\u{202c}"] {
            let phone = Phone::parse_mobile_ru(text).unwrap();
            assert_eq!(phone.as_e164(), "+79123456789", "{text}");
            assert_eq!(phone.display(), "+7 912 345-67-89");
            assert_eq!(phone.masked(), "+7 *** ***-67-89");
            assert_eq!(format!("{phone:?}"), "Phone(+7 *** ***-67-89)");
            assert!(phone.is_mobile_ru() && phone.takes_sms());
        }
    }

    #[test]
    fn refusals_name_the_reason() {
        let cases = [
            ("", Refusal::Empty),
            ("+49 151 23456789", Refusal::BadCountry),
            ("8 (495) 123-45-67", Refusal::NotMobile),
            ("8 912 345", Refusal::BadLength),
            ("+7 (912 3456789", Refusal::BadSeparator),
            ("+7 912 345\u{200b}67 89", Refusal::BadChar),
            ("+7912345678\u{0669}", Refusal::BadChar),
        ];
        for (text, why) in cases {
            assert_eq!(Phone::parse_mobile_ru(text).err(), Some(why), "{text}");
        }
        assert_eq!(Phone::parse_mobile_ru(&"9".repeat(257)).err(), Some(Refusal::TooLong));
    }

    #[test]
    fn other_countries_by_their_plan() {
        let phone = Phone::parse("+49 30 901820").unwrap();
        assert_eq!(phone.as_e164(), "+4930901820");
        assert_eq!((phone.country().as_deref(), phone.takes_sms()), (Some("DE"), false));
        assert_eq!(phone.masked(), "+49 *** 1820");
        assert_eq!(Phone::parse("4915123456789").err(), Some(Refusal::InvalidNumber));
        assert_eq!(Phone::parse("8 (495) 123-45-67").unwrap().as_e164(), "+74951234567");
    }

    #[test]
    fn serde_goes_through_the_check() {
        let phone: Phone = serde_json::from_str("\"+79123456789\"").unwrap();
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"+79123456789\"");
        assert!(serde_json::from_str::<Phone>("\"112\"").is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics_and_stored_forms_are_stable(text in "\\PC*|[+0-9 ()./\u{a0}-]{0,24}") {
            for phone in [Phone::parse(&text), Phone::parse_mobile_ru(&text)].into_iter().flatten() {
                let _ = (phone.display(), phone.masked(), phone.country());
                prop_assert_eq!(Phone::stored(phone.as_e164()), Ok(phone));
            }
        }

        #[test]
        fn every_mobile_reads_back(national in "9[0-9]{9}") {
            let phone = Phone::parse_mobile_ru(&national).unwrap();
            prop_assert_eq!(Phone::parse_mobile_ru(&phone.display()), Ok(phone));
        }
    }
}
