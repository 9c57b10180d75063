//! `pristan admin audit …`: the journal as a whole.

use super::answer;
use crate::parts;
use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;
use portal::admin::journal;
use portal::app::App;
use portal::audit::note::{Checkpoint, Verifier};
use portal::audit::verify::{Finding, Pace, Report};
use portal::config::Config;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Prove that no event was removed or changed: chains, sealed parts, tree, signed heads. Works beside the portal.
    Verify {
        /// A signed head that was kept outside (a file from /journal/heads/…): the journal must still begin with it.
        #[arg(long, value_name = "FILE")]
        against: Vec<PathBuf>,
        /// The key of that head, or a file of keys (from /journal/keys) kept outside; otherwise the portal's own count.
        #[arg(long, value_name = "KEY|FILE")]
        key: Vec<String>,
    },
    /// Sign a head now, without waiting for the hour.
    Publish,
    /// Make a new signing key for the heads to come; those before stay checkable.
    RotateKey,
}

/// Runs one command.
pub async fn run(config: Config, command: AuditCommand, as_json: bool) -> anyhow::Result<()> {
    let app = App::new(parts::build(config).await?);
    let done = match command {
        AuditCommand::Verify { against, key } => verify(&app, &against, &key, as_json).await,
        AuditCommand::Publish => publish(&app, as_json).await,
        AuditCommand::RotateKey => match journal::rotate_key(&app).await {
            Ok(key) => {
                answer(as_json, &json!({ "key": key.text() }), &format!("the new key is {}", key.text()))
            }
            Err(error) => Err(error.into()),
        },
    };
    app.db().close().await;
    done
}

async fn publish(app: &App, as_json: bool) -> anyhow::Result<()> {
    match journal::publish(app).await? {
        Some(head) => {
            answer(as_json, &json!({ "number": head.number, "size": head.size }), &head.note.trim_end())
        }
        None => answer(as_json, &json!({ "number": null }), &"Nothing is new since the last head."),
    }
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    report: Report,
    seconds: f64,
}

async fn verify(app: &App, against: &[PathBuf], keys: &[String], as_json: bool) -> anyhow::Result<()> {
    let kept = kept(app, against, keys).await?;
    let begun = app.clock().now();
    let report = journal::verify(app, kept, Pace::Quick).await?;
    let seconds = (app.clock().now() - begun).0 as f64 / 1e6;
    let (good, found) = (report.good, report.found);
    let mut lines = vec![format!(
        "{} events in {} chains, {} of them in the tree, {} signed heads: read in {seconds:.1} s.",
        report.events, report.chains, report.leaves, report.heads
    )];
    lines.extend(report.findings.iter().map(told));
    if good {
        lines.push("The journal is whole: nothing was removed or changed.".to_owned());
    }
    answer(as_json, &Answer { report, seconds }, &lines.join("\n"))?;
    if !good {
        bail!("the journal is broken: {found} findings");
    }
    Ok(())
}

/// Heads that were kept outside, checked with the keys that were kept outside.
async fn kept(app: &App, files: &[PathBuf], keys: &[String]) -> anyhow::Result<Vec<Checkpoint>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: Vec<Verifier> = crate::journal::keys(keys)?;
    if known.is_empty() {
        known = journal::keys(app).await?;
    }
    let mut kept = Vec::new();
    for file in files {
        let note = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let head = Checkpoint::open(&note, &known)
            .ok_or_else(|| anyhow!("{}: not a head signed with a known key", file.display()))?;
        kept.push(head.0);
    }
    Ok(kept)
}

fn told(finding: &Finding) -> String {
    let Finding { what, place, number, event } = finding;
    let words = match *what {
        "changed-record" => "the record is not what its hash says",
        "changed-column" => "a column says something else than the record",
        "changed-seal" => "the sealed part is not the one that was written",
        "missing-seal" => "the sealed part is gone though the account is not erased",
        "missing-event" => "the event before this one is missing",
        "broken-link" => "the event before this one is another than it was",
        "missing-tail" => "the last events of this chain are missing",
        "missing-leaf" => "the event of this leaf is missing",
        "changed-leaf" => "the event is not the one that was put into the tree",
        "changed-tile" => "stored hashes of the tree were changed",
        "tree-size" => "events and tree do not have the same number",
        "head-signature" => "the signature of this head does not hold",
        "head-changed" => "this head is not the one that was signed, or it shrinks",
        "head-missing" => "this head is missing",
        "head-root" => "the events before it do not lead to this head",
        "head-uncovered" => "this head covers events that are gone",
        other => other,
    };
    let event = if event.is_empty() { String::new() } else { format!(" ({event})") };
    format!("BROKEN  {place} no. {number}{event}: {words} [{what}]")
}
