//! The outbox: enqueue, claim, retry, die, hand back, come back by the clock.

use crate::Standing;
use kernel::{Clock, Id, Rng, RngSource, Span, Time};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use store::jobs::{self, Handler, Job, JobKind, NewJob, Outcome, State, Worker, WorkerOptions};
use store::{Db, StoreError};
use testkit::db::{TestDb, each_engine, options};

/// Answers what the test tells it to, and remembers what it ran.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<Outcome>>,
    ran: Mutex<Vec<(String, u32)>>,
}

#[async_trait::async_trait]
impl Handler for Script {
    async fn run(&self, job: &Job) -> Outcome {
        self.ran.lock().unwrap().push((job.payload["n"].to_string(), job.attempts));
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() { Outcome::Done } else { answers.remove(0) }
    }
}

impl Script {
    fn ran(&self) -> Vec<(String, u32)> {
        std::mem::take(&mut *self.ran.lock().unwrap())
    }
    fn answers(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.answers.lock().unwrap().extend(outcomes);
    }
}

fn worker(db: &Db, clock: &Standing, handler: Arc<dyn Handler>) -> Worker {
    Worker::new(db.clone(), Arc::new(clock.clone()), RngSource::seeded(5), WorkerOptions::default())
        .on("test", handler)
}

pub async fn put(
    db: &Db,
    n: i64,
    key: Option<&'static str>,
    run_at: Time,
    max_attempts: u32,
) -> Option<Id<JobKind>> {
    let mut rng = Rng::seeded(n as u64 ^ 77);
    let put = db.write(move |tx| {
        let job = NewJob { kind: "test", key, payload: json!({ "n": n }), run_at, max_attempts };
        jobs::enqueue(tx, &job, run_at, &mut rng)
    });
    put.await.unwrap()
}

