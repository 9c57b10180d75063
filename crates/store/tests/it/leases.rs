//! Leases of jobs: they run out, are renewed, are lost.

use crate::Standing;
use crate::jobs::{put, state};
use kernel::{Clock, Rng, RngSource, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::Db;
use store::jobs::{self, Handler, Job, Outcome, State, Worker, WorkerOptions};
use testkit::db::each_engine;

/// Works longer than a lease: the first attempt waits until its lease was renewed, or for ever.
struct Slow {
    db: Db,
    clock: Standing,
    for_ever: bool,
    ran: AtomicUsize,
}

#[async_trait::async_trait]
impl Handler for Slow {
    async fn run(&self, job: &Job) -> Outcome {
        if self.ran.fetch_add(1, Ordering::SeqCst) > 0 {
            return Outcome::Done;
        }
        if self.for_ever {
            self.db.write(jobs::free_leases).await.unwrap();
            std::future::pending::<()>().await;
        }
        self.clock.advance(Span::hours(1));
        let wanted = self.clock.now();
        loop {
            let id = job.id.clone();
            let now = self.db.read(move |tx| jobs::get(tx, &id)).await.unwrap().unwrap();
            if now.lease_until > Some(wanted) {
                return Outcome::Done;
            }
            tokio::task::yield_now().await;
        }
    }

    fn limit(&self) -> Option<Span> {
        Some(Span::hours(1))
    }
}

#[tokio::test]
async fn a_long_job_keeps_its_lease_and_one_that_lost_it_is_stopped() {
    each_engine(|db| async move {
        for for_ever in [false, true] {
            let clock = Standing::new();
            let slow = Slow { db: db.db(), clock: clock.clone(), for_ever, ran: AtomicUsize::new(0) };
            let slow = Arc::new(slow);
            let options = WorkerOptions { lease: Span::millis(30), ..WorkerOptions::default() };
            let worker = Worker::new(db.db(), Arc::new(clock.clone()), RngSource::seeded(5), options)
                .on("test", slow.clone());
            let id = put(&db, i64::from(for_ever), None, clock.now(), 5).await.unwrap();
            worker.run_until_idle().await.unwrap();
            let job = state(&db, &id).await;
            let attempts = if for_ever { 2 } else { 1 };
            assert_eq!((job.state, job.attempts), (State::Done, attempts), "{for_ever}");
            assert_eq!(slow.ran.load(Ordering::SeqCst), attempts as usize);
        }
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_runs_out_is_claimed_again_but_not_for_ever() {
    each_engine(|db| async move {
        let clock = Standing::new();
        let id = put(&db, 1, None, clock.now(), 2).await.unwrap();
        let claim = |seed: u64| {
            let (db, now) = (db.db(), clock.now());
            async move {
                let mut rng = Rng::seeded(seed);
                db.write(move |tx| jobs::claim(tx, &["test"], 10, Span::minutes(1), now, &mut rng))
                    .await
                    .unwrap()
            }
        };
        let lost = claim(1).await;
        assert_eq!(lost.len(), 1);
        assert!(claim(2).await.is_empty(), "it is held");
        clock.advance(Span::minutes(1));
        let held = claim(3).await;
        assert_eq!((held.len(), held[0].attempts), (1, 2));
        // The first holder comes late and changes nothing.
        let (late, now, mut rng) = (lost[0].clone(), clock.now(), Rng::seeded(4));
        let options = WorkerOptions::default();
        let told = db.write(move |tx| jobs::finish(tx, &late, &Outcome::Done, &options, now, &mut rng));
        assert!(!told.await.unwrap());
        assert_eq!(state(&db, &id).await.state, State::Waiting);
        // Two attempts were allowed; a third process is not risked.
        clock.advance(Span::minutes(1));
        assert!(claim(5).await.is_empty());
        assert_eq!(state(&db, &id).await.state, State::Dead);
    })
    .await;
}
