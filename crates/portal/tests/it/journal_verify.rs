//! Verification: a good journal is good, and whatever is done to it behind the portal's back is found.

use crate::journal_tree::events;
use crate::people::{ANNA, PASSWORD, VERA, registered, sign_in};
use kernel::Rng;
use portal::audit::note::Checkpoint;
use portal::audit::verify::{Pace, Report, verify};
use portal::audit::{self, Chain, Event, jobs};
use store::{Value, params};
use testkit::app::TestApp;
use testkit::db::{self, each_engine};

async fn report(app: &TestApp) -> Report {
    let quick = verify(&app.app, Vec::new(), Pace::Quick).await.expect("the database answers");
    let gentle = verify(&app.app, Vec::new(), Pace::Gentle).await.expect("the database answers");
    assert_eq!((gentle.good, gentle.found, gentle.events), (quick.good, quick.found, quick.events));
    quick
}

/// Does something to the rows behind the portal's back.
async fn tamper(app: &TestApp, sql: &'static str, params: Vec<Value<'static>>) {
    let changed = app.app.write(move |tx| Ok(tx.exec(sql, &params)?)).await.expect("the database answers");
    assert!(changed > 0, "nothing was changed by {sql}");
}

async fn text(app: &TestApp, sql: &'static str) -> String {
    app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("a row")
}

/// People with events of many kinds, two heads over most of them, and some events after the last head.
async fn lived(db: db::TestDb) -> TestApp {
    let app = TestApp::new(db).await;
    registered(&app, &VERA).await;
    registered(&app, &ANNA).await;
    sign_in(&mut app.browser(), VERA.phone, "Wrong-2026!x").await;
    sign_in(&mut app.browser(), "+79990000000", "Wrong-2026!x").await;
    events(&app, "acc_tree", 700).await;
    jobs::publish(&app.app).await.expect("a head");
    app.advance(kernel::Span::hours(1));
    sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
    events(&app, "acc_tree", 300).await;
    jobs::publish(&app.app).await.expect("a head");
    sign_in(&mut app.browser(), ANNA.phone, PASSWORD).await;
    app
}

#[tokio::test]
async fn a_good_journal_is_good_on_both_engines_and_beside_a_working_portal() {
    each_engine(|db| async {
        let app = lived(db).await;
        let good = report(&app).await;
        assert!(good.good, "{good:?}");
        assert_eq!(good.events, u64::try_from(app.rows("journal").await).expect("a count"));
        assert_eq!(good.heads, 2);
        let writing = events(&app, "acc_other", 400);
        // One of them alone: what two of them read while somebody writes is never the same.
        let (_, beside) = tokio::join!(writing, verify(&app.app, Vec::new(), Pace::Quick));
        let beside = beside.expect("the database answers");
        assert!(beside.good, "{beside:?}");
        let done = portal::admin::journal::verify(&app.app, Vec::new(), Pace::Quick).await.expect("verified");
        assert!(done.good);
        let last = text(&app, "SELECT record FROM journal WHERE event = 'journal_verified'").await;
        assert!(last.contains("\"good\":true") && last.contains("\"chain\":\"portal\""), "{last}");
    })
    .await;
}

