//! One-time codes (spec 01 §1.2): how long they live, how often they may be tried and sent, whose they are.

use crate::people::{IGOR, VERA, begin, registered, words};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// A code that is not `code`; `number` makes several of them.
pub fn wrong(code: &str, number: u32) -> String {
    let right: u32 = code.parse().expect("digits");
    format!("{:06}", (right + 1 + number) % 1_000_000)
}

async fn type_code(browser: &mut Browser, code: &str) -> Page {
    browser.send("/register/code", &[("code", code)]).await
}

fn error(page: &Page) -> String {
    page.error_at("code").unwrap_or_else(|| panic!("no error at the field on {}: {}", page.path, page.text()))
}

#[tokio::test]
async fn five_wrong_tries_end_a_code_and_a_new_one_works() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        for left in [4, 3, 2, 1] {
            let page = type_code(&mut browser, &wrong(&code, left)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(error(&page).contains(&left.to_string()), "{}", error(&page));
        }
        for _ in 0..2 {
            let page = type_code(&mut browser, &wrong(&code, 9)).await;
            assert!(error(&page).contains(&words(Lang::Ru, "codes-error-exhausted")), "{}", error(&page));
        }
        let page = type_code(&mut browser, &code).await;
        assert!(
            error(&page).contains(&words(Lang::Ru, "codes-error-exhausted")),
            "the right one is dead too"
        );
        app.advance(Span::seconds(60));
        browser.send("/register/code/send", &[("channel", "sms")]).await;
        let next = app.sms_code(VERA.phone).await;
        assert_eq!(type_code(&mut browser, &next).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_tries_end_the_flow_whatever_the_number_of_codes() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        for _ in 0..2 {
            let code = app.sms_code(VERA.phone).await;
            for number in 0..5 {
                type_code(&mut browser, &wrong(&code, number)).await;
            }
            app.advance(Span::seconds(60));
            let page = browser.send("/register/code/send", &[("channel", "sms")]).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        }
        let code = app.sms_code(VERA.phone).await;
        let page = type_code(&mut browser, &code).await;
        assert!(error(&page).contains("Слишком много неверных кодов"), "{}", error(&page));
    })
    .await;
}

#[tokio::test]
async fn a_code_by_text_lives_three_hundred_seconds_to_the_microsecond() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut in_time, mut late) = (app.browser(), app.browser());
        begin(&mut in_time, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        begin(&mut late, &crate::people::Person { phone: "+79123456780", ..VERA }).await;
        let late_code = app.sms_code("+79123456780").await;
        app.advance(Span(Span::seconds(300).0 - 1));
        assert_eq!(type_code(&mut in_time, &code).await.path, "/register/password");
        app.advance(Span(1));
        let page = type_code(&mut late, &late_code).await;
        assert!(error(&page).contains(&words(Lang::Ru, "codes-error-expired")), "{}", error(&page));
    })
    .await;
}

