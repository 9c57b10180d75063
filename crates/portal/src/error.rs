//! What goes wrong for reasons that are not the visitor's: bugs and outages. Expected refusals are outcomes.

use kernel::Span;
use store::{StoreError, keys::KeyError};

/// A bug or an outage. The message is for the log and never for the page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage refused or is away.
    #[error("storage: {0}")]
    Store(#[from] StoreError),
    /// A key is missing or something sealed was changed.
    #[error("keys: {0}")]
    Key(#[from] KeyError),
    /// A bounded queue is full: answered with 503 and `Retry-After`.
    #[error("busy: {what}")]
    Busy {
        /// Which queue.
        what: &'static str,
        /// When it is worth trying again.
        retry_after: Span,
    },
    /// Something that cannot happen did.
    #[error("bug: {0}")]
    Bug(String),
}

impl Error {
    /// Whether the caller did nothing wrong and may simply try again later (503 instead of 500).
    pub fn is_outage(&self) -> bool {
        matches!(self, Error::Busy { .. } | Error::Store(StoreError::Busy | StoreError::Unavailable(_)))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        // The category only: the message of serde may quote the value.
        Error::Bug(format!("json: {:?} at {}:{}", error.classify(), error.line(), error.column()))
    }
}

/// The result of everything that touches the outside of a slice.
pub type Result<T> = std::result::Result<T, Error>;
