//! The configuration of notifications of browsers.

use crate::ConfigProblem;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The `[push]` table. With an empty `contact` nobody is told this way and the portal does not offer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushConfig {
    /// Whom push services write to when our pushes trouble them (RFC 8292, 2.1): `mailto:` or `https:`.
    pub contact: String,
    /// File of our signing key, made at the first start; without one `push-key.pem` in the data folder. Instances over
    /// one database need the same one, and a new one silences every browser that asked before.
    pub key_file: Option<PathBuf>,
    /// Browsers of one account that are told.
    pub browsers: i64,
    /// Lets browsers name addresses of private networks and plain http; for the stand alone.
    pub allow_private: bool,
    /// The whole exchange must end within this many seconds.
    pub timeout_seconds: u32,
}

impl Default for PushConfig {
    fn default() -> PushConfig {
        PushConfig {
            contact: String::new(),
            key_file: None,
            browsers: 10,
            allow_private: false,
            timeout_seconds: 10,
        }
    }
}

impl PushConfig {
    /// Whether browsers are told at all.
    pub fn is_on(&self) -> bool {
        !self.contact.is_empty()
    }

    /// Every problem of these values, paths below `[push]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let fine = self.contact.starts_with("mailto:") || self.contact.starts_with("https://");
        let plain = self.contact.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if self.is_on() && !(fine && plain) {
            found.push(ConfigProblem::new(
                "contact",
                "expected an address such as mailto:admin@portal.example or https://portal.example/contact",
            ));
        }
        if !(1..=100).contains(&self.browsers) {
            found.push(ConfigProblem::new("browsers", "expected 1 to 100"));
        }
        if !(1..=120).contains(&self.timeout_seconds) {
            found.push(ConfigProblem::new("timeout_seconds", "expected 1 to 120"));
        }
        found
    }
}
