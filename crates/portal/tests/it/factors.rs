//! Second factors through the whole router: two steps, counters, single use, downgrade, half-signed-in.

use crate::people::{OTHER_PASSWORD, PASSWORD, VERA, is_in, registered, sign_in};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use kernel::Span;
use portal::accounts::AccountId;
use portal::ctx::Caller;
use portal::factors::{self, Kind, New, totp};
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// The shared secret of an application, as the test's own application knows it.
pub const SECRET: [u8; 20] = *b"12345678901234567890";

/// A context of somebody at the machine itself.
pub fn caller() -> Caller {
    Caller {
        lang: kernel::Lang::Ru,
        address: [127, 0, 0, 1].into(),
        request_id: "test".into(),
        visitor: "test".into(),
        agent: String::new(),
        marks: Default::default(),
    }
}

/// The only account.
pub async fn account(app: &TestApp) -> AccountId {
    let read = app.app.read(|tx| Ok(tx.one("SELECT id FROM account", params![], |row| row.get(0))?)).await;
    read.expect("an account")
}

/// Binds a factor below the pages; the recovery codes that came with it.
pub async fn bind(app: &TestApp, kind: Kind) -> Vec<String> {
    let id = account(app).await;
    let account = id.clone();
    let (ctx, config) = (app.app.ctx(caller()), app.app.config_arc());
    let bound = app
        .app
        .write(move |tx| {
            let phone: Option<String> =
                tx.opt("SELECT id FROM contact WHERE kind = 'phone'", params![], |row| row.get(0))?;
            let new = New {
                kind,
                name: "test",
                secret: (kind == Kind::Totp).then_some(SECRET.as_slice()),
                contact: (kind == Kind::Sms).then_some(phone.as_deref()).flatten(),
                unique: kind.word().as_bytes(),
                step: 0,
            };
            factors::bind(tx, &ctx, &config, &id, None, &new)
        })
        .await;
    app.app.sessions().forget(&account);
    match bound.expect("the database answers") {
        factors::Bound::Done(_, codes) => {
            codes.unwrap_or_default().iter().map(|code| code.expose().clone()).collect()
        }
        factors::Bound::Already => Vec::new(),
    }
}

/// What the application shows now.
pub fn shown(app: &TestApp) -> String {
    totp::code(&SECRET, totp::step_at(app.now()), 6).to_string()
}

/// Gives the second step.
pub async fn second(browser: &mut Browser, way: &str, field: &str, value: &str) -> Page {
    browser.post("/sign-in/second", &[("way", way), (field, value)]).await
}

/// A browser in which the password was right and the second factor is missing.
pub async fn half(app: &TestApp, login: &str) -> Browser {
    let mut browser = app.browser();
    let page = sign_in(&mut browser, login, PASSWORD).await;
    assert_eq!(page.location(), Some("/sign-in/second"), "{}", page.text());
    browser.get("/sign-in/second").await;
    browser
}

/// A code that is surely wrong now.
pub fn wrong(app: &TestApp) -> &'static str {
    let step = totp::step_at(app.now());
    let near: Vec<String> = (-1..=1).map(|away| totp::code(&SECRET, step + away, 6).to_string()).collect();
    ["111111", "222222", "333333", "444444"]
        .into_iter()
        .find(|code| near.iter().all(|n| n != code))
        .expect("one")
}

