//! Looking for malware in uploaded files.
//!
//! A scanner sees plain bytes and keeps nothing. It is one more opinion, not the gate: files are judged and rebuilt
//! by the portal whether or not it answers.

pub mod clamd;
mod config;
pub mod memory;

pub use config::{ClamdConfig, Config, Kind};

use crate::{ConfigProblem, Health};
use async_trait::async_trait;
use std::sync::Arc;

/// What a scanner says of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing known was found in all of the bytes.
    Clean,
    /// Something known was found.
    Infected {
        /// What the scanner calls it: at most 100 printable ASCII characters. Never shown to people as an
        /// instruction, and not to be trusted as text of ours.
        name: String,
    },
    /// There is no verdict: ask again later, with the same bytes.
    Unavailable {
        /// What happened, in words fit for a log.
        reason: String,
    },
}

impl Verdict {
    /// No verdict, for this reason.
    pub fn unavailable(reason: impl Into<String>) -> Verdict {
        Verdict::Unavailable { reason: reason.into() }
    }

    /// Something was found; the name is cut to what may be kept of it.
    pub fn infected(name: &str) -> Verdict {
        let name: String = name.chars().filter(|c| matches!(c, ' '..='~')).take(LONGEST_NAME).collect();
        Verdict::Infected { name }
    }
}

/// The longest name of malware that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// A way to have bytes looked at.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// Looks at these bytes; ends within configured time.
    async fn inspect(&self, bytes: &[u8]) -> Verdict;

    /// Whether the scanner answered at its last use.
    fn health(&self) -> Health;
}

/// The configured scanner, or none when `kind` is `none`.
///
/// # Errors
/// Every problem of the configuration, paths below the antivirus table.
pub fn open(config: &Config) -> Result<Option<Arc<dyn Scanner>>, Vec<ConfigProblem>> {
    Ok(match config.kind {
        Kind::None => None,
        Kind::Clamd => Some(Arc::new(clamd::ClamdScanner::new(config)?)),
    })
}
