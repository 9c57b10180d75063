//! Section `[profile]`: how much a profile may hold.

use serde::{Deserialize, Serialize};

/// Section `[profile]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Children in one profile (a choice: more than families have).
    pub most_children: u32,
    /// Vehicles in one profile (a choice: more is a company's fleet, which has an account of its own kind).
    pub most_vehicles: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { most_children: 20, most_vehicles: 20 }
    }
}
