//! Lines between those who write them and the one thread that hands them to the system.

use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long lines may gather before they are written together. A writer that waited for each line would be woken by
/// each request, and waking it costs the request more than the line itself. A process that is killed loses no more than
/// the ordinary lines of this time; errors do not wait.
const GATHER: Duration = Duration::from_millis(20);

/// Bytes that may wait for the writing thread; a line past this is dropped and counted.
const WAITING_BYTES: usize = 2 * 1024 * 1024;

/// Bytes of memory that are kept between two batches.
const KEPT_BYTES: usize = 64 * 1024;

/// Lines that wait; one writing thread takes them all at once.
#[derive(Default)]
pub struct LogBuffer {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    text: Vec<u8>,
    /// Something in the text must not wait for company.
    urgent: bool,
    ended: bool,
}

impl LogBuffer {
    /// Adds a line; `urgent` ones are written at once. False when there is no room for it.
    pub fn put(&self, line: &[u8], urgent: bool) -> bool {
        let mut state = self.lock();
        if state.text.len() + line.len() > WAITING_BYTES {
            return false;
        }
        let wakes = state.text.is_empty() || (urgent && !state.urgent);
        state.text.extend_from_slice(line);
        state.urgent |= urgent;
        drop(state);
        if wakes {
            self.filled.notify_one();
        }
        true
    }

    /// Lets [`LogBuffer::write_to`] come back when it has written everything.
    pub fn end(&self) {
        self.lock().ended = true;
        self.filled.notify_one();
    }

    /// Writes what comes until the end.
    pub fn write_to(&self, out: &mut impl Write) {
        let mut batch = Vec::new();
        loop {
            let ended = self.take(&mut batch);
            let _ = out.write_all(&batch); // nobody can be told when standard error is gone
            batch.clear();
            batch.shrink_to(KEPT_BYTES);
            if ended {
                return;
            }
        }
    }

    /// Waits for lines, lets them gather, and takes them; true when these are the last.
    fn take(&self, batch: &mut Vec<u8>) -> bool {
        let empty = |state: &mut State| state.text.is_empty() && !state.ended;
        let state = self.filled.wait_while(self.lock(), empty).unwrap_or_else(PoisonError::into_inner);
        let patient =
            |state: &mut State| !state.urgent && !state.ended && state.text.len() < WAITING_BYTES / 2;
        let gathered = self.filled.wait_timeout_while(state, GATHER, patient);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        state.urgent = false;
        std::mem::swap(&mut state.text, batch);
        state.ended
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_was_put_is_written_in_its_order() {
        let buffer = LogBuffer::default();
        let mut written = Vec::new();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut out = Vec::new();
                buffer.write_to(&mut out);
                out
            });
            for number in 0..10_000 {
                assert!(buffer.put(format!("{number}\n").as_bytes(), number % 100 == 0));
            }
            buffer.end();
            written = writer.join().unwrap();
        });
        let lines: Vec<String> = String::from_utf8(written).unwrap().lines().map(str::to_owned).collect();
        assert_eq!(lines, (0..10_000).map(|number| number.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_without_room_is_refused_and_the_others_stay() {
        let buffer = LogBuffer::default();
        assert!(buffer.put(&vec![b'a'; WAITING_BYTES - 1], false));
        assert!(!buffer.put(b"bb", false));
        assert!(buffer.put(b"c", true));
        buffer.end();
        let mut written = Vec::new();
        buffer.write_to(&mut written);
        assert_eq!(written.len(), WAITING_BYTES);
    }
}
