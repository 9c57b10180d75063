//! The way every typed value takes first: length, trimming, separators, digits.
//!
//! Text arrives from keyboards, phone books, messengers and word processors, which wrap it in no-break spaces,
//! byte order marks and marks of direction. At both ends these are dropped; inside they are refused, because
//! two values that look the same must be the same.

use crate::Refusal;
use unicode_normalization::UnicodeNormalization;

/// The longest text that any identifier field looks at, in Unicode scalar values (policy).
pub const MAX_INPUT: usize = 256;

/// Marks that cannot be seen: soft hyphen, joiners, marks of direction, byte order mark.
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A space that people type or paste between groups of digits.
pub const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}')
}

/// Any of the dashes that stand for a hyphen.
pub const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}')
}

/// Drops white space and invisible marks from both ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Steps one and two of every field: too long, trimmed, empty.
pub fn bounded(text: &str) -> Result<&str, Refusal> {
    if text.chars().nth(MAX_INPUT).is_some() {
        return Err(Refusal::TooLong);
    }
    match trim(text) {
        "" => Err(Refusal::Empty),
        trimmed => Ok(trimmed),
    }
}

/// The text in Unicode normalization form C: «и» and its breve become «й».
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Which separators a value allows between its significant characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Separators {
    /// Spaces of [`is_space`].
    pub space: bool,
    /// Dashes of [`is_dash`].
    pub dash: bool,
}

impl Separators {
    /// Nothing but the significant characters.
    pub const NONE: Separators = Separators { space: false, dash: false };
    /// Spaces only.
    pub const SPACE: Separators = Separators { space: true, dash: false };
    /// Spaces and dashes.
    pub const SPACE_DASH: Separators = Separators { space: true, dash: true };

    const fn allow(self, c: char) -> bool {
        (self.space && is_space(c)) || (self.dash && is_dash(c))
    }
}

/// Takes out the allowed separators, each single and between two significant characters;
/// `significant` decides on the rest.
pub fn unseparated(
    text: &str,
    separators: Separators,
    significant: impl Fn(char) -> bool,
) -> Result<String, Refusal> {
    let text = bounded(text)?;
    if let Some(_odd) = text.chars().find(|&c| !significant(c) && !separators.allow(c)) {
        return Err(Refusal::BadChar);
    }
    let mut kept = String::with_capacity(text.len());
    let mut after_separator = true;
    for c in text.chars() {
        if significant(c) {
            kept.push(c);
            after_separator = false;
        } else if after_separator {
            return Err(Refusal::BadSeparator);
        } else {
            after_separator = true;
        }
    }
    if after_separator { Err(Refusal::BadSeparator) } else { Ok(kept) }
}

/// [`unseparated`] for values of ASCII digits alone.
pub fn digits(text: &str, separators: Separators) -> Result<String, Refusal> {
    unseparated(text, separators, |c| c.is_ascii_digit())
}

/// The values 0–9 of a string that [`digits`] has let through.
pub(crate) fn values(digits: &str) -> Vec<u32> {
    digits.bytes().map(|b| u32::from(b.wrapping_sub(b'0'))).collect()
}

/// Gives a checked value its text form, a `Debug` that masks, and serde that goes through the same check.
/// The type has a `fn masked(&self) -> String`, a text in field `.0`, and `$parse` reads it back.
macro_rules! text_value {
    ($name:ident, $parse:expr) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.masked())
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                $parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_value;
