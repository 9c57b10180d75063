//! Backups of a SQLite database while it is being written to: consistent, encrypted, whole or only what has changed.
//!
//! A backup is one file: a header that says how its key is found, then one encrypted stream ([`stream`]) with the
//! blocks of the database that differ from the parent backup (all of them without a parent) and a list of the hashes
//! of all blocks. Restoring takes a whole backup and the chain of partial ones made after it, in order.
//!
//! The key ring is not part of a backup: personal values stay sealed in it. Keep the key file in another place;
//! without it a backup is of no use, and so it is with the KEKs that were retired since.

mod stream;
mod tasks;

pub use tasks::{Head, Report, create, read_head, restore, verify};

use crate::keys::{KeyError, KeyRing, SubjectKey};
use kernel::{Rng, Secret};
use serde::{Deserialize, Serialize};

/// Where the key of a backup comes from.
pub enum BackupKey {
    /// A fresh key for each backup, wrapped by the ring.
    Ring(KeyRing),
    /// Derived from a passphrase by Argon2id.
    Passphrase(Secret<String>),
}

/// Argon2id: 64 MiB, 3 passes, 1 lane (RFC 9106, 4: the second recommended option, with one lane).
const ARGON2: (u32, u32, u32) = (65_536, 3, 1);
/// The shortest passphrase, in characters.
pub const PASSPHRASE_MIN: usize = 12;

/// Why a backup was not made, not accepted or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file could not be read or written.
    #[error("{0}")]
    File(String),
    /// The backup was changed, cut short, or belongs to another key.
    #[error("the backup does not open: changed, cut short, or made with another key")]
    Refused,
    /// The file is no backup of this program.
    #[error("not a backup of this program, or of a newer version")]
    Format,
    /// The files are no chain: each partial backup follows its parent.
    #[error("these backups do not follow each other")]
    Chain,
    /// The restored database failed SQLite's own check.
    #[error("the restored database is damaged: {0}")]
    Damaged(String),
    /// There is a database already where one should be restored.
    #[error("there is a database already; move it away first")]
    Exists,
    /// The passphrase is shorter than [`PASSPHRASE_MIN`].
    #[error("the passphrase must have at least {PASSPHRASE_MIN} characters")]
    Short,
    /// The ring cannot open the backup's key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] crate::StoreError),
}

impl From<std::io::Error> for BackupError {
    fn from(error: std::io::Error) -> BackupError {
        match error.kind() {
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => BackupError::Refused,
            kind => BackupError::File(kind.to_string()),
        }
    }
}

/// How the key of one backup is found again; stands in clear text at the start of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum KeySource {
    Ring { wrapped: String },
    Passphrase { salt: String, memory_kib: u32, passes: u32, lanes: u32 },
}

impl BackupKey {
    /// A new key, and how to find it again.
    fn make(&self, rng: &mut Rng) -> Result<(SubjectKey, KeySource), BackupError> {
        match self {
            BackupKey::Ring(ring) => {
                let (key, wrapped) = ring.new_subject_key(rng);
                Ok((key, KeySource::Ring { wrapped: stream::to_text(&wrapped) }))
            }
            BackupKey::Passphrase(_) => {
                let (memory_kib, passes, lanes) = ARGON2;
                let salt = stream::to_text(&rng.bytes::<16>());
                let source = KeySource::Passphrase { salt, memory_kib, passes, lanes };
                Ok((self.find(&source)?, source))
            }
        }
    }

    fn find(&self, source: &KeySource) -> Result<SubjectKey, BackupError> {
        match (self, source) {
            (BackupKey::Ring(ring), KeySource::Ring { wrapped }) => {
                Ok(ring.unwrap_subject_key(&stream::from_text(wrapped)?)?)
            }
            (BackupKey::Passphrase(text), KeySource::Passphrase { salt, memory_kib, passes, lanes }) => {
                if text.expose().chars().count() < PASSPHRASE_MIN {
                    return Err(BackupError::Short);
                }
                // The header is outside bytes: it may not ask for all the memory of the machine.
                if *memory_kib > 4 * ARGON2.0 || *passes > 4 * ARGON2.1 || *lanes > 16 {
                    return Err(BackupError::Format);
                }
                let parameters = argon2::Params::new(*memory_kib, *passes, *lanes, Some(32));
                let parameters = parameters.map_err(|_| BackupError::Format)?;
                let hash =
                    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters);
                let mut key = zeroize::Zeroizing::new([0; 32]);
                let salt = stream::from_text(salt)?;
                let made = hash.hash_password_into(text.expose().as_bytes(), &salt, key.as_mut());
                made.map_err(|_| BackupError::Format)?;
                Ok(SubjectKey::from_bytes(key))
            }
            _ => Err(BackupError::Refused),
        }
    }
}
