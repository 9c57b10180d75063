//! What happens by itself: cases follow what was sent and which scans came, those without an answer end, and the queue is
//! counted for whoever watches over it.

use super::{CaseId, give_up, look, store};
use crate::accounts::AccountId;
use crate::app::App;
use crate::documents::jobs::LOOK;
use crate::error::Result;
use ::store::jobs::{Handler, Job, Outcome, Worker};
use kernel::Span;
use std::sync::Arc;

/// The job that ends cases without an answer and counts the queue.
const CLOCK: &str = "review.clock";
/// How often it looks.
const EVERY: Span = Span::minutes(1);
/// Cases that one run ends at most.
const BATCH: i64 = 200;

/// Registers the jobs.
pub fn register(worker: Worker, app: &App) -> Worker {
    let worker = worker.on(LOOK, Arc::new(Looking(app.clone())));
    worker.every(CLOCK, EVERY, Arc::new(Clock(app.clone())))
}

struct Looking(App);

#[async_trait::async_trait]
impl Handler for Looking {
    async fn run(&self, job: &Job) -> Outcome {
        let account = job.payload.get("account").and_then(|id| id.as_str()).and_then(AccountId::parse);
        let Some(account) = account else { return Outcome::fail("no account id") };
        let (ctx, config, id) = (self.0.job_ctx(), self.0.config_arc(), account.clone());
        match self.0.write(move |tx| look(tx, &ctx, &config, &id)).await {
            Ok(()) => {
                self.0.sessions().forget(&account);
                Outcome::Done
            }
            Err(error) => {
                tracing::warn!(%error, "the cases of an account could not be brought up to date");
                Outcome::retry("storage")
            }
        }
    }
}

struct Clock(App);

#[async_trait::async_trait]
impl Handler for Clock {
    async fn run(&self, _job: &Job) -> Outcome {
        match self.tick().await {
            Ok(()) => Outcome::Done,
            Err(error) => {
                tracing::warn!(%error, "the clock of the review could not be read");
                Outcome::retry("storage")
            }
        }
    }
}

impl Clock {
    async fn tick(&self) -> Result<()> {
        let app = &self.0;
        let now = app.clock().now();
        let before = now - Span::days(app.config().review.answer_days);
        let silent: Vec<CaseId> = app.read(move |tx| store::silent(tx, before, BATCH)).await?;
        for id in silent {
            let (ctx, config) = (app.job_ctx(), app.config_arc());
            if let Some(account) = app.write(move |tx| give_up(tx, &ctx, &config, &id)).await? {
                app.sessions().forget(&account);
            }
        }
        let (waiting, late, asked) = app.read(move |tx| store::counts(tx, now)).await?;
        for (state, count) in [("waiting", waiting), ("late", late), ("asked", asked)] {
            metrics::gauge!("review_queue", "state" => state).set(count as f64);
        }
        Ok(())
    }
}
