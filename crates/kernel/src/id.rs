//! Typed identifiers: UUIDv7 behind a prefix, for example `acc_0193f0…`.

use crate::{Rng, Time};
use std::fmt;
use std::marker::PhantomData;

/// The kind of thing an [`Id`] names. The prefix is written once and never changes.
pub trait Kind {
    /// What stands before the underscore: two to four lower-case letters.
    const PREFIX: &'static str;
}

/// Declares marker types for [`Id`], with their prefixes.
#[macro_export]
macro_rules! id_kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name;
        impl $crate::id::Kind for $name { const PREFIX: &'static str = $prefix; }
    )*};
}

/// An identifier of a `K`, made from a clock and a stream of chance, never from the machine.
///
/// It shows when the thing was made; a value that must not (a subject for relying parties) is drawn separately.
pub struct Id<K>(String, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// A new identifier (UUID version 7, RFC 9562).
    pub fn new(now: Time, rng: &mut Rng) -> Id<K> {
        let millis = u64::try_from(now.0 / 1_000).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &rng.bytes()).into_uuid();
        Id(format!("{}_{}", K::PREFIX, uuid.simple()), PhantomData)
    }

    /// Reads an identifier back; anything but the prefix and 32 lower-case hexadecimal digits is `None`.
    pub fn parse(text: &str) -> Option<Id<K>> {
        let hex = text.strip_prefix(K::PREFIX)?.strip_prefix('_')?;
        let good = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        good.then(|| Id(text.to_owned(), PhantomData))
    }

    /// The text form, as stored and shown in addresses.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Id(self.0.clone(), PhantomData)
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
