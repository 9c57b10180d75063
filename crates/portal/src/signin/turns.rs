//! Turns of one login on this instance: a few tries are compared at a time, the others wait.
//!
//! Tries are counted before they are compared, so a person whose devices all sign in at one moment would meet the
//! challenge with the right password. With turns, right ones clear the counter for those behind them; wrong ones
//! are counted as ever, in the database, for every instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who is being compared now. Bounded by the requests in work: a login without tries keeps nothing here.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<[u8; 32], Arc<Semaphore>>>);

/// A turn; ends when dropped.
pub struct Turn<'a> {
    turns: &'a Turns,
    login: [u8; 32],
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits for a turn; at most `at_once` tries of this login have one.
    pub async fn take(&self, login: [u8; 32], at_once: usize) -> Turn<'_> {
        let places = {
            let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(rooms.entry(login).or_insert_with(|| Arc::new(Semaphore::new(at_once.max(1)))))
        };
        // The turn exists while it waits: a request that goes away in the queue tidies up too.
        let mut turn = Turn { turns: self, login, permit: None };
        turn.permit = places.acquire_owned().await.ok();
        turn
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.permit = None;
        let mut rooms = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rooms.get(&self.login).is_some_and(|room| Arc::strong_count(room) == 1) {
            rooms.remove(&self.login);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_few_and_leave_nothing_behind() {
        let turns = Turns::default();
        let (first, second) = (turns.take([1; 32], 2).await, turns.take([1; 32], 2).await);
        {
            let mut third = std::pin::pin!(turns.take([1; 32], 2));
            assert!(futures_util::FutureExt::now_or_never(third.as_mut()).is_none());
            drop(first);
            assert!(futures_util::FutureExt::now_or_never(third).is_some());
        }
        assert!(futures_util::FutureExt::now_or_never(turns.take([2; 32], 2)).is_some());
        drop(second);
        assert!(turns.0.lock().expect("a lock").is_empty());
    }
}
