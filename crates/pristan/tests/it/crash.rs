//! kill -9 at random moments under load: nothing that was answered is lost, nothing is doubled.

use crate::people::{NEW_PASSWORD, PASSWORD, Person, Progress};
use crate::world::World;
use kernel::Rng;
use std::sync::Arc;
use store::{StoreError, Tx};
use testkit::db::TestDb;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// People who register and then recover, all at once. Each needs at least six answers.
const PEOPLE: u32 = 16;

/// The accounts that demonstration mode makes by itself after its start; made before, so that counting is sure.
const DEMONSTRATION: u32 = 10;

/// How often the portal is killed.
const KILLS: u64 = 6;

/// A kill comes after this many answers at least …
const ANSWERS_BEFORE_KILL: u64 = 4;

/// … and this many more at most, by chance. Together under 6 × PEOPLE, so that every kill hits people at work.
const ANSWERS_SPREAD: u64 = 9;

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
    let progress = Arc::new(Progress::default());
    let mut people = JoinSet::new();
    for number in 0..PEOPLE {
        let person = Person::new(number, &portal, &world.stand_url(), progress.clone());
        people.spawn(live(person));
    }
    let finished = Arc::new(Notify::new());
    let killer = tokio::spawn(kill_again_and_again(world, progress, finished.clone()));
    let lived = people.join_all().await;
    finished.notify_one();
    let (world, kills) = killer.await.expect("the killer ends");
    assert_eq!(kills, KILLS, "people were through before the last kill");
    for person in &lived {
        assert!(person.can_sign_in(NEW_PASSWORD).await, "an acknowledged password was lost");
        assert!(!person.can_sign_in(PASSWORD).await, "a replaced password still opens");
    }
    assert_eq!(accounts(db).await - before, i64::from(PEOPLE), "accounts were lost or doubled");
    drop(world);
}

/// Registers, then recovers; goes on from where it was whenever no answer came.
async fn live(mut person: Person) -> Person {
    while person.register().await.is_err() {
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
        world.start_portal().await;
    }
    (world, KILLS)
}

async fn accounts(db: &TestDb) -> i64 {
    let count = |tx: &mut Tx<'_>| tx.one("SELECT COUNT(*) FROM account", &[], |row| row.get(0));
    db.read(move |tx| -> Result<i64, StoreError> { count(tx) }).await.expect("counting")
}
