//! Where files are kept: sealed bytes under a key, in a folder or an S3-compatible store.
//!
//! The bytes are already sealed by the portal under the key of their account: nothing here ever sees a plain
//! document, and a store that lies, cuts or mixes up is noticed when the portal opens them.
//!
//! The rules of the house:
//! * after `Ok` from [`Objects::put`] the bytes survive a power cut, whole; a killed or failed write leaves what was
//!   there before, or the new bytes, never a part;
//! * a failed [`Objects::put`] may have succeeded: put again, or let a sweep by [`Objects::list`] find the orphan;
//! * every call ends within configured time, and no answer is read beyond the configured size;
//! * nothing personal is in a key, a log line or a reason.

mod config;
pub mod folder;
mod key;
pub mod memory;
pub mod s3;

pub use config::{Addressing, Config, FolderConfig, Kind, S3Config};
pub use key::ObjectKey;

use crate::{ConfigProblem, Health};
use async_trait::async_trait;
use kernel::Clock;
use std::path::Path;
use std::sync::Arc;

/// Why the store did not do what was asked. Nothing in it is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not now (down, slow, full, busy): the same may succeed later.
    Temporary {
        /// What happened, in words fit for a log.
        reason: String,
    },
    /// Not without a change by an administrator or of the request (no right, no such bucket, too large).
    Permanent {
        /// What happened, in words fit for a log.
        reason: String,
    },
}

impl Fault {
    /// A fault that may pass by itself.
    pub fn temporary(reason: impl Into<String>) -> Fault {
        Fault::Temporary { reason: reason.into() }
    }

    /// A fault that will not pass by itself.
    pub fn permanent(reason: impl Into<String>) -> Fault {
        Fault::Permanent { reason: reason.into() }
    }

    /// Whether the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Fault::Temporary { .. })
    }

    /// What happened, in words fit for a log.
    pub fn reason(&self) -> &str {
        match self {
            Fault::Temporary { reason } | Fault::Permanent { reason } => reason,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Fault {}

/// A store of sealed files. Keys are made by the portal and never used for two different files.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Keeps these bytes under the key; durable when `Ok`. Writing again replaces the whole.
    ///
    /// # Errors
    /// [`Fault::Permanent`] for more bytes than the configured largest size; otherwise as the store answers.
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<(), Fault>;

    /// The bytes under the key, or `None` when there are none.
    ///
    /// # Errors
    /// [`Fault::Permanent`] for an object larger than the configured size, which is not read.
    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, Fault>;

    /// Removes what is under the key; nothing there is fine.
    ///
    /// # Errors
    /// As the store answers.
    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault>;

    /// Up to `limit` keys after `after` in the order of their bytes; fewer than `limit` (but at least one) may come
    /// while there are more, and none means that there are no more. For sweeping orphans and for copies, not for
    /// serving people: it may read the names of all objects.
    ///
    /// # Errors
    /// As the store answers.
    async fn list(&self, after: Option<&ObjectKey>, limit: usize) -> Result<Vec<ObjectKey>, Fault>;

    /// Whether the store answered at its last use.
    fn health(&self) -> Health;
}

/// The configured store. A folder is made and swept now, which may block; an S3 store is not asked yet.
///
/// `data_dir` is where the folder is when the configuration names none; `clock` dates the requests to S3.
///
/// # Errors
/// Every problem of the configuration, paths below the storage table.
pub fn open(
    config: &Config,
    data_dir: &Path,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Objects>, Vec<ConfigProblem>> {
    Ok(match config.kind {
        Kind::Folder => Arc::new(folder::FolderObjects::open(config, data_dir, &*clock)?),
        Kind::S3 => Arc::new(s3::S3Objects::new(config, clock)?),
    })
}

/// What every store says of an object beyond the configured size.
fn too_large() -> Fault {
    Fault::permanent("the object is larger than object_limit_bytes")
}