#[tokio::test]
async fn another_code_may_be_asked_for_after_a_minute_and_five_times_an_hour() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        app.run_jobs().await;
        app.advance(Span(Span::seconds(60).0 - 1));
        let page = browser.send("/register/code/send", &[("channel", "sms")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(error(&page).contains("Новый код можно запросить через"), "{}", error(&page));
        app.advance(Span(1));
        for send in 2..=5 {
            let page = browser.send("/register/code/send", &[("channel", "sms")]).await;
            assert_eq!(page.status, StatusCode::OK, "send {send}: {}", page.text());
            app.run_jobs().await;
            app.advance(Span::seconds(60));
        }
        let page = browser.send("/register/code/send", &[("channel", "sms")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the sixth in an hour");
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 5);
        // A new draft for the same number does not get round the limit of the number.
        let mut other = app.browser();
        other.get("/register").await;
        other.send("/register", &VERA.fields()).await;
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 5);
        app.advance(Span::minutes(56));
        let page = browser.send("/register/code/send", &[("channel", "sms")]).await;
        assert_eq!(page.status, StatusCode::OK, "the next hour: {}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_call_is_offered_after_the_second_text_and_its_digits_work() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        let page = begin(&mut browser, &VERA).await;
        let offers_call = |page: &Page| page.says("value=\"call\"");
        assert!(!offers_call(&page));
        app.advance(Span::seconds(60));
        // A form that asks for a call out of turn gets a text: calls cost money.
        let page = browser.send("/register/code/send", &[("channel", "call")]).await;
        assert_eq!(app.call_code(VERA.phone).await, None);
        assert!(offers_call(&page), "{}", page.text());
        app.advance(Span::seconds(60));
        let page = browser.send("/register/code/send", &[("channel", "call")]).await;
        assert_eq!(page.status, StatusCode::OK);
        let digits = app.call_code(VERA.phone).await.expect("a call");
        assert_eq!(type_code(&mut browser, &digits).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn a_new_code_ends_the_old_one() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let old = app.sms_code(VERA.phone).await;
        app.advance(Span::seconds(60));
        browser.send("/register/code/send", &[("channel", "sms")]).await;
        let new = app.sms_code(VERA.phone).await;
        assert_ne!(old, new);
        assert_eq!(type_code(&mut browser, &old).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(type_code(&mut browser, &new).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn a_code_may_be_typed_in_groups_and_nonsense_costs_no_try() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        for nonsense in ["", "12345", "1234567", "абвгде", "12345a", "１２３４５６"] {
            let page = type_code(&mut browser, nonsense).await;
            assert!(error(&page).contains(&words(Lang::Ru, "codes-error-malformed")), "{nonsense:?}");
        }
        assert_eq!(app.number("SELECT tries FROM code", &[]).await, 0);
        let grouped = format!("\u{202d}{} {}\u{202c}", &code[..3], &code[3..]);
        assert_eq!(type_code(&mut browser, &grouped).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn a_code_is_nothing_for_another_draft_or_another_purpose() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        app.advance(Span::hours(2));
        let (mut first, mut second, mut recovering) = (app.browser(), app.browser(), app.browser());
        begin(&mut first, &VERA).await;
        let of_first = app.sms_code(VERA.phone).await;
        app.advance(Span::seconds(61));
        begin(&mut second, &VERA).await;
        let of_second = app.sms_code(VERA.phone).await;
        app.advance(Span::seconds(61));
        recovering.get("/recover").await;
        assert_eq!(recovering.send("/recover", &[("login", VERA.phone)]).await.path, "/recover/code");
        let of_recovery = app.sms_code(VERA.phone).await;
        let mut browsers = [first, second, recovering];
        for (who, path, foreign) in [
            (0, "/register/code", &of_second),
            (0, "/register/code", &of_recovery),
            (1, "/register/code", &of_first),
            (2, "/recover/code", &of_first),
            (2, "/recover/code", &of_second),
        ] {
            let page = browsers[who].send(path, &[("code", foreign)]).await;
            assert_eq!((page.path.as_str(), page.status), (path, StatusCode::UNPROCESSABLE_ENTITY));
        }
        assert_eq!(
            browsers[2].send("/recover/code", &[("code", &of_recovery)]).await.path,
            "/recover/password"
        );
    })
    .await;
}

#[tokio::test]
async fn tries_are_remembered_over_a_restart_and_by_a_second_instance() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        for number in 0..3 {
            type_code(&mut browser, &wrong(&code, number)).await;
        }
        let second = app.again().await;
        let mut elsewhere = browser.clone().towards(&second);
        let page = type_code(&mut elsewhere, &wrong(&code, 4)).await;
        assert!(error(&page).contains('1'), "{}", error(&page));
        type_code(&mut elsewhere, &wrong(&code, 5)).await;
        for page in [type_code(&mut browser, &code).await, type_code(&mut elsewhere, &code).await] {
            assert!(error(&page).contains(&words(Lang::Ru, "codes-error-exhausted")), "{}", error(&page));
        }
        // The pause between two sends holds on the other instance, too.
        app.advance(Span::seconds(59));
        let page = elsewhere.send("/register/code/send", &[("channel", "sms")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn letters_are_sent_as_sparingly_as_texts() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &IGOR).await;
        for _ in 0..7 {
            app.advance(Span::seconds(60));
            browser.send("/register/code/send", &[("channel", "email")]).await;
        }
        app.run_jobs().await;
        assert_eq!(app.world.mail.accepted().len(), 5);
    })
    .await;
}
