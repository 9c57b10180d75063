//! What an error of the server means: for the caller, and for the connection that met it.

use crate::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What the thread may do about a failed transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Nothing; tell the caller.
    #[default]
    None,
    /// Another transaction was in the way: run the closure again.
    Again,
    /// The schema changed under prepared statements: forget them and run the closure again.
    Replan,
    /// The connection is gone, or leads to a server that cannot write any more: connect anew and run the closure again.
    Reconnect,
}

/// Translates an error. Only the code and the names of tables, columns and constraints go into the text: PostgreSQL's
/// messages and details quote values.
pub(crate) fn translate(error: &Error) -> (StoreError, Remedy) {
    let Some(db) = error.as_db_error() else {
        if error.is_closed() || has_io(error) {
            return (StoreError::Unavailable("PostgreSQL: the connection broke".into()), Remedy::Reconnect);
        }
        return (StoreError::Bug(format!("PostgreSQL client: {error}")), Remedy::None);
    };
    let code = db.code();
    let told = format!(
        "PostgreSQL {} {}",
        code.code(),
        [db.table(), db.column(), db.constraint()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    );
    if *code == SqlState::UNIQUE_VIOLATION {
        return (StoreError::Conflict, Remedy::None);
    }
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return (StoreError::Unavailable(told), Remedy::Again);
    }
    if *code == SqlState::FEATURE_NOT_SUPPORTED {
        return (StoreError::Bug(format!("{told} {}", db.message())), Remedy::Replan);
    }
    match &code.code()[..2] {
        // 08 connection, 57P shutdown and crash of the server, 25006 a primary that became a standby
        "08" => (StoreError::Unavailable(told), Remedy::Reconnect),
        "57" if code.code().starts_with("57P") => (StoreError::Unavailable(told), Remedy::Reconnect),
        // 53 disk full, out of memory; 55 locks; 57 cancelled; 58 input and output; XX the server's own bugs
        "53" | "55" | "57" | "58" | "XX" => (StoreError::Unavailable(told), Remedy::None),
        // 42: the SQL itself is wrong; the message names what, and quotes only the program's text
        "42" => (StoreError::Bug(format!("{told}: {}", db.message())), Remedy::None),
        _ => (StoreError::Bug(told), Remedy::None),
    }
}

fn has_io(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}

/// The code of a write that met a read-only server.
pub(crate) fn is_read_only(error: &Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}
