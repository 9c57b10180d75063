//! The journal from the command line: verifying all of it, signing a head at once, a new signing key.

use crate::app::App;
use crate::audit::heads::{self, Head};
use crate::audit::note::{Checkpoint, Verifier};
use crate::audit::verify::{self, Pace, Report};
use crate::audit::{self, Chain, Event, jobs};
use crate::error::Result;
use crate::staff;
use ::store::jobs::{Handler, Job, Outcome};
use kernel::Span;

/// Verifies the whole journal and writes down that it was done. `kept` are heads that somebody kept outside.
///
/// # Errors
/// The storage is away.
pub async fn verify(app: &App, kept: Vec<Checkpoint>, pace: Pace) -> Result<Report> {
    let report = verify::verify(app, kept, pace).await?;
    let event = Event::JournalVerified {
        events: i64::try_from(report.events).unwrap_or(i64::MAX),
        good: report.good,
    };
    let (ctx, found) = (app.job_ctx(), i64::try_from(report.found).unwrap_or(i64::MAX));
    let events = report.events.to_string();
    app.write(move |tx| {
        audit::record(tx, &ctx, Chain::Portal, &event)?;
        staff::note_last(tx, staff::VERIFIED, found, &events, ctx.now)
    })
    .await?;
    metrics::gauge!("journal_findings").set(report.found as f64);
    metrics::gauge!("journal_verified_events").set(report.events as f64);
    Ok(report)
}

/// Verifies from time to time.
pub const VERIFY: &str = "journal.verify";

/// The longest that a verification in the background may take.
const LONGEST: Span = Span::hours(12);

/// The handler of [`VERIFY`].
pub struct Verifying(pub App);

#[async_trait::async_trait]
impl Handler for Verifying {
    async fn run(&self, _job: &Job) -> Outcome {
        match verify(&self.0, Vec::new(), Pace::Gentle).await {
            Ok(report) if report.good => {
                tracing::info!(events = report.events, "the journal is whole");
            }
            Ok(report) => tracing::error!(
                findings = report.found,
                "the journal is broken: run pristan admin audit verify and keep this database as it is"
            ),
            Err(error) => {
                tracing::warn!(%error, "the journal could not be verified");
                return Outcome::retry("storage");
            }
        }
        Outcome::Done
    }

    fn limit(&self) -> Option<Span> {
        Some(LONGEST)
    }
}

/// Signs a head now; `None` when there is nothing new since the last one.
///
/// # Errors
/// The storage is away.
pub async fn publish(app: &App) -> Result<Option<Head>> {
    jobs::publish(app).await
}

/// Makes a new key for the heads to come.
///
/// # Errors
/// The storage is away.
pub async fn rotate_key(app: &App) -> Result<Verifier> {
    let ctx = app.job_ctx();
    app.write(move |tx| heads::rotate(tx, &ctx)).await
}

/// Every key that ever signed a head, the newest first.
///
/// # Errors
/// The storage is away.
pub async fn keys(app: &App) -> Result<Vec<Verifier>> {
    Ok(app.read(heads::verifiers).await?.into_iter().map(|(_, verifier)| verifier).collect())
}
