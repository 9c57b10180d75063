//! The user-data header that joins parts (3GPP TS 23.040 section 9.2.3.24). No I/O; safe on any octets.

/// Which part of which message an octet string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concatenation {
    /// The same in all parts of one message.
    pub reference: u16,
    /// How many parts there are, 1 to 255.
    pub total: u8,
    /// Which one this is, from 1.
    pub number: u8,
}

/// Puts the header with an 8-bit reference before a part.
pub fn with_header(reference: u8, total: u8, number: u8, part: &[u8]) -> Vec<u8> {
    let mut octets = vec![0x05, 0x00, 0x03, reference, total, number];
    octets.extend_from_slice(part);
    octets
}

/// Reads the header at the start of user data: what it says about joining, if anything, and the octets after
/// it. `None` when the header is longer than the data or an element is cut off.
pub fn parse(data: &[u8]) -> Option<(Option<Concatenation>, &[u8])> {
    let (&length, rest) = data.split_first()?;
    if rest.len() < length.into() {
        return None;
    }
    let (mut header, body) = rest.split_at(length.into());
    let mut found = None;
    while let [identifier, length, rest @ ..] = header {
        if rest.len() < usize::from(*length) {
            return None;
        }
        let (element, after) = rest.split_at(usize::from(*length));
        // The last of several wins (section 9.2.3.24); impossible counts are ignored as if absent (9.2.3.24.1).
        found = match (identifier, element) {
            (0x00, [reference, total, number]) => valid((*reference).into(), *total, *number).or(found),
            (0x08, [high, low, total, number]) => {
                valid(u16::from_be_bytes([*high, *low]), *total, *number).or(found)
            }
            _ => found,
        };
        header = after;
    }
    header.is_empty().then_some((found, body))
}

fn valid(reference: u16, total: u8, number: u8) -> Option<Concatenation> {
    (number >= 1 && number <= total).then_some(Concatenation { reference, total, number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_both_widths_and_skips_other_elements() {
        let narrow = parse(&[5, 0, 3, 7, 2, 1, b'x']).expect("well formed");
        assert_eq!(narrow, (Some(Concatenation { reference: 7, total: 2, number: 1 }), &b"x"[..]));
        let wide = parse(&[10, 0x24, 1, 3, 8, 4, 1, 2, 3, 3, 0]);
        assert_eq!(wide, None, "a last element without its length is cut off");
        let wide = parse(&[9, 0x24, 1, 3, 8, 4, 1, 2, 3, 3]).expect("well formed");
        assert_eq!(wide.0, Some(Concatenation { reference: 258, total: 3, number: 3 }));
    }

    #[test]
    fn refuses_what_is_cut_off_and_ignores_what_is_impossible() {
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&[5, 0, 3, 7, 2]), None);
        assert_eq!(parse(&[3, 0, 9, 1]), None);
        assert_eq!(parse(&[5, 0, 3, 7, 2, 3]).expect("well formed").0, None, "part 3 of 2");
        assert_eq!(parse(&[5, 0, 3, 7, 0, 0]).expect("well formed").0, None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(reference: u8, total in 1u8.., part: Vec<u8>) {
            for number in [1, total] {
                let octets = with_header(reference, total, number, &part);
                let (found, body) = parse(&octets).expect("well formed");
                prop_assert_eq!(found, Some(Concatenation { reference: reference.into(), total, number }));
                prop_assert_eq!(body, &part[..]);
            }
        }

        #[test]
        fn no_octets_do_harm(data: Vec<u8>) {
            if let Some((_, body)) = parse(&data) {
                prop_assert!(data.ends_with(body));
            }
        }
    }
}
