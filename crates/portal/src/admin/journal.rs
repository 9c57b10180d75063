//! The journal from the command line: verifying all of it, signing a head at once, a new signing key.

use crate::app::App;
use crate::audit::heads::{self, Head};
use crate::audit::note::{Checkpoint, Verifier};
use crate::audit::verify::{self, Report};
use crate::audit::{self, Chain, Event, jobs};
use crate::error::Result;

/// Verifies the whole journal and writes down that it was done. `kept` are heads that somebody kept outside.
///
/// # Errors
/// The storage is away.
pub async fn verify(app: &App, kept: Vec<Checkpoint>) -> Result<Report> {
    let report = verify::verify(app, kept).await?;
    let event = Event::JournalVerified {
        events: i64::try_from(report.events).unwrap_or(i64::MAX),
        good: report.good,
    };
    let ctx = app.job_ctx();
    app.write(move |tx| audit::record(tx, &ctx, Chain::Portal, &event)).await?;
    Ok(report)
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
