//! Codes that are sent to a person and typed back: by SMS, by voice, in a letter.

use crate::text::{self, Separators};
use crate::{Refusal, Rng};
use std::fmt;
use zeroize::Zeroizing;

/// The number of digits of an activation code that is sent by post (spec 03).
pub const ACTIVATION_DIGITS: usize = 16;

/// A one-time code of decimal digits; shows nothing of itself and is wiped when dropped.
#[derive(Clone)]
pub struct OneTimeCode(Zeroizing<String>);

impl OneTimeCode {
    /// A new code, every one of the 10^`digits` equally likely.
    pub fn generate(rng: &mut Rng, digits: usize) -> OneTimeCode {
        let digit = |_| char::from(b'0' + u8::try_from(rng.below(10)).unwrap_or(0));
        OneTimeCode(Zeroizing::new((0..digits).map(digit).collect()))
    }

    /// Reads what was typed: spaces and dashes between the digits are dropped.
    pub fn parse(text: &str, digits: usize) -> Result<OneTimeCode, Refusal> {
        let typed = Zeroizing::new(text::digits(text, Separators::SPACE_DASH)?);
        if typed.len() == digits { Ok(OneTimeCode(typed)) } else { Err(Refusal::BadLength) }
    }

    /// The digits: to put into the message, or into the keyed hash that is stored.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The digits in groups of three and two, which people read and hear better: `123 456`.
    pub fn grouped(&self) -> Zeroizing<String> {
        let size = if self.0.len().is_multiple_of(4) { 4 } else { 3 };
        let mut grouped = Zeroizing::new(String::new());
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place.is_multiple_of(size) {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }
}

impl PartialEq for OneTimeCode {
    /// Compares in time that does not depend on the digits.
    fn eq(&self, other: &OneTimeCode) -> bool {
        crate::secret::same(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl Eq for OneTimeCode {}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// The code of sixteen digits that comes in a registered letter and confirms an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationCode(OneTimeCode);

impl ActivationCode {
    /// A new code.
    pub fn generate(rng: &mut Rng) -> ActivationCode {
        ActivationCode(OneTimeCode::generate(rng, ACTIVATION_DIGITS))
    }

    /// Reads what was typed from the letter.
    pub fn parse(text: &str) -> Result<ActivationCode, Refusal> {
        OneTimeCode::parse(text, ACTIVATION_DIGITS).map(ActivationCode)
    }

    /// The digits: to print, or to put into the keyed hash that is stored.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The digits in four groups, as the letter prints them.
    pub fn grouped(&self) -> Zeroizing<String> {
        self.0.grouped()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn codes_are_read_in_groups_and_never_shown() {
        let code = OneTimeCode::parse("\u{202d}123\u{2011}456\u{202c}", 6).unwrap();
        assert_eq!(code.expose(), "123456");
        assert_eq!(code.grouped().as_str(), "123 456");
        assert_eq!(format!("{code:?}"), "OneTimeCode(…)");
        assert_eq!(OneTimeCode::parse("12345", 6).err(), Some(Refusal::BadLength));
        assert_eq!(OneTimeCode::parse("123--456", 6).err(), Some(Refusal::BadSeparator));
        assert_eq!(OneTimeCode::parse("12345٦", 6).err(), Some(Refusal::BadChar));
        assert_eq!(OneTimeCode::parse("", 6).err(), Some(Refusal::Empty));
    }

    #[test]
    fn every_digit_comes_at_every_place() {
        let mut rng = Rng::seeded(1);
        let mut seen = [[false; 10]; 6];
        for _ in 0..400 {
            for (place, digit) in OneTimeCode::generate(&mut rng, 6).expose().bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] = true;
            }
        }
        assert!(seen.iter().flatten().all(|&hit| hit));
    }

    proptest! {
        #[test]
        fn generated_codes_read_back(seed: u64, digits in 4_usize..20) {
            let code = OneTimeCode::generate(&mut Rng::seeded(seed), digits);
            prop_assert_eq!(OneTimeCode::parse(&code.grouped(), digits), Ok(code));
        }

        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = (OneTimeCode::parse(&text, 6), ActivationCode::parse(&text));
        }
    }
}