pub async fn state(db: &Db, id: &Id<JobKind>) -> Job {
    let id = id.clone();
    db.read(move |tx| jobs::get(tx, &id)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_job_lives_and_dies_with_the_transaction_that_enqueued_it() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let script = Arc::new(Script::default());
        let worker = worker(&db, &clock, script.clone());
        let (now, mut rng) = (clock.now(), Rng::seeded(1));
        let refused = db.write(move |tx| {
            let job = NewJob { kind: "test", key: None, payload: json!({}), run_at: now, max_attempts: 3 };
            jobs::enqueue(tx, &job, now, &mut rng)?;
            Err::<(), _>(StoreError::bug("on purpose"))
        });
        assert!(refused.await.is_err());
        assert_eq!(worker.run_until_idle().await.unwrap(), 0);
        let id = put(&db, 1, None, now, 3).await.unwrap();
        assert_eq!(worker.run_until_idle().await.unwrap(), 1);
        assert_eq!(state(&db, &id).await.state, State::Done);
        assert_eq!(worker.run_until_idle().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_key_makes_a_job_once() {
    each_engine(|db| async move {
        let clock = Standing::new();
        assert!(put(&db, 1, Some("code/1"), clock.now(), 3).await.is_some());
        assert!(put(&db, 2, Some("code/1"), clock.now(), 3).await.is_none());
        assert!(put(&db, 3, Some("code/2"), clock.now(), 3).await.is_some());
        let script = Arc::new(Script::default());
        assert_eq!(worker(&db, &clock, script.clone()).run_until_idle().await.unwrap(), 2);
        // Also after it is done, until it is forgotten.
        assert!(put(&db, 4, Some("code/1"), clock.now(), 3).await.is_none());
        clock.advance(Span::days(1));
        let before = clock.now();
        assert_eq!(db.write(move |tx| jobs::forget_done(tx, before, 10)).await.unwrap(), 2);
        assert!(put(&db, 5, Some("code/1"), clock.now(), 3).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn failures_come_back_after_growing_pauses_and_die_in_the_end() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let script = Arc::new(Script::default());
        let worker = worker(&db, &clock, script.clone());
        let id = put(&db, 1, None, clock.now(), 3).await.unwrap();
        script.answers([Outcome::retry("down"), Outcome::retry("down"), Outcome::retry("still down")]);
        worker.run_until_idle().await.unwrap();
        let first = state(&db, &id).await;
        assert_eq!(
            (first.state, first.attempts, first.last_reason.as_deref()),
            (State::Waiting, 1, Some("down"))
        );
        let pause = first.run_at - clock.now();
        assert!(pause >= Span::seconds(1) && pause <= Span::seconds(2), "{pause:?}");
        assert_eq!(worker.run_until_idle().await.unwrap(), 0, "not before its time");
        clock.advance(pause);
        assert_eq!(worker.run_until_idle().await.unwrap(), 1);
        let pause = state(&db, &id).await.run_at - clock.now();
        assert!(pause >= Span::seconds(2) && pause <= Span::seconds(4), "{pause:?}");
        clock.advance(pause);
        assert_eq!(worker.run_until_idle().await.unwrap(), 1);
        let dead = state(&db, &id).await;
        assert_eq!(
            (dead.state, dead.last_reason.as_deref(), dead.ended_at),
            (State::Dead, Some("still down"), Some(clock.now()))
        );
        // An administrator sees it and sends it round again.
        let now = clock.now();
        let (counts, list) = db
            .read(move |tx| {
                Ok::<_, StoreError>((jobs::counts(tx, now)?, jobs::list(tx, State::Dead, None, 10)?))
            })
            .await
            .unwrap();
        assert_eq!((counts[0].dead, counts[0].waiting, list.len()), (1, 0, 1));
        let again = id.clone();
        assert!(db.write(move |tx| jobs::retry_dead(tx, &again, now)).await.unwrap());
        assert_eq!(worker.run_until_idle().await.unwrap(), 1);
        assert_eq!(state(&db, &id).await.state, State::Done);
        let again = id.clone();
        assert!(!db.write(move |tx| jobs::retry_dead(tx, &again, now)).await.unwrap(), "only dead ones");
    })
    .await;
}

#[tokio::test]
async fn fail_is_final_and_retry_at_costs_no_attempt() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let script = Arc::new(Script::default());
        let worker = worker(&db, &clock, script.clone());
        let id = put(&db, 1, None, clock.now(), 1).await.unwrap();
        let later = clock.now() + Span::minutes(5);
        script.answers([
            Outcome::RetryAt(later),
            Outcome::RetryAt(later + Span::minutes(5)),
            Outcome::fail("no such number"),
        ]);
        for expected in [1, 1, 1, 0] {
            assert_eq!(worker.run_until_idle().await.unwrap(), expected);
            clock.advance(Span::minutes(5));
        }
        assert_eq!(script.ran(), [("1".to_owned(), 1), ("1".to_owned(), 1), ("1".to_owned(), 1)]);
        let dead = state(&db, &id).await;
        assert_eq!((dead.state, dead.last_reason.as_deref()), (State::Dead, Some("no such number")));
    })
    .await;
}

#[tokio::test]
async fn freed_leases_are_claimed_at_once_and_their_attempts_stay_counted() {
    each_engine(|db| async move {
        let clock = Standing::new();
        put(&db, 1, None, clock.now(), 2).await.unwrap();
        let claim = |seed: u64| {
            let (db, now) = (db.db(), clock.now());
            async move {
                let mut rng = Rng::seeded(seed);
                db.write(move |tx| jobs::claim(tx, &["test"], 10, Span::minutes(1), now, &mut rng))
                    .await
                    .unwrap()
            }
        };
        assert_eq!(claim(1).await.len(), 1);
        assert!(claim(2).await.is_empty(), "it is held");
        assert_eq!(db.write(jobs::free_leases).await.unwrap(), 1);
        assert_eq!(claim(3).await[0].attempts, 2);
    })
    .await;
}

#[tokio::test]
async fn unknown_kinds_are_left_for_instances_that_know_them() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let (now, mut rng) = (clock.now(), Rng::seeded(1));
        db.write(move |tx| {
            let job =
                NewJob { kind: "new.kind", key: None, payload: json!({}), run_at: now, max_attempts: 1 };
            jobs::enqueue(tx, &job, now, &mut rng)
        })
        .await
        .unwrap();
        assert_eq!(worker(&db, &clock, Arc::new(Script::default())).run_until_idle().await.unwrap(), 0);
        let due = db.read(|tx| jobs::next_due(tx, &["new.kind"])).await.unwrap();
        assert_eq!(due, Some(now));
    })
    .await;
}

/// Counts how often each job ran; a panic for those that the test marks.
struct Counting {
    ran: Mutex<std::collections::BTreeMap<String, usize>>,
    done: tokio::sync::Semaphore,
    panic_first: bool,
}

