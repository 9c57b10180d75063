//! The global tree: who places events, what the heads say, what can be proven from the public pages alone.

use crate::people::{ANNA, IGOR, VERA, registered};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use portal::audit::merkle::{self, Hash};
use portal::audit::note::{Checkpoint, Verifier};
use portal::audit::{self, Chain, Event, jobs, tiles};
use testkit::app::TestApp;
use testkit::db::{self, each_engine};

/// Writes so many events into one account's chain, though nobody has this account.
pub async fn events(app: &TestApp, chain: &'static str, count: u32) {
    let ctx = app.app.job_ctx();
    let written = app.app.write(move |tx| {
        for _ in 0..count {
            audit::record(tx, &ctx, Chain::Account(chain), &Event::SignedOut)?;
        }
        Ok(())
    });
    written.await.expect("the database answers");
}

fn hash(text: &serde_json::Value) -> Hash {
    B64.decode(text.as_str().expect("text")).expect("base64").try_into().expect("a hash")
}

/// The head as a stranger gets it: from the page of the newest, under the published keys.
async fn newest_head(app: &TestApp) -> Checkpoint {
    let mut stranger = app.browser();
    let keys = stranger.get("/journal/keys").await;
    let keys: Vec<Verifier> = keys.body.lines().map(|line| Verifier::parse(line).expect("a key")).collect();
    let note = stranger.get("/journal/heads/latest").await;
    assert_eq!(note.header("content-type"), "text/plain; charset=utf-8");
    Checkpoint::open(&note.body, &keys).expect("a signed head").0
}

