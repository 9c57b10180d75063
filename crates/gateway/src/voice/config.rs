//! The configuration of voice calls.

use crate::ConfigProblem;
use kernel::Secret;
use serde::{Deserialize, Serialize};

/// The `[voice]` table. With an empty `url` nobody is called and the portal does not offer it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceConfig {
    /// Where calls are ordered: `POST` of the JSON in `openapi.yaml`, such as `https://voice.example/calls`.
    pub url: String,
    /// Sent as `Authorization: Bearer …` when not empty.
    pub token: Secret<String>,
    /// The whole exchange must end within this many seconds.
    pub timeout_seconds: u32,
    /// Longest answer that is read, in bytes.
    pub answer_limit_bytes: u32,
}

impl Default for VoiceConfig {
    fn default() -> VoiceConfig {
        VoiceConfig {
            url: String::new(),
            token: Secret::new(String::new()),
            timeout_seconds: 10,
            answer_limit_bytes: 64 * 1024,
        }
    }
}

impl VoiceConfig {
    /// Whether calls can be ordered at all.
    pub fn is_on(&self) -> bool {
        !self.url.is_empty()
    }

    /// Every problem of these values, paths below `[voice]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        if self.is_on() && !self.url.starts_with("http://") && !self.url.starts_with("https://") {
            found.push(ConfigProblem::new("url", "expected an address that starts with http:// or https://"));
        }
        if !self.token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            found.push(ConfigProblem::new("token", "expected visible ASCII characters"));
        }
        if !(1..=120).contains(&self.timeout_seconds) {
            found.push(ConfigProblem::new("timeout_seconds", "expected 1 to 120"));
        }
        if !(256..=1_048_576).contains(&self.answer_limit_bytes) {
            found.push(ConfigProblem::new("answer_limit_bytes", "expected 256 to 1048576"));
        }
        found
    }
}