/// What somebody with the database in hand might do, and what is found then.
const TAMPERINGS: &[(&str, &str, &str)] = &[
    (
        "a changed record",
        "UPDATE journal SET record = REPLACE(record, 'signed_in', 'signed_on') WHERE event = 'signed_in'
         AND chain LIKE 'acc%' AND tree_index IS NOT NULL",
        "changed-record",
    ),
    ("a changed column", "UPDATE journal SET at = at + 1 WHERE chain = 'acc_tree' AND number = 7", "changed-column"),
    (
        "another word",
        "UPDATE journal SET event = 'signed_in' WHERE chain = 'acc_tree' AND number = 7",
        "changed-column",
    ),
    ("a removed row", "DELETE FROM journal WHERE chain = 'acc_tree' AND number = 5", "missing-event"),
    ("a removed first row", "DELETE FROM journal WHERE chain = 'acc_tree' AND number = 1", "missing-event"),
    ("a removed last row", "DELETE FROM journal WHERE chain = 'acc_tree' AND number = 1000", "missing-tail"),
    ("a removed chain", "DELETE FROM journal WHERE chain = 'acc_tree'", "missing-tail"),
    ("a forgotten chain", "DELETE FROM journal_chain WHERE chain = 'acc_tree'", "missing-tail"),
    (
        "two swapped rows",
        "UPDATE journal SET tree_index = CASE WHEN tree_index = 100 THEN -1 ELSE 100 END
         WHERE tree_index IN (100)",
        "missing-leaf",
    ),
    (
        "swapped records",
        "UPDATE journal SET
           record = (SELECT o.record FROM journal o WHERE o.chain = 'acc_tree' AND o.number = 401 - journal.number),
           hash = (SELECT o.hash FROM journal o WHERE o.chain = 'acc_tree' AND o.number = 401 - journal.number)
         WHERE chain = 'acc_tree' AND number IN (200, 201)",
        "changed-column",
    ),
    (
        "an inserted row",
        "INSERT INTO journal (id, chain, number, at, event, record, hash)
         SELECT 'jrn_extra', chain, 1001, at, event, record, hash FROM journal
         WHERE chain = 'acc_tree' AND number = 1000",
        "changed-column",
    ),
    (
        "a changed sealed part",
        "UPDATE journal SET sealed = hash WHERE event = 'account_opened'",
        "changed-seal",
    ),
    ("a removed sealed part", "UPDATE journal SET sealed = NULL WHERE event = 'account_opened'", "missing-seal"),
    ("a changed hash", "UPDATE journal SET hash = sealed WHERE event = 'account_opened'", "changed-record"),
    ("a leaf taken back", "UPDATE journal SET tree_index = NULL WHERE tree_index = 12", "missing-leaf"),
    ("a smaller tree", "UPDATE journal_state SET size = 300", "head-uncovered"),
    ("changed hashes", "UPDATE journal_tile SET hashes = root FROM journal_head WHERE level = 0 AND idx = 1", "changed-tile"),
    (
        "changed hashes above",
        "UPDATE journal_tile SET hashes = (SELECT t.hashes FROM journal_tile t WHERE t.level = 0 AND t.idx = 0)
         WHERE level = 1",
        "changed-tile",
    ),
    ("a removed row of hashes", "DELETE FROM journal_tile WHERE level = 0 AND idx = 0", "changed-tile"),
    ("a removed head", "DELETE FROM journal_head WHERE number = 1", "head-missing"),
    ("a changed head", "UPDATE journal_head SET size = size - 1 WHERE number = 2", "head-changed"),
    ("a changed root", "UPDATE journal_head SET root = (SELECT MAX(hash) FROM journal)", "head-changed"),
    (
        "a rewritten head",
        "UPDATE journal_head SET note = REPLACE(note, 'number 2', 'number 3'), number = 3 WHERE number = 2",
        "head-missing",
    ),
    (
        "a rewritten head in place",
        "UPDATE journal_head SET note = REPLACE(note, 'time 1', 'time 2') WHERE number = 2",
        "head-signature",
    ),
    ("a foreign key", "UPDATE journal_key SET public = (SELECT MAX(hash) FROM journal)", "head-signature"),
];

#[tokio::test]
async fn every_tampering_is_found_and_named() {
    for (what, sql, found) in TAMPERINGS {
        let app = lived(db::sqlite().await).await;
        let settings = "PRAGMA foreign_keys=OFF";
        let _ = app.app.write(move |tx| Ok(tx.exec(settings, &[])?)).await;
        tamper(&app, sql, Vec::new()).await;
        let told = report(&app).await;
        assert!(!told.good, "{what} was not found");
        assert!(told.findings.iter().any(|finding| finding.what == *found), "{what}: {told:?}");
    }
}

/// The tail cut off with everything that knows of it in the chain put right again: only the tree and its heads know.
#[tokio::test]
async fn a_truncated_tail_that_a_head_covers_is_found() {
    let app = lived(db::sqlite().await).await;
    tamper(&app, "DELETE FROM journal WHERE chain = 'acc_tree' AND number > 900", Vec::new()).await;
    let last = "UPDATE journal_chain SET number = 900, hash =
        (SELECT hash FROM journal WHERE chain = 'acc_tree' AND number = 900) WHERE chain = 'acc_tree'";
    tamper(&app, last, Vec::new()).await;
    let told = report(&app).await;
    assert!(told.findings.iter().all(|finding| finding.what != "missing-tail"), "{told:?}");
    assert!(told.findings.iter().any(|finding| finding.what == "missing-leaf"), "{told:?}");
}

/// Somebody with the database and its keys writes the whole tree anew: only a head kept outside shows it.
#[tokio::test]
async fn a_head_kept_outside_shows_a_journal_that_was_written_anew() {
    let app = lived(db::sqlite().await).await;
    let note = text(&app, "SELECT note FROM journal_head WHERE number = 2").await;
    let kept = Checkpoint::unchecked(&note).expect("a head");
    let whole = verify(&app.app, vec![kept.clone()], Pace::Quick).await.expect("verified");
    assert!(whole.good, "{whole:?}");
    for sql in [
        "DELETE FROM journal WHERE chain = 'acc_tree'",
        "DELETE FROM journal_chain WHERE chain = 'acc_tree'",
        "DELETE FROM journal_head",
        "DELETE FROM journal_tile",
        "UPDATE journal_state SET size = 0",
        "UPDATE journal SET tree_index = NULL",
    ] {
        tamper(&app, sql, Vec::new()).await;
    }
    jobs::publish(&app.app).await.expect("a new head");
    assert!(report(&app).await.good, "the new journal is whole by itself");
    let told = verify(&app.app, vec![kept], Pace::Quick).await.expect("verified");
    assert_eq!(told.findings[0].what, "head-uncovered", "{told:?}");
}

