//! The name of an object.

use std::fmt;

/// The longest key, in bytes.
const LONGEST: usize = 200;

/// The name of an object: 1 to 200 of `a-z 0-9 _ - /`, parts between slashes never empty. Safe as a file name, in an
/// address and in a log; ordered by its bytes, as every store orders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The key, when the text is one.
    pub fn parse(text: &str) -> Option<ObjectKey> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'/');
        let good = text.len() <= LONGEST
            && text.bytes().all(allowed)
            && text.split('/').all(|part| !part.is_empty());
        good.then(|| ObjectKey(text.to_owned()))
    }

    /// The text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_cannot_leave_their_place() {
        for good in ["a", "scans/0198-ab_c/1", &"k".repeat(200)] {
            assert_eq!(ObjectKey::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            ".",
            "A",
            "é",
            "a b",
            "a\0",
            "a\n",
            &"k".repeat(201),
        ] {
            assert!(ObjectKey::parse(bad).is_none(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_parsed_stays_as_it_was(text in ".{0,250}") {
            if let Some(key) = ObjectKey::parse(&text) {
                prop_assert_eq!(key.as_str(), text);
            }
        }
    }
}
