//! How a table that names an account is described: what the copy shows of it, what its erasure does.

/// One table.
pub struct Holding {
    /// Its name.
    pub table: &'static str,
    /// What of it the owner's copy shows.
    pub export: Export,
    /// What becomes of it.
    pub erase: Erase,
}

/// What the owner's copy shows of a table.
pub enum Export {
    /// Rows with these columns.
    Rows {
        /// The key of the section's title.
        title: &'static str,
        /// The query; `$1` is the account. Its columns are those that follow, in this order.
        sql: &'static str,
        /// The columns.
        columns: &'static [Column],
    },
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// What becomes of a table's rows when the account is erased.
#[derive(Clone, Copy)]
pub enum Erase {
    /// This statement runs; `$1` is the account.
    Run(&'static str),
    /// They stay, for this reason.
    Keep(&'static str),
}

/// A column of the copy.
pub struct Column {
    /// Its name in the machine-readable form.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// How it is read.
    pub kind: Kind,
}

/// How a column is read.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Text as it stands.
    Text,
    /// A moment.
    Time,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// Text sealed under the account's data key in this context.
    Sealed(&'static str),
    /// JSON sealed under the account's data key in this context.
    SealedJson(&'static str),
    /// The word of a journal event.
    Event,
}

/// A column of the copy.
pub const fn column(name: &'static str, label: &'static str, kind: Kind) -> Column {
    Column { name, label, kind }
}
