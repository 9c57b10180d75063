//! The part of CBOR (RFC 8949) that authenticators use: definite lengths, shortest forms, text and integers as keys
//! of maps (CTAP 2.1 §8). Everything else is refused. Nothing is copied; depth and counts are bounded.

use super::Refusal;

/// How deep values may be nested: an attestation object needs four.
const DEEPEST: u8 = 8;

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An integer, positive or negative.
    Int(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// An array or a map: its own bytes, to be read by [`Reader`].
    Nested,
    /// `false`, `true`, `null`, numbers with a fraction: nothing that is used here.
    Other,
}

/// Reads values one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

const BROKEN: Refusal = Refusal::Malformed("CBOR");

impl<'a> Reader<'a> {
    /// A reader over these bytes.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Reads one whole value, with everything inside it, and answers its bytes.
    ///
    /// # Errors
    /// The bytes are not the CBOR that is accepted here.
    pub fn whole(&mut self) -> Result<&'a [u8], Refusal> {
        let before = self.rest;
        self.value_within(0)?;
        Ok(&before[..before.len() - self.rest.len()])
    }

    /// Reads one value; what is nested is skipped whole.
    ///
    /// # Errors
    /// As [`Reader::whole`].
    pub fn value(&mut self) -> Result<Value<'a>, Refusal> {
        self.value_within(0)
    }

    /// Reads the head of a map: how many pairs follow.
    ///
    /// # Errors
    /// The next value is no map, or has more pairs than bytes are left.
    pub fn map(&mut self) -> Result<usize, Refusal> {
        let (major, length) = self.head()?;
        let pairs = usize::try_from(length).map_err(|_| BROKEN)?;
        if major != 5 || pairs > self.rest.len() / 2 { Err(BROKEN) } else { Ok(pairs) }
    }

    fn value_within(&mut self, depth: u8) -> Result<Value<'a>, Refusal> {
        if depth == DEEPEST {
            return Err(BROKEN);
        }
        let (major, length) = self.head()?;
        match major {
            0 => i64::try_from(length).map(Value::Int).map_err(|_| BROKEN),
            1 => i64::try_from(length).map(|n| Value::Int(-1 - n)).map_err(|_| BROKEN),
            2 => self.take(length).map(Value::Bytes),
            3 => std::str::from_utf8(self.take(length)?).map(Value::Text).map_err(|_| BROKEN),
            4 | 5 => {
                let each = u64::from(major - 3);
                // Every value takes a byte at least: a length that promises more than is left is a lie.
                let count = length.checked_mul(each).filter(|count| *count <= self.rest.len() as u64);
                for _ in 0..count.ok_or(BROKEN)? {
                    self.value_within(depth + 1)?;
                }
                Ok(Value::Nested)
            }
            7 => Ok(Value::Other),
            _ => Err(BROKEN),
        }
    }

    /// The kind of the next value and its number: itself, a length or a count. Only the shortest form is accepted.
    fn head(&mut self) -> Result<(u8, u64), Refusal> {
        let first = *self.take(1)?.first().ok_or(BROKEN)?;
        let (major, info) = (first >> 5, first & 31);
        let (number, least) = match info {
            0..=23 => return Ok((major, info.into())),
            24..=27 => {
                let bytes = self.take(1 << (info - 24))?;
                let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                (number, [24, 0x100, 0x1_0000, 0x1_0000_0000][usize::from(info - 24)])
            }
            _ => return Err(BROKEN),
        };
        // Numbers with a fraction have no shortest form here; a simple value in two bytes is at least 32.
        let least = if major == 7 { if info == 24 { 32 } else { 0 } } else { least };
        if number < least { Err(BROKEN) } else { Ok((major, number)) }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Refusal> {
        let length = usize::try_from(length).map_err(|_| BROKEN)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(BROKEN)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(bytes: &[u8]) -> Result<Value<'_>, Refusal> {
        let mut reader = Reader::new(bytes);
        reader.value().and_then(|value| if reader.rest().is_empty() { Ok(value) } else { Err(BROKEN) })
    }

    #[test]
    fn values_of_rfc_8949_appendix_a() {
        let table: [(&[u8], Value<'_>); 12] = [
            (&[0x00], Value::Int(0)),
            (&[0x17], Value::Int(23)),
            (&[0x18, 0x18], Value::Int(24)),
            (&[0x19, 0x03, 0xe8], Value::Int(1000)),
            (&[0x1a, 0x00, 0x0f, 0x42, 0x40], Value::Int(1_000_000)),
            (&[0x1b, 0, 0, 0, 0xe8, 0xd4, 0xa5, 0x10, 0], Value::Int(1_000_000_000_000)),
            (&[0x20], Value::Int(-1)),
            (&[0x39, 0x01, 0x00], Value::Int(-257)),
            (&[0x44, 1, 2, 3, 4], Value::Bytes(&[1, 2, 3, 4])),
            (&[0x64, b'I', b'E', b'T', b'F'], Value::Text("IETF")),
            (&[0xa2, 0x61, b'a', 1, 0x61, b'b', 0x82, 2, 3], Value::Nested),
            (&[0xf5], Value::Other),
        ];
        for (bytes, value) in table {
            assert_eq!(one(bytes), Ok(value), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_authenticators_never_send_is_refused() {
        let table: [&[u8]; 14] = [
            &[],
            &[0x18],                                                 // cut off
            &[0x18, 0x17],                                           // not the shortest form
            &[0x19, 0x00, 0xff],                                     // not the shortest form
            &[0x5f, 0x41, 0x00, 0xff],                               // indefinite bytes
            &[0x9f, 0xff],                                           // indefinite array
            &[0xbf, 0xff],                                           // indefinite map
            &[0xc0, 0x60],                                           // a tag
            &[0x44, 1, 2, 3],                                        // fewer bytes than promised
            &[0x62, 0xff, 0xfe],                                     // not UTF-8
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // a lie about the count
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // beyond i64
            &[0x1c],
        ];
        for bytes in table {
            assert!(one(bytes).is_err(), "{bytes:02x?}");
        }
        assert!(one(&[0x81; 40]).is_err(), "nested without end");
    }
}
