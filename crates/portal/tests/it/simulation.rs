//! Dozens of people act at random for some weeks: they register, mistype, ask again, sign in, recover, change their
//! password, walk away. Gateways fail at random, instances go down between two steps and come up over the same
//! database. After every step the promises are checked. Everything grows from one seed: `PRISTAN_SIM_SEED=7` plays
//! the seventh world, `PRISTAN_SIM_STEPS` makes it longer; a failure names its seed.

mod act;
mod person;

use axum::http::StatusCode;
use kernel::{Rng, Span};
use person::Someone;
use std::collections::BTreeSet;
use testkit::app::{TestApp, config};
use testkit::db::{self, TestDb};

/// People in the world.
const PEOPLE: usize = 24;
/// Steps when nobody says otherwise: some weeks, in seconds.
const STEPS: u32 = 300;
/// Worlds on SQLite when nobody says otherwise.
const SEEDS: [u64; 2] = [1, 2];

fn number_of(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[tokio::test]
async fn weeks_of_random_people_break_no_promise() {
    let steps = number_of("PRISTAN_SIM_STEPS").and_then(|steps| u32::try_from(steps).ok()).unwrap_or(STEPS);
    let seeds = number_of("PRISTAN_SIM_SEED").map_or_else(|| SEEDS.to_vec(), |seed| vec![seed]);
    for seed in &seeds {
        play(db::sqlite().await, *seed, steps).await;
    }
    if let Some(postgres) = db::postgres().await {
        play(postgres, seeds[0], steps / 2).await;
    }
}

async fn play(db: TestDb, seed: u64, steps: u32) {
    let _on_failure = TellSeed(seed);
    let mut world = World::new(db, seed).await;
    for step in 0..steps {
        world.step(step).await;
    }
    // In the end the gateways are well, and everybody who was promised an account has one.
    world.faults(false);
    for number in 0..world.people.len() {
        world.check_promises(number, true).await;
    }
    let registered = world.people.iter().filter(|someone| someone.password.is_some()).count();
    assert!(
        steps < 200 || registered > PEOPLE / 3,
        "only {registered} people got an account: the world is too quiet"
    );
    eprintln!(
        "seed {seed}: {steps} steps, {registered} accounts, {} messages, {} falls",
        world.app.delivered(),
        world.falls
    );
}

/// Says which world it was when the test fails.
struct TellSeed(u64);

impl Drop for TellSeed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was PRISTAN_SIM_SEED={}", self.0);
        }
    }
}

/// The portal, the people and the chance that moves them.
struct World {
    app: TestApp,
    people: Vec<Someone>,
    rng: Rng,
    /// Who acts now; people do a few things in a row.
    current: usize,
    falls: u32,
}

impl World {
    async fn new(db: TestDb, seed: u64) -> World {
        let app = TestApp::with(db, seed, config()).await;
        let people = (0..PEOPLE).map(|number| Someone::new(number, app.browser())).collect();
        World { app, people, rng: Rng::seeded(seed ^ 0x5eed), current: 0, falls: 0 }
    }

    async fn step(&mut self, step: u32) {
        if self.rng.below(7) == 0 {
            self.current = self.rng.below(self.people.len() as u64) as usize;
            self.let_time_pass();
        }
        let number = self.current;
        let act = self.people[number].wish(&mut self.rng).await;
        eprintln!("step {step}: person {number} {act:?}");
        self.weather();
        if self.people[number].act(&self.app, act, &mut self.rng).await {
            self.check_sessions_ended(number).await;
        }
        // Some jobs run, some wait: nobody promised when.
        if self.rng.below(3) > 0 {
            self.app.run_jobs().await;
        }
        self.check_world(step).await;
        if self.rng.below(5) == 0 {
            self.check_promises(number, false).await;
        }
        self.app.advance(Span::seconds(self.rng.below(70) as i64));
        if self.rng.below(12) == 0 {
            self.fall().await;
        }
    }

    /// Gateways break and recover.
    fn weather(&mut self) {
        match self.rng.below(20) {
            0 => self.faults(true),
            1..=4 => self.faults(false),
            _ => {}
        }
    }

    fn faults(&mut self, down: bool) {
        let reason = down.then_some("weather");
        let world = &self.app.world;
        world.sms.set_down(reason);
        world.voice.set_down(reason.filter(|_| self.rng.below(2) == 0));
        world.mail.set_down(reason.filter(|_| self.rng.below(2) == 0));
    }

