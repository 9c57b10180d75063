//! Payments: UIN, traffic fines, banks, accounts, cards.

use super::{fixed, has_digit, identifier, luhn, weighted, zeros};
use crate::Refusal;
use crate::text::{self, Separators};

identifier! {
    /// The unique number of a charge: 20 or 25 digits, the last one a check digit.
    Uin, shows 4
}

impl Uin {
    /// Reads 20 or 25 digits.
    pub fn parse(text: &str) -> Result<Uin, Refusal> {
        let digits = text::digits(text, Separators::SPACE)?;
        match () {
            () if !matches!(digits.len(), 20 | 25) => Err(Refusal::BadLength),
            () if zeros(&digits) => Err(Refusal::AllZero),
            () if !has_digit(&digits, digits.len() - 1, classifier_check(&digits)) => Err(Refusal::Checksum),
            () => Ok(Uin(digits)),
        }
    }
}

/// The check digit of national classifiers (PR 50.1.024): weights 1 to 10 over and over; if the remainder of 11 is
/// 10, again with weights from 3; if it is 10 again, 0. The last digit, which is the check, doesn't count.
fn classifier_check(digits: &str) -> u32 {
    let body = digits.get(..digits.len().saturating_sub(1)).unwrap_or_default();
    let pass = |first: u32| {
        let weights: Vec<u32> = (0..25).map(|place| (place + first - 1) % 10 + 1).collect();
        weighted(body, &weights) % 11
    };
    match pass(1) {
        10 => pass(3) % 10,
        check => check,
    }
}

identifier! {
    /// The number of a resolution on a traffic fine: a UIN of the interior ministry (20 digits from 188) or of a
    /// city (25 digits).
    TrafficFine, shows 4
}

impl TrafficFine {
    /// Reads 20 or 25 digits.
    pub fn parse(text: &str) -> Result<TrafficFine, Refusal> {
        let uin = Uin::parse(text)?.0;
        if uin.len() == 20 && !uin.starts_with("188") {
            return Err(Refusal::BadPrefix);
        }
        Ok(TrafficFine(uin))
    }
}

identifier! {
    /// The identification code of a bank or treasury office.
    Bik, shows 9
}

impl Bik {
    /// Reads nine digits.
    pub fn parse(text: &str) -> Result<Bik, Refusal> {
        let digits = fixed(text, Separators::SPACE, 9)?;
        let last: u32 = digits.get(6..).and_then(|last| last.parse().ok()).unwrap_or(0);
        match () {
            () if zeros(&digits) => Err(Refusal::AllZero),
            () if !digits.starts_with(['0', '1', '2']) => Err(Refusal::BadPrefix),
            // Offices of the Bank of Russia are 000 to 002, banks start at 050.
            () if digits.starts_with("04") && (3..50).contains(&last) => Err(Refusal::BadSuffix),
            () => Ok(Bik(digits)),
        }
    }

    fn part(&self, from: usize, to: usize) -> &str {
        self.0.get(from..to).unwrap_or_default()
    }
}

/// An account of a bank whose BIK is known: twenty digits with a key (Bank of Russia, No. 515 of 08.09.1997).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BankAccount(String);

impl BankAccount {
    /// Reads twenty digits and checks the key against the bank.
    pub fn parse(text: &str, bik: &str) -> Result<BankAccount, Refusal> {
        let digits = fixed(text, Separators::SPACE, 20)?;
        let bik = Bik::parse(bik).map_err(|_| Refusal::BadBik)?;
        if digits.starts_with('0') {
            return Err(Refusal::TreasuryAccount);
        }
        // An account kept by the Bank of Russia itself takes its prefix from the region, any other from the bank.
        let office = matches!(bik.part(6, 9), "000" | "001" | "002");
        let central = digits.starts_with("30101") || digits.starts_with("40102") || office;
        let prefix = if central { format!("0{}", bik.part(4, 6)) } else { bik.part(6, 9).to_owned() };
        let weights: Vec<u32> = [7, 1, 3].into_iter().cycle().take(23).collect();
        let sum = weighted(&format!("{prefix}{digits}"), &weights);
        if sum.is_multiple_of(10) { Ok(BankAccount(digits)) } else { Err(Refusal::Checksum) }
    }

    /// The form to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::masked(&self.0, 4))
    }
}

/// The number of a payment card. The portal keeps none: this only notices one typed into a wrong field.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentCard(zeroize::Zeroizing<String>);

impl PaymentCard {
    /// Reads 13 to 19 digits.
    pub fn parse(text: &str) -> Result<PaymentCard, Refusal> {
        let digits = zeroize::Zeroizing::new(text::digits(text, Separators::SPACE_DASH)?);
        match () {
            () if !(13..=19).contains(&digits.len()) => Err(Refusal::BadLength),
            () if zeros(&digits) => Err(Refusal::AllZero),
            () if !luhn(&digits) => Err(Refusal::Checksum),
            () => Ok(PaymentCard(digits)),
        }
    }

    /// The digits; never store or log them.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is a card of the Mir system (2200–2204).
    pub fn is_mir(&self) -> bool {
        ["2200", "2201", "2202", "2203", "2204"].iter().any(|prefix| self.0.starts_with(prefix))
    }
}

impl std::fmt::Debug for PaymentCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaymentCard(…)")
    }
}
