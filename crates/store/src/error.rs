//! What can go wrong between a closure and the disk.

/// A storage failure. Its text never holds a stored value, only codes and the names of tables and constraints.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    /// A unique key already holds this value.
    #[error("a unique key already holds this value")]
    Conflict,
    /// The bounded queue in front of the storage is full: answer 503 and let the visitor come again.
    #[error("the storage queue is full")]
    Busy,
    /// The engine or its disk does not answer. A write that ends so was not acknowledged:
    /// it was undone, or (only when the connection broke during the commit itself) its fate is unknown.
    #[error("the storage is unavailable: {0}")]
    Unavailable(String),
    /// A mistake in the program: wrong SQL, a row of an unexpected shape, a panic inside a closure.
    #[error("a storage bug: {0}")]
    Bug(String),
}

impl StoreError {
    /// A [`StoreError::Bug`] with this text; the text must hold no stored value.
    pub fn bug(text: impl Into<String>) -> StoreError {
        StoreError::Bug(text.into())
    }
}

/// Translates an error of SQLite.
pub(crate) fn from_sqlite(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    use rusqlite::ffi;
    let (failure, text) = match &error {
        rusqlite::Error::SqliteFailure(failure, text) => (*failure, text.clone()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (*error, Some(msg.clone())),
        other => return StoreError::Bug(format!("SQLite: {}", shape(other))),
    };
    let unique =
        [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    if unique.contains(&failure.extended_code) {
        return StoreError::Conflict;
    }
    let text = text.unwrap_or_default();
    let told = format!("SQLite {}: {text}", failure.extended_code);
    match failure.code {
        // Malformed SQL and broken constraints; SQLite's texts name tables and columns, never values.
        Code::ConstraintViolation
        | Code::Unknown
        | Code::TypeMismatch
        | Code::ApiMisuse
        | Code::ParameterOutOfRange => StoreError::Bug(told),
        Code::ReadOnly if failure.extended_code == ffi::SQLITE_READONLY => StoreError::Bug(told),
        _ => StoreError::Unavailable(told),
    }
}

/// The kind of a client-side error of rusqlite, without the value that it may carry.
fn shape(error: &rusqlite::Error) -> &'static str {
    match error {
        rusqlite::Error::InvalidColumnIndex(_) => "no such column index",
        rusqlite::Error::InvalidColumnType(..) => "a column of another type",
        rusqlite::Error::IntegralValueOutOfRange(..) => "a number out of range",
        rusqlite::Error::Utf8Error(..) => "text that is not UTF-8",
        rusqlite::Error::QueryReturnedNoRows => "no row",
        rusqlite::Error::MultipleStatement => "several statements in one text",
        rusqlite::Error::ExecuteReturnedResults => "rows from a statement that should give none",
        _ => "an error of the client library",
    }
}
