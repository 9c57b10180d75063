//! Codes of national classifiers. Whether a code exists is a matter of the classifier's data, not of a formula.

use super::{fixed, identifier, zeros};
use crate::Refusal;
use crate::text::{self, Separators};

identifier! {
    /// A municipality's territory (ОКТМО): 8 or 11 digits.
    Oktmo, shows 11
}

impl Oktmo {
    /// Reads 8 or 11 digits.
    pub fn parse(text: &str) -> Result<Oktmo, Refusal> {
        territory(text, &[8, 11]).map(Oktmo)
    }
}

identifier! {
    /// An administrative territory (ОКАТО): 2, 5, 8 or 11 digits.
    Okato, shows 11
}

impl Okato {
    /// Reads 2, 5, 8 or 11 digits.
    pub fn parse(text: &str) -> Result<Okato, Refusal> {
        territory(text, &[2, 5, 8, 11]).map(Okato)
    }
}

fn territory(text: &str, lengths: &[usize]) -> Result<String, Refusal> {
    let digits = text::digits(text, Separators::SPACE)?;
    match () {
        () if !lengths.contains(&digits.len()) => Err(Refusal::BadLength),
        () if digits.starts_with("00") => Err(Refusal::BadRegion),
        () => Ok(digits),
    }
}

identifier! {
    /// A code of the budget classification: administrator, kind, subkind and article, twenty digits.
    Kbk, shows 20
}

impl Kbk {
    /// Reads twenty digits.
    pub fn parse(text: &str) -> Result<Kbk, Refusal> {
        let digits = fixed(text, Separators::SPACE, 20)?;
        if zeros(&digits) { Err(Refusal::AllZero) } else { Ok(Kbk(digits)) }
    }
}
