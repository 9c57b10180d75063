//! Section `[challenge]`: how hard the challenges are and how long they live.

use serde::{Deserialize, Serialize};

/// Section `[challenge]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long a challenge can be answered, in seconds. Ten minutes: longer than people need to find their
    /// headphones, shorter than a solving service likes to wait (policy).
    pub lifetime_seconds: u32,
    /// Characters in the picture, 4 to 8. Six of seventeen are 24 million answers (policy).
    pub picture_chars: u8,
    /// Digits in the sound, 4 to 8. Six are a million answers, one try each (policy).
    pub sound_digits: u8,
    /// Leading zero bits of the proof of work, 8 to 30; each bit doubles the work. 19 are half a million hashes, a
    /// second or two of a telephone (the difficulty that other national providers ship, practice sheet §3).
    pub work_bits: u8,
    /// Pictures and sounds drawn at the same moment; each takes some milliseconds of one core (policy).
    pub renders_at_once: u8,
    /// Requests that may wait for their turn; more are sent away with 503 (policy).
    pub renders_waiting: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            lifetime_seconds: 600,
            picture_chars: 6,
            sound_digits: 6,
            work_bits: 19,
            renders_at_once: 2,
            renders_waiting: 64,
        }
    }
}

impl Settings {
    /// What is out of bounds: the name of the value and what it must be.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let bounds = [
            ("lifetime_seconds", u64::from(self.lifetime_seconds), 30, 3_600),
            ("picture_chars", u64::from(self.picture_chars), 4, 8),
            ("sound_digits", u64::from(self.sound_digits), 4, 8),
            ("work_bits", u64::from(self.work_bits), 8, 30),
            ("renders_at_once", u64::from(self.renders_at_once), 1, 64),
            ("renders_waiting", u64::from(self.renders_waiting), 1, 10_000),
        ];
        let outside = bounds.into_iter().filter(|&(_, value, least, most)| value < least || value > most);
        outside.map(|(name, _, least, most)| (name, format!("must be from {least} to {most}"))).collect()
    }
}
