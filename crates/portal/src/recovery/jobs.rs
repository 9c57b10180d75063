//! What happens by itself: telling owners that a waiting period is nearly over.

use super::waiting;
use crate::app::App;
use ::store::jobs::{Handler, Job, Outcome, Worker};
use kernel::Span;
use std::sync::Arc;

/// How long before its end owners are told of a waiting period once more.
const AHEAD: Span = Span::hours(6);

/// Puts the slice's jobs into the worker.
pub fn register(worker: Worker, app: &App) -> Worker {
    worker.every("recovery.remind", Span::hours(1), Arc::new(Reminder(app.clone())))
}

struct Reminder(App);

#[async_trait::async_trait]
impl Handler for Reminder {
    async fn run(&self, _job: &Job) -> Outcome {
        loop {
            let ctx = self.0.job_ctx();
            let told = self.0.write(move |tx| waiting::remind(tx, &ctx, ctx.now + AHEAD)).await;
            match told {
                Ok(0) => return Outcome::Done,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "owners could not be told of waiting periods");
                    return Outcome::retry("storage");
                }
            }
        }
    }
}
