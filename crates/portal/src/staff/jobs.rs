//! Counting the figures of the workplace's first page.

use super::store;
use crate::app::App;
use ::store::jobs::{Handler, Job, Outcome};
use kernel::Span;

/// The kind of the jobs that count.
pub const FIGURES: &str = "staff.figures";

/// How often is counted.
pub fn every(app: &App) -> Span {
    Span::seconds(app.config().staff.figures_seconds)
}

/// Counts what a page cannot count quickly: accounts, sign-ins, messages, jobs, storage.
pub struct Count(pub App);

#[async_trait::async_trait]
impl Handler for Count {
    async fn run(&self, _job: &Job) -> Outcome {
        let now = self.0.clock().now();
        let counted = self.0.read(move |tx| store::count(tx, now)).await;
        let kept = match counted {
            Ok(figures) => self.0.write(move |tx| store::keep(tx, &figures, now)).await,
            Err(error) => Err(error),
        };
        match kept {
            Ok(()) => Outcome::Done,
            Err(error) => {
                tracing::warn!(%error, "the figures could not be counted");
                Outcome::retry("storage")
            }
        }
    }
}
