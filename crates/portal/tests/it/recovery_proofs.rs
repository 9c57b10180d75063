//! Recovery with more than one proof (spec 01 §3, practice sheet §9): never around a second factor.

use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, VERA, can_sign_in, is_in, registered, sign_in, twice,
};
use axum::http::StatusCode;
use kernel::Span;
use portal::accounts::AccountId;
use portal::ctx::{Actor, Ctx};
use portal::factors::{self, Kind, New, totp};
use portal::recovery::{self, papers, waiting};
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const SECRET: &[u8] = b"12345678901234567890";

fn owner(app: &TestApp, account: &AccountId) -> Ctx {
    app.app.job_ctx().acting_as(Actor::Account(account.to_string()))
}

pub async fn newest(app: &TestApp) -> AccountId {
    let sql = "SELECT id FROM account ORDER BY id DESC";
    app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("an account")
}

/// Binds an application to the newest account; answers its recovery codes.
pub async fn bind(app: &TestApp, account: &AccountId) -> Vec<String> {
    let (ctx, config, id) = (owner(app, account), app.app.config_arc(), account.clone());
    let bound = app.app.write(move |tx| {
        let new = New {
            kind: Kind::Totp,
            name: "app",
            secret: Some(SECRET),
            contact: None,
            unique: SECRET,
            step: 0,
        };
        factors::bind(tx, &ctx, &config, &id, None, &new)
    });
    app.app.sessions().forget(account);
    match bound.await.expect("bound") {
        factors::Bound::Done(_, Some(codes)) => codes.iter().map(|code| code.expose().clone()).collect(),
        _ => panic!("codes come with the first factor"),
    }
}

pub async fn saved_code(app: &TestApp, account: &AccountId) -> String {
    let (ctx, id) = (owner(app, account), account.clone());
    let made = app.app.write(move |tx| papers::make_saved(tx, &ctx, &id)).await;
    made.expect("made").expose().clone()
}

pub async fn access_code(app: &TestApp, account: &AccountId) -> String {
    let staff = Actor::Staff { id: "stf_1".into(), name: "Оператор".into() };
    let (ctx, config, id) = (app.app.job_ctx().acting_as(staff), app.app.config_arc(), account.clone());
    let made = app.app.write(move |tx| recovery::issue_access_code(tx, &ctx, &config, &id, "")).await;
    made.expect("issued").expose().clone()
}

/// Proves the e-mail address; the browser follows to what is asked next.
pub async fn prove_mail(app: &TestApp, browser: &mut Browser, email: &str) -> Page {
    browser.get("/recover").await;
    browser.send("/recover", &[("login", email)]).await;
    let code = app.mail_code(email).await;
    browser.send("/recover/code", &[("code", &code)]).await
}

pub fn totp_code(app: &TestApp) -> String {
    totp::code(SECRET, totp::step_at(app.now()), 6).to_string()
}

#[tokio::test]
async fn a_contact_alone_never_goes_around_a_second_factor() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let id = newest(&app).await;
        let paper = bind(&app, &id).await;
        app.advance(Span::minutes(5));
        let mut browser = app.browser();
        let page = prove_mail(&app, &mut browser, IGOR.email).await;
        assert_eq!((page.path.as_str(), page.status), ("/recover/second", StatusCode::OK), "{}", page.text());
        let page = browser.send("/recover/password", &twice(OTHER_PASSWORD)).await;
        assert_eq!(page.path, "/recover/second", "the password's page is not open yet");
        assert!(!can_sign_in(&app, IGOR.email, OTHER_PASSWORD).await);
        let page = browser.post("/recover/second", &[("way", "totp"), ("code", "000000")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
        let code = totp_code(&app);
        let page = browser.send("/recover/second", &[("way", "totp"), ("code", &code)]).await;
        assert_eq!(page.path, "/recover/password", "{}", page.text());
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");

        // A recovery code counts as the factor, once.
        app.advance(Span::minutes(5));
        for expected in ["/recover/password", "/recover/second"] {
            let mut browser = app.browser();
            prove_mail(&app, &mut browser, IGOR.email).await;
            let fields = [("way", "recovery-codes"), ("recovery_code", paper[0].as_str())];
            let page = browser.send("/recover/second", &fields).await;
            assert_eq!(page.path, expected, "{}", page.text());
            app.advance(Span::minutes(2));
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_second_factors_end_the_recovery() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let id = newest(&app).await;
        bind(&app, &id).await;
        app.advance(Span::minutes(5));
        let mut browser = app.browser();
        prove_mail(&app, &mut browser, IGOR.email).await;
        for _ in 0..5 {
            browser
                .post(
                    "/recover/second",
                    &[("way", "recovery-codes"), ("recovery_code", "0000-0000-0000-0000")],
                )
                .await;
        }
        let code = totp_code(&app);
        let page = browser.send("/recover/second", &[("way", "totp"), ("code", &code)]).await;
        assert_eq!(page.path, "/recover", "the flow is over, the right code comes too late");
    })
    .await;
}

