//! Drivers and vehicles: licence, registration certificate, vehicle passport, plate, VIN.

use super::{cyrillic_twin, folded, identifier, is_series_letter, latin_twin, series_and_number, zeros};
use crate::Refusal;
use crate::text::Separators;

identifier! {
    /// A driving licence: region, two digits or letters, six digits, `7712 345678`.
    DrivingLicence, shows 3
}

impl DrivingLicence {
    /// Reads it with or without spaces and №.
    pub fn parse(text: &str) -> Result<DrivingLicence, Refusal> {
        let (series, number) = licence(text)?;
        Ok(DrivingLicence(format!("{series} {number}")))
    }
}

identifier! {
    /// A certificate of registration of a vehicle (СТС), written like a driving licence.
    VehicleCertificate, shows 3
}

impl VehicleCertificate {
    /// Reads it with or without spaces and №.
    pub fn parse(text: &str) -> Result<VehicleCertificate, Refusal> {
        let (series, number) = licence(text)?;
        Ok(VehicleCertificate(format!("{series} {number}")))
    }
}

/// Series of four (two digits, then two digits or two letters) and number of six digits.
fn licence(text: &str) -> Result<(String, String), Refusal> {
    let (series, number) = halves(text)?;
    let count = |wanted: fn(char) -> bool| series.chars().skip(2).filter(|&c| wanted(c)).count();
    let (digits, letters) = (count(|c| c.is_ascii_digit()), count(is_series_letter));
    match () {
        () if series.chars().count() != 4 || number.chars().count() != 6 => Err(Refusal::BadLength),
        () if !region_of(&series) || (digits != 2 && letters != 2) || !all_digits(&number) => {
            Err(Refusal::BadFormat)
        }
        () if series.starts_with("00") => Err(Refusal::BadRegion),
        () if zeros(&number) => Err(Refusal::AllZero),
        () => Ok((series, number)),
    }
}

/// The first four significant characters and the rest, in Russian capitals.
fn halves(text: &str) -> Result<(String, String), Refusal> {
    let known = |c: char| c.is_ascii_digit() || is_series_letter(c);
    let whole = series_and_number(text, 4, |part| folded(part, Separators::SPACE, cyrillic_twin, known))?;
    Ok((whole.chars().take(4).collect(), whole.chars().skip(4).collect()))
}

fn region_of(series: &str) -> bool {
    series.chars().take(2).all(|c| c.is_ascii_digit())
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

identifier! {
    /// A vehicle passport: on paper two digits, two letters, six digits, `77УА 123456`; electronic fifteen digits.
    VehiclePassport, shows 3
}

impl VehiclePassport {
    /// Reads either kind, with or without spaces and №.
    pub fn parse(text: &str) -> Result<VehiclePassport, Refusal> {
        let (series, number) = halves(text)?;
        let whole = format!("{series}{number}");
        let length = whole.chars().count();
        if length == 15 {
            return match () {
                () if text.contains('№') => Err(Refusal::BadFormat),
                () if !all_digits(&whole) => Err(Refusal::BadLength),
                () if zeros(&whole) => Err(Refusal::AllZero),
                () => Ok(VehiclePassport(whole)),
            };
        }
        let letters = series.chars().skip(2).filter(|&c| is_series_letter(c)).count();
        match () {
            () if length != 10 => Err(Refusal::BadLength),
            () if !region_of(&series) || letters != 2 || !all_digits(&number) => Err(Refusal::BadFormat),
            () if zeros(&number) => Err(Refusal::AllZero),
            () => Ok(VehiclePassport(format!("{series} {number}"))),
        }
    }
}

/// What kind of vehicle a plate is on; the same characters can be a trailer's and a taxi's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlateKind {
    /// `А123АА77`.
    Car,
    /// Taxis and buses: `АА12377`.
    Taxi,
    /// `АА123477`.
    Trailer,
    /// `1234АА77`.
    Moto,
}

