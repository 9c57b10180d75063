//! The two machine-readable lines of a passport for travel (ICAO Doc 9303, part 4, form TD3), as Russia issues it.

use crate::Refusal;
use crate::text;

/// What the two lines say. It helps to fill a form in; the person corrects it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    /// The nine digits of series and number.
    pub number: String,
    /// The birth date as printed, YYMMDD; the century is not in the lines, compare with the typed date.
    pub birth: String,
    /// `M`, `F`, or `<` where it is not told.
    pub sex: char,
    /// The last day of validity, YYMMDD.
    pub expiry: String,
    /// The surname in Latin capitals.
    pub surname: String,
    /// The given names in Latin capitals, separated by spaces.
    pub given: String,
}

/// The length of each line.
const LINE: usize = 44;

impl Mrz {
    /// Reads two lines.
    pub fn parse(text: &str) -> Result<Mrz, Refusal> {
        let text = text::bounded(text)?.replace("\r\n", "\n").replace('\r', "\n");
        if text.chars().any(|c| c != '\n' && value(c).is_none()) {
            return Err(Refusal::BadChar);
        }
        let lines: Vec<&str> = text.split('\n').collect();
        match lines.as_slice() {
            [first, second] if first.len() == LINE && second.len() == LINE => Mrz::of_lines(first, second),
            _ => Err(Refusal::BadLength),
        }
    }

    fn of_lines(first: &str, second: &str) -> Result<Mrz, Refusal> {
        let at = |from: usize, to: usize| second.get(from - 1..to).unwrap_or_default();
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let right_kind = first.starts_with('P') && first.get(2..5) == Some("RUS") && at(11, 13) == "RUS";
        let numbers = [at(1, 9), at(14, 19), at(22, 27)].into_iter().all(digits);
        let sex = at(21, 21).chars().next().filter(|sex| "MF<".contains(*sex));
        let (Some(sex), true, true) = (sex, right_kind, numbers) else { return Err(Refusal::BadFormat) };
        let optional =
            fits(at(29, 42), at(43, 43)) || (at(43, 43) == "<" && at(29, 42).bytes().all(|b| b == b'<'));
        let whole = [at(1, 10), at(14, 20), at(22, 43)].concat();
        let checked = [
            fits(at(1, 9), at(10, 10)),
            fits(at(14, 19), at(20, 20)),
            fits(at(22, 27), at(28, 28)),
            optional,
            fits(&whole, at(44, 44)),
        ];
        if checked.contains(&false) {
            return Err(Refusal::Checksum);
        }
        if !day(at(14, 19)) || !day(at(22, 27)) {
            return Err(Refusal::BadFormat);
        }
        let (surname, given) = names(first.get(5..).unwrap_or_default())?;
        let [number, birth, expiry] = [at(1, 9), at(14, 19), at(22, 27)].map(str::to_owned);
        Ok(Mrz { number, birth, sex, expiry, surname, given })
    }

    /// All fields in one line, separated by bars.
    pub fn joined(&self) -> String {
        let Mrz { number, birth, sex, expiry, surname, given } = self;
        format!("{number}|{birth}|{sex}|{expiry}|{surname}|{given}")
    }
}

impl std::fmt::Debug for Mrz {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mrz(…)")
    }
}

/// Surname and given names, with `<` for spaces and `<<` between the two.
fn names(field: &str) -> Result<(String, String), Refusal> {
    let (surname, given) =
        field.trim_end_matches('<').split_once("<<").unwrap_or((field.trim_end_matches('<'), ""));
    let letters = |c: char| c.is_ascii_uppercase() || c == '<';
    if surname.is_empty() || !surname.chars().chain(given.chars()).all(letters) {
        return Err(Refusal::BadFormat);
    }
    Ok((surname.replace('<', " "), given.replace('<', " ")))
}

/// Month 1–12 and day 1–31 of YYMMDD.
fn day(date: &str) -> bool {
    let part = |from: usize| date.get(from..from + 2).and_then(|part| part.parse::<u8>().ok()).unwrap_or(0);
    (1..=12).contains(&part(2)) && (1..=31).contains(&part(4))
}

/// Whether the check digit is right: weights 7, 3, 1 from the left, modulo 10.
fn fits(field: &str, check: &str) -> bool {
    let sum: u32 =
        field.chars().zip([7, 3, 1].into_iter().cycle()).map(|(c, w)| value(c).unwrap_or(0) * w).sum();
    check.parse::<u32>().is_ok_and(|check| check == sum % 10)
}

/// Digits as they are, A to Z as 10 to 35, the filler as 0.
const fn value(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        'A'..='Z' => Some(c as u32 - 'A' as u32 + 10),
        '<' => Some(0),
        _ => None,
    }
}