#[tokio::test]
async fn the_saved_code_stands_for_one_proof_and_is_used_up() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let id = newest(&app).await;
        let old = saved_code(&app, &id).await;
        let code = saved_code(&app, &id).await;
        app.advance(Span::minutes(5));
        let try_code = |code: String, login: &'static str| {
            let mut browser = app.browser();
            async move {
                browser.get("/recover/saved-code").await;
                let page = browser.send("/recover/saved-code", &[("login", login), ("code", &code)]).await;
                (browser, page)
            }
        };
        for (wrong, login) in [(old, IGOR.email), (code.clone(), "nobody@example.org")] {
            let (_, page) = try_code(wrong, login).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.error_at("code").is_some(), "{}", page.text());
        }
        // With a second factor it is one proof of two.
        bind(&app, &id).await;
        let (mut browser, page) = try_code(code.to_lowercase(), IGOR.email).await;
        assert_eq!(page.path, "/recover/second", "{}", page.text());
        let second = totp_code(&app);
        let page = browser.send("/recover/second", &[("way", "totp"), ("code", &second)]).await;
        assert_eq!(page.path, "/recover/password", "{}", page.text());
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        let (_, page) = try_code(code, IGOR.email).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "used up");
        // And with a contact it stands for the factor.
        let code = saved_code(&app, &id).await;
        app.advance(Span::minutes(5));
        let mut browser = app.browser();
        prove_mail(&app, &mut browser, IGOR.email).await;
        let page = browser.send("/recover/saved-code", &[("code", &code)]).await;
        assert_eq!(page.path, "/recover/password", "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_code_of_staff_opens_once_within_a_day() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut before = registered(&app, &IGOR).await;
        let id = newest(&app).await;
        bind(&app, &id).await;
        let late = access_code(&app, &id).await;
        app.advance(Span::hours(24));
        let page = enter(&app, &late).await.1;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a day later");
        let first = access_code(&app, &id).await;
        let code = access_code(&app, &id).await;
        assert_eq!(enter(&app, &first).await.1.status, StatusCode::UNPROCESSABLE_ENTITY, "replaced");
        let (mut browser, page) = enter(&app, &code).await;
        assert_eq!(page.path, "/recover/password", "{}", page.text());
        assert_eq!(enter(&app, &code).await.1.status, StatusCode::UNPROCESSABLE_ENTITY, "a second time");
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert!(!is_in(&mut before).await);
    })
    .await;
}

pub async fn enter(app: &TestApp, code: &str) -> (Browser, Page) {
    let mut browser = app.browser();
    browser.get("/recover/access-code").await;
    let page = browser.send("/recover/access-code", &[("login", IGOR.email), ("code", code)]).await;
    (browser, page)
}

#[tokio::test]
async fn a_lost_factor_is_done_without_after_the_wait_unless_somebody_cancels_or_signs_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let id = newest(&app).await;
        bind(&app, &id).await;
        app.advance(Span::minutes(5));
        // Cancelled by the button of the message.
        wait(&app, PASSWORD).await;
        let letters = app.world.mail.accepted();
        let letter = letters.iter().rev().find(|mail| mail.text.contains("/recover/cancel/"));
        let letter = &letter.expect("a letter").text;
        let at = letter.find("/recover/cancel/").expect("a link");
        let link: String = letter[at..].chars().take_while(|sign| !sign.is_whitespace()).collect();
        let mut anybody = app.browser();
        assert_eq!(anybody.get(&link).await.status, StatusCode::OK);
        assert!(until(&app, &id).await.is_some(), "looking cancels nothing");
        assert_eq!(anybody.post(&link, &[]).await.status, StatusCode::OK);
        assert_eq!(anybody.post(&link, &[]).await.status, StatusCode::GONE, "once");
        assert!(until(&app, &id).await.is_none());
        app.advance(Span::hours(25));
        let mut browser = app.browser();
        assert_eq!(prove_mail(&app, &mut browser, IGOR.email).await.path, "/recover/second");

        // Made void by a sign-in.
        app.advance(Span::minutes(5));
        wait(&app, PASSWORD).await;
        app.advance(Span::minutes(5));
        let mut owner = app.browser();
        sign_in(&mut owner, IGOR.email, PASSWORD).await;
        let code = totp_code(&app);
        let page = owner.send("/sign-in/second", &[("way", "totp"), ("code", &code)]).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
        assert!(until(&app, &id).await.is_none());

        // Neither: after a day the contact is enough, and the factors are gone.
        app.advance(Span::minutes(5));
        let page = wait(&app, OTHER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the password must be known");
        app.advance(Span::minutes(5));
        wait(&app, PASSWORD).await;
        let told = cancelling(&app);
        app.advance(Span::hours(23));
        let mut early = app.browser();
        assert_eq!(prove_mail(&app, &mut early, IGOR.email).await.path, "/recover/second");
        app.run_jobs().await;
        assert_eq!(cancelling(&app), told + 1, "told once more before the end");
        app.advance(Span::hours(1));
        let mut browser = app.browser();
        assert_eq!(prove_mail(&app, &mut browser, IGOR.email).await.path, "/recover/password");
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert!(can_sign_in(&app, IGOR.email, OTHER_PASSWORD).await, "without a second factor");
    })
    .await;
}

