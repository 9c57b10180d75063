//! Living sessions in memory, so that a signed-in page costs no read. Bounded; every end empties its place.
//!
//! One instance sees its own ends at once. Instances over PostgreSQL may believe in a session ended by another
//! for `sessions.cache_millis` at most: entries older than that are read again.

use super::{Session, Settings, TokenHash};
use crate::accounts::AccountId;
use crate::web::stream::Streams;
use kernel::{Span, Time};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The bounded memory of sessions.
pub struct Cache {
    rows: RwLock<HashMap<TokenHash, Entry>>,
    forgotten: AtomicU64,
    most: usize,
    fresh: Option<Span>,
    streams: Option<Streams>,
}

struct Entry {
    session: Arc<Session>,
    read_at: Time,
}

impl Cache {
    /// A memory for one instance alone (`shared` false) or one of several (`shared` true).
    pub fn new(settings: &Settings, shared: bool) -> Cache {
        let fresh = shared.then(|| Span::millis(settings.cache_millis));
        Cache {
            rows: RwLock::default(),
            forgotten: AtomicU64::new(0),
            most: settings.cache,
            fresh,
            streams: None,
        }
    }

    /// The same memory, which tells live pages of an account when it is forgotten.
    #[must_use]
    pub fn telling(self, streams: &Streams) -> Cache {
        Cache { streams: Some(streams.clone()), ..self }
    }

    /// A session read not too long ago.
    pub fn get(&self, hash: &TokenHash, now: Time) -> Option<Arc<Session>> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let entry = rows.get(hash)?;
        let age = now - entry.read_at;
        let fresh = self.fresh.is_none_or(|most| age < most && age >= Span::ZERO);
        fresh.then(|| entry.session.clone())
    }

    /// Taken before a session is read from the storage and handed to [`Cache::put`].
    pub fn ticket(&self) -> u64 {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// Keeps a session, unless something was forgotten since the ticket was taken (the read may be older than that).
    /// When the memory is full it is emptied first, which is rare and cheap.
    pub fn put(&self, session: Arc<Session>, now: Time, ticket: u64) {
        if self.most == 0 {
            return;
        }
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if self.ticket() != ticket {
            return;
        }
        if rows.len() >= self.most {
            rows.clear();
        }
        rows.insert(session.token_hash, Entry { session, read_at: now });
    }

    /// Forgets everything about an account: a session ended, the level or a name changed.
    pub fn forget(&self, account: &AccountId) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        rows.retain(|_, entry| entry.session.account != *account);
        drop(rows);
        if let Some(streams) = &self.streams {
            streams.poke(account);
        }
    }
}
