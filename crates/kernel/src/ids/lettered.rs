//! Documents whose series are letters: birth certificates and military identity cards.

use super::{around_number_sign, capital, cyrillic_twin, folded, identifier, is_series_letter, zeros};
use crate::Refusal;
use crate::text::{self, Separators};

identifier! {
    /// A birth certificate: Roman numeral, two letters, six digits, `II-МЮ 123456`.
    BirthCertificate, shows 3
}

/// The most that the Roman part of a series can be.
const MOST_ROMAN: u32 = 89;

impl BirthCertificate {
    /// Reads it with or without the hyphen, spaces and №. The last two letters are the series, those before them
    /// the Roman numeral.
    pub fn parse(text: &str) -> Result<BirthCertificate, Refusal> {
        let read = |part: &str| {
            let kept = text::unseparated(part, Separators::SPACE_DASH, char::is_alphanumeric)?;
            Ok(kept.chars().map(capital).collect::<String>())
        };
        let whole = match around_number_sign(text)? {
            ("", whole) => read(whole)?,
            (series, number) => {
                let (series, number) = (read(series)?, read(number)?);
                if series.contains(|c: char| c.is_ascii_digit())
                    || !number.starts_with(|c: char| c.is_ascii_digit())
                {
                    return Err(Refusal::BadFormat);
                }
                series + &number
            }
        };
        let letters: Vec<char> = whole.chars().take_while(|c| !c.is_ascii_digit()).collect();
        let number: String = whole.chars().skip(letters.len()).collect();
        let (roman, series) = letters.split_at(letters.len().saturating_sub(2));
        check_number(&number, 6..=6)?;
        let series: String = series.iter().copied().map(cyrillic_twin).collect();
        if series.chars().count() != 2 || !series.chars().all(is_series_letter) {
            return Err(Refusal::BadLetter);
        }
        let roman: String = roman.iter().copied().map(roman_letter).collect();
        if !(1..=MOST_ROMAN).any(|n| in_roman(n) == roman) {
            return Err(Refusal::BadRoman);
        }
        Ok(BirthCertificate(format!("{roman}-{series} {number}")))
    }
}

/// Cyrillic letters that are typed for Roman digits.
const fn roman_letter(c: char) -> char {
    match c {
        'Х' => 'X',
        'І' => 'I',
        other => other,
    }
}

/// A number below 90 in canonical Roman digits.
fn in_roman(n: u32) -> String {
    const TENS: [&str; 9] = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"];
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    let part = |list: &[&'static str], n: u32| list.get(n as usize).copied().unwrap_or_default();
    format!("{}{}", part(&TENS, n / 10), part(&ONES, n % 10))
}

identifier! {
    /// A military identity card: two letters and six or seven digits, `АБ 1234567`.
    MilitaryId, shows 3
}

impl MilitaryId {
    /// Reads it with or without spaces and №; Latin twins become Russian letters.
    pub fn parse(text: &str) -> Result<MilitaryId, Refusal> {
        let known = |c: char| c.is_ascii_digit() || is_series_letter(c);
        let whole =
            super::series_and_number(text, 2, |part| folded(part, Separators::SPACE, cyrillic_twin, known))?;
        let series: String = whole.chars().take(2).collect();
        let number: String = whole.chars().skip(2).collect();
        if series.chars().count() != 2 || !series.chars().all(is_series_letter) {
            return Err(Refusal::BadFormat);
        }
        check_number(&number, 6..=7)?;
        Ok(MilitaryId(format!("{series} {number}")))
    }
}

fn check_number(number: &str, lengths: std::ops::RangeInclusive<usize>) -> Result<(), Refusal> {
    match () {
        () if !number.bytes().all(|b| b.is_ascii_digit()) => Err(Refusal::BadFormat),
        () if !lengths.contains(&number.len()) => Err(Refusal::BadLength),
        () if zeros(number) => Err(Refusal::AllZero),
        () => Ok(()),
    }
}
