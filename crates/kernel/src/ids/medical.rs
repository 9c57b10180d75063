//! The policy of compulsory medical insurance.

use super::{fixed, identifier, luhn, zeros};
use crate::Refusal;
use crate::text::Separators;

identifier! {
    /// The single number of a policy (ЕНП): sixteen digits, the last one a check digit, which is Luhn's.
    /// Older regional and temporary policies have other forms; an operator takes those as text.
    OmsPolicy, shows 4
}

impl OmsPolicy {
    /// Reads sixteen digits.
    pub fn parse(text: &str) -> Result<OmsPolicy, Refusal> {
        let digits = fixed(text, Separators::SPACE, 16)?;
        match () {
            () if zeros(&digits) => Err(Refusal::AllZero),
            () if !luhn(&digits) => Err(Refusal::Checksum),
            () => Ok(OmsPolicy(digits)),
        }
    }
}
