//! Numbers of documents, registers, payments and vehicles: is a number well formed, and how is it stored.
//!
//! A number that passes may still not exist; that, and whose it is, only the register says. Every type has
//! `parse` (what a person typed, or the stored form), `as_str` (the stored form), `masked` (for eyes that need not
//! see it whole) and a `Debug` that masks.

mod classifier;
mod foreign;
mod lettered;
mod medical;
mod money;
mod mrz;
mod passport;
mod postal;
mod register;
mod vehicle;

pub use classifier::{Kbk, Okato, Oktmo};
pub use foreign::ForeignDocument;
pub use lettered::{BirthCertificate, MilitaryId};
pub use medical::OmsPolicy;
pub use money::{BankAccount, Bik, PaymentCard, TrafficFine, Uin};
pub use mrz::Mrz;
pub use passport::{DivisionCode, PassportIntl, PassportRf, PassportState, passport_state};
pub use postal::{FiasGuid, PostalIndex, PostalNumber, RussianPostNumber};
pub use register::{InnOrg, InnPerson, Kpp, Ogrn, Ogrnip};
pub use vehicle::{DrivingLicence, Plate, PlateKind, VehicleCertificate, VehiclePassport, Vin};

use crate::Refusal;
use crate::text::{self, Separators};

/// Declares a checked number: the type, its accessors and its serde. `parse` is written beside it.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, shows $tail:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The form to store, compare and show to its owner.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Stars and the last characters, for eyes that need not see it whole.
            pub fn masked(&self) -> String {
                $crate::ids::masked(&self.0, $tail)
            }
        }

        $crate::text::text_value!($name, $name::parse);
    };
}
use identifier;

fn masked(value: &str, shown: usize) -> String {
    let hidden = value.chars().count().saturating_sub(shown);
    let tail: String = value.chars().skip(hidden).collect();
    format!("***{tail}")
}

/// The digits of a number of fixed length, separated as its field allows.
fn fixed(text: &str, separators: Separators, length: usize) -> Result<String, Refusal> {
    let digits = text::digits(text, separators)?;
    if digits.len() == length { Ok(digits) } else { Err(Refusal::BadLength) }
}

/// Whether there is nothing but zeros.
fn zeros(digits: &str) -> bool {
    digits.bytes().all(|b| b == b'0')
}

/// The sum of the digits times their weights; digits without a weight don't count.
fn weighted(digits: &str, weights: &[u32]) -> u32 {
    text::values(digits).iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Whether the digit at a place (from 0) is this one.
fn has_digit(digits: &str, place: usize, expected: u32) -> bool {
    digits.as_bytes().get(place).is_some_and(|&b| u32::from(b.wrapping_sub(b'0')) == expected)
}

/// Whether the digits pass the check of ISO/IEC 7812 (Luhn): every second digit from the right doubled.
fn luhn(digits: &str) -> bool {
    let doubled = |digit: u32| if digit < 5 { digit * 2 } else { digit * 2 - 9 };
    let values = text::values(digits);
    let sum: u32 =
        values.iter().rev().enumerate().map(|(i, &d)| if i % 2 == 1 { doubled(d) } else { d }).sum();
    sum.is_multiple_of(10)
}

/// The rest of the digits modulo a number, digit by digit, so that no length overflows.
fn remainder(digits: &str, modulus: u32) -> u32 {
    text::values(digits).iter().fold(0, |rest, digit| (rest * 10 + digit) % modulus)
}

/// Capitals of the ASCII and Russian letters; other characters stay (wider folding would bring letters that
/// merely look like these).
fn capital(c: char) -> char {
    match c {
        'a'..='z' => c.to_ascii_uppercase(),
        'а'..='я' | 'ё' | 'і' => c.to_uppercase().next().unwrap_or(c),
        other => other,
    }
}

/// The Cyrillic twin of a Latin capital, or the character itself.
const fn cyrillic_twin(c: char) -> char {
    match c {
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'У',
        other => other,
    }
}

/// The Latin twin of a Cyrillic capital, or the character itself.
const fn latin_twin(c: char) -> char {
    match c {
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'О' => 'O',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        other => other,
    }
}

/// А–Я without Ё: the letters of series.
const fn is_series_letter(c: char) -> bool {
    matches!(c, 'А'..='Я')
}

/// Characters in capitals of one alphabet, without separators: `fold` brings each to its alphabet, `significant`
/// says which belong to the number.
fn folded(
    text: &str,
    separators: Separators,
    fold: impl Fn(char) -> char,
    significant: impl Fn(char) -> bool,
) -> Result<String, Refusal> {
    let kept = text::unseparated(text, separators, |c| significant(fold(capital(c))))?;
    Ok(kept.chars().map(|c| fold(capital(c))).collect())
}

/// Drops at most one № between series and number, with at most one space on each side of it, and gives the two
/// parts; without a № the first part is empty. The parts are not checked further.
fn around_number_sign(text: &str) -> Result<(&str, &str), Refusal> {
    let text = text::bounded(text)?;
    let Some((series, number)) = text.split_once('№') else { return Ok(("", text)) };
    let series = series.strip_suffix(text::is_space).unwrap_or(series);
    let number = number.strip_prefix(text::is_space).unwrap_or(number);
    if series.is_empty() || number.is_empty() || number.contains('№') {
        return Err(Refusal::BadChar);
    }
    // A second separator beside the sign would be trimmed away later and pass unseen.
    let loose = |c: char| c.is_whitespace() || text::is_invisible(c);
    if series.ends_with(loose) || number.starts_with(loose) {
        return Err(Refusal::BadSeparator);
    }
    Ok((series, number))
}

/// [`around_number_sign`] for documents whose series has a fixed length: all significant characters in one string.
fn series_and_number(
    text: &str,
    series_length: usize,
    read: impl Fn(&str) -> Result<String, Refusal>,
) -> Result<String, Refusal> {
    match around_number_sign(text)? {
        ("", whole) => read(whole),
        (series, number) => {
            let (series, number) = (read(series)?, read(number)?);
            if series.chars().count() != series_length {
                return Err(Refusal::BadFormat);
            }
            Ok(series + &number)
        }
    }
}

#[cfg(test)]
mod tests;
