//! Envelope encryption: a key ring outside the database, a data key for each subject inside it.
//!
//! - A **subject key** (one an account, one a draft) seals personal values with AES-256-GCM. It is stored *wrapped*:
//!   sealed under a key-encryption key (KEK) of the ring, whose id stands in the wrapped bytes.
//! - A **blind index** (HMAC under the index key) finds a row by a value that is stored sealed only.
//! - **Keyed hashes** of codes, session tokens and so on have a key for each [`Purpose`].
//!
//! Keys rotate online: [`KeyRing::rotate`] makes a new active key, older ones still open what they sealed, and the
//! sweeps of [`rotate`] re-wrap the stored rows in the background. Destroying a subject's wrapped key makes all its
//! sealed values unreadable, also those in backups.

mod file;
mod ring;
pub mod rotate;
mod seal;

pub use file::KeyRing;
pub use ring::{KeyInfo, Purpose, Use};
pub use seal::SubjectKey;

/// Why a key operation was refused. Holds no key material and no plain text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not what was sealed under this key in this context.
    #[error("sealed bytes do not open: changed, of another context or of another key")]
    Refused,
    /// Wrapped under a key that the ring does not hold.
    #[error("wrapped under key {0}, which the ring does not hold")]
    UnknownKey(String),
    /// The key file cannot be read or written.
    #[error("the key file: {0}")]
    File(String),
    /// The key file is readable by others than its owner; `chmod 600` it.
    #[error("the key file may be read by its owner only (mode 0600), but it has mode {0:o}")]
    Exposed(u32),
    /// The key file is not a key ring.
    #[error("the key file is not a key ring: {0}")]
    Format(String),
    /// The ring came from the environment; change it there.
    #[error("this ring was given by the environment and can be changed only there")]
    Fixed,
}
