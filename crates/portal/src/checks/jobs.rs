//! Asking a register, in the background: outside any transaction, with the check's id as the request's, again and again
//! until there is an answer or the longest time is over.

use super::{CheckId, Ending, State, question, recheck, settle, store};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use ::store::jobs::{self, Handler, Job, NewJob, Outcome, Worker};
use gateway::register::{Asked, Question, RequestId};
use kernel::{Span, Time};
use serde_json::json;
use std::sync::Arc;

/// The kind of the jobs that ask.
pub const ASK: &str = "checks.ask";

/// The reason of a check whose place a newer one took.
pub(super) const DROPPED: &str = "dropped";

/// Tries that end in an error of our own storage before the job is dead; what registers do uses up none.
const ATTEMPTS: u32 = 1_000;

/// Enqueues the asking of a check; its id is the key, so one job asks.
pub(super) fn enqueue(tx: &mut Tx<'_>, ctx: &Ctx, id: &CheckId) -> Result<()> {
    let payload = json!({ "check": id.as_str() });
    let job = NewJob { kind: ASK, key: Some(id.as_str()), payload, run_at: ctx.now, max_attempts: ATTEMPTS };
    jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
    Ok(())
}

/// Adds the job that begins rechecks. Asking itself has a worker of its own.
pub fn register(worker: Worker, app: &App) -> Worker {
    worker.every(recheck::DUE, recheck::EVERY, Arc::new(recheck::Rechecking(app.clone())))
}

/// Asks.
pub struct Asking(pub App);

/// A check that waits for its answer.
struct Waiting {
    id: CheckId,
    question: Option<Question>,
    asked_before: bool,
    asks: i64,
    deadline: Time,
}

#[async_trait::async_trait]
impl Handler for Asking {
    async fn run(&self, job: &Job) -> Outcome {
        let id = job.payload.get("check").and_then(|id| id.as_str()).and_then(CheckId::parse);
        let Some(id) = id else { return Outcome::fail("no check id") };
        match self.ask(&id).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(check.id = %id, %error, "a check could not be read or written");
                Outcome::retry("storage")
            }
        }
    }
}

impl Asking {
    async fn ask(&self, id: &CheckId) -> Result<Outcome> {
        let Some(waiting) = self.waiting(id).await? else { return Ok(Outcome::Done) };
        let now = self.0.clock().now();
        if now >= waiting.deadline {
            return self.end(id, &Ending::Deadline).await;
        }
        let (Some(question), Some(request)) = (&waiting.question, RequestId::parse(id.as_str())) else {
            return self.end(id, &Ending::Refused("no_question")).await;
        };
        let Some(register) = self.0.gateways().register(question.check().register()).cloned() else {
            return self.end(id, &Ending::Refused("no_register")).await;
        };
        // Written before asking: killed in between, the same id is asked once more, which the register works once.
        let (marked, at) = (id.clone(), now);
        if !self.0.write(move |tx| store::mark_asked(tx, &marked, at)).await? {
            return Ok(Outcome::Done);
        }
        let mut asked = Asked::Unknown;
        if waiting.asked_before {
            asked = register.collect(&request).await;
        }
        if asked == Asked::Unknown {
            asked = register.ask(&request, question).await;
        }
        self.after(&waiting, asked).await
    }

    async fn after(&self, waiting: &Waiting, asked: Asked) -> Result<Outcome> {
        let pause = match asked {
            Asked::Answered(answer) => return self.end(&waiting.id, &Ending::Answered(&answer)).await,
            Asked::Refused { .. } => return self.end(&waiting.id, &Ending::Refused("refused")).await,
            Asked::Pending { ask_again_after } => ask_again_after,
            Asked::Temporary { retry_after, .. } => {
                self.pause(waiting.asks).max(retry_after.unwrap_or(Span::ZERO))
            }
            Asked::Unknown => self.pause(waiting.asks),
        };
        let at = (self.0.clock().now() + pause).min(waiting.deadline);
        Ok(Outcome::RetryAt(at))
    }

    /// The pause after so many tries: doubling, with up to a quarter by chance, so that not all come back at once.
    fn pause(&self, asks: i64) -> Span {
        let settings = &self.0.config().checks;
        let longest = settings.longest_pause_minutes * 60_000;
        let doubled = (settings.first_pause_seconds * 1_000) << asks.clamp(0, 20);
        let pause = doubled.min(longest);
        let spread = self.0.rng().fork().below(u64::try_from(pause / 4).unwrap_or(0).max(1));
        Span::millis(pause + i64::try_from(spread).unwrap_or(0))
    }

    async fn waiting(&self, id: &CheckId) -> Result<Option<Waiting>> {
        let (ctx, id) = (self.0.job_ctx(), id.clone());
        let longest = Span::days(self.0.config().checks.longest_days);
        self.0
            .read(move |tx| {
                let Some(check) = store::check(tx, &id)?.filter(|check| !check.state.is_final()) else {
                    return Ok(None);
                };
                let sent = store::sent(tx, &ctx, &check.sending, &check.account)?;
                Ok(Some(Waiting {
                    question: question::question(check.kind, &sent),
                    asked_before: check.state == State::Asked,
                    asks: check.asks,
                    deadline: check.created_at + longest,
                    id: id.clone(),
                }))
            })
            .await
    }

    async fn end(&self, id: &CheckId, ending: &Ending<'_>) -> Result<Outcome> {
        // The transaction owns what it works with.
        let owned = match ending {
            Ending::Answered(answer) => Some((*answer).clone()),
            Ending::Refused(_) | Ending::Deadline => None,
        };
        let refused = match ending {
            Ending::Refused(reason) => Some(*reason),
            Ending::Answered(_) | Ending::Deadline => None,
        };
        let (ctx, config, id) = (self.0.job_ctx(), self.0.config_arc(), id.clone());
        let changed = self
            .0
            .write(move |tx| {
                let ending = match (&owned, refused) {
                    (Some(answer), _) => Ending::Answered(answer),
                    (None, Some(reason)) => Ending::Refused(reason),
                    (None, None) => Ending::Deadline,
                };
                settle(tx, &ctx, &config, &id, &ending)
            })
            .await?;
        if let Some(account) = changed {
            self.0.sessions().forget(&account);
        }
        Ok(Outcome::Done)
    }
}
