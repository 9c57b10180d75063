//! A store that lives in memory, for tests and simulations.

use super::{Fault, ObjectKey, Objects};
use crate::Health;
use async_trait::async_trait;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps everything, unless faults were planned. Clone the `Arc` around it to look at it from a test.
#[derive(Default)]
pub struct MemoryObjects {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<ObjectKey, Vec<u8>>,
    /// What the next calls end with, whatever they ask; `None` lets one through.
    planned: VecDeque<Option<Fault>>,
    down: Option<String>,
    calls: u64,
}

impl MemoryObjects {
    /// An empty store.
    pub fn new() -> MemoryObjects {
        MemoryObjects::default()
    }

    /// The outcome of the next call without one: this fault, or a normal answer. Several are given in turn.
    pub fn plan(&self, outcome: Option<Fault>) {
        self.lock().planned.push_back(outcome);
    }

    /// Makes every call fail with [`Fault::Temporary`] until called with `None`.
    pub fn set_down(&self, reason: Option<&str>) {
        self.lock().down = reason.map(str::to_owned);
    }

    /// Every key there is, in order, even while the store is down.
    pub fn keys(&self) -> Vec<ObjectKey> {
        self.lock().objects.keys().cloned().collect()
    }

    /// The bytes under a key, even while the store is down.
    pub fn peek(&self, key: &ObjectKey) -> Option<Vec<u8>> {
        self.lock().objects.get(key).cloned()
    }

    /// Replaces the bytes under a key, as a store does that lies or rots.
    pub fn spoil(&self, key: &ObjectKey, bytes: &[u8]) {
        self.lock().objects.insert(key.clone(), bytes.to_vec());
    }

    /// How many calls there were, failed ones included.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, unless the call is to fail.
    fn admitted(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let mut state = self.lock();
        state.calls += 1;
        if let Some(reason) = &state.down {
            return Err(Fault::temporary(reason.clone()));
        }
        match state.planned.pop_front().flatten() {
            Some(fault) => Err(fault),
            None => Ok(state),
        }
    }
}

#[async_trait]
impl Objects for MemoryObjects {
    async fn put(&self, key: &ObjectKey, bytes: &[u8]) -> Result<(), Fault> {
        self.admitted()?.objects.insert(key.clone(), bytes.to_vec());
        Ok(())
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.admitted()?.objects.get(key).cloned())
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        self.admitted()?.objects.remove(key);
        Ok(())
    }

    async fn list(&self, after: Option<&ObjectKey>, limit: usize) -> Result<Vec<ObjectKey>, Fault> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.admitted()?;
        Ok(state.objects.range((from, Bound::Unbounded)).take(limit).map(|(key, _)| key.clone()).collect())
    }

    fn health(&self) -> Health {
        match &self.lock().down {
            Some(reason) => Health::Down { reason: reason.clone() },
            None => Health::Up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ObjectKey {
        ObjectKey::parse(text).unwrap()
    }

    #[tokio::test]
    async fn it_keeps_replaces_lists_and_removes() {
        let store = MemoryObjects::new();
        for name in ["b", "a/2", "a/1", "a-1"] {
            store.put(&key(name), name.as_bytes()).await.unwrap();
        }
        store.put(&key("b"), b"new").await.unwrap();
        assert_eq!(store.get(&key("b")).await, Ok(Some(b"new".to_vec())));
        let all = ["a-1", "a/1", "a/2", "b"].map(key);
        assert_eq!(store.list(None, 3).await.unwrap(), all[..3]);
        assert_eq!(store.list(Some(&key("a/1")), 9).await.unwrap(), all[2..]);
        for _ in 0..2 {
            store.delete(&key("b")).await.unwrap();
        }
        assert_eq!(store.get(&key("b")).await, Ok(None));
    }

    #[tokio::test]
    async fn planned_faults_and_outages_change_nothing() {
        let store = MemoryObjects::new();
        store.plan(None);
        store.plan(Some(Fault::permanent("no")));
        store.put(&key("a"), b"1").await.unwrap();
        assert_eq!(store.put(&key("a"), b"2").await, Err(Fault::permanent("no")));
        store.set_down(Some("away"));
        assert_eq!(store.delete(&key("a")).await, Err(Fault::temporary("away")));
        assert!(!store.health().can_send() && store.peek(&key("a")) == Some(b"1".to_vec()));
        store.set_down(None);
        assert_eq!((store.keys(), store.calls()), (vec![key("a")], 3));
    }
}