#[async_trait::async_trait]
impl Handler for Counting {
    async fn run(&self, job: &Job) -> Outcome {
        let times = {
            let mut ran = self.ran.lock().unwrap();
            let times = ran.entry(job.id.to_string()).or_insert(0);
            *times += 1;
            *times
        };
        assert!(!(self.panic_first && times == 1), "on purpose");
        self.done.add_permits(1);
        Outcome::Done
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_instances_run_each_job_once() {
    each_engine(|db: TestDb| async move {
        let clock = Standing::new();
        let counting = Arc::new(Counting {
            ran: Mutex::default(),
            done: tokio::sync::Semaphore::new(0),
            panic_first: false,
        });
        let other = db.again(options()).await.unwrap();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut tasks = Vec::new();
        for instance in [db.db(), other.clone(), db.db()] {
            let worker = worker(&instance, &clock, counting.clone());
            let mut stopped = stopped.clone();
            tasks.push(tokio::spawn(async move {
                worker.run(async { drop(stopped.wait_for(|s| *s).await) }).await
            }));
        }
        // Enqueued while they run: woken by the commit, or by the poll of the other instance.
        for n in 0..60 {
            put(&db, n, None, clock.now(), 3).await.unwrap();
        }
        drop(counting.done.acquire_many(60).await.unwrap());
        stop.send(true).unwrap();
        for task in tasks {
            task.await.unwrap();
        }
        let ran = counting.ran.lock().unwrap().clone();
        assert_eq!((ran.len(), ran.values().sum::<usize>()), (60, 60));
        let now = clock.now();
        let counts = db.read(move |tx| jobs::counts(tx, now)).await.unwrap();
        assert_eq!((counts[0].done, counts[0].waiting), (60, 0), "stopping waited for the outcomes");
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_panics_is_an_attempt_that_failed() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let counting = Arc::new(Counting {
            ran: Mutex::default(),
            done: tokio::sync::Semaphore::new(0),
            panic_first: true,
        });
        let worker = worker(&db, &clock, counting.clone());
        let id = put(&db, 1, None, clock.now(), 3).await.unwrap();
        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&db, &id).await.last_reason.as_deref(), Some("the handler panicked"));
        clock.advance(Span::minutes(1));
        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&db, &id).await.state, State::Done);
    })
    .await;
}

/// Never ends by itself.
struct Endless(tokio::sync::Notify);

#[async_trait::async_trait]
impl Handler for Endless {
    async fn run(&self, _: &Job) -> Outcome {
        self.0.notify_one();
        std::future::pending().await
    }
}

#[tokio::test]
async fn stopping_hands_back_what_does_not_end() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let endless = Arc::new(Endless(tokio::sync::Notify::new()));
        let options = WorkerOptions { drain: Span::millis(20), ..WorkerOptions::default() };
        let worker = Worker::new(db.db(), Arc::new(clock.clone()), RngSource::seeded(1), options)
            .on("test", endless.clone());
        let id = put(&db, 1, None, clock.now(), 1).await.unwrap();
        worker.run(endless.0.notified()).await;
        let job = state(&db, &id).await;
        assert_eq!((job.state, job.lease_until, job.attempts), (State::Waiting, None, 0));
        // The next instance takes it at once, its single attempt unspent.
        let script = Arc::new(Script::default());
        assert_eq!(self::worker(&db, &clock, script.clone()).run_until_idle().await.unwrap(), 1);
        assert_eq!(script.ran(), [("1".to_owned(), 1)]);
    })
    .await;
}

/// Counts turns.
#[derive(Default)]
struct Turns(AtomicUsize);

#[async_trait::async_trait]
impl Handler for Turns {
    async fn run(&self, _: &Job) -> Outcome {
        self.0.fetch_add(1, Ordering::SeqCst);
        Outcome::Done
    }
}

#[tokio::test]
async fn schedules_turn_once_whatever_the_number_of_instances() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let turns = Arc::new(Turns::default());
        let make = || {
            Worker::new(db.db(), Arc::new(clock.clone()), RngSource::seeded(1), WorkerOptions::default())
                .every("retention.test", Span::hours(1), turns.clone())
        };
        let workers = [make(), make(), make()];
        for expected in [1, 1, 2, 2, 3] {
            let (a, b, c) = tokio::join!(
                workers[0].run_until_idle(),
                workers[1].run_until_idle(),
                workers[2].run_until_idle()
            );
            a.and(b).and(c).unwrap();
            assert_eq!(turns.0.load(Ordering::SeqCst), expected);
            clock.advance(Span::minutes(31));
        }
        let rows = db.read(jobs::upcoming).await.unwrap();
        assert_eq!((rows.len(), rows[0].0.as_str()), (1, "retention.test"));
    })
    .await;
}