impl PlateKind {
    /// The kind of a word: `car`, `taxi`, `trailer`, `moto`.
    pub fn from_word(word: &str) -> Option<PlateKind> {
        Some(match word {
            "car" => PlateKind::Car,
            "taxi" => PlateKind::Taxi,
            "trailer" => PlateKind::Trailer,
            "moto" => PlateKind::Moto,
            _ => return None,
        })
    }

    /// Letters and digits before the region: `L` and `d`.
    const fn pattern(self) -> &'static str {
        match self {
            PlateKind::Car => "LdddLL",
            PlateKind::Taxi => "LLddd",
            PlateKind::Trailer => "LLdddd",
            PlateKind::Moto => "ddddLL",
        }
    }
}

/// A vehicle's plate in Cyrillic capitals (GOST R 50577).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Plate(String);

impl Plate {
    /// Reads a plate typed in either alphabet, or a mixture, with or without spaces.
    pub fn parse(text: &str, kind: PlateKind) -> Result<Plate, Refusal> {
        let known = |c: char| c.is_ascii_digit() || "АВЕКМНОРСТУХ".contains(c);
        let plate = folded(text, Separators::SPACE, cyrillic_twin, known)?;
        let pattern = kind.pattern();
        let fits =
            |(c, place): (char, char)| if place == 'd' { c.is_ascii_digit() } else { !c.is_ascii_digit() };
        let region: String = plate.chars().skip(pattern.len()).collect();
        let own: String =
            plate.chars().zip(pattern.chars()).filter(|&(_, p)| p == 'd').map(|(c, _)| c).collect();
        match () {
            () if !plate.chars().zip(pattern.chars()).all(fits) => Err(Refusal::BadFormat),
            () if !(2..=3).contains(&region.len()) || !all_digits(&region) => Err(Refusal::BadFormat),
            () if zeros(&own) => Err(Refusal::AllZero),
            () if region.ends_with("00") || (region.len() == 3 && region.starts_with('0')) => {
                Err(Refusal::BadRegion)
            }
            () => Ok(Plate(plate)),
        }
    }

    /// Reads a plate of a car or a motorcycle, whichever it is; what is neither is told of as a car's.
    pub fn parse_any(text: &str) -> Result<Plate, Refusal> {
        Plate::parse(text, PlateKind::Car)
            .or_else(|fault| Plate::parse(text, PlateKind::Moto).map_err(|_| fault))
    }

    /// The form to store and compare.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Plate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plate(***)")
    }
}

identifier! {
    /// A vehicle identification number: seventeen Latin capitals and digits (ISO 3779).
    Vin, shows 4
}

impl Vin {
    /// Reads seventeen characters without separators; Cyrillic twins become Latin letters.
    pub fn parse(text: &str) -> Result<Vin, Refusal> {
        let known = |c: char| vin_value(c).is_some();
        let vin = folded(text, Separators::NONE, latin_twin, known)?;
        match () {
            () if vin.len() != 17 => Err(Refusal::BadLength),
            () if vin.chars().all(|c| vin.starts_with(c)) => Err(Refusal::AllSame),
            () => Ok(Vin(vin)),
        }
    }

    /// Whether the ninth character is the check digit of North America (49 CFR 565). Elsewhere it need not be:
    /// a note for an operator, never a reason to refuse.
    pub fn check_digit_fits(&self) -> bool {
        const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
        let sum: u32 = self.0.chars().zip(WEIGHTS).map(|(c, w)| vin_value(c).unwrap_or(0) * w).sum();
        let check = match sum % 11 {
            10 => 'X',
            digit => char::from_digit(digit, 10).unwrap_or('0'),
        };
        self.0.chars().nth(8) == Some(check)
    }
}

/// The value of a character of a VIN; I, O and Q have none.
const fn vin_value(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        'A'..='H' => Some(c as u32 - 'A' as u32 + 1),
        'J'..='N' => Some(c as u32 - 'J' as u32 + 1),
        'P' => Some(7),
        'R' => Some(9),
        'S'..='Z' => Some(c as u32 - 'S' as u32 + 2),
        _ => None,
    }
}
