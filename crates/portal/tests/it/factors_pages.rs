//! The pages of second factors: adding, renaming, removing, trust, and the page that asks again.

use crate::factors::{SECRET, account, bind, half, second, shown};
use crate::people::{OTHER_PASSWORD, PASSWORD, VERA, is_in, registered, sign_in, twice};
use axum::http::StatusCode;
use kernel::{Level, Span};
use portal::factors::{Kind, Step, totp};
use std::future::Future;
use store::params;
use testkit::app::{Browser, Page, TestApp, config};
use testkit::db::{each_engine, sqlite};

const APP: &str = "/cabinet/security/factors/app";
const LIST: &str = "/cabinet/security/factors";

/// The secret that a page shows.
pub fn key_of(page: &Page) -> Vec<u8> {
    let text = page.body.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).expect("a key");
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for sign in text.bytes().filter(|sign| *sign != b' ') {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            _ => sign - b'2' + 26,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
        }
    }
    bytes
}

/// Adds an application through the pages; its secret.
async fn add_app(app: &TestApp, browser: &mut Browser) -> Vec<u8> {
    let page = browser.get(APP).await;
    assert_eq!(page.status, StatusCode::OK, "{:?} {}", page.location(), page.text());
    let secret = key_of(&page);
    assert_eq!(secret.len(), 20);
    let setup = page.value("setup").expect("a setup");
    let code = totp::code(&secret, totp::step_at(app.now()), 6).to_string();
    let page = browser.post(APP, &[("setup", &setup), ("name", "Мой телефон"), ("code", &code)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_eq!(page.body.matches("<li><code>").count(), 10, "recovery codes come with the first factor");
    // The same form again binds nothing twice.
    let again = browser.post(APP, &[("setup", &setup), ("name", "x"), ("code", &code)]).await;
    assert_eq!(again.location(), Some(LIST));
    secret
}

#[tokio::test]
async fn an_application_is_added_renamed_used_and_removed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let mut elsewhere = app.browser();
        sign_in(&mut elsewhere, VERA.phone, PASSWORD).await;
        assert!(is_in(&mut elsewhere).await);
        app.run_jobs().await;
        let before = browser.cookie("sid").expect("a session").to_owned();
        let secret = add_app(&app, &mut browser).await;
        assert_ne!(browser.cookie("sid"), Some(before.as_str()), "the session has a new secret");
        assert!(is_in(&mut browser).await && !is_in(&mut elsewhere).await, "other sessions ended");
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a notice").contains("подтверждения входа"));
        let list = browser.get(LIST).await;
        assert!(list.says("Мой телефон"), "{}", list.text());
        // The code that bound it is spent.
        let mut fresh = half(&app, VERA.phone).await;
        let spent = totp::code(&secret, totp::step_at(app.now()), 6).to_string();
        assert!(second(&mut fresh, "totp", "code", &spent).await.location().is_none());
        app.advance(Span::seconds(30));
        let next = totp::code(&secret, totp::step_at(app.now()), 6).to_string();
        assert_eq!(second(&mut fresh, "totp", "code", &next).await.location(), Some("/cabinet"));
        let id: String = app
            .app
            .read(|tx| Ok(tx.one("SELECT id FROM factor WHERE kind = 'totp'", params![], |row| row.get(0))?))
            .await
            .expect("a factor");
        let renamed =
            browser.post("/cabinet/security/factors/rename", &[("factor", &id), ("name", " Айфон ")]).await;
        assert_eq!(renamed.location(), Some(LIST));
        for bad in ["", "  ", "a\u{202e}b", &"x".repeat(61)] {
            let page =
                browser.post("/cabinet/security/factors/rename", &[("factor", &id), ("name", bad)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
        }
        assert!(browser.get(LIST).await.says("Айфон"));
        let gone = browser.post("/cabinet/security/factors/remove", &[("factor", &id)]).await;
        assert_eq!(gone.location(), Some(LIST), "{}", gone.text());
        let alive = "SELECT COUNT(*) FROM factor WHERE removed_at IS NULL";
        assert_eq!(app.number(alive, &[]).await, 0, "the recovery codes went with the last factor");
        assert_eq!(app.rows("factor").await, 2, "their rows stay as history");
        assert_eq!(app.number("SELECT COUNT(*) FROM factor WHERE secret IS NOT NULL", &[]).await, 0);
        assert_eq!(sign_in(&mut app.browser(), VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn a_factor_of_another_account_is_not_there() {
    let app = TestApp::new(sqlite().await).await;
    registered(&app, &VERA).await;
    bind(&app, Kind::Totp).await;
    let id: String = app
        .app
        .read(|tx| Ok(tx.one("SELECT id FROM factor WHERE kind = 'totp'", params![], |row| row.get(0))?))
        .await
        .expect("a factor");
    let mut other = registered(&app, &crate::people::ANNA).await;
    for path in ["rename", "remove"] {
        let mut fields = vec![("factor", id.as_str())];
        fields.extend((path == "rename").then_some(("name", "x")));
        let page = other.post(&format!("{LIST}/{path}"), &fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM factor WHERE removed_at IS NULL", &[]).await, 2);
}

#[tokio::test]
async fn a_stale_or_weak_session_is_asked_again_before_factors_change() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        app.advance(Span::seconds(300));
        let page = browser.get(APP).await;
        assert_eq!(page.location(), Some(format!("/confirm?back={APP}").as_str()));
        let page = browser.open(APP).await;
        assert!(page.asks("password") && !page.asks("code"), "{}", page.text());
        let bad = browser
            .post("/confirm", &[("way", "password"), ("back", APP), ("password", OTHER_PASSWORD)])
            .await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        let before = browser.clone();
        let page =
            browser.post("/confirm", &[("way", "password"), ("back", APP), ("password", PASSWORD)]).await;
        assert_eq!(page.location(), Some(APP), "{}", page.text());
        assert!(!is_in(&mut before.clone()).await, "the old secret is dead");
        assert_eq!(browser.get(APP).await.status, StatusCode::OK);
        // With a second factor the password is not enough, here and in the form.
        bind(&app, Kind::Totp).await;
        let mut browser = half(&app, VERA.phone).await;
        second(&mut browser, "totp", "code", &shown(&app)).await;
        app.advance(Span::seconds(301));
        let page = browser.open(APP).await;
        assert!(page.asks("code") && !page.asks("password"), "{}", page.text());
        let page =
            browser.post("/confirm", &[("way", "password"), ("back", APP), ("password", PASSWORD)]).await;
        assert!(page.location().is_none() && page.asks("code"), "{}", page.text());
        let page = browser
            .post("/confirm", &[("way", "totp"), ("back", "//evil.example"), ("code", &shown(&app))])
            .await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        assert_eq!(browser.get(APP).await.status, StatusCode::OK);
        let told = "SELECT COUNT(*) FROM journal WHERE event = 'stepped_up'";
        assert_eq!(app.number(told, &[]).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_trusted_device_is_not_asked_until_trust_ends() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Totp).await;
        let mut browser = half(&app, VERA.phone).await;
        let fields = [("way", "totp"), ("trust", "yes"), ("code", &shown(&app))];
        assert_eq!(browser.post("/sign-in/second", &fields).await.location(), Some("/cabinet"));
        let trusted = browser.clone();
        let asked = |after: Option<&str>| after == Some("/sign-in/second");
        browser.lose("sid");
        assert_eq!(sign_in(&mut browser, VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
        // Trust is not enough to change factors.
        assert_eq!(browser.get(APP).await.location(), Some(format!("/confirm?back={APP}").as_str()));
        // A stranger with a made-up cookie is asked.
        let mut stranger = app.browser();
        stranger.plant("trust", &"A".repeat(43));
        assert!(asked(sign_in(&mut stranger, VERA.phone, PASSWORD).await.location()));
        app.advance(Span::days(29));
        let mut later = trusted.clone();
        later.lose("sid");
        assert_eq!(sign_in(&mut later, VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
        app.advance(Span::days(1));
        let mut late = trusted.clone();
        late.lose("sid");
        assert!(asked(sign_in(&mut late, VERA.phone, PASSWORD).await.location()), "thirty days are over");
        // A changed password ends every trust.
        let fields = [("way", "totp"), ("trust", "yes"), ("code", &shown(&app))];
        assert_eq!(late.post("/sign-in/second", &fields).await.location(), Some("/cabinet"));
        late.get("/cabinet/security/password").await;
        let change = [("current_password", PASSWORD), twice(OTHER_PASSWORD)[0], twice(OTHER_PASSWORD)[1]];
        let page = late.post("/cabinet/security/password", &change).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        late.lose("sid");
        assert!(asked(sign_in(&mut late, VERA.phone, OTHER_PASSWORD).await.location()));
    })
    .await;
}

#[tokio::test]
async fn who_must_have_a_factor_binds_one_before_anything_else() {
    let mut config = config();
    config.factors.required_for = vec![Level::Simplified];
    let app = TestApp::with(sqlite().await, 1, config).await;
    let mut browser = app.browser();
    browser.get("/register").await;
    let mut page = browser.send("/register", &VERA.fields()).await;
    while page.path == "/register/code" {
        let code = VERA.code(&app, &page).await;
        page = browser.send("/register/code", &[("code", &code)]).await;
    }
    let page = browser.send("/register/password", &twice(PASSWORD)).await;
    assert_eq!(page.path, LIST, "{}", page.text());
    for path in ["/cabinet", "/cabinet/profile", "/cabinet/security/sessions", "/cabinet/security/factorsx"] {
        let page = browser.get(path).await;
        assert!(page.location() == Some(LIST) || page.status == StatusCode::NOT_FOUND, "{path}");
    }
    add_app(&app, &mut browser).await;
    assert!(is_in(&mut browser).await, "the cabinet is open now");
    let id: String = app
        .app
        .read(|tx| Ok(tx.one("SELECT id FROM factor WHERE kind = 'totp'", params![], |row| row.get(0))?))
        .await
        .expect("a factor");
    browser.post("/cabinet/security/factors/remove", &[("factor", &id)]).await;
    assert_eq!(
        app.number("SELECT COUNT(*) FROM factor WHERE removed_at IS NULL", &[]).await,
        2,
        "the last one stays"
    );
    assert!(
        !half(&app, VERA.phone).await.get("/sign-in/second").await.asks("trust"),
        "no trust where it is required"
    );
}

#[tokio::test]
async fn a_phone_becomes_a_factor_by_a_code_that_came_to_it() {
    let app = TestApp::new(sqlite().await).await;
    let mut browser = registered(&app, &VERA).await;
    app.advance(Span::seconds(100));
    let phone: String = app
        .app
        .read(|tx| Ok(tx.one("SELECT id FROM contact", params![], |row| row.get(0))?))
        .await
        .expect("a contact");
    let here = "/cabinet/security/factors/sms";
    assert!(browser.get(here).await.says(&phone));
    let bad = browser.post(here, &[("phone", "con_x")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.send(here, &[("phone", &phone), ("channel", "sms")]).await;
    assert!(page.asks("code"), "{}", page.text());
    let code = app.sms_code(VERA.phone).await;
    let bad = if code == "111111" { "222222" } else { "111111" };
    let wrong = browser.post("/cabinet/security/factors/sms/code", &[("phone", &phone), ("code", bad)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page =
        browser.post("/cabinet/security/factors/sms/code", &[("phone", &phone), ("code", &code)]).await;
    assert_eq!(
        (page.status, page.body.matches("<li><code>").count()),
        (StatusCode::OK, 10),
        "{}",
        page.text()
    );
    let mut next = half(&app, VERA.phone).await;
    let page = next.get("/sign-in/second").await;
    assert!(page.says("+7") && !page.says("912"), "the number is masked: {}", page.text());
}

async fn at_once<F>(count: usize, make: impl Fn() -> F) -> usize
where
    F: Future<Output = bool> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|_| tokio::spawn(make())).collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.expect("no panic"));
    }
    won
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_spends_of_one_step_or_code_exactly_one_wins() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let codes = bind(&app, Kind::Totp).await;
        let id = account(&app).await;
        let ctx = app.app.ctx(crate::factors::caller());
        let typed = totp::code(&SECRET, totp::step_at(app.now()), 6).to_string();
        let steps = at_once(100, || {
            let (app, ctx, id, typed) = (app.app.clone(), ctx.clone(), id.clone(), typed.clone());
            async move {
                let spent = app.write(move |tx| portal::factors::spend_step(tx, &ctx, &id, &typed)).await;
                matches!(spent.expect("the database answers"), Step::Right(_))
            }
        });
        assert_eq!(steps.await, 1);
        let papers = at_once(100, || {
            let (app, ctx, id, typed) = (app.app.clone(), ctx.clone(), id.clone(), codes[0].clone());
            async move {
                let spent = app.write(move |tx| portal::factors::spend_code(tx, &ctx, &id, &typed)).await;
                spent.expect("the database answers").is_some()
            }
        });
        assert_eq!(papers.await, 1);
        // And through the pages: one half, a hundred forms, one session.
        app.advance(Span::seconds(30));
        let browser = half(&app, VERA.phone).await;
        let code = shown(&app);
        let before = app.rows("session").await;
        let entered = at_once(100, || {
            let (mut browser, code) = (browser.clone(), code.clone());
            async move { second(&mut browser, "totp", "code", &code).await.location() == Some("/cabinet") }
        });
        assert_eq!((entered.await, app.rows("session").await - before), (1, 1));
    })
    .await;
}
