//! Sections `[devices]` and `[geo]`: how long devices are known, and where countries of addresses are read from.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Section `[devices]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Days without a sign-in after which a device is unknown again (browsers keep cookies 400 days at most).
    pub keep_days: i64,
    /// Devices that one account may have; the one used longest ago makes room.
    pub most: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { keep_days: 400, most: 50 }
    }
}

/// Section `[geo]`: countries of network addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GeoSettings {
    /// A file in the regional registries' delegated statistics format; without it no country is known, and what
    /// needs one is not offered.
    pub file: Option<PathBuf>,
    /// The deployment's own country, ISO 3166-1 alpha-2: everything else is abroad.
    pub home: String,
}

impl GeoSettings {
    /// What is wrong: name of the value and message.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if !self.home.is_empty() && super::Country::parse(&self.home).is_none() {
            found.push(("home", "expected two capital letters, for example RU".to_owned()));
        }
        if self.file.is_some() && self.home.is_empty() {
            found.push(("home", "needed beside geo.file: which country is not abroad".to_owned()));
        }
        if let Err(error) = super::Geo::load(self) {
            found.push(("file", error));
        }
        found
    }
}
