//! Passkeys through the whole router, against an authenticator of software.

use crate::people::{ANNA, IGOR, Person, VERA, is_in, registered, sign_in};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::Span;
use serde_json::Value;
use store::Value as Sql;
use testkit::app::{Browser, Page, TestApp};
use testkit::authenticator::{Authenticator, Created, Got};
use testkit::db::each_engine;

pub const LIST: &str = "/cabinet/security/passkeys";
pub const NEW: &str = "/cabinet/security/passkeys/new";
pub const SITE: &str = "localhost";
pub const ORIGIN: &str = "http://localhost:8080";

/// What a page asks a passkey for.
pub fn options(page: &Page) -> Value {
    serde_json::from_str(&page.data("data-options")).expect("JSON")
}

/// The challenge of a page.
pub fn challenge(page: &Page) -> Vec<u8> {
    B64.decode(options(page)["challenge"].as_str().expect("a challenge")).expect("base64url")
}

fn joined(parts: &[&[u8]]) -> String {
    parts.iter().map(|part| B64.encode(part)).collect::<Vec<_>>().join(".")
}

fn made(created: &Created) -> String {
    joined(&[&created.client_data, &created.attestation, b"internal hybrid"])
}

/// An answer as the page's script sends it.
pub fn given(key: &Authenticator, got: &Got) -> String {
    joined(&[&key.id, &got.client_data, &got.data, &got.signature, &key.user])
}

/// A right answer to a challenge.
pub fn sign(key: &mut Authenticator, challenge: &[u8]) -> String {
    let got = key.get(challenge);
    given(key, &got)
}

/// Adds a key through the pages.
pub async fn add(browser: &mut Browser, key: &mut Authenticator, name: &str) -> Page {
    let page = browser.get(NEW).await;
    assert_eq!(page.status, StatusCode::OK, "{:?} {}", page.location(), page.text());
    let user = page.value("user").expect("a user handle");
    key.user = B64.decode(&user).expect("base64url");
    let answer = made(&key.create(&challenge(&page)));
    browser.post(NEW, &[("name", name), ("user", &user), ("answer", &answer)]).await
}

/// A person with a passkey; the browser is signed in.
pub async fn with_key(app: &TestApp, person: &Person, mut key: Authenticator) -> (Browser, Authenticator) {
    let mut browser = registered(app, person).await;
    let page = add(&mut browser, &mut key, "Test").await;
    assert!(page.status == StatusCode::OK || page.location() == Some(LIST), "{}", page.text());
    (browser, key)
}

pub fn passkey() -> Authenticator {
    Authenticator::passkey(SITE, ORIGIN)
}

/// Signs in by a key alone.
pub async fn sign_in_by(browser: &mut Browser, key: &mut Authenticator) -> Page {
    let page = browser.get("/sign-in").await;
    let answer = sign(key, &challenge(&page));
    browser.post("/sign-in/passkey", &[("back", ""), ("answer", &answer)]).await
}

pub async fn sessions(app: &TestApp, methods: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM session WHERE methods = $1", &[Sql::from(methods)]).await
}

pub async fn events(app: &TestApp, event: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[Sql::from(event)]).await
}

pub fn refused(page: &Page, browser: &Browser) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
    assert!(browser.cookie("sid").is_none(), "no session");
}