#[tokio::test]
async fn two_steps_lead_in_and_one_does_not() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Totp).await;
        let mut browser = app.browser();
        let page = sign_in(&mut browser, VERA.phone, PASSWORD).await;
        assert_eq!(page.location(), Some("/sign-in/second"), "{}", page.text());
        assert!(browser.cookie("sid").is_none() && !is_in(&mut browser).await);
        let page = browser.get("/sign-in/second").await;
        assert!(page.status == StatusCode::OK && page.asks("code"), "{}", page.text());
        let wrong = second(&mut browser, "totp", "code", "000000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(browser.cookie("sid").is_none());
        let page = second(&mut browser, "totp", "code", &shown(&app)).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        assert!(is_in(&mut browser).await && browser.cookie("half").is_none());
        let words = "SELECT COUNT(*) FROM session WHERE methods = 'pwd otp' AND ended_at IS NULL";
        assert_eq!(app.number(words, &[]).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_an_application_is_good_once_and_for_three_steps() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Totp).await;
        let code = shown(&app);
        let mut first = half(&app, VERA.phone).await;
        assert_eq!(second(&mut first, "totp", "code", &code).await.location(), Some("/cabinet"));
        let mut again = half(&app, VERA.phone).await;
        let page = second(&mut again, "totp", "code", &code).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a used step");
        // An older step is dead as well, the next one lives.
        let old = totp::code(&SECRET, totp::step_at(app.now()) - 1, 6);
        assert!(second(&mut again, "totp", "code", &old).await.location().is_none());
        app.advance(Span::seconds(30));
        assert_eq!(second(&mut again, "totp", "code", &shown(&app)).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_end_the_half_make_a_wait_and_leave_the_password_alone() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Totp).await;
        app.run_jobs().await;
        let mut browser = half(&app, VERA.phone).await;
        for number in 1..=5 {
            let page = second(&mut browser, "totp", "code", wrong(&app)).await;
            let over = page.location() == Some("/sign-in");
            assert_eq!(over, number == 5, "try {number}: {}", page.text());
        }
        assert!(browser.cookie("half").is_none());
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a text").contains("ваш пароль"), "the owner is told");
        // No password was wrong, and none is asked for a challenge.
        assert_eq!(app.number("SELECT COUNT(*) FROM sign_in_guard WHERE failures > 0", &[]).await, 0);
        // Another half, another address: the account waits, and the right code is not even compared.
        let mut other = half(&app, VERA.phone).await.at("203.0.113.9");
        let page = second(&mut other, "totp", "code", &shown(&app)).await;
        assert!(page.location().is_none() && page.error_at("code").is_some(), "{}", page.text());
        app.advance(Span::seconds(31));
        assert_eq!(second(&mut other, "totp", "code", &shown(&app)).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn a_day_holds_so_many_guesses_however_they_come() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    registered(&app, &VERA).await;
    bind(&app, Kind::Totp).await;
    let mut compared = 0;
    for round in 0..60 {
        let mut browser = half(&app, VERA.phone).await.at(&format!("198.51.100.{}", round + 1));
        while browser.cookie("half").is_some() {
            second(&mut browser, "totp", "code", wrong(&app)).await;
            let tries = "SELECT SUM(tries) FROM half_sign_in";
            let now = app.number(tries, &[]).await;
            if now == compared {
                break;
            }
            compared = now;
        }
        app.advance(Span::minutes(20));
    }
    // Sixty flows in twenty hours from sixty addresses: as many guesses as the setting says, and no more.
    assert_eq!(compared, app.app.config().factors.tries_per_day);
}

#[tokio::test]
async fn codes_by_message_are_good_once_and_a_new_one_forgives_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Sms).await;
        app.advance(Span::hours(2));
        let mut browser = half(&app, VERA.phone).await;
        let code = app.sms_code(VERA.phone).await;
        let bad = if code == "111111" { "222222" } else { "111111" };
        for _ in 0..2 {
            assert!(second(&mut browser, "sms", "code", bad).await.location().is_none());
        }
        app.advance(Span::seconds(61));
        let sent = browser.post("/sign-in/second/start", &[("way", "sms"), ("channel", "sms")]).await;
        assert_eq!(sent.location(), Some("/sign-in/second?way=sms"), "{}", sent.text());
        assert_eq!(app.number("SELECT failures FROM factor_guard WHERE kind = 'sms'", &[]).await, 2);
        let old = second(&mut browser, "sms", "code", &code).await;
        let new = app.sms_code(VERA.phone).await;
        assert!(old.location().is_none() || new == code, "the older code is dead");
        // Another flow of the same person is another matter: its code is not this one's.
        let mut other = half(&app, VERA.phone).await;
        assert!(second(&mut other, "sms", "code", &new).await.location().is_none());
        assert_eq!(second(&mut browser, "sms", "code", &new).await.location(), Some("/cabinet"));
        let words = "SELECT COUNT(*) FROM session WHERE methods = 'pwd sms'";
        assert_eq!(app.number(words, &[]).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_a_new_set_ends_the_old() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let codes = bind(&app, Kind::Totp).await;
        assert_eq!(codes.len(), 10);
        let typed = codes[0].to_lowercase().replace('-', " ");
        let mut first = half(&app, VERA.phone).await;
        let page = second(&mut first, "recovery-codes", "recovery_code", &typed).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        let mut again = half(&app, VERA.phone).await;
        for used in [codes[0].as_str(), "ABCD-ABCD-ABCD-ABCD", ""] {
            let page = second(&mut again, "recovery-codes", "recovery_code", used).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{used:?}");
        }
        first.get("/cabinet/security/factors/codes").await;
        let page = first.post("/cabinet/security/factors/codes", &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let page = second(&mut again, "recovery-codes", "recovery_code", &codes[1]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "of the old set");
        let living = "SELECT COUNT(*) FROM recovery_code WHERE used_at IS NULL AND ended_at IS NULL";
        assert_eq!(app.number(living, &[]).await, 10);
    })
    .await;
}

