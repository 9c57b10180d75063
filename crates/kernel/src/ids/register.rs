//! Numbers of the tax service's registers: INN, OGRN, OGRNIP, KPP.

use super::{fixed, folded, has_digit, identifier, latin_twin, remainder, weighted};
use crate::Refusal;
use crate::text::Separators;

identifier! {
    /// The taxpayer number of a person: twelve digits, two of them check digits (order ММВ-7-6/435@).
    InnPerson, shows 4
}

impl InnPerson {
    /// Reads twelve digits.
    pub fn parse(text: &str) -> Result<InnPerson, Refusal> {
        let digits = fixed(text, Separators::SPACE, 12)?;
        not_region_zero(&digits)?;
        let first = weighted(&digits, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
        let second = weighted(&digits, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
        let fits = has_digit(&digits, 10, first) && has_digit(&digits, 11, second);
        if fits { Ok(InnPerson(digits)) } else { Err(Refusal::Checksum) }
    }
}

identifier! {
    /// The taxpayer number of an organisation: ten digits, the last one a check digit (order ММВ-7-6/435@).
    InnOrg, shows 10
}

impl InnOrg {
    /// Reads ten digits.
    pub fn parse(text: &str) -> Result<InnOrg, Refusal> {
        let digits = fixed(text, Separators::SPACE, 10)?;
        not_region_zero(&digits)?;
        let check = weighted(&digits, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
        if has_digit(&digits, 9, check) { Ok(InnOrg(digits)) } else { Err(Refusal::Checksum) }
    }
}

identifier! {
    /// The register number of an organisation: thirteen digits, the last one a check digit.
    Ogrn, shows 13
}

impl Ogrn {
    /// Reads thirteen digits.
    pub fn parse(text: &str) -> Result<Ogrn, Refusal> {
        let digits = fixed(text, Separators::SPACE, 13)?;
        if digits.starts_with('0') {
            return Err(Refusal::BadPrefix);
        }
        let check = remainder(digits.get(..12).unwrap_or_default(), 11) % 10;
        if has_digit(&digits, 12, check) { Ok(Ogrn(digits)) } else { Err(Refusal::Checksum) }
    }

    /// Whether it is the number of an organisation; other first digits are other records of the register.
    pub fn is_primary(&self) -> bool {
        self.0.starts_with(['1', '5'])
    }
}

identifier! {
    /// The register number of a sole trader: fifteen digits, the last one a check digit.
    Ogrnip, shows 15
}

impl Ogrnip {
    /// Reads fifteen digits.
    pub fn parse(text: &str) -> Result<Ogrnip, Refusal> {
        let digits = fixed(text, Separators::SPACE, 15)?;
        if !digits.starts_with('3') {
            return Err(Refusal::BadPrefix);
        }
        // Remainders of 10, 11 and 12 give 0, 1 and 2.
        let check = remainder(digits.get(..14).unwrap_or_default(), 13) % 10;
        if has_digit(&digits, 14, check) { Ok(Ogrnip(digits)) } else { Err(Refusal::Checksum) }
    }
}

identifier! {
    /// The code of the reason for a tax registration: office, reason, serial number (order ММВ-7-6/435@).
    Kpp, shows 9
}

impl Kpp {
    /// Reads nine characters; the fifth and sixth may be Latin capitals.
    pub fn parse(text: &str) -> Result<Kpp, Refusal> {
        let code =
            folded(text, Separators::SPACE, latin_twin, |c| c.is_ascii_digit() || c.is_ascii_uppercase())?;
        if code.len() != 9 {
            return Err(Refusal::BadLength);
        }
        let digits =
            |from, to| code.get(from..to).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
        if !digits(0, 4) || !digits(6, 9) {
            return Err(Refusal::BadFormat);
        }
        not_region_zero(&code)?;
        Ok(Kpp(code))
    }
}

fn not_region_zero(digits: &str) -> Result<(), Refusal> {
    if digits.starts_with("00") { Err(Refusal::BadRegion) } else { Ok(()) }
}
