//! Goes through the whole journal: every chain, every sealed part, the tree with its stored hashes, every signed head.
//! Works beside a running portal: it only reads, in batches, each a snapshot.

mod chains;
mod tree;

use super::note::Checkpoint;
use crate::app::App;
use crate::error::Result;
use serde::Serialize;

/// Findings that are told one by one; the others are counted.
const TOLD: usize = 50;

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind: `changed-record`, `changed-column`, `changed-seal`, `missing-seal`, `missing-event`, `broken-link`,
    /// `missing-tail`, `missing-leaf`, `changed-leaf`, `changed-tile`, `head-signature`, `head-changed`, `head-missing`,
    /// `head-root`, `head-uncovered`, `tree-size`.
    pub what: &'static str,
    /// Where: an account or another chain, `tree`, or `heads`.
    pub place: String,
    /// The event's number in its chain, its leaf in the tree, or the head's number.
    pub number: i64,
    /// The event's identifier, where one is meant.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event: String,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all is in order.
    pub good: bool,
    /// Events read.
    pub events: u64,
    /// Chains read.
    pub chains: u64,
    /// Events in the tree.
    pub leaves: u64,
    /// Signed heads.
    pub heads: u64,
    /// How many findings there are.
    pub found: u64,
    /// The first of them, in the order of chains, then tree and heads.
    pub findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, what: &'static str, place: &str, number: i64, event: &str) {
        self.found += 1;
        if self.findings.len() < TOLD {
            let (place, event) = (place.to_owned(), event.to_owned());
            self.findings.push(Finding { what, place, number, event });
        }
    }

    fn and(mut self, other: Report) -> Report {
        self.events += other.events;
        self.chains += other.chains;
        self.leaves += other.leaves;
        self.heads += other.heads;
        self.found += other.found;
        self.findings.extend(other.findings);
        self.findings.truncate(TOLD);
        self
    }
}

/// How much of the machine a verification may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As quickly as it goes: somebody waits.
    Quick,
    /// One reader after another: people use the portal meanwhile.
    Gentle,
}

/// Verifies everything. `kept` are heads that somebody kept outside: the journal must still begin with them.
///
/// # Errors
/// The storage is away.
pub async fn verify(app: &App, kept: Vec<Checkpoint>, pace: Pace) -> Result<Report> {
    let mut report = match pace {
        Pace::Quick => quick(app, kept).await?,
        Pace::Gentle => {
            let chains = chains::walk(app.clone(), String::new(), String::new()).await?;
            chains.and(tree::walk(app.clone(), kept).await?)
        }
    };
    report.good = report.found == 0;
    Ok(report)
}

async fn quick(app: &App, kept: Vec<Checkpoint>) -> Result<Report> {
    // Two walkers over the chains and one over the tree: each reads from a thread of the storage of its own.
    let middle = app.read(chains::middle).await?;
    let first = tokio::spawn(chains::walk(app.clone(), String::new(), middle.clone()));
    let second = tokio::spawn(walk_from(app.clone(), middle));
    let tree = tokio::spawn(tree::walk(app.clone(), kept));
    let mut report = Report::default();
    for part in [first, second, tree] {
        let part =
            part.await.map_err(|error| crate::error::Error::Bug(format!("verification: {error}")))??;
        report = report.and(part);
    }
    Ok(report)
}

async fn walk_from(app: App, middle: String) -> Result<Report> {
    if middle.is_empty() { Ok(Report::default()) } else { chains::walk(app, middle, String::new()).await }
}
