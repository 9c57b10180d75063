//! Section `[registration]`.

use serde::{Deserialize, Serialize};

/// Section `[registration]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours that an unfinished registration is kept (spec 01 §1: 24).
    pub draft_hours: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { draft_hours: 24 }
    }
}
