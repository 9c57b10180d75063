//! Outages: gateways that are away, a database that is closed, a handler that panics.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, begin, register, registered, words};
use axum::http::StatusCode;
use gateway::SendOutcome;
use gateway::sms::{OutgoingSms, SmsGateway};
use kernel::{Lang, Span};
use std::sync::Arc;
use testkit::app::TestApp;
use testkit::db::{self, each_engine};

#[tokio::test]
async fn without_texts_the_visitor_reads_so_and_is_offered_a_call_at_once() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        app.world.sms.set_down(Some("no link"));
        let mut browser = app.browser();
        let page = begin(&mut browser, &VERA).await;
        assert!(page.text().contains(&words(Lang::Ru, "codes-trouble-sms")), "{}", page.text());
        assert!(page.says("value=\"call\""));
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 0);
        assert_eq!(browser.send("/register/code/send", &[("channel", "call")]).await.status, StatusCode::OK);
        let digits = app.call_code(VERA.phone).await.expect("a call");
        // The next one waits like every other.
        let again = browser.send("/register/code/send", &[("channel", "call")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.text());
        assert_eq!(browser.send("/register/code", &[("code", &digits)]).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn without_texts_an_address_does_instead_and_nothing_typed_is_lost() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        app.world.sms.set_down(Some("no link"));
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        assert_eq!(browser.get("/register").await.value("surname").as_deref(), Some("Лодкина"));
        let page = begin(&mut browser, &crate::people::Person { phone: "", email: IGOR.email, ..VERA }).await;
        assert!(page.says(IGOR.email));
        let code = app.mail_code(IGOR.email).await;
        assert_eq!(browser.send("/register/code", &[("code", &code)]).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn a_text_leaves_when_the_gateway_is_back_and_not_after_its_time() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        app.world.sms.set_down(Some("no link"));
        let (mut soon, mut late) = (app.browser(), app.browser());
        begin(&mut soon, &VERA).await;
        for _ in 0..6 {
            app.run_jobs().await;
            app.advance(Span::seconds(20));
        }
        app.world.sms.set_down(None);
        // Pauses between tries grow; within two minutes there is another one.
        for _ in 0..12 {
            app.advance(Span::seconds(10));
            app.run_jobs().await;
        }
        let code = app.sms_code(VERA.phone).await;
        assert_eq!(app.world.sms.accepted().len(), 1, "once");
        assert_eq!(soon.send("/register/code", &[("code", &code)]).await.path, "/register/password");

        app.world.sms.set_down(Some("no link"));
        begin(&mut late, &crate::people::Person { phone: "+79123456780", ..VERA }).await;
        app.run_jobs().await;
        app.advance(Span::seconds(300));
        app.world.sms.set_down(None);
        app.advance(Span::hours(2));
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), 1, "a dead code is not sent");
        assert_eq!(
            app.number(
                "SELECT COUNT(*) FROM message WHERE state = 'expired' AND body IS NULL AND data_key IS NULL",
                &[]
            )
            .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_refused_text_ends_its_message_and_its_words_are_destroyed() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        app.world.sms.plan(SendOutcome::Permanent { reason: "0x0B unknown recipient".into() });
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        app.run_jobs().await;
        assert_eq!(
            app.number(
                "SELECT COUNT(*) FROM message WHERE state = 'failed' AND body IS NULL AND data_key IS NULL",
                &[]
            )
            .await,
            1
        );
        app.advance(Span::seconds(60));
        browser.send("/register/code/send", &[("channel", "sms")]).await;
        let code = app.sms_code(VERA.phone).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM message WHERE body IS NOT NULL", &[]).await, 0);
        assert_eq!(browser.send("/register/code", &[("code", &code)]).await.path, "/register/password");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_that_comes_twice_is_counted_once() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        begin(&mut app.browser(), &VERA).await;
        app.run_jobs().await;
        let id = app.world.sms.accepted().remove(0).id;
        let remote = format!("mem-{id}");
        for state in [
            gateway::sms::DeliveryState::Delivered,
            gateway::sms::DeliveryState::Delivered,
            gateway::sms::DeliveryState::Expired,
        ] {
            app.world.sms.receive(&remote, state);
        }
        app.world.sms.receive("mem-of-nobody", gateway::sms::DeliveryState::Delivered);
        while app.number("SELECT COUNT(*) FROM message WHERE state = 'delivered'", &[]).await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM message WHERE state <> 'delivered'", &[]).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_closed_database_is_503_with_a_number_and_the_draft_is_there_afterwards() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut person = registered(&app, &ANNA).await;
        let mut visitor = app.browser();
        begin(&mut visitor, &VERA).await;
        let down = app.again().await;
        down.db().close().await;
        let mut there = visitor.clone().towards(&down);
        for path in ["/register", "/register/code", "/recover/code"] {
            let mut there = there.clone();
            if path.starts_with("/recover") {
                there.plant("rcv", &"A".repeat(43));
            }
            let page = there.get(path).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert!(!page.header("retry-after").is_empty() && page.incident().is_some(), "{path}");
        }
        let login = [("login", ANNA.phone), ("password", PASSWORD)];
        for (path, fields) in
            [("/register", VERA.fields()), ("/sign-in", login.to_vec()), ("/recover", login[..1].to_vec())]
        {
            let page = there.post(path, &fields).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert!(page.text().contains(&words(Lang::Ru, "web-error-503")), "{}", page.text());
        }
        let page = person.clone().towards(&down).get("/cabinet").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "who is signed in is not signed out by it");
        assert!(
            page.headers.get("set-cookie").is_none_or(|line| !line.to_str().unwrap_or("").contains("sid"))
        );
        assert_eq!(there.get("/").await.status, StatusCode::OK, "pages without storage go on");
        assert!(crate::people::is_in(&mut person).await);
        assert_eq!(visitor.get("/register").await.value("surname").as_deref(), Some("Лодкина"));
    })
    .await;
}

/// Fails in the worst way when it is looked at.
struct Broken;

#[async_trait::async_trait]
impl SmsGateway for Broken {
    fn name(&self) -> &str {
        "broken"
    }
    async fn send(&self, _: &OutgoingSms) -> SendOutcome {
        panic!("a gateway went down while sending")
    }
    fn health(&self) -> gateway::Health {
        panic!("a gateway went down while asked")
    }
}

#[tokio::test]
async fn a_panic_in_a_handler_is_a_page_with_a_number_and_the_next_request_works() {
    let app = TestApp::new(db::sqlite().await).await;
    let broken = app.again_over(|gateways| gateways.sms = Some(Arc::new(Broken))).await;
    let mut visitor = broken.browser();
    visitor.get("/register").await;
    let page = visitor.send("/register", &VERA.fields()).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.incident().is_some() && !page.says("went down"), "{}", page.text());
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(visitor.get("/").await.status, StatusCode::OK);
    broken.run_jobs().await;
    assert_eq!(
        app.number("SELECT COUNT(*) FROM job WHERE kind = 'message.send' AND state = 'waiting'", &[]).await,
        1,
        "tried again later"
    );
    register(&app, &mut app.browser(), &IGOR, PASSWORD).await;
}

#[tokio::test]
async fn a_full_hashing_queue_is_503_and_says_when_to_come_again() {
    let app = TestApp::new(db::sqlite().await).await;
    registered(&app, &VERA).await;
    let full = app.again_with(|config| config.passwords.queue = 0).await;
    let page = crate::people::sign_in(&mut full.browser(), VERA.phone, PASSWORD).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!page.header("retry-after").is_empty() && page.incident().is_some());
}
