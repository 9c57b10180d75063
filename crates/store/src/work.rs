//! A caller's closure on its way to a thread that owns a connection, and its answer on the way back.

use crate::{StoreError, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What a closure asks for after it ran.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A queued closure whose types the connection threads need not know.
pub(crate) trait Work: Send {
    /// Whether the closure may only read.
    fn reads(&self) -> bool;
    /// Whether nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
    /// Runs the closure and remembers its result; may be called again after a roll-back.
    fn attempt(&mut self, tx: &mut Tx<'_>) -> Verdict;
    /// Answers the caller: with the remembered result, or with the failure if the engine could not keep it.
    fn answer(self: Box<Self>, kept: Result<(), StoreError>);
}

pub(crate) struct Typed<T, E, F> {
    pub closure: F,
    pub result: Option<Result<T, E>>,
    pub reply: oneshot::Sender<Result<T, E>>,
    pub reads: bool,
}

impl<T, E, F> Work for Typed<T, E, F>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn reads(&self) -> bool {
        self.reads
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn attempt(&mut self, tx: &mut Tx<'_>) -> Verdict {
        let closure = &mut self.closure;
        // The closure's own state is not looked at again after a panic, so it cannot be seen half-changed.
        let ran = catch_unwind(AssertUnwindSafe(|| closure(tx)));
        let result = match ran {
            Err(_) => Err(StoreError::bug("a storage closure panicked").into()),
            Ok(Ok(_)) if tx.failed() => Err(StoreError::bug(
                "a closure went on after a failed statement; use ON CONFLICT or Tx::attempt",
            )
            .into()),
            Ok(result) => result,
        };
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, kept: Result<(), StoreError>) {
        let result = match (self.result, kept) {
            (Some(Ok(_)) | None, Err(error)) => Err(error.into()),
            (Some(result), _) => result,
            (None, Ok(())) => Err(StoreError::bug("a storage closure was not run").into()),
        };
        // A caller that has gone away does not need the answer.
        let _ = self.reply.send(result);
    }
}
