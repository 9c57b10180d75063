//! The jobs of the portal: which kinds there are, which come back by themselves, what is swept when.

use crate::app::App;
use crate::error::Result;
use crate::safety;
use crate::staff;
use crate::{
    challenge, closing, codes, devices, factors, limits, notifications, recovery, registration, sessions,
    signin,
};
use ::store::jobs::{Handler, Job, Outcome, Worker, WorkerOptions};
use ::store::keys::rotate::{self, Sweep, SweepHandler, WrappedColumn};
use ::store::{Engine, Tx};
use kernel::{Span, Time};
use std::sync::Arc;

pub use crate::notifications::jobs::take_receipts;

/// Rows that one retention job deletes in one transaction.
const BATCH: i64 = 500;

/// How long a job may take, and how long the jobs of an instance that was killed stay with it: longer than two SMS
/// gateways may need one after the other (2 × (10 s to connect + 10 s to answer)), short against a code's 300 s.
const LEASE: Span = Span::seconds(60);

/// A line of the retention table (docs/retention.md): what is deleted, when, and how often that is looked at.
pub struct Retention {
    /// The job's name.
    pub name: &'static str,
    /// What it deletes.
    pub what: &'static str,
    /// How long after its end a row is kept.
    pub keep: Span,
    /// How often the job runs.
    pub every: Span,
    sweep: fn(&mut Tx<'_>, Time, i64) -> Result<u64>,
}

/// Every retention job. Sources: practice sheet §8 «Retention», spec 01 §1 for drafts.
pub const RETENTION: &[Retention] = &[
    Retention {
        name: "retention.registrations",
        what: "unfinished registrations",
        keep: Span::ZERO,
        every: Span::minutes(10),
        sweep: registration::sweep,
    },
    Retention {
        name: "retention.recoveries",
        what: "recoveries",
        keep: Span::days(7),
        every: Span::hours(1),
        sweep: recovery::sweep,
    },
    Retention {
        name: "retention.recovery-waits",
        what: "waiting periods and temporary access codes",
        keep: Span::days(7),
        every: Span::hours(1),
        sweep: recovery::waiting::sweep,
    },
    Retention {
        name: "retention.contact_flows",
        what: "new contacts that waited for their code, and holds that are over",
        keep: Span::ZERO,
        every: Span::hours(1),
        sweep: crate::contacts::sweep_flows,
    },
    Retention {
        name: "retention.contact_changes",
        what: "changes of contacts that can no longer be undone",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: crate::contacts::sweep_changes,
    },
    Retention {
        name: "retention.contacts",
        what: "contacts that left their account",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: crate::accounts::sweep_contacts,
    },
    Retention {
        name: "retention.logins",
        what: "logins that were kept for an account",
        keep: Span::ZERO,
        every: Span::minutes(10),
        sweep: crate::accounts::sweep_reserved,
    },
    Retention {
        name: "retention.codes",
        what: "one-time codes",
        keep: Span::days(7),
        every: Span::hours(1),
        sweep: codes::sweep,
    },
    Retention {
        name: "retention.sessions",
        what: "sessions past their end",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: sessions::sweep,
    },
    Retention {
        name: "retention.devices",
        what: "devices not signed in from for long",
        keep: Span::days(400),
        every: Span::hours(24),
        sweep: devices::sweep,
    },
    Retention {
        name: "retention.notice-links",
        what: "links of notices past their time",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: notifications::links::sweep,
    },
    Retention {
        name: "retention.staff_sessions",
        what: "sessions at the workplace past their end",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: staff::sweep_sessions,
    },
    Retention {
        name: "retention.staff_invitations",
        what: "invitations of staff past their end",
        keep: Span::days(7),
        every: Span::hours(1),
        sweep: staff::sweep_invitations,
    },
    Retention {
        name: "retention.staff_cards",
        what: "people's cards that staff opened",
        keep: Span::days(7),
        every: Span::hours(1),
        sweep: staff::sweep_cards,
    },
    Retention {
        name: "retention.messages",
        what: "outgoing messages",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: notifications::sweep,
    },
    Retention {
        name: "retention.notices",
        what: "messages in the cabinet",
        keep: Span::days(400),
        every: Span::hours(24),
        sweep: notifications::feed::sweep,
    },
    Retention {
        name: "retention.push-subscriptions",
        what: "browsers whose session was ended by somebody",
        keep: Span::ZERO,
        every: Span::hours(1),
        sweep: notifications::push::sweep,
    },
    Retention {
        name: "retention.throttles",
        what: "counters of limits",
        keep: Span::ZERO,
        every: Span::minutes(10),
        sweep: limits::sweep,
    },
    Retention {
        name: "retention.guards",
        what: "counters of wrong passwords",
        keep: Span::days(2),
        every: Span::hours(1),
        sweep: signin::sweep,
    },
    Retention {
        name: "retention.half-sign-ins",
        what: "half-done sign-ins",
        keep: Span::days(1),
        every: Span::hours(1),
        sweep: signin::sweep_halves,
    },
    Retention {
        name: "retention.factor-guards",
        what: "counters of wrong second factors",
        keep: Span::days(2),
        every: Span::hours(1),
        sweep: factors::sweep_tries,
    },
    Retention {
        name: "retention.trusted-devices",
        what: "trusted devices past their time",
        keep: Span::days(30),
        every: Span::hours(1),
        sweep: factors::sweep_trust,
    },
    Retention {
        name: "retention.passkeys",
        what: "answered challenges of passkeys, keys that were removed",
        keep: Span::ZERO,
        every: Span::minutes(10),
        sweep: signin::methods::passkey::sweep,
    },
    Retention {
        name: "retention.qr-sign-ins",
        what: "sign-ins asked for with a QR code",
        keep: Span::days(1),
        every: Span::hours(1),
        sweep: signin::qr::sweep,
    },
    Retention {
        name: "retention.challenges",
        what: "spent challenges",
        keep: Span::ZERO,
        every: Span::minutes(10),
        sweep: sweep_challenges,
    },
    Retention {
        name: "retention.uploads",
        what: "uploads that broke off and were not continued",
        keep: Span::ZERO,
        every: Span::hours(1),
        sweep: crate::documents::sweep_uploads,
    },
    Retention {
        name: "retention.refused-scans",
        what: "words about files that were not kept",
        keep: Span::days(7),
        every: Span::hours(24),
        sweep: crate::documents::sweep_refused,
    },
    Retention {
        name: "retention.rechecks",
        what: "rechecks by registers that ended",
        keep: Span::days(400),
        every: Span::hours(24),
        sweep: crate::checks::sweep_rechecks,
    },
    Retention {
        name: "retention.reviews",
        what: "cases of the review that ended",
        keep: Span::days(400),
        every: Span::hours(24),
        sweep: crate::review::sweep,
    },
    Retention {
        name: "retention.register-events",
        what: "numbers of events that registers told",
        keep: Span::days(400),
        every: Span::hours(24),
        sweep: crate::checks::sweep_events,
    },
    Retention {
        name: "retention.jobs",
        what: "jobs that are done",
        keep: Span::days(7),
        every: Span::hours(1),
        sweep: sweep_jobs,
    },
];

fn sweep_challenges(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(challenge::forget_expired(tx, before, batch)?)
}

fn sweep_jobs(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(::store::jobs::forget_done(tx, before, u32::try_from(batch).unwrap_or(u32::MAX))?)
}

/// Runs one line of the table, batch by batch.
struct Sweeper {
    app: App,
    line: &'static Retention,
}

#[async_trait::async_trait]
impl Handler for Sweeper {
    async fn run(&self, _job: &Job) -> Outcome {
        let before = self.app.clock().now() - self.line.keep;
        let sweep = self.line.sweep;
        let mut total = 0;
        loop {
            match self.app.write(move |tx| sweep(tx, before, BATCH)).await {
                Ok(gone) => {
                    total += gone;
                    if gone < BATCH as u64 {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(job = self.line.name, %error, "retention could not run");
                    return Outcome::retry("storage");
                }
            }
        }
        metrics::counter!("retention_deleted_total", "job" => self.line.name).increment(total);
        Outcome::Done
    }
}

/// The columns that hold wrapped data keys: re-wrapped when the key-encryption key rotates.
pub fn sweeps() -> Vec<Arc<dyn Sweep>> {
    let column = |table, id, wrapped| Arc::new(WrappedColumn { table, id, wrapped }) as Arc<dyn Sweep>;
    vec![
        column("account", "id", "data_key"),
        column("registration", "id", "data_key"),
        column("recovery", "id", "data_key"),
        column("message", "id", "data_key"),
        column("qr_sign_in", "id", "data_key"),
        column("journal_key", "id", "data_key"),
        column("staff_invitation", "id", "data_key"),
        Arc::new(crate::accounts::LoginIndex),
        Arc::new(crate::checks::NumberIndex),
    ]
}

/// Takes back what a process before this one held when it was killed. On PostgreSQL others may be at work: there the
/// leases run out by themselves.
///
/// # Errors
/// The storage is away.
pub async fn take_over(app: &App) -> Result<u64> {
    if app.db().engine() == Engine::Postgres {
        return Ok(0);
    }
    app.write(|tx| Ok(::store::jobs::free_leases(tx)?)).await
}

/// What keeps the journal's tree.
fn journal(worker: Worker, app: &App) -> Worker {
    let settings = &app.config().journal;
    let seconds = |seconds: u32| Span::seconds(i64::from(seconds.max(1)));
    let worker = match settings.verify_seconds {
        0 => worker,
        every => {
            let handler = Arc::new(crate::admin::journal::Verifying(app.clone()));
            worker.every(crate::admin::journal::VERIFY, seconds(every), handler)
        }
    };
    worker
        .every(
            crate::audit::jobs::PLACE,
            seconds(settings.place_seconds),
            Arc::new(crate::audit::jobs::Placing(app.clone())),
        )
        .every(
            crate::audit::jobs::HEAD,
            seconds(settings.head_seconds),
            Arc::new(crate::audit::jobs::Publishing(app.clone())),
        )
}

/// The workers of this process: one asks registers, however many checks wait, and one does everything else.
pub fn workers(app: &App) -> [Worker; 2] {
    let options = WorkerOptions {
        lease: LEASE,
        concurrency: app.config().checks.at_once.max(1) as usize,
        ..WorkerOptions::default()
    };
    let asking = Worker::new(app.db().clone(), app.clock_arc(), app.rng().clone(), options)
        .on(crate::checks::jobs::ASK, Arc::new(crate::checks::jobs::Asking(app.clone())));
    [worker(app), asking]
}

fn worker(app: &App) -> Worker {
    let sweep = SweepHandler {
        db: app.db().clone(),
        ring: app.keys().clone(),
        sweeps: sweeps(),
        clock: app.clock_arc(),
        rng: app.rng().clone(),
    };
    let options = WorkerOptions { lease: LEASE, ..WorkerOptions::default() };
    let worker = Worker::new(app.db().clone(), app.clock_arc(), app.rng().clone(), options)
        .on(notifications::jobs::SEND, Arc::new(notifications::jobs::Send(app.clone())))
        .on(notifications::delivery::LOOK, Arc::new(notifications::delivery::Deliver(app.clone())))
        .on(safety::jobs::END_BAN, Arc::new(safety::jobs::EndBan(app.clone())))
        .on(rotate::JOB, Arc::new(sweep));
    let worker = journal(worker, app);
    let worker = crate::documents::jobs::register(worker, app);
    let worker = crate::checks::jobs::register(worker, app);
    let worker = crate::review::register(worker, app);
    let worker = closing::jobs::register(worker, app);
    let worker = recovery::jobs::register(worker, app);
    let worker = worker.every(
        staff::jobs::FIGURES,
        staff::jobs::every(app),
        Arc::new(staff::jobs::Count(app.clone())),
    );
    RETENTION.iter().fold(worker, |worker, line| {
        worker.every(line.name, line.every, Arc::new(Sweeper { app: app.clone(), line }))
    })
}
