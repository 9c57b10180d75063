//! Runs claimed jobs: woken by commits, bounded, stopped with nothing lost.

use super::{Job, Outcome, Schedule, claim, due, finish, give_back, renew, schedule};
use crate::{Db, StoreError};
use kernel::{Clock, RngSource, Span};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use tokio::task::{Id as TaskId, JoinError, JoinSet};

/// Does the work of one kind of job. May be called twice for one job, so it is idempotent.
#[async_trait::async_trait]
pub trait Handler: Send + Sync {
    /// Does it, and says how it ended.
    async fn run(&self, job: &Job) -> Outcome;

    /// How long an attempt may take when the worker's lease is too short for it: the lease is renewed meanwhile.
    fn limit(&self) -> Option<Span> {
        None
    }
}

/// The sizes and pauses of a worker.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Jobs that run at one time.
    pub concurrency: usize,
    /// How long a claim holds; also the longest that a handler may take which has no [`Handler::limit`].
    pub lease: Span,
    /// How often to look when nothing wakes the worker (jobs of other instances, jobs that become due).
    pub poll: Span,
    /// The pause after the first failed attempt; doubled after each further one.
    pub pause_base: Span,
    /// The longest pause.
    pub pause_cap: Span,
    /// How long running jobs may go on when the worker is asked to stop; then they are cut off and handed back.
    pub drain: Span,
}

impl Default for WorkerOptions {
    fn default() -> WorkerOptions {
        WorkerOptions {
            concurrency: 16,
            lease: Span::minutes(2),
            poll: Span::seconds(1),
            pause_base: Span::seconds(2),
            pause_cap: Span::hours(1),
            drain: Span::seconds(10),
        }
    }
}

/// Claims and runs the jobs of the kinds that it has handlers for; others stay for instances that know them.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    clock: Arc<dyn Clock>,
    rng: RngSource,
    options: WorkerOptions,
    handlers: Arc<BTreeMap<&'static str, Arc<dyn Handler>>>,
    schedules: Vec<Schedule>,
}

impl Worker {
    /// A worker without handlers yet.
    pub fn new(db: Db, clock: Arc<dyn Clock>, rng: RngSource, options: WorkerOptions) -> Worker {
        Worker { db, clock, rng, options, handlers: Arc::default(), schedules: Vec::new() }
    }

    /// Adds the handler of a kind.
    #[must_use]
    pub fn on(mut self, kind: &'static str, handler: Arc<dyn Handler>) -> Worker {
        Arc::make_mut(&mut self.handlers).insert(kind, handler);
        self
    }

    /// Adds the handler of a kind that comes back by itself.
    #[must_use]
    pub fn every(mut self, name: &'static str, every: Span, handler: Arc<dyn Handler>) -> Worker {
        self.schedules.push(Schedule { name, every });
        self.on(name, handler)
    }

