//! How a text becomes the octets of one or several short messages (3GPP TS 23.038, TS 23.040). No I/O.

/// The GSM 7-bit default alphabet (TS 23.038 section 6.2.1); the place is the code. 0x1B leads to the extension.
const ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// The extension table (TS 23.038 section 6.2.1.1): the octet after 0x1B.
const EXTENSION: [(char, u8); 10] = [
    ('\u{c}', 0x0A),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2F),
    ('[', 0x3C),
    ('~', 0x3D),
    (']', 0x3E),
    ('|', 0x40),
    ('€', 0x65),
];

const ESCAPE: u8 = 0x1B;

/// Octets of the user-data header that joins the parts (TS 23.040 section 9.2.3.24.1, 8-bit reference).
const HEADER: usize = 6;

/// How the characters of a message are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// GSM 7-bit default alphabet, one character an octet as SMPP carries it (`data_coding` 0).
    Gsm7,
    /// UCS-2, written as UTF-16 big-endian so that emoji survive (`data_coding` 8).
    Ucs2,
}

impl Coding {
    /// The value of the SMPP field `data_coding`.
    pub fn data_coding(self) -> u8 {
        match self {
            Coding::Gsm7 => 0,
            Coding::Ucs2 => 8,
        }
    }

    /// Octets that fit into one message alone, and into one part beside the header.
    fn room(self) -> (usize, usize) {
        match self {
            // 160 septets alone; the header takes 7 of them. SMPP carries a septet in an octet.
            Coding::Gsm7 => (160, 153),
            Coding::Ucs2 => (140, 140 - HEADER),
        }
    }
}

/// A text cut into parts, without headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// How the octets are to be read.
    pub coding: Coding,
    /// The octets of each part, at least one part.
    pub parts: Vec<Vec<u8>>,
}

/// A text that cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// How many parts it would need.
    pub parts: usize,
}

/// Encodes a text in the narrowest coding that holds it and cuts it into parts. A character, an escape pair or
/// a surrogate pair never falls between two parts.
///
/// # Errors
/// [`TooLong`] when more than `most` parts would be needed.
pub fn split(text: &str, most: usize) -> Result<Parts, TooLong> {
    let (coding, units) = units(text);
    let (alone, beside_header) = coding.room();
    let total: usize = units.iter().map(Vec::len).sum();
    let room = if total <= alone { alone } else { beside_header };
    let mut parts: Vec<Vec<u8>> = vec![Vec::with_capacity(total.min(room))];
    for unit in units {
        match parts.last_mut() {
            Some(last) if last.len() + unit.len() <= room => last.extend(unit),
            _ => parts.push(unit),
        }
    }
    if parts.len() > most.min(255) {
        Err(TooLong { parts: parts.len() })
    } else {
        Ok(Parts { coding, parts })
    }
}

/// The text as indivisible groups of octets.
fn units(text: &str) -> (Coding, Vec<Vec<u8>>) {
    match text.chars().map(gsm7).collect::<Option<Vec<_>>>() {
        Some(units) => (Coding::Gsm7, units),
        None => (Coding::Ucs2, text.chars().map(utf16).collect()),
    }
}

fn gsm7(character: char) -> Option<Vec<u8>> {
    if let Some((_, octet)) = EXTENSION.iter().find(|(known, _)| *known == character) {
        return Some(vec![ESCAPE, *octet]);
    }
    let code = ALPHABET.chars().position(|known| known == character)?;
    (code != usize::from(ESCAPE)).then(|| vec![code as u8])
}

fn utf16(character: char) -> Vec<u8> {
    let mut pair = [0; 2];
    character.encode_utf16(&mut pair).iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(parts: &Parts) -> String {
        let octets: Vec<u8> = parts.parts.concat();
        match parts.coding {
            Coding::Ucs2 => {
                let units: Vec<u16> =
                    octets.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16(&units).expect("whole pairs")
            }
            Coding::Gsm7 => {
                let mut text = String::new();
                let mut octets = octets.into_iter();
                while let Some(octet) = octets.next() {
                    text.push(if octet == ESCAPE {
                        let second = octets.next().expect("an escape is never last");
                        EXTENSION.iter().find(|(_, code)| *code == second).expect("known").0
                    } else {
                        ALPHABET.chars().nth(octet.into()).expect("seven bits")
                    });
                }
                text
            }
        }
    }

    #[test]
    fn the_alphabet_has_128_places() {
        assert_eq!(ALPHABET.chars().count(), 128);
        assert_eq!(ALPHABET.chars().nth(0x41), Some('A'));
        assert_eq!(ALPHABET.chars().nth(0x7f), Some('à'));
        assert_eq!(ALPHABET.chars().nth(0x1b), Some('\u{1b}'));
    }

    #[test]
    fn lengths_at_the_edges() {
        let count = |text: String| split(&text, 255).expect("fits").parts.len();
        assert_eq!(
            (count("a".repeat(160)), count("a".repeat(161)), count("a".repeat(306)), count("a".repeat(307))),
            (1, 2, 2, 3)
        );
        assert_eq!(
            (count("я".repeat(70)), count("я".repeat(71)), count("я".repeat(134)), count("я".repeat(135))),
            (1, 2, 2, 3)
        );
        assert_eq!(
            (count("€".repeat(80)), count("€".repeat(81))),
            (1, 2),
            "an extended character takes two places"
        );
        assert_eq!(count(String::new()), 1);
        assert_eq!(split(&"я".repeat(135), 2), Err(TooLong { parts: 3 }));
    }

    #[test]
    fn one_character_outside_the_alphabet_changes_the_coding() {
        assert_eq!(split("Code 123456", 1).expect("fits").coding, Coding::Gsm7);
        assert_eq!(split("Код 123456", 1).expect("fits").coding, Coding::Ucs2);
        assert_eq!(
            split("a`b", 1).expect("fits").coding,
            Coding::Ucs2,
            "the grave accent is not in the alphabet"
        );
        assert_eq!(
            split("a\u{1b}b", 1).expect("fits").coding,
            Coding::Ucs2,
            "the escape itself is not a character"
        );
    }

    proptest! {
        #[test]
        fn every_text_survives_and_every_part_fits(text in "[a-zA-Z0-9€\\[\\]{}~^|\\\\а-яё😀-😎 ]{0,700}") {
            let parts = split(&text, 255).expect("fits");
            let (alone, beside) = parts.coding.room();
            let room = if parts.parts.len() == 1 { alone } else { beside };
            prop_assert!(parts.parts.iter().all(|part| part.len() <= room));
            prop_assert!(parts.parts.len() == 1 || parts.parts.iter().all(|part| !part.is_empty()));
            prop_assert_eq!(read(&parts), text);
            for part in &parts.parts {
                let alone = Parts { coding: parts.coding, parts: vec![part.clone()] };
                read(&alone); // no part begins or ends inside a character
            }
        }

        #[test]
        fn latin_text_survives(text in "[ -~]{0,400}") {
            prop_assert_eq!(read(&split(&text, 255).expect("fits")), text);
        }
    }
}
