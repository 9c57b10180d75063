//! Section `[journal]`: the tree over the journal, its signed heads, the owner's pages.

use serde::{Deserialize, Serialize};

/// Section `[journal]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds between two turns of placing new events in the tree: between heads this only spreads the work.
    pub place_seconds: u32,
    /// Events placed in one transaction: bounds how long other writers wait (about 10 ms for 1,000).
    pub place_batch: u32,
    /// Seconds between two signed heads (spec 01 §6: hourly).
    pub head_seconds: u32,
    /// Seconds between two verifications of the whole journal by the portal itself (choice: daily, an hour's head is signed
    /// meanwhile anyway); 0 leaves it to `pristan admin audit verify`.
    pub verify_seconds: u32,
    /// Heads shown on `/journal`: two days of hourly ones.
    pub shown_heads: u32,
    /// Events on one page of the owner's journal.
    pub page_rows: u32,
    /// Events in one CSV file at most; newer ones first.
    pub csv_rows: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            place_seconds: 60,
            place_batch: 1_000,
            head_seconds: 3_600,
            verify_seconds: 86_400,
            shown_heads: 48,
            page_rows: 50,
            csv_rows: 100_000,
        }
    }
}