#[tokio::test]
async fn heads_come_hourly_and_each_is_the_beginning_of_the_next() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        assert_eq!(app.browser().get("/journal/heads/latest").await.status, StatusCode::NOT_FOUND);
        let mut before: Option<Checkpoint> = None;
        for round in 1..=4 {
            events(&app, "acc_tree", 300 * round - 7).await;
            app.advance(kernel::Span::hours(1));
            app.run_jobs().await;
            let head = newest_head(&app).await;
            assert_eq!((head.number, head.time), (u64::from(round), app.now().0 / 1_000_000));
            assert_eq!(head.origin, "localhost:8080/journal");
            if let Some(before) = before {
                let path = format!("/journal/consistency?from={}&to={}", before.size, head.size);
                let page = app.browser().get(&path).await;
                assert!(page.header("cache-control").contains("immutable"));
                let proof: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
                let path: Vec<Hash> = proof["path"].as_array().expect("a path").iter().map(hash).collect();
                assert!(merkle::consistent(before.size, &before.root, head.size, &head.root, &path));
            }
            let kept = app.browser().get(&format!("/journal/heads/{}", head.size)).await;
            assert_eq!(Checkpoint::unchecked(&kept.body), Some(head.clone()));
            before = Some(head);
        }
        for path in ["from=0&to=1", "from=2&to=1", "from=1&to=99999999"] {
            let page = app.browser().get(&format!("/journal/consistency?{path}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(app.browser().get("/journal/consistency?from=x").await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn an_hour_without_news_has_no_head() {
    let app = TestApp::new(db::sqlite().await).await;
    registered(&app, &VERA).await;
    app.run_jobs().await;
    for _ in 0..5 {
        app.advance(kernel::Span::hours(1));
        app.run_jobs().await;
    }
    // The second head covers what the first one wrote itself: that its key was made.
    assert_eq!(app.rows("journal_head").await, 2);
    assert_eq!(app.rows("journal_key").await, 1);
}

#[tokio::test]
async fn the_stored_tree_has_the_root_of_its_leaves_at_every_size() {
    let app = TestApp::new(db::sqlite().await).await;
    events(&app, "acc_tree", 1_500).await;
    // Batches of odd sizes, so that rows of the tree are begun and filled in every way.
    for batch in [1, 2, 253, 1, 255, 256, 257, 400] {
        app.app.write(move |tx| tiles::place(tx, batch)).await.expect("placed");
    }
    let placed = app.app.read(|tx| {
        let sql = "SELECT hash FROM journal WHERE tree_index IS NOT NULL ORDER BY tree_index";
        Ok(tx.all(sql, &[], |row| row.get::<Vec<u8>>(0))?)
    });
    let leaves = placed.await.expect("the database answers");
    assert_eq!(leaves.len(), 1_425);
    let roots = app.app.read(|tx| {
        let size = tiles::size(tx)?;
        let mut nodes = tiles::Stored::new(tx);
        (1..=size).map(|size| merkle::root(&mut nodes, size)).collect::<portal::error::Result<Vec<_>>>()
    });
    let roots = roots.await.expect("the tree is there");
    let mut frontier = merkle::Frontier::default();
    for (leaf, root) in leaves.into_iter().zip(roots) {
        frontier.push(leaf.try_into().expect("a hash"));
        assert_eq!(frontier.root(), root, "{}", frontier.size());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_place_and_sign_at_once_make_one_tree_and_one_head() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let second = app.again().await;
        events(&app, "acc_tree", 2_500).await;
        let both = [app.app.clone(), second.app.clone(), app.app.clone(), second.app.clone()];
        let tasks = both.map(|app| tokio::spawn(async move { jobs::publish(&app).await }));
        let mut heads = Vec::new();
        for task in tasks {
            heads.extend(task.await.expect("no panic").expect("the database answers"));
        }
        assert!(!heads.is_empty());
        assert_eq!(app.rows("journal_head").await, heads.len() as i64);
        assert_eq!(app.rows("journal_key").await, 1);
        let gaps = "SELECT COUNT(*) - 1 - MAX(tree_index) FROM journal WHERE tree_index IS NOT NULL";
        assert_eq!(app.number(gaps, &[]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_signing_key_lives_under_the_ring_and_outlives_its_rotation() {
    let app = TestApp::new(db::sqlite().await).await;
    registered(&app, &IGOR).await;
    app.advance(kernel::Span::hours(1));
    app.run_jobs().await;
    let first = newest_head(&app).await;
    let db = app.db().clone();
    let rng = app.world.rng.clone();
    portal::admin::keys::rotate(
        &app.world.keys,
        &db,
        portal::jobs::sweeps(),
        store::keys::Use::Kek,
        app.app.clock(),
        &rng,
    )
    .await
    .expect("rotated");
    app.run_jobs().await;
    let wrapped =
        app.app.read(|tx| Ok(tx.one("SELECT data_key FROM journal_key", &[], |row| row.get::<Vec<u8>>(0))?));
    let wrapped = wrapped.await.expect("the key's row");
    assert_eq!(store::keys::KeyRing::kek_of(&wrapped), Some(app.world.keys.active_kek_id().as_str()));
    registered(&app, &ANNA).await;
    app.advance(kernel::Span::hours(1));
    app.run_jobs().await;
    assert!(newest_head(&app).await.size > first.size);
    // A new signing key: heads of the old one can still be checked with what is published.
    let ctx = app.app.job_ctx();
    app.app.write(move |tx| audit::heads::rotate(tx, &ctx)).await.expect("a new key");
    app.advance(kernel::Span::hours(1));
    app.run_jobs().await;
    let mut stranger = app.browser();
    let keys = stranger.get("/journal/keys").await;
    let keys: Vec<Verifier> = keys.body.lines().map(|line| Verifier::parse(line).expect("a key")).collect();
    assert_eq!(keys.len(), 2);
    let old = stranger.get(&format!("/journal/heads/{}", first.size)).await;
    assert_eq!(Checkpoint::open(&old.body, &keys), Some((first, &keys[1])));
    let new = stranger.get("/journal/heads/latest").await;
    assert_eq!(Checkpoint::open(&new.body, &keys).expect("signed").1, &keys[0]);
}

#[tokio::test]
async fn the_public_page_shows_heads_and_keys_and_says_how_to_check() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut stranger = app.browser();
    assert!(stranger.get("/journal").await.says("Первый корень"));
    registered(&app, &VERA).await;
    app.advance(kernel::Span::hours(1));
    app.run_jobs().await;
    let head = newest_head(&app).await;
    let page = stranger.get("/journal").await;
    assert!(page.says(&B64.encode(head.root)) && page.says("pristan journal check"), "{}", page.text());
    let key = stranger.get("/journal/keys").await.body;
    assert!(page.says(key.trim()));
    assert!(!page.says("Вера") && !page.says(VERA.phone));
}
