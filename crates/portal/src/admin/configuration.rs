//! Noticing that the portal runs with another configuration than before.

use crate::app::App;
use crate::audit::{self, Chain, Event};
use crate::error::Result;
use crate::staff;

/// The name under which the last configuration is remembered: the digest of its text without secrets.
const KEPT: &str = "configuration";

/// Writes an event into the portal's journal when the configuration is another than at the start before (checklist
/// 11.4); `true` when it is. Instances that start with different configurations are seen as changes too, as they should.
///
/// # Errors
/// The storage is away.
pub async fn note(app: &App) -> Result<bool> {
    let digest = ring::digest::digest(&ring::digest::SHA256, app.config().print().as_bytes());
    let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let before = app.read(|tx| staff::last(tx, KEPT)).await?;
    if before.as_ref().is_some_and(|(before, _)| before.words == digest) {
        return Ok(false);
    }
    let (ctx, changed) = (app.job_ctx(), before.is_some());
    app.write(move |tx| {
        staff::note_last(tx, KEPT, 1, &digest, ctx.now)?;
        if changed {
            let event = Event::ConfigurationChanged { digest: digest.clone() };
            audit::record(tx, &ctx, Chain::Portal, &event)?;
        }
        Ok(())
    })
    .await?;
    Ok(changed)
}
