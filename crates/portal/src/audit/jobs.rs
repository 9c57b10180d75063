//! What keeps the tree: placing new events, signing its head.

use super::{heads, tiles};
use crate::app::App;
use crate::error::Result;
use ::store::jobs::{Handler, Job, Outcome};

/// Puts new events into the tree.
pub const PLACE: &str = "journal.place";
/// Signs the tree's head.
pub const HEAD: &str = "journal.head";

/// Puts every event that waits into the tree, batch by batch; gives how many.
///
/// # Errors
/// The storage is away.
pub async fn place_all(app: &App) -> Result<u64> {
    let batch = app.config().journal.place_batch.max(1);
    let mut total = 0;
    loop {
        let placed = app.write(move |tx| tiles::place(tx, batch)).await?;
        total += placed;
        if placed < u64::from(batch) {
            metrics::counter!("journal_events_placed_total").increment(total);
            return Ok(total);
        }
    }
}

/// Places what waits and signs a head over all of it; `None` when nothing was new.
///
/// # Errors
/// The storage is away.
pub async fn publish(app: &App) -> Result<Option<heads::Head>> {
    place_all(app).await?;
    let ctx = app.job_ctx();
    let head = app.write(move |tx| heads::publish(tx, &ctx)).await?;
    if let Some(head) = &head {
        metrics::gauge!("journal_head_size").set(head.size as f64);
        tracing::info!(number = head.number, size = head.size, "a head of the journal was signed");
    }
    Ok(head)
}

/// The handler of [`PLACE`].
pub struct Placing(pub App);

#[async_trait::async_trait]
impl Handler for Placing {
    async fn run(&self, _job: &Job) -> Outcome {
        ended(place_all(&self.0).await)
    }
}

/// The handler of [`HEAD`].
pub struct Publishing(pub App);

#[async_trait::async_trait]
impl Handler for Publishing {
    async fn run(&self, _job: &Job) -> Outcome {
        ended(publish(&self.0).await)
    }
}

fn ended<T>(result: Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(error) => {
            tracing::warn!(%error, "the journal's tree could not be kept");
            Outcome::retry("storage")
        }
    }
}
