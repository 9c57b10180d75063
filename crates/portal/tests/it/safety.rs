//! Notices of new devices, «Это был не я» and the lockdown, through the whole router.

use crate::people::{ANNA, IGOR, OTHER_PASSWORD, PASSWORD, Person, VERA, is_in, registered, sign_in, twice};
use axum::http::StatusCode;
use kernel::Span;
use portal::accounts::AccountId;
use portal::ctx::{Caller, Ctx};
use portal::devices::Marks;
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::{TestDb, each_engine, sqlite};

/// An address in Germany, to the demonstration's table.
pub const ABROAD: &str = "198.51.100.7";

/// A portal that knows the countries of documentation addresses; Russia is home.
pub async fn portal(db: TestDb) -> TestApp {
    TestApp::new(db).await.again_with(|config| config.demo = true).await
}

/// The path of the newest link in a text message to a number.
pub async fn link(app: &TestApp, phone: &str) -> String {
    app.run_jobs().await;
    let text = app.last_sms(phone).expect("a text message");
    let at = text.find("/n/").unwrap_or_else(|| panic!("no link in «{text}»"));
    text[at..].split_whitespace().next().expect("a link").to_owned()
}

/// What the portal knows when somebody asks from an address.
pub fn ctx_at(app: &TestApp, address: &str) -> Ctx {
    app.app.ctx(Caller {
        lang: kernel::Lang::Ru,
        address: address.parse().expect("an address"),
        request_id: "safety".into(),
        visitor: "safety".into(),
        marks: Marks::default(),
        agent: "Firefox, Linux".into(),
    })
}

/// The account that was opened last.
pub async fn newest_account(app: &TestApp) -> AccountId {
    let sql = "SELECT id FROM account ORDER BY created_at DESC, id DESC LIMIT 1";
    app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("an account")
}

/// How often an event stands in the journal.
pub async fn events(app: &TestApp, word: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[word.into()]).await
}

async fn living_sessions(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) FROM session s JOIN account a ON a.id = s.account_id
         WHERE s.ended_at IS NULL AND a.status <> 'open'";
    app.number(sql, &[]).await
}

/// Goes through the recovery up to the new password and sets it; the last page.
pub async fn recover(app: &TestApp, person: &Person, login: &str, password: &str) -> (Browser, Page) {
    let mut lost = app.browser();
    lost.get("/recover").await;
    lost.send("/recover", &[("login", login)]).await;
    let code = if login.contains('@') {
        app.mail_code(person.email).await
    } else {
        app.sms_code(person.phone).await
    };
    let page = lost.send("/recover/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/recover/password", "{}", page.text());
    let page = lost.send("/recover/password", &twice(password)).await;
    (lost, page)
}

#[tokio::test]
async fn a_new_device_is_told_with_a_link_and_a_known_one_is_not() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        app.run_jobs().await;
        let before = app.delivered();
        // The device of the registration is known.
        vera.post("/sign-out", &[]).await;
        sign_in(&mut vera, VERA.phone, PASSWORD).await;
        app.run_jobs().await;
        assert_eq!(app.delivered(), before);
        // Another one is told: what, from where, and the way to say no.
        let mut other = app.browser().at(ABROAD);
        sign_in(&mut other, VERA.phone, PASSWORD).await;
        app.run_jobs().await;
        let text = app.last_sms(VERA.phone).expect("a notice");
        assert!(text.contains("198.51.100.7, Германия") && text.contains("Firefox, Linux"), "{text}");
        assert!(text.contains("Это был не я: http://localhost:8080/n/"), "{text}");
        assert_eq!(app.delivered(), before + 1);
        // The same device at home again: neither new device nor new country.
        other.post("/sign-out", &[]).await;
        sign_in(&mut other, VERA.phone, PASSWORD).await;
        app.run_jobs().await;
        assert_eq!(app.delivered(), before + 1);
        // A known device in a country where nobody of this account was.
        let mut moved = vera.clone().at("203.0.113.9");
        moved.post("/sign-out", &[]).await;
        sign_in(&mut moved, VERA.phone, PASSWORD).await;
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a notice").contains("Казахстан"));
    })
    .await;
}

