//! Recovering a forgotten password (spec 01 §3).

use crate::codes::wrong;
use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, VERA, can_sign_in, is_in, registered, sign_in, twice,
};
use axum::http::StatusCode;
use kernel::Span;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

async fn begin(browser: &mut Browser, login: &str) -> Page {
    browser.get("/recover").await;
    browser.send("/recover", &[("login", login)]).await
}

#[tokio::test]
async fn a_password_is_recovered_by_phone_and_by_letter() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut signed_in = registered(&app, &ANNA).await;
        app.advance(Span::minutes(2));
        let mut browser = app.browser();
        assert_eq!(begin(&mut browser, "8 916 111 22 33").await.path, "/recover/code");
        assert_eq!(
            browser.open("/recover/password").await.path,
            "/recover/code",
            "no password before the code"
        );
        let code = app.sms_code(ANNA.phone).await;
        let page = browser.send("/recover/code", &[("code", &wrong(&code, 0))]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.send("/recover/code", &[("code", &code)]).await.path, "/recover/password");
        assert!(is_in(&mut signed_in).await, "the code alone ends nothing");
        let before = app.delivered();
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert!(is_in(&mut browser).await && !is_in(&mut signed_in).await, "all other sessions end");
        app.run_jobs().await;
        assert_eq!(app.delivered(), before + 2, "the owner is told by both contacts");
        assert!(
            can_sign_in(&app, ANNA.email, OTHER_PASSWORD).await
                && !can_sign_in(&app, ANNA.email, PASSWORD).await
        );

        let mut again = app.browser();
        begin(&mut again, ANNA.email).await;
        let code = app.mail_code(ANNA.email).await;
        again.send("/recover/code", &[("code", &code)]).await;
        assert_eq!(again.send("/recover/password", &twice(PASSWORD)).await.path, "/cabinet");
        assert!(can_sign_in(&app, ANNA.phone, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_sets_one_password_once_and_within_half_an_hour() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        app.advance(Span::minutes(2));
        let mut browser = app.browser();
        begin(&mut browser, IGOR.email).await;
        let code = app.mail_code(IGOR.email).await;
        browser.send("/recover/code", &[("code", &code)]).await;
        for (password, repeat, field) in [
            ("short", "short", "password"),
            ("password123", "password123", "password"),
            ("Igor@example.org1", "Igor@example.org1", "password"),
            (OTHER_PASSWORD, "", "password_repeat"),
        ] {
            let page = browser
                .post("/recover/password", &[("password", password), ("password_repeat", repeat)])
                .await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
            assert!(page.error_at(field).is_some(), "{}", page.text());
        }
        let second = browser.clone();
        app.advance(Span(Span::minutes(30).0 - 1));
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        second.clone().send("/recover/password", &twice("Chuzhoy-2028!z")).await;
        assert!(
            can_sign_in(&app, IGOR.email, OTHER_PASSWORD).await
                && !can_sign_in(&app, IGOR.email, "Chuzhoy-2028!z").await
        );

        let mut late = app.browser();
        app.advance(Span::minutes(2));
        begin(&mut late, IGOR.email).await;
        let code = app.mail_code(IGOR.email).await;
        late.send("/recover/code", &[("code", &code)]).await;
        app.advance(Span::minutes(30));
        assert_eq!(late.send("/recover/password", &twice(PASSWORD)).await.path, "/recover/code");
        assert!(!can_sign_in(&app, IGOR.email, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn known_and_unknown_logins_get_the_same_bytes() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        registered(&app, &IGOR).await;
        app.advance(Span::hours(2));
        app.run_jobs().await;
        let sent = app.delivered();
        for (known, unknown, shown) in [
            (VERA.phone, "+79123456780", ["345-67-89", "345-67-80"]),
            (IGOR.email, "egor@example.org", [IGOR.email, "egor@example.org"]),
        ] {
            let (mut one, mut two) = (app.browser(), app.browser());
            let plain = |page: &Page| {
                let text = page.masked().replace(known, "…").replace(unknown, "…");
                text.replace(shown[0], "…").replace(shown[1], "…")
            };
            let (a, b) = (begin(&mut one, known).await, begin(&mut two, unknown).await);
            app.run_jobs().await;
            assert_eq!((a.path.as_str(), a.status, plain(&a)), (b.path.as_str(), b.status, plain(&b)));
            for number in 0..12 {
                let code = format!("{number:06}");
                let (a, b) = (
                    one.post("/recover/code", &[("code", &code)]).await,
                    two.post("/recover/code", &[("code", &code)]).await,
                );
                assert_eq!((a.status, plain(&a)), (b.status, plain(&b)), "{known} try {number}");
            }
            for number in 0..7 {
                app.advance(Span::seconds(60));
                let channel = if known.starts_with('+') { "sms" } else { "email" };
                let fields = [("channel", channel)];
                let (a, b) = (
                    one.send("/recover/code/send", &fields).await,
                    two.send("/recover/code/send", &fields).await,
                );
                assert_eq!((a.status, plain(&a)), (b.status, plain(&b)), "{known} send {number}");
                app.run_jobs().await;
            }
            assert_eq!(one.open("/recover/password").await.path, two.open("/recover/password").await.path);
        }
        app.run_jobs().await;
        assert_eq!(app.delivered() - sent, 10, "five to each known contact, none to strangers");
        assert!(app.world.mail.accepted().iter().all(|mail| mail.to == IGOR.email));
    })
    .await;
}

#[tokio::test]
async fn recovering_lifts_a_lock() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        app.advance(Span::minutes(2));
        let mut stranger = app.browser();
        let mut page = stranger.get("/sign-in").await;
        for _ in 0..10 {
            let fields = [("login", VERA.phone), ("password", "Oshibka-2026!x")];
            page = if page.asks("challenge_token") {
                stranger.post_solved(&page, "/sign-in", &fields).await
            } else {
                stranger.post("/sign-in", &fields).await
            };
        }
        let page = sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut browser = app.browser();
        begin(&mut browser, VERA.phone).await;
        let code = app.sms_code(VERA.phone).await;
        browser.send("/recover/code", &[("code", &code)]).await;
        browser.send("/recover/password", &twice(OTHER_PASSWORD)).await;
        assert!(can_sign_in(&app, VERA.phone, OTHER_PASSWORD).await, "at once and without a challenge");
    })
    .await;
}

#[tokio::test]
async fn an_address_begins_so_many_recoveries_and_registrations_an_hour() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser().at("2001:db8::7");
        browser.get("/recover").await;
        for number in 0..20 {
            let page = browser.post("/recover", &[("login", &format!("person{number}@example.org"))]).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{number}");
        }
        let page = browser.post("/recover", &[("login", VERA.phone)]).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.header("retry-after"), "3600");
        for number in 0..20 {
            let email = format!("person{number}@example.org");
            let person = crate::people::Person { email: Box::leak(email.into_boxed_str()), ..IGOR };
            let mut visitor = app.browser().at("2001:db8::7");
            visitor.get("/register").await;
            assert_eq!(
                visitor.post("/register", &person.fields()).await.status,
                StatusCode::SEE_OTHER,
                "{number}"
            );
        }
        let mut visitor = app.browser().at("2001:db8::7");
        visitor.get("/register").await;
        assert_eq!(visitor.post("/register", &VERA.fields()).await.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}
