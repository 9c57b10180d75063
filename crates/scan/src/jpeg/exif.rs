//! The one thing that is read from EXIF: which way is up.

/// The tag 0x0112 in the first directory of a TIFF block; `None` when it is absent, odd or damaged.
pub(crate) fn orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let long = |at: usize| {
        let (first, second) = (u32::from(short(at)?), u32::from(short(at + 2)?));
        Some(if little { second << 16 | first } else { first << 16 | second })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let count = usize::from(short(directory)?);
    for index in 0..count.min(512) {
        let entry = directory + 2 + index * 12;
        if short(entry)? == 0x0112 {
            let right = short(entry + 2)? == 3 && long(entry + 4)? == 1;
            return short(entry + 8).filter(|value| right && (1..=8).contains(value));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::orientation;

    fn tiff(little: bool, tag: u16, value: u16) -> Vec<u8> {
        let short = |v: u16| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let long = |v: u32| if little { v.to_le_bytes() } else { v.to_be_bytes() };
        let mut out = if little { b"II".to_vec() } else { b"MM".to_vec() };
        out.extend(short(42));
        out.extend(long(8));
        out.extend(short(1));
        out.extend(short(tag));
        out.extend(short(3));
        out.extend(long(1));
        out.extend(short(value));
        out.extend([0; 6]);
        out
    }

    #[test]
    fn both_byte_orders_are_read() {
        assert_eq!(orientation(&tiff(true, 0x0112, 6)), Some(6));
        assert_eq!(orientation(&tiff(false, 0x0112, 8)), Some(8));
    }

    #[test]
    fn odd_values_and_cut_blocks_are_none() {
        assert_eq!(orientation(&tiff(true, 0x0112, 9)), None);
        assert_eq!(orientation(&tiff(true, 0x0110, 6)), None);
        let whole = tiff(true, 0x0112, 6);
        for end in 0..18 {
            assert_eq!(orientation(&whole[..end]), None);
        }
    }
}