#[tokio::test]
async fn a_key_is_added_and_signs_in_without_a_login() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        for (person, mut key, methods) in [
            (VERA, passkey(), "swk user"),
            (IGOR, Authenticator::security_key(SITE, ORIGIN), "hwk user"),
            (ANNA, Authenticator::ed25519(SITE, ORIGIN), "swk user"),
        ] {
            let mut owner = registered(&app, &person).await;
            let before = sessions(&app, methods).await;
            let page = add(&mut owner, &mut key, "Рабочий ноутбук").await;
            // With the first factor come the recovery codes, once.
            assert!(
                page.status == StatusCode::OK && page.body.matches("<code>").count() == 10,
                "{}",
                page.text()
            );
            let list = owner.get(LIST).await;
            assert!(list.says("Рабочий ноутбук"), "{}", list.text());
            let mut browser = app.browser();
            let page = sign_in_by(&mut browser, &mut key).await;
            assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
            assert!(is_in(&mut browser).await);
            assert_eq!(sessions(&app, methods).await, before + 1);
        }
        // The options name nobody and ask for verification; no user handle is a personal value.
        let page = app.browser().get("/sign-in").await;
        let asked = options(&page);
        assert_eq!((&asked["rpId"], &asked["userVerification"]), (&"localhost".into(), &"required".into()));
        assert_eq!(asked["allowCredentials"], serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_locked_password_stops_no_key() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let locked = "UPDATE sign_in_guard SET locked_until = 9000000000000000000";
        for _ in 0..3 {
            sign_in(&mut app.browser(), VERA.phone, "Wrong-2026!x").await;
        }
        app.app.write(move |tx| Ok(tx.exec(locked, &[])?)).await.expect("locked");
        let mut browser = app.browser();
        assert_eq!(sign_in_by(&mut browser, &mut key).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn answers_that_are_not_right_open_nothing_and_stand_in_the_journal() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let spoilt: [fn(&mut Authenticator); 8] = [
            |key| key.origin = "https://badlocalhost:8080".into(),
            |key| key.origin = "http://localhost".into(),
            |key| key.site = "example.org".into(),
            |key| key.cross_origin = true,
            |key| key.present = false,
            |key| key.verifies = false,
            |key| key.user = vec![1; 32],
            |key| key.portable = false,
        ];
        let all = events(&app, "sign_in_failed").await;
        for (number, spoil) in spoilt.iter().enumerate() {
            let (origin, site, user) = (key.origin.clone(), key.site.clone(), key.user.clone());
            spoil(&mut key);
            let mut browser = app.browser();
            let page = sign_in_by(&mut browser, &mut key).await;
            refused(&page, &browser);
            assert_eq!(events(&app, "sign_in_failed").await, all + number as i64 + 1, "{number}");
            (key.origin, key.site, key.user) = (origin, site, user);
            (key.cross_origin, key.present, key.verifies, key.portable) = (false, true, true, true);
        }
        // A changed signature, another key under this id, a key that nobody has.
        let mut browser = app.browser();
        let page = browser.get("/sign-in").await;
        let mut got = key.get(&challenge(&page));
        *got.signature.last_mut().expect("a byte") ^= 1;
        refused(&browser.post("/sign-in/passkey", &[("answer", &given(&key, &got))]).await, &browser);
        let mut other = passkey();
        (other.id, other.user) = (key.id.clone(), key.user.clone());
        refused(&sign_in_by(&mut browser, &mut other).await, &browser);
        let page = sign_in_by(&mut browser, &mut passkey()).await;
        refused(&page, &browser);
        assert!(page.data("data-unknown").contains("localhost"), "the browser is told to forget it");
        assert_eq!(sign_in_by(&mut browser, &mut key).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn nonsense_is_refused_before_anything_is_looked_up() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let long = "A".repeat(50_000);
        let deep = joined(&[b"0123456789abcdef", b"{}", &[0x81; 9_000], b"", b""]);
        for nonsense in ["", ".", "....", "....Ж", "a.b.c.d.e", "AAAA.AAAA.AAAA.AAAA.AAAA", &long, &deep] {
            let mut browser = app.browser();
            let page = browser.post("/sign-in/passkey", &[("answer", nonsense)]).await;
            refused(&page, &browser);
        }
        assert_eq!(app.rows("passkey_challenge").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_for_one_browser_one_purpose_five_minutes_and_one_use() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut owner, mut key) = with_key(&app, &VERA, passkey()).await;
        // Another browser's.
        let (mut mine, mut foreign) = (app.browser(), app.browser());
        let page = mine.get("/sign-in").await;
        foreign.get("/sign-in").await;
        let answer = sign(&mut key, &challenge(&page));
        refused(&foreign.post("/sign-in/passkey", &[("answer", &answer)]).await, &foreign);
        // A guessed one, and that of another purpose in the same browser.
        refused(&mine.post("/sign-in/passkey", &[("answer", &sign(&mut key, &[7; 72]))]).await, &mine);
        let page = owner.open(NEW).await;
        assert!(page.path.starts_with("/confirm"), "{}", page.path);
        let of_new = sign(&mut key, &challenge(&page));
        let mut same = owner.clone();
        same.lose("sid");
        refused(&same.post("/sign-in/passkey", &[("answer", &of_new)]).await, &same);
        // In time, at its end, and again.
        let page = mine.get("/sign-in").await;
        let late = sign(&mut key, &challenge(&page));
        app.advance(Span::minutes(5));
        refused(&mine.post("/sign-in/passkey", &[("answer", &late)]).await, &mine);
        let page = mine.get("/sign-in").await;
        let answer = sign(&mut key, &challenge(&page));
        app.advance(Span(Span::minutes(5).0 - 1));
        let page = mine.post("/sign-in/passkey", &[("answer", &answer)]).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        mine.lose("sid");
        refused(&mine.post("/sign-in/passkey", &[("answer", &answer)]).await, &mine);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_uses_of_one_challenge_one_begins_a_session() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let mut browser = app.browser();
        let page = browser.get("/sign-in").await;
        let answer = sign(&mut key, &challenge(&page));
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (mut browser, answer) = (browser.clone(), answer.clone());
                tokio::spawn(
                    async move { browser.post("/sign-in/passkey", &[("answer", &answer)]).await.status },
                )
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            won += i32::from(task.await.expect("no panic") == StatusCode::SEE_OTHER);
        }
        assert_eq!((won, sessions(&app, "swk user").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_goes_back_is_told_and_stops_a_key_of_one_device() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        for (person, portable) in [(VERA, false), (ANNA, true)] {
            let mut key = Authenticator::security_key(SITE, ORIGIN);
            key.portable = portable;
            let (mut owner, mut key) = with_key(&app, &person, key).await;
            key.counter = 40;
            assert_eq!(sign_in_by(&mut app.browser(), &mut key).await.location(), Some("/cabinet"));
            let before = events(&app, "factor_suspect").await;
            for _ in 0..2 {
                key.counter = 40;
                let mut browser = app.browser();
                let page = sign_in_by(&mut browser, &mut key).await;
                assert_eq!(page.location() == Some("/cabinet"), portable, "{}", page.text());
            }
            assert_eq!(events(&app, "factor_suspect").await, before + 2);
            app.run_jobs().await;
            let told = app.world.sms.accepted().into_iter().filter(|sms| sms.to == person.phone);
            assert_eq!(told.filter(|sms| sms.text.contains("копию")).count(), 1, "told once");
            assert!(owner.get(LIST).await.says("возможна копия"));
            // What moves on is let in again.
            assert_eq!(sign_in_by(&mut app.browser(), &mut key).await.location(), Some("/cabinet"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_one_account_and_is_made_once() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let mut igor = registered(&app, &IGOR).await;
        let (rows, user) = (app.rows("passkey").await, key.user.clone());
        assert_eq!(add(&mut igor, &mut key, "Stolen").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        key.user = user;
        // Its owner is told that it is there; the browser was told to exclude it, under the same handle.
        let mut vera = app.browser();
        sign_in_by(&mut vera, &mut key).await;
        let page = vera.get(NEW).await;
        let asked = options(&page);
        assert_eq!(asked["excludeCredentials"].as_array().map(Vec::len), Some(1));
        let handles: Vec<_> = [asked["user"]["id"].clone(), vera.get(NEW).await.value("user").into()].into();
        assert_eq!(handles[0], handles[1]);
        assert_eq!(add(&mut vera, &mut key, "Again").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(app.rows("passkey").await, rows);
        // One registration's answer binds once, and in its own session only.
        let page = vera.get(NEW).await;
        let user = page.value("user").expect("a handle");
        let mut second = passkey();
        let answer = made(&second.create(&challenge(&page)));
        let fields = [("name", ""), ("user", user.as_str()), ("answer", answer.as_str())];
        assert_eq!(igor.post(NEW, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let changed = [("name", ""), ("user", "AAAA"), ("answer", answer.as_str())];
        assert_eq!(vera.post(NEW, &changed).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(vera.post(NEW, &fields).await.location(), Some(LIST));
        assert_eq!(vera.post(NEW, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(app.rows("passkey").await, rows + 1);
    })
    .await;
}
