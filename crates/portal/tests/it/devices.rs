//! Known devices: met after a full sign-in, told apart from new ones, of use to nobody as a key.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, is_in, registered, sign_in};
use kernel::Span;
use portal::ctx::{Caller, Ctx};
use portal::devices::{self, Marks};
use store::params;
use testkit::app::{Browser, TestApp};
use testkit::db::{each_engine, sqlite};

/// What the portal knows when this browser asks.
fn ctx_of(app: &TestApp, browser: &Browser) -> Ctx {
    let caller = Caller {
        lang: kernel::Lang::Ru,
        address: [127, 0, 0, 1].into(),
        request_id: "devices".into(),
        visitor: "devices".into(),
        marks: Marks::read(browser.cookie("dev"), None),
        agent: String::new(),
    };
    app.app.ctx(caller)
}

/// Whether the browser is known to the account that was opened as number `nth`.
async fn known(app: &TestApp, browser: &Browser, nth: i64) -> bool {
    let (ctx, settings) = (ctx_of(app, browser), app.app.config().devices.clone());
    let asked = app.app.read(move |tx| {
        let account = tx.one(
            "SELECT id FROM account ORDER BY created_at, id LIMIT 1 OFFSET $1",
            params![nth],
            |row| row.get(0),
        )?;
        devices::is_known(tx, &ctx, &settings, &account)
    });
    asked.await.expect("the database answers")
}

#[tokio::test]
async fn a_device_is_known_after_a_full_sign_in_and_to_that_account_only() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let vera = registered(&app, &VERA).await;
        app.advance(Span::seconds(1));
        registered(&app, &ANNA).await;
        assert!(known(&app, &vera, 0).await && !known(&app, &vera, 1).await);
        // A wrong password makes nothing known; the right one does.
        let mut other = app.browser();
        sign_in(&mut other, VERA.phone, "Oshibka-2026!x").await;
        assert!(other.cookie("dev").is_none() && app.rows("device").await == 2);
        sign_in(&mut other, VERA.phone, PASSWORD).await;
        assert!(known(&app, &other, 0).await);
        assert_eq!(app.rows("device").await, 3);
        // The same device again is the same row; signing out keeps it known.
        other.post("/sign-out", &[]).await;
        sign_in(&mut other, VERA.phone, PASSWORD).await;
        assert_eq!(app.rows("device").await, 3);
        // Two people at one computer: both are known there, by marks that do not tell one from the other.
        other.post("/sign-out", &[]).await;
        sign_in(&mut other, ANNA.phone, PASSWORD).await;
        assert!(known(&app, &other, 0).await && known(&app, &other, 1).await);
        let hashes = app.number("SELECT COUNT(DISTINCT mark_hash) FROM device", &[]).await;
        assert_eq!(hashes, app.rows("device").await);
    })
    .await;
}

#[tokio::test]
async fn a_mark_opens_nothing_and_a_planted_one_is_not_taken_over() {
    let app = TestApp::new(sqlite().await).await;
    let vera = registered(&app, &VERA).await;
    let mark = vera.cookie("dev").expect("a mark").to_owned();
    let mut thief = app.browser();
    thief.plant("dev", &mark);
    assert!(!is_in(&mut thief).await, "a mark is no session");
    let planted = "A".repeat(22);
    let mut browser = app.browser();
    browser.plant("dev", &planted);
    sign_in(&mut browser, VERA.phone, PASSWORD).await;
    let kept = browser.cookie("dev").expect("marks").to_owned();
    assert_ne!(kept.split('.').next(), Some(planted.as_str()), "{kept}");
    let mut stranger = app.browser();
    stranger.plant("dev", &planted);
    assert!(known(&app, &browser, 0).await && !known(&app, &stranger, 0).await);
    // Nonsense is as good as nothing.
    for nonsense in ["", ".", "....", "x", &"A".repeat(4_000), "AAAAAAAAAAAAAAAAAAAAA!"] {
        let mut browser = app.browser();
        browser.plant("dev", nonsense);
        assert_eq!(sign_in(&mut browser, VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
        assert!(known(&app, &browser, 0).await, "{nonsense}");
    }
}

#[tokio::test]
async fn devices_are_few_and_are_forgotten_in_time() {
    each_engine(|db| async {
        let app = TestApp::new(db).await.again_with(|config| config.devices.most = 3).await;
        let first = registered(&app, &IGOR).await;
        for _ in 0..4 {
            app.advance(Span::minutes(1));
            sign_in(&mut app.browser(), IGOR.email, PASSWORD).await;
        }
        assert_eq!(app.rows("device").await, 3);
        assert!(!known(&app, &first, 0).await, "the one used longest ago made room");
        let mut last = app.browser();
        sign_in(&mut last, IGOR.email, PASSWORD).await;
        app.advance(Span::days(399));
        assert!(known(&app, &last, 0).await);
        app.advance(Span::days(1));
        assert!(!known(&app, &last, 0).await, "its time is over before the sweep comes");
    })
    .await;
}

/// The identifiers that a page's forms name.
fn listed(page: &testkit::app::Page) -> Vec<String> {
    let mut rest = page.body.as_str();
    let mut found = Vec::new();
    while let Some(at) = rest.find("name=\"device\" value=\"") {
        rest = &rest[at + 21..];
        found.push(rest[..rest.find('"').expect("a quote")].to_owned());
    }
    found
}

#[tokio::test]
async fn the_owner_sees_devices_and_forgets_them_and_nobody_else_does() {
    each_engine(|db| async {
        let app = TestApp::new(db).await.again_with(|config| config.demo = true).await;
        let mut vera = registered(&app, &VERA).await;
        let mut other = app.browser().at("198.51.100.7").with_agent("Mozilla/5.0 (Windows) Chrome/140");
        app.advance(Span::minutes(1));
        sign_in(&mut other, VERA.phone, PASSWORD).await;
        let page = vera.get("/cabinet/security/devices").await;
        assert!(page.says("198.51.100.7, Германия") && page.says("Chrome, Windows"), "{}", page.text());
        assert!(page.says("127.0.0.1, Россия"), "{}", page.text());
        let devices = listed(&page);
        assert_eq!(devices.len(), 2);
        // Somebody else's device is not there.
        let mut anna = registered(&app, &ANNA).await;
        let refused = anna.post("/cabinet/security/devices/forget", &[("device", &devices[0])]).await;
        assert_eq!(refused.status, axum::http::StatusCode::NOT_FOUND);
        assert!(known(&app, &other, 0).await);
        let page = vera.send("/cabinet/security/devices/forget", &[("device", &devices[0])]).await;
        assert_eq!((page.path.as_str(), listed(&page).len()), ("/cabinet/security/devices", 1));
        assert!(!known(&app, &other, 0).await && known(&app, &vera, 0).await);
        // Its session goes on, and the journal tells.
        assert!(is_in(&mut other).await);
        let events = app.number("SELECT COUNT(*) FROM journal WHERE event = 'device_forgotten'", &[]).await;
        assert_eq!(events, 1);
        let again = vera.post("/cabinet/security/devices/forget", &[("device", &devices[0])]).await;
        assert_eq!(again.status, axum::http::StatusCode::NOT_FOUND);
    })
    .await;
}
