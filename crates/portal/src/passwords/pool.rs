//! The bounded pool that hashes passwords, away from the threads that answer requests (spec 09 «Scale»).

use super::arena::{self, Arena, Cost, TAG};
use super::settings::Settings;
use crate::error::{Error, Result};
use kernel::{Secret, Span};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Hashing threads behind a bounded queue; cheap to clone. Threads end when the last clone goes.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    queue: Arc<Queue>,
    capacity: usize,
    threads: usize,
}

struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Task>,
    /// Places in the queue that are promised to somebody.
    reserved: usize,
    closed: bool,
}

struct Task {
    cost: Cost,
    salt: Vec<u8>,
    secret: Secret<Vec<u8>>,
    answer: oneshot::Sender<std::result::Result<[u8; TAG], String>>,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// The chosen implementation does not agree with the reference one, or no thread can be started.
    pub fn start(settings: &Settings) -> std::result::Result<Pool, String> {
        let cost = Cost { memory_kib: settings.memory_kib, passes: settings.passes };
        if settings.implementation != super::settings::Implementation::RustCrypto {
            arena::cross_check(settings.implementation, cost)?;
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if settings.threads == 0 { cores } else { settings.threads };
        let queue = Arc::new(Queue { state: Mutex::default(), filled: Condvar::new() });
        for number in 0..threads {
            let (queue, implementation) = (queue.clone(), settings.implementation);
            std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .stack_size(256 * 1024)
                .spawn(move || work(&queue, arena::new(implementation)))
                .map_err(|e| e.to_string())?;
        }
        Ok(Pool(Arc::new(Shared { queue, capacity: settings.queue, threads })))
    }

    /// A place in the queue, taken before anything is counted or written for a hash: who is sent away because the
    /// queue is full has not used up a try.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full.
    pub fn reserve(&self) -> Result<Place> {
        let mut state = self.0.queue.lock();
        if state.waiting.len() + state.reserved >= self.0.capacity {
            metrics::counter!("password_queue_refused_total").increment(1);
            return Err(Error::Busy { what: "password hashing", retry_after: self.retry_after() });
        }
        state.reserved += 1;
        Ok(Place(Arc::clone(&self.0.queue)))
    }

    /// The tag of a secret, computed in a place that was reserved.
    ///
    /// # Errors
    /// A cost that the implementation does not accept.
    pub async fn tag(
        &self,
        place: Place,
        cost: Cost,
        salt: Vec<u8>,
        secret: Secret<Vec<u8>>,
    ) -> Result<[u8; TAG]> {
        let (answer, reply) = oneshot::channel();
        self.0.queue.lock().waiting.push_back(Task { cost, salt, secret, answer });
        drop(place);
        self.0.queue.filled.notify_one();
        match reply.await {
            Ok(Ok(tag)) => Ok(tag),
            Ok(Err(why)) => Err(Error::Bug(format!("argon2: {why}"))),
            Err(_) => Err(Error::Bug("a hashing thread went away".into())),
        }
    }

    /// How many hashes are waiting now.
    pub fn waiting(&self) -> usize {
        self.0.queue.lock().waiting.len()
    }

    /// About the time in which a full queue drains: 20 ms a hash and thread.
    fn retry_after(&self) -> Span {
        Span::millis((self.0.capacity as i64 * 20 / self.0.threads.max(1) as i64).max(250))
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A promised place in the queue; given back when dropped.
pub struct Place(Arc<Queue>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().reserved -= 1;
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.filled.notify_all();
    }
}

fn work(queue: &Queue, mut arena: Box<dyn Arena>) {
    // Hashing yields the processor to the threads that answer requests; failing to ask is no harm.
    let _ = rustix::process::nice(10);
    loop {
        let task = {
            let mut state = queue.lock();
            loop {
                if let Some(task) = state.waiting.pop_front() {
                    break task;
                }
                if state.closed {
                    return;
                }
                state = queue.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        };
        if task.answer.is_closed() {
            continue; // the visitor went away while waiting
        }
        let tag = arena.tag(task.cost, &task.salt, task.secret.expose());
        let _ = task.answer.send(tag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(queue: usize) -> Settings {
        Settings { memory_kib: 64, passes: 1, threads: 1, queue, ..Settings::default() }
    }

    #[tokio::test]
    async fn a_full_queue_answers_busy_at_once() {
        let pool = Pool::start(&settings(0)).expect("a pool");
        assert!(matches!(pool.reserve(), Err(Error::Busy { .. })));
    }

    #[test]
    fn a_reserved_place_is_kept_and_given_back() {
        let pool = Pool::start(&settings(1)).expect("a pool");
        let place = pool.reserve().expect("a place");
        assert!(matches!(pool.reserve(), Err(Error::Busy { .. })));
        drop(place);
        assert!(pool.reserve().is_ok());
    }

    #[tokio::test]
    async fn sixty_four_at_once_are_all_answered() {
        let pool = Pool::start(&settings(64)).expect("a pool");
        let cost = Cost { memory_kib: 64, passes: 1 };
        let tasks: Vec<_> = (0..64u8)
            .map(|n| {
                let pool = pool.clone();
                tokio::spawn(async move {
                    pool.tag(pool.reserve()?, cost, vec![n; 16], Secret::new(vec![n])).await
                })
            })
            .collect();
        let mut tags = std::collections::HashSet::new();
        for task in tasks {
            tags.insert(task.await.expect("joined").expect("a tag"));
        }
        assert_eq!(tags.len(), 64);
    }
}
