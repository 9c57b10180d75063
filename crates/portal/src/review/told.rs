//! What is kept sealed of a case: what the person is told, and what a member of staff found.

use super::rules::{Reason, Seen};
use crate::profile::Field;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the person is told; sealed as JSON under the account's key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What should be better about the scan, in a word.
    pub flaw: String,
    /// Identifiers of the scans that were there when another was asked for.
    pub known: Vec<String>,
    /// Why it could not be confirmed.
    pub reason: Option<Reason>,
    /// Words of values that differ.
    pub fields: Vec<String>,
    /// What a member of staff wrote besides; may be empty.
    pub words: String,
}

/// What a member of staff found; sealed like that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Value by value.
    pub seen: BTreeMap<Field, Seen>,
    /// Why it cannot be confirmed.
    pub reason: Option<Reason>,
    /// Words for the person; may be empty.
    pub words: String,
}

impl Found {
    /// The values that differ.
    pub fn differing(&self) -> Vec<Field> {
        let differs = self.seen.iter().filter(|(_, seen)| **seen == Seen::Differs);
        differs.map(|(field, _)| *field).collect()
    }
}

/// The most characters that a member of staff writes to the person.
pub const MOST_WORDS: usize = 500;

/// What should be better about a scan.
pub const FLAWS: [(&str, &str); 5] = [
    ("missing", "review-flaw-missing"),
    ("blurred", "review-flaw-blurred"),
    ("cut", "review-flaw-cut"),
    ("glare", "review-flaw-glare"),
    ("other", "review-flaw-other"),
];

/// The key of a flaw's text.
pub fn flaw_key(word: &str) -> Option<&'static str> {
    FLAWS.iter().find(|(known, _)| *known == word).map(|(_, key)| *key)
}

/// Words for the person as they are kept: trimmed, single spaces, nothing that cannot be seen; none when there are too
/// many.
pub fn words(typed: &str) -> Option<String> {
    let visible: String = typed.chars().filter(|c| !kernel::text::is_invisible(*c)).collect();
    let parts: Vec<&str> = visible
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect();
    let words = parts.join(" ");
    (words.chars().count() <= MOST_WORDS).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_line_and_not_too_many() {
        assert_eq!(
            words("  Страница\r\n 5 \u{202e}нужна целиком ").as_deref(),
            Some("Страница 5 нужна целиком")
        );
        assert_eq!(words("").as_deref(), Some(""));
        assert!(words(&"я".repeat(500)).is_some());
        assert_eq!(words(&"я".repeat(501)), None);
    }
}
