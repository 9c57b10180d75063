//! What happens by itself: reminding, erasing.

use super::reminders_before;
use crate::accounts::leaving;
use crate::app::App;
use crate::error::Result;
use ::store::jobs::{Handler, Job, Outcome, Worker};
use kernel::Span;
use std::sync::Arc;

/// Accounts that are looked up at a time; each is erased in a transaction of its own.
const BATCH: i64 = 50;
/// How often accounts are looked for whose grace is over.
const ERASE_EVERY: Span = Span::minutes(10);
/// How often owners are looked for who have to be reminded.
const REMIND_EVERY: Span = Span::hours(1);

/// Puts the slice's jobs into the worker.
pub fn register(worker: Worker, app: &App) -> Worker {
    worker.every("closing.erase", ERASE_EVERY, Arc::new(Eraser(app.clone()))).every(
        "closing.remind",
        REMIND_EVERY,
        Arc::new(Reminder(app.clone())),
    )
}

/// Erases every account whose grace is over. Killed in the middle, it goes on where it was: each account is one
/// transaction.
struct Eraser(App);

#[async_trait::async_trait]
impl Handler for Eraser {
    async fn run(&self, _job: &Job) -> Outcome {
        match self.erase_all().await {
            Ok(()) => Outcome::Done,
            Err(error) => {
                tracing::warn!(%error, "accounts could not be erased");
                Outcome::retry("storage")
            }
        }
    }
}

impl Eraser {
    async fn erase_all(&self) -> Result<()> {
        let ctx = self.0.job_ctx();
        let now = ctx.now;
        let mut erased = false;
        loop {
            let due = self.0.read(move |tx| leaving::over(tx, now, BATCH)).await?;
            if due.is_empty() {
                break;
            }
            for account in due {
                let (ctx, id) = (ctx.clone(), account.clone());
                erased |= self.0.write(move |tx| super::erase(tx, &ctx, &id)).await?;
                self.0.sessions().forget(&account);
            }
        }
        if erased && !self.0.db().scrub().await? {
            tracing::info!("the write-ahead log is still read: it is emptied later");
        }
        Ok(())
    }
}

/// Reminds every owner whose end is near.
struct Reminder(App);

#[async_trait::async_trait]
impl Handler for Reminder {
    async fn run(&self, _job: &Job) -> Outcome {
        match self.remind_all().await {
            Ok(()) => Outcome::Done,
            Err(error) => {
                tracing::warn!(%error, "owners could not be reminded");
                Outcome::retry("storage")
            }
        }
    }
}

impl Reminder {
    async fn remind_all(&self) -> Result<()> {
        let ctx = self.0.job_ctx();
        let (now, before) = (ctx.now, reminders_before(&self.0.config().closing, ctx.now));
        loop {
            let due = self.0.read(move |tx| leaving::to_remind(tx, now, before, BATCH)).await?;
            if due.is_empty() {
                return Ok(());
            }
            for (account, until) in due {
                let ctx = ctx.clone();
                self.0.write(move |tx| super::remind(tx, &ctx, &account, until)).await?;
            }
        }
    }
}