    /// The kinds that have a handler.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.handlers.keys().copied().collect()
    }

    /// Works until `stop` is ready, then lets running jobs end, and hands back those that do not end in time.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut wakes = self.db.enqueued();
        let mut polls =
            tokio::time::interval(self.options.poll.to_std().max(std::time::Duration::from_millis(10)));
        polls.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut running = Running::default();
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = polls.tick() => {}
                changed = wakes.changed() => if changed.is_err() { break },
                Some(ended) = running.next() => self.after(ended).await,
            }
            while let Some(ended) = running.try_next() {
                self.after(ended).await;
            }
            let free = self.options.concurrency.max(1).saturating_sub(running.len());
            match self.take(free).await {
                Ok(jobs) => jobs.into_iter().for_each(|job| running.start(self, job)),
                // An outage of the storage: the next poll tries again.
                Err(error) => tracing::warn!("jobs cannot be claimed: {error}"),
            }
        }
        self.drain(running).await;
    }

    /// Runs everything that is due by the clock, and what that enqueues, until nothing is; gives how many ran. For tests.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        let mut total = 0;
        loop {
            let mut running = Running::default();
            for job in self.take(self.options.concurrency.max(1)).await? {
                running.start(self, job);
            }
            if running.len() == 0 {
                return Ok(total);
            }
            total += running.len();
            while let Some(ended) = running.next().await {
                self.after(ended).await;
            }
        }
    }

    /// Claims up to `free` due jobs. Looks first, so that an idle worker writes nothing.
    async fn take(&self, free: usize) -> Result<Vec<Job>, StoreError> {
        let limit = u32::try_from(free).unwrap_or(u32::MAX);
        let (kinds, schedules, now) = (self.kinds(), self.schedules.clone(), self.clock.now());
        if limit == 0 || kinds.is_empty() {
            return Ok(Vec::new());
        }
        let looked = kinds.clone();
        let due = self.db.read(move |tx| {
            Ok::<_, StoreError>(due(tx, &looked, now)? || schedule::due(tx, &schedules, now)?)
        });
        if !due.await? {
            return Ok(Vec::new());
        }
        let (schedules, lease, mut rng) = (self.schedules.clone(), self.options.lease, self.rng.fork());
        let claimed = self.db.write(move |tx| {
            schedule::tick(tx, &schedules, now, &mut rng)?;
            claim(tx, &kinds, limit, lease, now, &mut rng)
        });
        claimed.await
    }

    /// One job from its handler to its stored outcome.
    async fn serve(self, job: Job) {
        let outcome = match self.handlers.get(job.kind.as_str()) {
            None => Outcome::retry("no handler for this kind"),
            Some(handler) => {
                let limit = handler.limit().unwrap_or(self.options.lease).to_std();
                tokio::select! {
                    ended = tokio::time::timeout(limit, handler.run(&job)) => {
                        ended.unwrap_or_else(|_| Outcome::retry("took longer than its lease"))
                    }
                    () = self.keep_lease(&job) => Outcome::retry("its lease was lost"),
                }
            }
        };
        self.settle(job, outcome).await;
    }

    /// Renews the lease of a job again and again; ready when it is lost.
    async fn keep_lease(&self, job: &Job) {
        let mut ticks = tokio::time::interval(self.options.lease.to_std() / 3);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let (job, until) = (job.clone(), self.clock.now() + self.options.lease);
            match self.db.write(move |tx| renew(tx, &job, until)).await {
                Ok(true) => {}
                Ok(false) => return,
                // An outage of the storage: the next turn tries again, before the lease is over.
                Err(error) => tracing::warn!("the lease of a job cannot be renewed: {error}"),
            }
        }
    }

    /// What is left to do for a task that has ended: nothing, unless its handler panicked.
    async fn after(&self, (job, ended): Ended) {
        if ended.is_err() {
            self.settle(job, Outcome::retry("the handler panicked")).await;
        }
    }

    /// Stores the outcome; if the storage is away, the lease runs out and the job is run again.
    async fn settle(&self, job: Job, outcome: Outcome) {
        let (options, now, mut rng) = (self.options.clone(), self.clock.now(), self.rng.fork());
        match &outcome {
            Outcome::Done | Outcome::RetryAt(_) => {}
            Outcome::Retry { reason } | Outcome::Fail { reason } => {
                tracing::warn!(
                    job = job.id.as_str(),
                    kind = job.kind,
                    attempt = job.attempts,
                    "a job failed: {reason}"
                );
            }
        }
        let id = job.id.clone();
        let stored = self.db.write(move |tx| finish(tx, &job, &outcome, &options, now, &mut rng)).await;
        match stored {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(job = id.as_str(), "the lease of a job ran out before its outcome was stored")
            }
            Err(error) => tracing::error!(job = id.as_str(), "the outcome of a job was not stored: {error}"),
        }
    }

    async fn drain(&self, mut running: Running) {
        let all = async {
            while let Some(ended) = running.next().await {
                self.after(ended).await;
            }
        };
        if tokio::time::timeout(self.options.drain.to_std(), all).await.is_ok() {
            return;
        }
        for job in running.cut_off().await {
            let id = job.id.clone();
            if let Err(error) = self.db.write(move |tx| give_back(tx, &job)).await {
                tracing::warn!(
                    job = id.as_str(),
                    "a job was not handed back, its lease will run out: {error}"
                );
            }
        }
    }
}

/// A job whose task has ended, and how.
type Ended = (Job, Result<(), JoinError>);

/// The tasks of the jobs that run now.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    jobs: BTreeMap<TaskId, Job>,
}

impl Running {
    fn start(&mut self, worker: &Worker, job: Job) {
        let task = self.tasks.spawn(worker.clone().serve(job.clone()));
        self.jobs.insert(task.id(), job);
    }

    fn len(&self) -> usize {
        self.jobs.len()
    }

    async fn next(&mut self) -> Option<Ended> {
        let ended = self.tasks.join_next_with_id().await?;
        self.ended(ended)
    }

    fn try_next(&mut self) -> Option<Ended> {
        let ended = self.tasks.try_join_next_with_id()?;
        self.ended(ended)
    }

    fn ended(&mut self, ended: Result<(TaskId, ()), JoinError>) -> Option<Ended> {
        let (id, ended) = match ended {
            Ok((id, ())) => (id, Ok(())),
            Err(error) => (error.id(), Err(error)),
        };
        self.jobs.remove(&id).map(|job| (job, ended))
    }

    /// Stops all tasks at their next await and gives their jobs.
    async fn cut_off(mut self) -> Vec<Job> {
        self.tasks.shutdown().await;
        self.jobs.into_values().collect()
    }
}
