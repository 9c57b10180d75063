//! The bounded pool that hashes passwords, away from the threads that answer requests (spec 09 «Scale»).

use super::arena::{self, Arena, Cost, TAG};
use super::settings::Settings;
use crate::error::{Error, Result};
use kernel::{Secret, Span};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
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

    /// The tag of a secret.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full.
    pub async fn tag(&self, cost: Cost, salt: Vec<u8>, secret: Secret<Vec<u8>>) -> Result<[u8; TAG]> {
        let (answer, reply) = oneshot::channel();
        {
            let mut state = self.0.queue.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.waiting.len() >= self.0.capacity {
                metrics::counter!("password_queue_refused_total").increment(1);
                return Err(Error::Busy { what: "password hashing", retry_after: self.retry_after() });
            }
            state.waiting.push_back(Task { cost, salt, secret, answer });
        }
        self.0.queue.filled.notify_one();
        match reply.await {
            Ok(Ok(tag)) => Ok(tag),
            Ok(Err(why)) => Err(Error::Bug(format!("argon2: {why}"))),
            Err(_) => Err(Error::Bug("a hashing thread went away".into())),
        }
    }

    /// How many hashes are waiting now.
    pub fn waiting(&self) -> usize {
        self.0.queue.state.lock().unwrap_or_else(PoisonError::into_inner).waiting.len()
    }

    /// About the time in which a full queue drains: 20 ms a hash and thread.
    fn retry_after(&self) -> Span {
        Span::millis((self.0.capacity as i64 * 20 / self.0.threads.max(1) as i64).max(250))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.queue.filled.notify_all();
    }
}

fn work(queue: &Queue, mut arena: Box<dyn Arena>) {
    // Hashing yields the processor to the threads that answer requests; failing to ask is no harm.
    let _ = rustix::process::nice(10);
    loop {
        let task = {
            let mut state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
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
        let answer = pool.tag(Cost { memory_kib: 64, passes: 1 }, vec![1; 16], Secret::new(vec![1])).await;
        assert!(matches!(answer, Err(Error::Busy { .. })));
    }

    #[tokio::test]
    async fn sixty_four_at_once_are_all_answered() {
        let pool = Pool::start(&settings(64)).expect("a pool");
        let cost = Cost { memory_kib: 64, passes: 1 };
        let tasks: Vec<_> = (0..64u8)
            .map(|n| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.tag(cost, vec![n; 16], Secret::new(vec![n])).await })
            })
            .collect();
        let mut tags = std::collections::HashSet::new();
        for task in tasks {
            tags.insert(task.await.expect("joined").expect("a tag"));
        }
        assert_eq!(tags.len(), 64);
    }
}
