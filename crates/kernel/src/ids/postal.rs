//! Post: index, addresses of the state register, numbers of parcels and registered letters.

use super::{fixed, folded, has_digit, identifier, latin_twin, weighted, zeros};
use crate::Refusal;
use crate::text::{self, Separators};

identifier! {
    /// A postal index of Russia: six digits.
    PostalIndex, shows 6
}

impl PostalIndex {
    /// Reads six digits without separators; the first is 1 to 6.
    pub fn parse(text: &str) -> Result<PostalIndex, Refusal> {
        let digits = fixed(text, Separators::NONE, 6)?;
        if digits.starts_with(['1', '2', '3', '4', '5', '6']) {
            Ok(PostalIndex(digits))
        } else {
            Err(Refusal::BadPrefix)
        }
    }
}

identifier! {
    /// The identifier of an address in the state register (ФИАС, ГАР): a GUID in lower case.
    FiasGuid, shows 36
}

impl FiasGuid {
    /// Reads 8-4-4-4-12 hexadecimal digits with plain hyphens; no braces, no prefix, not nil.
    pub fn parse(text: &str) -> Result<FiasGuid, Refusal> {
        let guid = text::bounded(text)?.to_ascii_lowercase();
        let parts: Vec<&str> = guid.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let hex = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()));
        match () {
            () if lengths != [8, 4, 4, 4, 12] || !hex => Err(Refusal::BadFormat),
            () if parts.iter().all(|part| zeros(part)) => Err(Refusal::AllZero),
            () => Ok(FiasGuid(guid)),
        }
    }
}

identifier! {
    /// A number of Russian Post: fourteen digits, the last one a check digit.
    RussianPostNumber, shows 14
}

impl RussianPostNumber {
    /// Reads fourteen digits.
    pub fn parse(text: &str) -> Result<RussianPostNumber, Refusal> {
        let digits = fixed(text, Separators::SPACE, 14)?;
        if zeros(&digits) {
            return Err(Refusal::AllZero);
        }
        let sum = weighted(&digits, &[3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
        let check = (10 - sum % 10) % 10;
        if has_digit(&digits, 13, check) { Ok(RussianPostNumber(digits)) } else { Err(Refusal::Checksum) }
    }
}

identifier! {
    /// An international postal number (UPU S10): two letters, nine digits, two letters of the country.
    PostalNumber, shows 13
}

impl PostalNumber {
    /// Reads thirteen characters; Cyrillic twins become Latin letters.
    pub fn parse(text: &str) -> Result<PostalNumber, Refusal> {
        let known = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        let number = folded(text, Separators::SPACE, latin_twin, known)?;
        if number.len() != 13 {
            return Err(Refusal::BadLength);
        }
        let is = |from: usize, to: usize, kind: fn(&u8) -> bool| {
            number.as_bytes().get(from..to).is_some_and(|part| part.iter().all(kind))
        };
        if !is(0, 2, u8::is_ascii_uppercase)
            || !is(2, 11, u8::is_ascii_digit)
            || !is(11, 13, u8::is_ascii_uppercase)
        {
            return Err(Refusal::BadFormat);
        }
        let digits = number.get(2..11).unwrap_or_default();
        let check = match 11 - weighted(digits, &[8, 6, 4, 2, 3, 5, 9, 7]) % 11 {
            10 => 0,
            11 => 5,
            check => check,
        };
        if has_digit(digits, 8, check) { Ok(PostalNumber(number)) } else { Err(Refusal::Checksum) }
    }
}
