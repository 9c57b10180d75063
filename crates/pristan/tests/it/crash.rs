//! kill -9 at random moments under load: nothing that was answered is lost, nothing is doubled; after every kill the
//! journal verifies and no effect stands without its event.

use crate::browser::Browser;
use crate::people::{NEW_PASSWORD, PASSWORD, Person, Progress};
use crate::world::World;
use kernel::Rng;
use std::sync::Arc;
use std::time::Duration;
use store::{Db, StoreError, Tx};
use testkit::db::TestDb;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// People who register, send their profile and then recover, all at once. Each needs at least ten answers.
const PEOPLE: u32 = 16;

/// The accounts that demonstration mode makes by itself after its start; made before, so that counting is sure.
const DEMONSTRATION: u32 = 10;

/// How often the portal is killed.
const KILLS: u64 = 6;

/// A kill comes after this many answers at least …
const ANSWERS_BEFORE_KILL: u64 = 8;

/// … and this many more at most, by chance. Together under 10 × PEOPLE, so that every kill hits people at work.
const ANSWERS_SPREAD: u64 = 17;

/// Looks until every check has ended: two minutes. On PostgreSQL the jobs of a killed instance wait for their lease.
const LOOKS: u32 = 1_200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_and_double_nothing_on_sqlite() {
    crash_loop(&testkit::db::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_and_double_nothing_on_postgresql() {
    let Some(db) = testkit::db::postgres().await else { return };
    crash_loop(&db).await;
}

async fn crash_loop(db: &TestDb) {
    let world = World::with_accounts(db.url(), DEMONSTRATION).await;
    let portal = world.portal_url();
    let before = accounts(db).await;
    let ours = Arc::new(unwritten(db).await);
    let progress = Arc::new(Progress::default());
    let mut people = JoinSet::new();
    for number in 0..PEOPLE {
        let person = Person::new(number, &portal, &world.stand_url(), progress.clone());
        people.spawn(live(person, known(&world.stand_url(), number).await));
    }
    let finished = Arc::new(Notify::new());
    let killer = tokio::spawn(kill_again_and_again(world, db.db(), ours.clone(), progress, finished.clone()));
    let lived = people.join_all().await;
    finished.notify_one();
    let (world, kills) = killer.await.expect("the killer ends");
    assert_eq!(kills, KILLS, "people were through before the last kill");
    for person in &lived {
        assert!(person.can_sign_in(NEW_PASSWORD).await, "an acknowledged password was lost");
        assert!(!person.can_sign_in(PASSWORD).await, "a replaced password still opens");
    }
    assert_eq!(accounts(db).await - before, i64::from(PEOPLE), "accounts were lost or doubled");
    every_check_ended_once(db, &world.stand_url()).await;
    assert_eq!(unwritten(db).await, *ours, "an effect stands without its event");
    world.verify_journal();
    drop(world);
}

/// Somebody whom the stand's registers know, as the form takes them; each number is another person.
async fn known(stand: &str, number: u32) -> serde_json::Value {
    let page = Browser::new(stand).get(&format!("/api/people/{number}")).await.expect("the stand answers");
    serde_json::from_str(&page.body).expect("a person")
}

/// Waits until every sending has ended: each person has one, with three checks that passed, and each register worked
/// one question a person.
async fn every_check_ended_once(db: &TestDb, stand: &str) {
    let count = |sql: &'static str| async move {
        let db = db.db();
        let read = db.read(move |tx| -> Result<i64, StoreError> { tx.one(sql, &[], |row| row.get(0)) });
        read.await.expect("counting")
    };
    let open = "SELECT COUNT(*) FROM sending WHERE ended_at IS NULL";
    for look in 0.. {
        if count(open).await == 0 {
            break;
        }
        assert!(look < LOOKS, "a check was lost: its sending does not end");
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    let people = i64::from(PEOPLE);
    assert_eq!(count("SELECT COUNT(*) FROM sending").await, people, "sendings were lost or doubled");
    assert_eq!(count("SELECT COUNT(*) FROM register_check WHERE state = 'passed'").await, 3 * people);
    assert_eq!(count("SELECT COUNT(*) FROM register_check").await, 3 * people);
    assert_eq!(count("SELECT COUNT(*) FROM account WHERE level = 'standard'").await, people);
    let raised = "SELECT COUNT(*) FROM journal WHERE event = 'level_raised'";
    assert_eq!(count(raised).await, people, "a level rose twice");
    let page = Browser::new(stand).get("/api/registers").await.expect("the stand answers");
    let told: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
    let registers = told["registers"].as_array().or_else(|| told.as_array()).expect("a list");
    assert_eq!(registers.len(), 3);
    for register in registers {
        assert_eq!(register["worked"].as_i64(), Some(people), "a question was worked twice: {register}");
    }
}

/// Registers, sends the profile, then recovers; goes on from where it was whenever no answer came.
async fn live(mut person: Person, values: serde_json::Value) -> Person {
    while person.register().await.is_err() {
        person.wait_for_portal().await;
    }
    while person.send_profile(&values).await.is_err() {
        person.wait_for_portal().await;
    }
    person.begin_again();
    while person.recover().await.is_err() {
        person.wait_for_portal().await;
    }
    person
}

/// Kills the portal after a random number of answers and starts it again, until the kills are used up or
/// everybody is through. Gives the world back, running.
async fn kill_again_and_again(
    mut world: World,
    db: Db,
    ours: Arc<Vec<i64>>,
    progress: Arc<Progress>,
    finished: Arc<Notify>,
) -> (World, u64) {
    let mut rng = Rng::os();
    for kills in 0..KILLS {
        let wanted = progress.answered() + ANSWERS_BEFORE_KILL + rng.below(ANSWERS_SPREAD);
        tokio::select! {
            () = progress.reaches(wanted) => {}
            () = finished.notified() => return (world, kills),
        }
        world.kill_portal();
        assert_eq!(unwritten(&db).await, *ours, "an effect stands without its event after kill {kills}");
        world.verify_journal();
        world.start_portal().await;
    }
    (world, KILLS)
}

async fn accounts(db: &TestDb) -> i64 {
    let count = |tx: &mut Tx<'_>| tx.one("SELECT COUNT(*) FROM account", &[], |row| row.get(0));
    db.read(move |tx| -> Result<i64, StoreError> { count(tx) }).await.expect("counting")
}

/// Effects that no event of the same moment tells of: accounts, passwords, sessions; and openings without an account.
/// The accounts that demonstration mode made have none, so the first count is what it must stay at.
async fn unwritten(db: &Db) -> Vec<i64> {
    let counts = [
        "SELECT COUNT(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.chain = a.id
           AND j.event = 'account_opened' AND j.at = a.created_at)",
        "SELECT COUNT(*) FROM account a WHERE a.password_set_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal j
           WHERE j.chain = a.id AND j.event IN ('account_opened', 'password_changed', 'password_recovered')
           AND j.at = a.password_set_at)",
        "SELECT COUNT(*) FROM session s WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.chain = s.account_id
           AND j.event IN ('account_opened', 'signed_in') AND j.at = s.created_at)",
        "SELECT COUNT(*) FROM journal j WHERE j.event = 'account_opened'
           AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id = j.chain)",
    ];
    let read = db.read(move |tx| -> Result<Vec<i64>, StoreError> {
        counts.iter().map(|sql| tx.one(sql, &[], |row| row.get(0))).collect()
    });
    read.await.expect("counting")
}
