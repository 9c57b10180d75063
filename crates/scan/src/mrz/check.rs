//! Which characters may stand where, and what the check digits cover (ICAO Doc 9303-4 §4.2.2).

/// The characters that may stand at a place of the upper (0) or lower (1) line, counted from 0.
pub(super) fn allowed(line: usize, place: usize, letter: char, digits_in_names: bool) -> bool {
    let (upper, digit, filler) = (letter.is_ascii_uppercase(), letter.is_ascii_digit(), letter == '<');
    match (line, place) {
        (0, 0) => letter == 'P',
        (0, 5..) if digits_in_names => upper || filler || "2346789".contains(letter),
        (0, _) => upper || filler,
        (_, 9 | 13..=19 | 43) => digit,
        // Russia's internal passports have no last day: fillers in its place.
        (_, 21..=27) => digit || filler,
        (_, 10..=12) => upper || filler,
        (_, 20) => matches!(letter, 'M' | 'F' | '<'),
        (_, 42) => digit || filler,
        _ => true,
    }
}

/// The stretches of the lower line that a check digit covers, and where that digit stands.
pub(super) const FIELDS: [(&[(usize, usize)], usize); 5] = [
    (&[(0, 9)], 9),
    (&[(13, 19)], 19),
    (&[(21, 27)], 27),
    (&[(28, 42)], 42),
    (&[(0, 10), (13, 20), (21, 43)], 43),
];

/// Whether the check digit of a field is right. An unused last day or optional field may have a filler instead.
pub(super) fn fits(line: &[char], field: usize) -> bool {
    let Some((stretches, at)) = FIELDS.get(field) else { return false };
    let covered = || stretches.iter().flat_map(|(from, to)| line.get(*from..*to).unwrap_or_default());
    let sum: u32 = covered().zip([7, 3, 1].into_iter().cycle()).map(|(c, weight)| value(*c) * weight).sum();
    match line.get(*at) {
        Some('<') => matches!(field, 2 | 3) && covered().all(|c| *c == '<'),
        // A day is digits throughout.
        Some(_) if field == 2 && covered().any(|c| *c == '<') => false,
        Some(digit) => digit.to_digit(10) == Some(sum % 10),
        None => false,
    }
}

fn value(letter: char) -> u32 {
    letter.to_digit(36).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_passport_has_no_last_day() {
        let right: Vec<char> = "7100000002RUS9001011F<<<<<<<0200201710001<82".chars().collect();
        assert!((0..5).all(|field| fits(&right, field)));
        let mut wrong = right;
        wrong[23] = '1';
        assert!(!fits(&wrong, 2));
        wrong[27] = '1';
        assert!(!fits(&wrong, 2));
    }

    #[test]
    fn the_specimen_of_the_standard_is_right_and_each_wrong_digit_is_seen() {
        let right: Vec<char> = "L898902C36UTO7408122F1204159ZE184226B<<<<<10".chars().collect();
        assert!((0..5).all(|field| fits(&right, field)));
        for (field, (_, at)) in FIELDS.iter().enumerate() {
            let mut wrong = right.clone();
            wrong[*at] = if wrong[*at] == '5' { '4' } else { '5' };
            assert!(!fits(&wrong, field), "field {field}");
        }
    }
}
