//! What there is to read or hear, and what a person may type for it.

use kernel::{Rng, text};

/// The characters of pictures. Digits, and letters that the Russian and the Latin keyboard both have; none that is
/// taken for another (0 and O, 1 and I, 8 and B, K and X). A Russian keyboard need not be switched.
pub(super) const ALPHABET: &[u8] = b"ACEHKMPTY23456789";

/// The longest text that is looked at; answers are far shorter.
const MAX_TYPED: usize = 64;

/// Characters for a picture.
pub(super) fn characters(rng: &mut Rng, count: u8) -> String {
    drawn(rng, count, ALPHABET)
}

/// Digits for a sound.
pub(super) fn digits(rng: &mut Rng, count: u8) -> String {
    drawn(rng, count, b"0123456789")
}

fn drawn(rng: &mut Rng, count: u8, alphabet: &[u8]) -> String {
    let mut one =
        || usize::try_from(rng.below(alphabet.len() as u64)).ok().and_then(|place| alphabet.get(place));
    (0..count).filter_map(|_| one().copied().map(char::from)).collect()
}

/// What was typed, in the characters of [`ALPHABET`]: without spaces and dashes, in capitals, Cyrillic twins as
/// their Latin ones.
pub(super) fn folded(typed: &str) -> String {
    let kept = typed.chars().take(MAX_TYPED);
    let kept = kept.filter(|&c| !c.is_whitespace() && !text::is_dash(c) && !text::is_invisible(c));
    kept.flat_map(char::to_uppercase).map(latin_twin).collect()
}

const fn latin_twin(c: char) -> char {
    match c {
        'А' => 'A',
        'Е' | 'Ё' => 'E',
        'З' => '3',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'У' => 'Y',
        'Ч' => '4',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Rng;

    #[test]
    fn typing_is_taken_as_meant() {
        assert_eq!(folded(" а с\u{a0}е-нк "), "ACEHK");
        assert_eq!(folded("мрту 3з"), "MPTY33");
        assert_eq!(folded(&"a".repeat(1000)).len(), MAX_TYPED);
    }

    #[test]
    fn what_is_drawn_folds_to_itself() {
        let mut rng = Rng::seeded(3);
        for _ in 0..200 {
            for answer in [characters(&mut rng, 6), digits(&mut rng, 6)] {
                assert_eq!(answer.len(), 6);
                assert_eq!(folded(&answer), answer);
                assert_eq!(folded(&answer.to_lowercase()), answer);
            }
        }
    }
}