#[tokio::test]
async fn an_erased_account_keeps_a_journal_that_verifies() {
    let app = lived(db::sqlite().await).await;
    let chain = text(&app, "SELECT id FROM account ORDER BY id LIMIT 1").await;
    tamper(
        &app,
        "UPDATE account SET data_key = $1 WHERE id = $2",
        vec![Vec::new().into(), chain.clone().into()],
    )
    .await;
    tamper(&app, "UPDATE journal SET sealed = NULL WHERE chain = $1", vec![chain.clone().into()]).await;
    let told = report(&app).await;
    assert!(told.good, "{told:?}");
    // Its chain goes on: what happens to it later is written too, without a sealed part.
    let ctx = app.app.job_ctx();
    let wrote =
        app.app.write(move |tx| audit::record(tx, &ctx, Chain::Account(&chain), &Event::AccountErased));
    wrote.await.expect("written");
    assert!(report(&app).await.good);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_events_at_once_on_one_account_make_one_chain() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let second = app.again().await;
        let tasks: Vec<_> = (0..100)
            .map(|number| {
                let app = if number % 2 == 0 { app.app.clone() } else { second.app.clone() };
                let ctx = app.job_ctx();
                tokio::spawn(async move {
                    app.write(move |tx| audit::record(tx, &ctx, Chain::Account("acc_one"), &Event::SignedOut))
                        .await
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("written");
        }
        let sql = "SELECT COUNT(DISTINCT number) FROM journal WHERE chain = 'acc_one' AND number <= 100";
        assert_eq!(app.number(sql, &[]).await, 100);
        assert_eq!((app.rows("journal").await, app.rows("journal_chain").await), (100, 1));
        assert!(report(&app).await.good);
    })
    .await;
}

/// Random events of random chains, placed and signed at random moments; then one byte somewhere is changed.
#[tokio::test]
async fn a_changed_byte_anywhere_is_found() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut rng = Rng::seeded(41);
    let chains = ["acc_a", "acc_b", "acc_c", "acc_d", "acc_e"];
    for _ in 0..60 {
        let chain = chains[usize::try_from(rng.below(5)).expect("small")];
        events(&app, chain, 1 + u32::try_from(rng.below(20)).expect("small")).await;
        app.advance(kernel::Span::seconds(30));
        match rng.below(6) {
            0 => drop(jobs::publish(&app.app).await.expect("a head")),
            1 => drop(jobs::place_all(&app.app).await.expect("placed")),
            _ => {}
        }
    }
    assert!(report(&app).await.good);
    for round in 0..150 {
        let row = i64::try_from(rng.below(u64::try_from(app.rows("journal").await).expect("a count")))
            .expect("small");
        let read = app.app.read(move |tx| {
            let sql = "SELECT id, record, hash FROM journal ORDER BY id LIMIT 1 OFFSET $1";
            Ok(tx.one(sql, params![row], |row| {
                Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Vec<u8>>(2)?))
            })?)
        });
        let (id, record, hash) = read.await.expect("a row");
        let put = |record: String, hash: Vec<u8>| {
            let id = id.clone();
            app.app.write(move |tx| {
                let sql = "UPDATE journal SET record = $1, hash = $2 WHERE id = $3";
                Ok(tx.exec(sql, params![&record, &hash, &id])?)
            })
        };
        let (mut other, mut other_hash) = (record.clone().into_bytes(), hash.clone());
        if round % 3 == 0 {
            let at = usize::try_from(rng.below(32)).expect("small");
            other_hash[at] ^= 1 << rng.below(8);
        } else {
            let at = usize::try_from(rng.below(other.len() as u64)).expect("small");
            other[at] ^= 1;
            // Somebody thorough would put the hash right as well.
            if round % 3 == 1 {
                other_hash = audit::merkle::leaf_hash(&other).to_vec();
            }
        }
        let Ok(other) = String::from_utf8(other) else { continue };
        if other.contains('\0') {
            continue;
        }
        put(other, other_hash).await.expect("written");
        assert!(!report(&app).await.good, "round {round}: {id}");
        put(record, hash).await.expect("written");
    }
    assert!(report(&app).await.good);
}