/// Letters with the button that cancels, in whatever order they left.
pub fn cancelling(app: &TestApp) -> usize {
    app.world.mail.accepted().iter().filter(|mail| mail.text.contains("/recover/cancel/")).count()
}

/// Proves the contact and asks to wait.
async fn wait(app: &TestApp, password: &str) -> Page {
    let mut browser = app.browser();
    assert_eq!(prove_mail(app, &mut browser, IGOR.email).await.path, "/recover/second");
    browser.get("/recover/wait").await;
    let page = browser.send("/recover/wait", &[("password", password)]).await;
    app.run_jobs().await;
    page
}

async fn until(app: &TestApp, account: &AccountId) -> Option<kernel::Time> {
    let (ctx, id) = (app.app.job_ctx(), account.clone());
    app.app
        .read(move |tx| waiting::until(tx, &ctx, &id, waiting::Aim::Factor))
        .await
        .expect("the database answers")
}

#[tokio::test]
async fn a_stolen_cookie_a_changed_password_a_lost_contact_and_a_second_recovery_end_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.advance(Span::minutes(5));
        let mut browser = app.browser();
        assert_eq!(prove_mail(&app, &mut browser, ANNA.email).await.path, "/recover/password");
        // The cookie in another browser.
        let mut thief = app.browser();
        thief.get("/help").await;
        thief.plant("rcv", browser.cookie("rcv").expect("the cookie"));
        assert_eq!(thief.open("/recover/password").await.path, "/recover");
        // Two at once: the first to finish ends the other.
        app.advance(Span::minutes(2));
        let mut other = app.browser();
        assert_eq!(prove_mail(&app, &mut other, ANNA.email).await.path, "/recover/password");
        assert_eq!(other.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert_eq!(browser.send("/recover/password", &twice("Chuzhoy-2028!z")).await.path, "/recover");
        assert!(can_sign_in(&app, ANNA.email, OTHER_PASSWORD).await);
        // The contact goes to somebody else while the recovery is under way.
        app.advance(Span::minutes(2));
        let mut browser = app.browser();
        assert_eq!(prove_mail(&app, &mut browser, ANNA.email).await.path, "/recover/password");
        let ctx = app.app.job_ctx();
        let login = portal::accounts::Login::parse(ANNA.email).expect("a login");
        app.app.write(move |tx| portal::accounts::detach_login(tx, &ctx, &login)).await.expect("detached");
        assert_ne!(browser.send("/recover/password", &twice(PASSWORD)).await.path, "/cabinet");
        assert!(can_sign_in(&app, ANNA.phone, OTHER_PASSWORD).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_forms_with_one_recovery_one_sets_the_password() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        app.advance(Span::minutes(5));
        let mut browser = app.browser();
        browser.get("/recover").await;
        browser.send("/recover", &[("login", VERA.phone)]).await;
        let code = app.sms_code(VERA.phone).await;
        browser.send("/recover/code", &[("code", &code)]).await;
        browser.get("/recover/password").await;
        let sessions = app.rows("session").await;
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let mut browser = browser.clone();
                tokio::spawn(
                    async move { browser.post("/recover/password", &twice(OTHER_PASSWORD)).await.status },
                )
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(app.rows("session").await, sessions + 1);
        assert_eq!(
            app.number("SELECT COUNT(*) FROM journal WHERE event = 'password_recovered'", &[]).await,
            1
        );
    })
    .await;
}
