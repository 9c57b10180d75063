//! The machine-readable zone of a scan against what was typed: a hint for the person, never a verdict.

use crate::profile::{Field, Profile};

/// The fields that the two lines contradict. A field that is empty, or that the lines do not tell, is not among them.
///
/// Names are not compared: internal passports write them by a table of their own, and holders of international ones may
/// choose the spelling (identifiers sheet §4.8).
pub fn differs(lines: &[String; 2], profile: &Profile) -> Vec<Field> {
    let Some(zone) = Zone::of(lines) else { return Vec::new() };
    let told = [
        (Field::BirthDate, short_date(profile.text(Field::BirthDate)), Some(zone.birth)),
        (Field::Sex, sex(profile.text(Field::Sex)), zone.sex),
        (Field::DocumentNumber, digits(profile.text(Field::DocumentNumber)), zone.number),
        (Field::IssuedOn, short_date(profile.text(Field::IssuedOn)), zone.issued),
        (Field::Division, digits(profile.text(Field::Division)), zone.division),
    ];
    let other = |(field, typed, read): (Field, Option<String>, Option<String>)| match (typed, read) {
        (Some(typed), Some(read)) if typed != read => Some(field),
        _ => None,
    };
    told.into_iter().filter_map(other).collect()
}

/// What the lower line says, as the profile's values are written without separators.
struct Zone {
    birth: String,
    sex: Option<String>,
    number: Option<String>,
    issued: Option<String>,
    division: Option<String>,
}

impl Zone {
    /// The digits are right already: `scan` reads no zone with a wrong check digit.
    fn of([upper, lower]: &[String; 2]) -> Option<Zone> {
        let at = |from: usize, to: usize| lower.get(from - 1..to);
        let birth = at(14, 19)?.to_owned();
        let sex = at(21, 21).filter(|sex| *sex != "<").map(str::to_owned);
        let mut zone = Zone { birth, sex, number: None, issued: None, division: None };
        // Only the internal passport is asked for in the profile; its optional field tells what is printed above.
        if upper.starts_with("PNRUS") {
            let optional = at(29, 42)?;
            let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let number = [at(1, 3)?, optional.get(..1)?, at(4, 9)?].concat();
            zone.number = Some(number).filter(|number| all_digits(number));
            zone.issued = optional.get(1..7).filter(|text| all_digits(text)).map(str::to_owned);
            zone.division = optional.get(7..13).filter(|text| all_digits(text)).map(str::to_owned);
        }
        Some(zone)
    }
}

/// `2001-02-03` as the zone writes it: `010203`.
fn short_date(stored: &str) -> Option<String> {
    let all = digits(stored)?;
    (all.len() == 8).then(|| all.get(2..).map(str::to_owned)).flatten()
}

fn digits(stored: &str) -> Option<String> {
    let digits: String = stored.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

fn sex(stored: &str) -> Option<String> {
    match stored {
        "m" => Some("M".to_owned()),
        "f" => Some("F".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Origin;
    use kernel::Time;

    const INTERNAL: [&str; 2] =
        ["PNRUSVYMYWLENNA8<<ALEKSEQ3<9EVNA<<<<<<<<<<<<", "7100000002RUS9001011F<<<<<<<0200201710001<82"];
    const FOR_TRAVEL: [&str; 2] =
        ["P<RUSVYMYSHLENNAIA<<ALEKSANDRA<<<<<<<<<<<<<<", "7100000002RUS9001011F3012311<<<<<<<<<<<<<<02"];

    fn profile(values: &[(Field, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (field, text) in values {
            profile.bring(*field, text, Origin::Typed, Time(0));
        }
        profile
    }

    fn told(lines: [&str; 2], values: &[(Field, &str)]) -> Vec<Field> {
        differs(&lines.map(str::to_owned), &profile(values))
    }

    #[test]
    fn what_agrees_and_what_is_empty_is_not_named() {
        let all = [
            (Field::BirthDate, "1990-01-01"),
            (Field::Sex, "f"),
            (Field::DocumentNumber, "7100000000"),
            (Field::IssuedOn, "2020-02-01"),
            (Field::Division, "710-001"),
        ];
        assert_eq!(told(INTERNAL, &all), []);
        assert_eq!(told(INTERNAL, &[]), []);
        // The number of a passport for travel is another one: not compared.
        assert_eq!(told(FOR_TRAVEL, &all), []);
    }

    #[test]
    fn each_field_that_differs_is_named() {
        for (field, other) in [
            (Field::BirthDate, "1990-01-10"),
            (Field::Sex, "m"),
            (Field::DocumentNumber, "7100000001"),
            (Field::IssuedOn, "2020-02-02"),
            (Field::Division, "710-002"),
        ] {
            assert_eq!(told(INTERNAL, &[(field, other)]), [field]);
        }
        assert_eq!(told(FOR_TRAVEL, &[(Field::BirthDate, "1991-01-01")]), [Field::BirthDate]);
    }

    #[test]
    fn lines_of_another_length_are_no_trouble() {
        for lines in [["", ""], ["PNRUS", "71"], ["PNRUS", "ффффффффффффффффффффффффффффффффффф"]]
        {
            assert_eq!(told(lines, &[(Field::BirthDate, "1990-01-01")]), []);
        }
    }
}
