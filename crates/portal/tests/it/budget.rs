//! What a text message may cost (practice sheet, SMS cost fraud): challenges, allowances, countries; and guessing
//! codes from one address.

use crate::codes::wrong;
use crate::people::{IGOR, Person, VERA, begin, words};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use portal::codes::ChallengeWhen;
use portal::limits::Limit;
use testkit::app::{TestApp, config};
use testkit::db::{self, each_engine};

#[tokio::test]
async fn a_challenge_before_the_text_keeps_what_was_typed_and_opens_the_way() {
    each_engine(|db| async {
        let mut config = config();
        config.codes.challenge = ChallengeWhen::Always;
        let app = TestApp::with(db, 1, config).await;
        let mut browser = app.browser();
        browser.get("/register").await;
        let page = browser.post("/register", &VERA.fields()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.asks("challenge_token") && page.value("surname").as_deref() == Some(VERA.surname));
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 0, "no text before the answer");
        let page = browser.post_solved(&page, "/register", &VERA.fields()).await;
        assert_eq!(page.location(), Some("/register/code"));
        let code = app.sms_code(VERA.phone).await;
        // Another text needs another answer.
        app.advance(Span::seconds(60));
        let page = browser.post("/register/code/send", &[("channel", "sms")]).await;
        assert!(page.asks("challenge_token"));
        let page = browser.post_solved(&page, "/register/code/send", &[("channel", "sms")]).await;
        assert_eq!(page.location(), Some("/register/code"), "{}", page.text());
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 2);
        assert!(code != app.sms_code(VERA.phone).await);
        // Letters cost nothing, so nobody is asked.
        let mut other = app.browser();
        begin(&mut other, &IGOR).await;
    })
    .await;
}

#[tokio::test]
async fn a_solved_challenge_works_for_its_own_form_only() {
    let mut config = config();
    config.codes.challenge = ChallengeWhen::Always;
    let app = TestApp::with(db::sqlite().await, 1, config).await;
    let mut browser = app.browser();
    browser.get("/register").await;
    let of_registration = browser.post("/register", &VERA.fields()).await;
    let page = browser.post_solved(&of_registration, "/recover", &[("login", VERA.phone)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "an answer to one form does not open another");
    app.advance(Span::minutes(11));
    let page = browser.post_solved(&of_registration, "/register", &VERA.fields()).await;
    assert!(page.asks("challenge_token"), "and it is over after ten minutes");
}

#[tokio::test]
async fn a_spent_budget_sends_people_to_their_letters() {
    each_engine(|db| async {
        let mut config = config();
        config.codes.challenge = ChallengeWhen::Never;
        config.codes.sms_per_day = Limit::new(1, 86_400);
        let app = TestApp::with(db, 1, config).await;
        begin(&mut app.browser(), &VERA).await;
        let mut late = app.browser();
        late.get("/register").await;
        let other = Person { phone: "+79267778899", ..VERA };
        let page = late.post("/register", &other.fields()).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.error_at("phone").unwrap_or_default().contains(&words(Lang::Ru, "codes-error-suspended"))
        );
        let page = late.send("/register", &Person { phone: "", email: IGOR.email, ..VERA }.fields()).await;
        assert_eq!((page.path.as_str(), page.status), ("/register/code", StatusCode::OK));
        app.advance(Span::days(1));
        begin(&mut app.browser(), &other).await;
    })
    .await;
}

#[tokio::test]
async fn a_network_and_a_browser_have_their_own_allowances() {
    each_engine(|db| async {
        let mut config = config();
        config.codes.challenge = ChallengeWhen::Never;
        config.codes.sms_per_network = Limit::new(4, 3_600);
        config.codes.sms_per_visitor = Limit::new(2, 3_600);
        let app = TestApp::with(db, 1, config).await;
        let phones = ["+79011110001", "+79022220002", "+79033330003", "+79044440004", "+79055550005"];
        // One browser, one number after another.
        let mut browser = app.browser().at("203.0.113.9");
        for phone in &phones[..3] {
            browser.get("/register").await;
            browser.send("/register", &Person { phone, ..VERA }.fields()).await;
        }
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 2, "two for a browser");
        for (host, phone) in phones.iter().enumerate() {
            let mut other = app.browser().at(&format!("203.0.113.{}", 20 + host));
            other.get("/register").await;
            other.send("/register", &Person { phone, ..VERA }.fields()).await;
        }
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 4, "four for a network");
        let mut elsewhere = app.browser().at("203.0.114.9");
        begin(&mut elsewhere, &VERA).await;
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn guessing_at_many_drafts_from_one_address_comes_to_an_end() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut config_limit = 0;
        let mut right = None;
        for number in 0..8 {
            let email: &'static str = Box::leak(format!("draft{number}@example.org").into_boxed_str());
            let mut browser = app.browser().at("2001:db8::9");
            begin(&mut browser, &Person { email, ..IGOR }).await;
            let code = app.mail_code(email).await;
            for guess in 0..4 {
                config_limit += 1;
                let page = browser.post("/register/code", &[("code", &wrong(&code, guess))]).await;
                let waits =
                    page.error_at("code").unwrap_or_default().contains("Слишком много неверных кодов");
                assert_eq!(waits, config_limit > 30, "guess {config_limit}");
            }
            right = Some((browser, code));
        }
        let (browser, code) = right.expect("the last draft");
        let page = browser.clone().post("/register/code", &[("code", &code)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "also the right one, from this address");
        let page = browser.clone().at("2001:db8::10").post("/register/code", &[("code", &code)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "nor from another one of the same /64");
        let page = browser.at("2001:db8:0:1::10").post("/register/code", &[("code", &code)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    })
    .await;
}
