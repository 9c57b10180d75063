//! The two alphabets that names and addresses are written in, and the letters that look alike in both.
//!
//! Ranges instead of the Unicode script property: that one counts full-width letters, Roman numerals and
//! ordinal signs as Latin, which nobody is called by.

/// An alphabet of names and addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Latin,
    Cyrillic,
}

/// The alphabet of a letter, if it is one of the two.
pub(crate) const fn alphabet(c: char) -> Option<Alphabet> {
    match c {
        'A'..='Z' | 'a'..='z' => Some(Alphabet::Latin),
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            Some(Alphabet::Latin)
        }
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => Some(Alphabet::Cyrillic),
        _ => None,
    }
}

/// А–Я, а–я, Ё and ё: the letters of Russian documents.
pub(crate) const fn is_russian(c: char) -> bool {
    matches!(c, 'А'..='я' | 'Ё' | 'ё')
}

/// Which alphabets a word has shown so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) latin: bool,
    pub(crate) cyrillic: bool,
}

impl Seen {
    pub(crate) fn add(&mut self, alphabet: Alphabet) {
        match alphabet {
            Alphabet::Latin => self.latin = true,
            Alphabet::Cyrillic => self.cyrillic = true,
        }
    }

    pub(crate) const fn mixed(self) -> bool {
        self.latin && self.cyrillic
    }
}

/// Whether a word is Cyrillic and could be taken for a Latin one letter by letter.
pub(crate) fn all_twins_of_latin(word: &str) -> bool {
    let twin = |c: char| "асеорхуіјѕһԁӏԛԝьв".contains(c);
    word.chars().any(|c| alphabet(c) == Some(Alphabet::Cyrillic))
        && word.chars().all(|c| twin(c) || c.is_ascii_digit() || c == '-')
}