#[tokio::test]
async fn it_was_not_me_closes_everything_without_signing_in_and_only_once() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        let mut thief = app.browser().at(ABROAD);
        sign_in(&mut thief, VERA.phone, PASSWORD).await;
        let path = link(&app, VERA.phone).await;
        assert_eq!(path.len(), 3 + 22, "short, for a text message");
        // Opening it changes nothing, however often a mail scanner does.
        let mut anybody = app.browser();
        for _ in 0..3 {
            let page = anybody.get(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.says("Это был не я") && page.asks("choice"));
        }
        assert!(is_in(&mut thief).await && is_in(&mut vera).await);
        // The button does.
        let page = anybody.send(&path, &[("choice", "all")]).await;
        assert_eq!((page.path.as_str(), page.status), ("/account-closed", StatusCode::OK));
        assert!(!is_in(&mut thief).await && !is_in(&mut vera).await);
        assert_eq!(living_sessions(&app).await, 0);
        assert_eq!((events(&app, "not_me_reported").await, events(&app, "locked_down").await), (1, 1));
        assert_eq!(app.rows("device").await, 0, "no device is known any more");
        let page = sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Again: nothing.
        assert_eq!(anybody.get(&path).await.status, StatusCode::GONE);
        assert_eq!(anybody.send(&path, &[("choice", "all")]).await.status, StatusCode::GONE);
        assert_eq!((events(&app, "not_me_reported").await, events(&app, "locked_down").await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn one_session_can_be_ended_and_the_link_goes_on() {
    let app = portal(sqlite().await).await;
    let mut vera = registered(&app, &VERA).await;
    let mut child = app.browser();
    sign_in(&mut child, VERA.phone, PASSWORD).await;
    let path = link(&app, VERA.phone).await;
    let mut anybody = app.browser();
    let page = anybody.send(&path, &[("choice", "session")]).await;
    assert_eq!((page.path.as_str(), page.status), (path.as_str(), StatusCode::OK));
    assert!(!is_in(&mut child).await && is_in(&mut vera).await);
    anybody.send(&path, &[("choice", "session")]).await;
    assert_eq!((events(&app, "not_me_reported").await, events(&app, "locked_down").await), (1, 0));
    assert_eq!(anybody.send(&path, &[("choice", "all")]).await.path, "/account-closed");
    assert!(!is_in(&mut vera).await);
}

#[tokio::test]
async fn links_are_of_their_account_and_of_their_time() {
    let app = portal(sqlite().await).await;
    let mut anna = registered(&app, &ANNA).await;
    let mut vera = registered(&app, &VERA).await;
    sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
    let of_vera = link(&app, VERA.phone).await;
    // A password change is a notice as well, and has its own link in letters too.
    sign_in(&mut app.browser(), ANNA.phone, PASSWORD).await;
    let letter = app.last_mail(ANNA.email).await.expect("a letter");
    assert!(letter.text.contains("/n/") && letter.text.contains("Это был не я"), "{}", letter.text);
    app.browser().send(&of_vera, &[("choice", "all")]).await;
    assert!(is_in(&mut anna).await && !is_in(&mut vera).await);
    // Ten days, to the microsecond.
    let of_anna = link(&app, ANNA.phone).await;
    app.advance(Span(Span::days(10).0 - 1));
    assert_eq!(app.browser().get(&of_anna).await.status, StatusCode::OK);
    app.advance(Span(1));
    let mut late = app.browser();
    assert_eq!(late.get(&of_anna).await.status, StatusCode::GONE);
    assert_eq!(late.send(&of_anna, &[("choice", "all")]).await.status, StatusCode::GONE);
    assert_eq!(events(&app, "locked_down").await, 1);
    // What is no token at all.
    for nonsense in
        ["/n/x", "/n/AAAAAAAAAAAAAAAAAAAAAA", &format!("/n/{}", "A".repeat(500)), "/n/%00", "/n/%D0%B0"]
    {
        assert_eq!(late.get(nonsense).await.status, StatusCode::GONE, "{nonsense}");
        assert_eq!(late.send(nonsense, &[("choice", "all")]).await.status, StatusCode::GONE, "{nonsense}");
    }
    // A clock that jumps back revives what time ended, but never what was used.
    assert_eq!(app.browser().get(&of_vera).await.status, StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_reports_one_acts() {
    each_engine(|db| async {
        let app = portal(db).await;
        registered(&app, &VERA).await;
        sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        let path = link(&app, VERA.phone).await;
        let mut anybody = app.browser();
        anybody.get(&path).await;
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (mut browser, path) = (anybody.clone(), path.clone());
                tokio::spawn(async move { browser.post(&path, &[("choice", "all")]).await })
            })
            .collect();
        let mut closed = 0;
        for task in tasks {
            closed += i32::from(task.await.expect("an answer").location() == Some("/account-closed"));
        }
        assert_eq!(closed, 1);
        assert_eq!((app.rows("lockdown").await, events(&app, "locked_down").await), (1, 1));
        assert_eq!(events(&app, "not_me_reported").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_survives_a_lockdown_beside_it() {
    each_engine(|db| async {
        let app = portal(db).await;
        let vera = registered(&app, &VERA).await;
        let mut tasks = Vec::new();
        for number in 0..20 {
            let (mut browser, mut owner) = (app.browser(), vera.clone());
            tasks.push(tokio::spawn(async move {
                if number == 8 {
                    owner.get("/cabinet/security/lockdown").await;
                    owner.post("/cabinet/security/lockdown", &[("understood", "on")]).await
                } else {
                    sign_in(&mut browser, VERA.phone, PASSWORD).await
                }
            }));
        }
        for task in tasks {
            task.await.expect("an answer");
        }
        assert_eq!(app.rows("lockdown").await, 1);
        assert_eq!(living_sessions(&app).await, 0, "a session came in beside the lockdown");
        assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL", &[]).await, 0);
        assert_eq!(app.rows("device").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_account_in_lockdown_looks_like_nobodys() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        registered(&app, &IGOR).await;
        assert!(vera.get("/cabinet/security/lockdown").await.says("Закрытие учётной записи"));
        let page = vera.post("/cabinet/security/lockdown", &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the box must be ticked");
        let page = vera.send("/cabinet/security/lockdown", &[("understood", "on")]).await;
        assert_eq!(page.path, "/account-closed");
        assert!(!is_in(&mut vera).await);
        // Closed, open with a wrong password, unknown: the same bytes, at each of the tries.
        let mut browsers = [app.browser(), app.browser(), app.browser()];
        let logins = [VERA.phone, "+79161112233", "+79990001122"];
        for browser in &mut browsers {
            browser.get("/sign-in").await;
        }
        for number in 0..5 {
            let mut pages = Vec::new();
            for (browser, login) in browsers.iter_mut().zip(logins) {
                let page =
                    browser.post("/sign-in", &[("login", login), ("password", "Oshibka-2026!x")]).await;
                pages.push((page.status, page.masked().replace(login, "LOGIN")));
            }
            assert!(pages.windows(2).all(|pair| pair[0] == pair[1]), "try {number}: {pages:#?}");
        }
        // The right password is as wrong as any.
        let right = sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        assert_ne!(right.location(), Some("/cabinet"));
        // And the recovery begins for all alike.
        for login in logins {
            let mut lost = app.browser();
            lost.get("/recover").await;
            assert_eq!(lost.post("/recover", &[("login", login)]).await.location(), Some("/recover/code"));
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_second_factor_a_lockdown_ends_after_a_wait_that_can_be_stopped() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        vera.get("/cabinet/security/lockdown").await;
        vera.send("/cabinet/security/lockdown", &[("understood", "on")]).await;
        app.advance(Span::minutes(5));
        let (mut lost, page) = recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        assert!(page.says("Учётная запись пока закрыта"), "{}", page.text());
        assert!(!is_in(&mut lost).await);
        // Whoever owns the phone can stop it.
        let path = link(&app, VERA.phone).await;
        let mut owner = app.browser();
        assert!(owner.get(&path).await.says("Закрытие учётной записи"));
        assert_eq!(owner.send(&path, &[]).await.path, "/");
        assert_eq!(events(&app, "recovery_cancelled").await, 1);
        app.advance(Span::hours(25));
        let (mut lost, page) = recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        assert!(page.says("Учётная запись пока закрыта"), "stopped: the wait begins anew");
        // An old link does not stop the new wait.
        assert_eq!(owner.send(&path, &[]).await.status, StatusCode::GONE);
        app.advance(Span::seconds(86_400 - 400));
        assert!(!is_in(&mut lost).await);
        let (_, page) = recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        assert!(page.says("Учётная запись пока закрыта"), "not yet");
        app.advance(Span::seconds(400));
        let (mut back, page) = recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
        assert!(is_in(&mut back).await);
        assert_eq!(events(&app, "lockdown_lifted").await, 1);
        assert_eq!(
            sign_in(&mut app.browser(), VERA.phone, OTHER_PASSWORD).await.location(),
            Some("/cabinet")
        );
        assert_ne!(sign_in(&mut app.browser(), VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn a_stranger_without_factors_neither_gets_in_nor_keeps_the_owner_out_on_a_known_device() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        // A stranger tries for hours, from many browsers.
        for _ in 0..12 {
            let mut stranger = app.browser().at(ABROAD);
            let mut page = stranger.get("/sign-in").await;
            for _ in 0..2 {
                let fields = [("login", VERA.phone), ("password", "Oshibka-2026!x")];
                page = match page.asks("challenge_token") {
                    true => stranger.post_solved(&page, "/sign-in", &fields).await,
                    false => stranger.post("/sign-in", &fields).await,
                };
                assert!(!is_in(&mut stranger).await);
            }
        }
        assert!(is_in(&mut vera).await, "open sessions go on");
        vera.post("/sign-out", &[]).await;
        let page = vera.get("/sign-in").await;
        let fields = [("login", VERA.phone), ("password", PASSWORD)];
        let mut page = match page.asks("challenge_token") {
            true => vera.post_solved(&page, "/sign-in", &fields).await,
            false => vera.post("/sign-in", &fields).await,
        };
        if page.asks("challenge_token") {
            page = vera.post_solved(&page, "/sign-in", &fields).await;
        }
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
    })
    .await;
}