    fn let_time_pass(&mut self) {
        let span = match self.rng.below(10) {
            0..=4 => Span::minutes(self.rng.below(40) as i64),
            5..=8 => Span::hours(self.rng.below(30) as i64),
            _ => Span::days(self.rng.below(3) as i64),
        };
        self.app.advance(span);
    }

    /// The instance goes down with what it had in memory; another one comes up over the same database.
    async fn fall(&mut self) {
        self.falls += 1;
        let next = self.app.again().await;
        let last = std::mem::replace(&mut self.app, next);
        last.db().close().await;
        for someone in &mut self.people {
            someone.browser = someone.browser.clone().towards(&self.app);
        }
    }

    /// What holds for the whole world at any moment.
    async fn check_world(&self, step: u32) {
        let app = &self.app;
        let twice = "SELECT COUNT(*) FROM (SELECT index_hash FROM login GROUP BY index_hash HAVING COUNT(*) > 1) doubles";
        assert_eq!(app.number(twice, &[]).await, 0, "step {step}: a login of two accounts");
        let stray = "SELECT COUNT(*) FROM login l WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = l.account_id \
                     AND c.index_hash = l.index_hash AND c.detached_at IS NULL)";
        assert_eq!(app.number(stray, &[]).await, 0, "step {step}: a login without its contact");
        let unkept = "SELECT COUNT(*) FROM account a WHERE (SELECT COUNT(*) FROM consent c WHERE c.account_id = a.id) <> 2";
        assert_eq!(app.number(unkept, &[]).await, 0, "step {step}: an account without both consents");
        let words = "SELECT COUNT(*) FROM message WHERE state <> 'queued' AND (body IS NOT NULL OR data_key IS NOT NULL)";
        assert_eq!(app.number(words, &[]).await, 0, "step {step}: an ended message keeps its words");
        let dead = "SELECT COUNT(*) FROM job WHERE state = 'dead' AND kind <> 'message.send'";
        assert_eq!(app.number(dead, &[]).await, 0, "step {step}: a job was given up");
        let sent: Vec<String> = app.world.sms.accepted().into_iter().map(|sms| sms.id).collect();
        let kinds: BTreeSet<&String> = sent.iter().collect();
        assert_eq!(kinds.len(), sent.len(), "step {step}: one message left twice");
    }

    /// After a change or recovery of the password no other browser of that person is signed in.
    async fn check_sessions_ended(&mut self, number: usize) {
        self.app.advance(Span::seconds(2)); // what instances may still believe is over (sessions.cache_millis)
        let someone = &mut self.people[number];
        for (position, old) in std::mem::take(&mut someone.old_sessions).into_iter().enumerate() {
            let mut thief = self.app.browser();
            thief.plant("sid", &old);
            assert_eq!(
                thief.get("/cabinet").await.status,
                StatusCode::SEE_OTHER,
                "person {number}: session {position} lives on"
            );
        }
        someone.remember_session();
        assert!(
            crate::people::is_in(&mut someone.browser).await,
            "person {number}: the session that did it ended, too"
        );
    }

    /// An acknowledged account exists, and its acknowledged password opens it unless it is locked just now.
    async fn check_promises(&mut self, number: usize, wait_for_lock: bool) {
        if wait_for_lock {
            self.app.advance(Span::days(2));
        }
        let someone = &self.people[number];
        let Some(password) = someone.password.clone() else { return };
        let mut browser = self.app.browser();
        let mut page = browser.get("/sign-in").await;
        let fields = [("login", someone.login()), ("password", password.as_str())];
        page = match page.asks("challenge_token") {
            true => browser.post_solved(&page, "/sign-in", &fields).await,
            false => browser.post("/sign-in", &fields).await,
        };
        if page.asks("challenge_token") {
            page = browser.post_solved(&page, "/sign-in", &fields).await;
        }
        let opened = page.location() == Some("/cabinet");
        assert!(
            opened || (someone.may_be_locked && !wait_for_lock),
            "person {number} does not get in: {}",
            page.text()
        );
        if let Some(sid) = browser.cookie("sid") {
            self.people[number].old_sessions.push(sid.to_owned());
            self.people[number].may_be_locked = false;
            self.people[number].failures = 0;
        }
    }
}
