//! Values on their way into a statement, and cells on their way out of a row.

use crate::StoreError;
use kernel::{Id, Lang, Level, Time};
use std::borrow::Cow;

/// A parameter of a statement; made by [`params!`](crate::params) from ordinary Rust values.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// SQL NULL.
    Null,
    /// BIGINT; also times (microseconds).
    Int(i64),
    /// BOOLEAN: 0 or 1 on SQLite.
    Bool(bool),
    /// TEXT; also ids, levels, languages and JSON.
    Text(Cow<'a, str>),
    /// BLOB (BYTEA on PostgreSQL).
    Blob(Cow<'a, [u8]>),
}

/// The parameters `$1`, `$2`, … of a statement, in order: `params![id, &name, now]`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Value<'_>] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] as &[$crate::Value<'_>] };
}

macro_rules! from {
    ($($type:ty, $value:ident => $made:expr;)*) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from($value: $type) -> Value<'a> { $made }
        }
    )*};
}

from! {
    &'a str, v => Value::Text(Cow::Borrowed(v));
    &'a String, v => Value::Text(Cow::Borrowed(v));
    String, v => Value::Text(Cow::Owned(v));
    Cow<'a, str>, v => Value::Text(v);
    &'a [u8], v => Value::Blob(Cow::Borrowed(v));
    &'a Vec<u8>, v => Value::Blob(Cow::Borrowed(v));
    Vec<u8>, v => Value::Blob(Cow::Owned(v));
    i64, v => Value::Int(v);
    i32, v => Value::Int(v.into());
    u32, v => Value::Int(v.into());
    u16, v => Value::Int(v.into());
    u8, v => Value::Int(v.into());
    usize, v => Value::Int(i64::try_from(v).unwrap_or(i64::MAX));
    bool, v => Value::Bool(v);
    Time, v => Value::Int(v.0);
    kernel::Span, v => Value::Int(v.0);
    Level, v => Value::Text(Cow::Borrowed(v.word()));
    Lang, v => Value::Text(Cow::Borrowed(v.tag()));
    &'a Option<String>, v => v.as_ref().map_or(Value::Null, Into::into);
    &'a Option<Vec<u8>>, v => v.as_ref().map_or(Value::Null, Into::into);
    &serde_json::Value, v => Value::Text(Cow::Owned(v.to_string()));
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Value<'a> {
        Value::Blob(Cow::Borrowed(bytes))
    }
}
impl<const N: usize> From<[u8; N]> for Value<'_> {
    fn from(bytes: [u8; N]) -> Self {
        Value::Blob(Cow::Owned(bytes.to_vec()))
    }
}
impl<'a, K: kernel::id::Kind> From<&'a Id<K>> for Value<'a> {
    fn from(id: &'a Id<K>) -> Value<'a> {
        Value::Text(Cow::Borrowed(id.as_str()))
    }
}
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Value<'a> {
        value.map_or(Value::Null, Into::into)
    }
}
/// One cell of a row, as both engines give it.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// Any integer type, and BOOLEAN as 0 or 1.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// BLOB or BYTEA.
    Blob(&'a [u8]),
}

/// What [`Row::get`](crate::Row::get) can give.
pub trait Column: Sized {
    /// Reads the cell; `None` when it has another type or shape.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

impl Column for i64 {
    fn from_cell(cell: Cell<'_>) -> Option<i64> {
        if let Cell::Int(n) = cell { Some(n) } else { None }
    }
}
impl Column for bool {
    fn from_cell(cell: Cell<'_>) -> Option<bool> {
        i64::from_cell(cell).map(|n| n != 0)
    }
}
impl Column for Time {
    fn from_cell(cell: Cell<'_>) -> Option<Time> {
        i64::from_cell(cell).map(Time)
    }
}
impl Column for kernel::Span {
    fn from_cell(cell: Cell<'_>) -> Option<kernel::Span> {
        i64::from_cell(cell).map(kernel::Span)
    }
}
macro_rules! narrow {
    ($($type:ty)*) => {$(
        impl Column for $type {
            fn from_cell(cell: Cell<'_>) -> Option<$type> {
                i64::from_cell(cell).and_then(|n| n.try_into().ok())
            }
        }
    )*};
}
narrow!(i32 u32 u16 u8 usize);
impl Column for String {
    fn from_cell(cell: Cell<'_>) -> Option<String> {
        if let Cell::Text(text) = cell { Some(text.to_owned()) } else { None }
    }
}
impl Column for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Option<Vec<u8>> {
        if let Cell::Blob(bytes) = cell { Some(bytes.to_vec()) } else { None }
    }
}
impl<const N: usize> Column for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Option<[u8; N]> {
        if let Cell::Blob(bytes) = cell { bytes.try_into().ok() } else { None }
    }
}
impl<K: kernel::id::Kind> Column for Id<K> {
    fn from_cell(cell: Cell<'_>) -> Option<Id<K>> {
        if let Cell::Text(text) = cell { Id::parse(text) } else { None }
    }
}
impl Column for Level {
    fn from_cell(cell: Cell<'_>) -> Option<Level> {
        if let Cell::Text(text) = cell { Level::from_word(text) } else { None }
    }
}
impl Column for Lang {
    fn from_cell(cell: Cell<'_>) -> Option<Lang> {
        if let Cell::Text(text) = cell { Lang::from_tag(text) } else { None }
    }
}
impl Column for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Option<serde_json::Value> {
        if let Cell::Text(text) = cell { serde_json::from_str(text).ok() } else { None }
    }
}
impl<T: Column> Column for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Option<T>> {
        if let Cell::Null = cell { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}

/// The error of a cell that is not what the program expects; says the place, never the value.
pub(crate) fn unexpected<T>(index: usize) -> StoreError {
    StoreError::Bug(format!("column {index} is not a {}", std::any::type_name::<T>()))
}