#[tokio::test]
async fn a_weaker_way_than_asked_for_opens_nothing() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    registered(&app, &VERA).await;
    bind(&app, Kind::Totp).await;
    for (way, field) in [("sms", "code"), ("passkey", "code")] {
        let mut browser = half(&app, VERA.phone).await;
        let sent = browser.post("/sign-in/second/start", &[("way", way), ("channel", "sms")]).await;
        assert_eq!(sent.location(), Some("/sign-in"), "{way}");
        let mut browser = half(&app, VERA.phone).await;
        let page = browser.post("/sign-in/second", &[("way", way), (field, "123456")]).await;
        assert!(page.location() != Some("/cabinet") && !is_in(&mut browser).await, "{way}");
    }
    let mut browser = half(&app, VERA.phone).await;
    for way in ["", "email", "pwd", "TOTP", "totp\0"] {
        let page = browser.post("/sign-in/second", &[("way", way), ("code", "123456")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{way:?}");
    }
}

#[tokio::test]
async fn strangers_never_lock_out_the_owner_on_a_known_device() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut own = registered(&app, &VERA).await;
        own.send("/sign-out", &[]).await;
        let mut stranger = app.browser();
        let mut page = stranger.get("/sign-in").await;
        for _ in 0..12 {
            let fields = [("login", VERA.phone), ("password", OTHER_PASSWORD)];
            page = match page.asks("challenge_token") {
                true => stranger.post_solved(&page, "/sign-in", &fields).await,
                false => stranger.post("/sign-in", &fields).await,
            };
        }
        let elsewhere = sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        assert!(elsewhere.location().is_none(), "locked for strangers");
        let page = sign_in(&mut own, VERA.phone, PASSWORD).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        // And with a second factor: strangers who know even the password spend their own tries only.
        bind(&app, Kind::Totp).await;
        own.send("/sign-out", &[]).await;
        app.advance(Span::hours(25));
        for _ in 0..4 {
            let mut thief = half(&app, VERA.phone).await;
            for _ in 0..5 {
                second(&mut thief, "totp", "code", wrong(&app)).await;
            }
        }
        sign_in(&mut own, VERA.phone, PASSWORD).await;
        let page = second(&mut own, "totp", "code", &shown(&app)).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_half_is_no_session_and_belongs_to_its_browser_and_time() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    registered(&app, &VERA).await;
    bind(&app, Kind::Totp).await;
    let mut browser = half(&app, VERA.phone).await;
    let token = browser.cookie("half").expect("a half").to_owned();
    for row in portal::web::routes().rows() {
        if row.access == portal::web::routes::Access::SignedIn {
            let path = crate::access::filled(row.path);
            let page = match row.method {
                "GET" => browser.get(&path).await,
                "POST" => browser.post(&path, &[]).await,
                other => {
                    let method = Method::from_bytes(other.as_bytes()).expect("a method");
                    browser.request(method, &path, &[], Body::empty()).await
                }
            };
            assert_eq!(page.location(), Some(format!("/sign-in?back={path}").as_str()), "{path}");
        }
    }
    browser.plant("sid", &token);
    assert!(!is_in(&mut browser).await, "a half's secret is no session's");
    browser.lose("sid");
    // In another browser it is nothing.
    let mut thief = app.browser();
    thief.get("/help").await;
    thief.plant("half", &token);
    assert_eq!(second(&mut thief, "totp", "code", &shown(&app)).await.location(), Some("/sign-in"));
    // A clock that jumps back opens nothing, and neither does one that goes on.
    app.advance(Span(-Span::hours(3).0));
    assert_eq!(second(&mut browser, "totp", "code", &shown(&app)).await.location(), Some("/sign-in"));
    app.advance(Span::hours(3));
    let mut browser = half(&app, VERA.phone).await;
    app.advance(Span::minutes(5));
    assert_eq!(second(&mut browser, "totp", "code", &shown(&app)).await.location(), Some("/sign-in"));
    assert!(!is_in(&mut browser).await);
}
