//! The commonest passwords, embedded, and the trivial changes that people make to them.
//!
//! Source and licence of the list: NOTICE in this crate. It holds the 100,000 commonest passwords of at least
//! eight characters, and of the 100,000 commonest of any length those of six and seven, which are what
//! `Qwerty1!` and its kin are made of. All are in lower case; `examples/pack_blocklist.rs` builds the file.
//!
//! The file is a sorted list in blocks of [`BLOCK`] words. A word is written as what it does not share with the
//! word before it, so the whole takes about five bytes a word, is searched where it lies in the program's
//! read-only memory, and needs no set-up: a look-up touches some twenty places and reads one block.

use std::cmp::Ordering;
use zeroize::Zeroizing;

static LIST: &[u8] = include_bytes!("../assets/common-passwords.bin");

/// Words in a block; the packing tool writes the same number.
const BLOCK: usize = 32;

/// The shortest word of the list, and the shortest stem that counts.
const SHORTEST: usize = 6;

/// Whether a password is on the list, as typed or behind a trivial change: capitals, look-alike signs
/// (`p@ssw0rd`), signs or digits hung on to either end, the same piece over and over.
pub fn contains(password: &str) -> bool {
    let lower = Zeroizing::new(password.to_lowercase());
    let unit = repeated_unit(&lower);
    if unit.len() < lower.len() && unit.chars().count() <= 4 {
        return true;
    }
    let plain = Zeroizing::new(unit.chars().map(unleet).collect::<String>());
    [unit, plain.as_str()].into_iter().any(|word| {
        let signless = word.trim_matches(|c: char| !c.is_alphanumeric());
        let stem = word.trim_matches(|c: char| !c.is_alphabetic());
        listed(word) || listed(signless) || listed(stem)
    }) || stem_of_typed(unit)
}

/// The stem must be found before signs are read as letters too: `password!1` ends in signs, not in `il`.
fn stem_of_typed(word: &str) -> bool {
    let stem =
        word.trim_matches(|c: char| !c.is_alphanumeric()).trim_end_matches(|c: char| !c.is_alphabetic());
    let plain = Zeroizing::new(stem.chars().map(unleet).collect::<String>());
    listed(&plain)
}

/// The shortest piece that gives the text when repeated; the text itself when none does.
fn repeated_unit(text: &str) -> &str {
    let length = text.len();
    (1..=length / 2)
        .filter(|&n| length.is_multiple_of(n))
        .filter_map(|n| text.get(..n))
        .find(|unit| text.as_bytes().chunks(unit.len()).all(|chunk| chunk == unit.as_bytes()))
        .unwrap_or(text)
}

/// The letter that a sign or digit commonly stands for.
const fn unleet(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether a word in lower case is on the list.
fn listed(word: &str) -> bool {
    if word.len() < SHORTEST {
        return false;
    }
    let word = word.as_bytes();
    // The last block that does not begin after the word.
    let (mut low, mut high) = (0, blocks());
    while low < high {
        let middle = low.midpoint(high);
        let first = Words::of_block(middle).next_word();
        match first.as_deref().map(|first| first.cmp(word)) {
            Some(Ordering::Equal) => return true,
            Some(Ordering::Less) => low = middle + 1,
            Some(Ordering::Greater) | None => high = middle,
        }
    }
    let Some(block) = low.checked_sub(1) else { return false };
    let mut words = Words::of_block(block);
    while let Some(listed) = words.next_word() {
        match listed.as_slice().cmp(word) {
            Ordering::Less => {}
            order => return order == Ordering::Equal,
        }
    }
    false
}

/// A number of four bytes, the least first; 0 past the end.
fn number(at: usize) -> usize {
    let bytes = LIST.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(0)
}

/// How many blocks the list has: the first number of the file, followed by where each block begins.
fn blocks() -> usize {
    number(0)
}

/// Reads the words of one block.
struct Words {
    at: usize,
    left: usize,
    word: Vec<u8>,
}

impl Words {
    fn of_block(block: usize) -> Words {
        Words { at: number(4 + 4 * block), left: BLOCK, word: Vec::new() }
    }

    /// The next word: a byte of two halves (bytes shared with the word before, bytes of its own; fifteen own
    /// bytes mean that their number follows in a byte), then its own bytes.
    fn next_word(&mut self) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(1)?;
        let head = *LIST.get(self.at)?;
        self.at += 1;
        let (shared, mut own) = (usize::from(head >> 4), usize::from(head & 15));
        if own == 15 {
            own = usize::from(*LIST.get(self.at)?);
            self.at += 1;
        }
        self.word.truncate(shared);
        self.word.extend_from_slice(LIST.get(self.at..self.at + own)?);
        self.at += own;
        Some(self.word.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Vec<u8>> {
        let mut words = Vec::new();
        for block in 0..blocks() {
            let mut reader = Words::of_block(block);
            while let Some(word) = reader.next_word() {
                words.push(word);
            }
        }
        words
    }

    #[test]
    fn the_list_is_whole_sorted_and_found_again() {
        let words = all();
        assert!(words.len() > 140_000, "{}", words.len());
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
        for word in words.iter().step_by(7) {
            assert!(listed(std::str::from_utf8(word).unwrap()));
        }
        let of_eight = words.iter().filter(|word| word.len() >= 8).count();
        assert!(of_eight > 96_000, "{of_eight}");
    }

    #[test]
    fn common_ones_are_found_behind_their_changes() {
        for password in [
            "password",
            "Password1!",
            "P@ssw0rd",
            "p@$$w0rd!",
            "Qwerty123!",
            "1qaz!QAZ",
            "!QAZ2wsx",
            "Sunshine!7",
            "!!Iloveyou2",
            "Zxcvbnm1!",
            "aaaaaaaaaaaaaaaa",
            "Ab1!Ab1!Ab1!",
            "dragondragon",
        ] {
            assert!(contains(password), "{password}");
        }
        for password in
            ["Zq7!mmwK", "tV9#kk2!wQz0", "верный конь батарея скрепка", "", "a", "correct horse battery"]
        {
            assert!(!contains(password), "{password}");
        }
    }
}
