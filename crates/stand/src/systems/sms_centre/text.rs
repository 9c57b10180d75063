//! Octets of short messages to text (3GPP TS 23.038, TS 23.040). Written apart from the portal's encoder, so that
//! a mistake in one shows against the other. No I/O; safe on any octets.

/// The GSM 7-bit default alphabet in rows of sixteen.
const ROWS: [&str; 8] = [
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
];

/// Decodes user data by its `data_coding`: 8 is UCS-2, 3 Latin-1, 1 ASCII, everything else the default alphabet.
pub(super) fn decode(data_coding: u8, octets: &[u8]) -> String {
    match data_coding {
        8 => {
            let units =
                octets.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        1 | 3 => octets.iter().map(|octet| char::from(*octet)).collect(),
        _ => gsm7(octets),
    }
}

fn gsm7(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    let mut escaped = false;
    for octet in octets {
        if std::mem::take(&mut escaped) {
            text.push(extension(*octet));
        } else if *octet == 0x1B {
            escaped = true;
        } else {
            let row = ROWS.get(usize::from(octet >> 4));
            text.push(
                row.and_then(|row| row.chars().nth(usize::from(octet & 15)))
                    .unwrap_or(char::REPLACEMENT_CHARACTER),
            );
        }
    }
    text
}

fn extension(octet: u8) -> char {
    match octet {
        0x0A => '\u{c}',
        0x14 => '^',
        0x28 => '{',
        0x29 => '}',
        0x2F => '\\',
        0x3C => '[',
        0x3D => '~',
        0x3E => ']',
        0x40 => '|',
        0x65 => '€',
        _ => ' ', // section 6.2.1.1: shown as a space by phones that do not know it
    }
}

/// Which part this is: reference, total, number (from 1).
pub(super) type PartOf = (u16, u8, u8);

/// Splits user data that begins with a header into what joins it and the rest.
pub(super) fn user_data(octets: &[u8]) -> (Option<PartOf>, &[u8]) {
    let length = usize::from(octets.first().copied().unwrap_or(0));
    let Some(header) = octets.get(1..=length) else { return (None, octets) };
    let body = &octets[length + 1..];
    let mut at = 0;
    while let Some((&kind, &size)) = header.get(at).zip(header.get(at + 1)) {
        let Some(element) = header.get(at + 2..at + 2 + usize::from(size)) else { break };
        let found = match (kind, element) {
            (0, &[reference, total, number]) => Some((u16::from(reference), total, number)),
            (8, &[high, low, total, number]) => Some((u16::from(high) << 8 | u16::from(low), total, number)),
            _ => None,
        };
        if let Some((_, total, number)) = found
            && (1..=total).contains(&number)
        {
            return (found, body);
        }
        at += 2 + usize::from(size);
    }
    (None, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes_every_coding() {
        assert_eq!(decode(0, b"\x00Code 12\x1b\x65\x7f"), "@Code 12€à");
        assert_eq!(decode(8, &[0x04, 0x1a, 0xd8, 0x3d, 0xde, 0x00]), "К😀");
        assert_eq!(decode(3, &[0xe9]), "é");
    }

    #[test]
    fn reads_headers() {
        assert_eq!(user_data(&[5, 0, 3, 9, 2, 1, b'a']), (Some((9, 2, 1)), &b"a"[..]));
        assert_eq!(user_data(&[6, 8, 4, 1, 2, 3, 3, b'a']), (Some((258, 3, 3)), &b"a"[..]));
        assert_eq!(user_data(&[5, 0, 3, 9, 2, 3, b'a']).0, None);
    }

    proptest! {
        #[test]
        fn no_octets_do_harm(coding: u8, octets: Vec<u8>) {
            decode(coding, &octets);
            user_data(&octets);
        }
    }
}
