//! The draft of a registration: kept for a day, shared by tabs, thrown away at a wish; forms sent twice.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, begin, can_sign_in, is_in, registered, sign_in, twice};
use axum::http::StatusCode;
use kernel::Span;
use testkit::app::{Page, TestApp};
use testkit::db::each_engine;

#[tokio::test]
async fn a_draft_is_there_for_a_day_and_gone_after_it() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        app.advance(Span(Span::hours(24).0 - 1));
        let page = browser.get("/register").await;
        assert_eq!(page.value("surname").as_deref(), Some("Лодкина"));
        app.advance(Span(1));
        assert_eq!(browser.open("/register/code").await.path, "/register");
        assert_eq!(browser.get("/register").await.value("surname").unwrap_or_default(), "");
        app.run_jobs().await;
        app.advance(Span::minutes(10));
        app.run_jobs().await;
        assert_eq!(app.rows("registration").await, 0, "the row is gone too");
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_survives_the_back_button_and_a_second_tab() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &ANNA).await;
        // Back, and in a second tab: everything is there.
        let page = browser.get("/register").await;
        for (field, value) in [
            ("surname", "Якорева"),
            ("first_name", "Анна"),
            ("phone", "+7 916 111-22-33"),
            ("email", ANNA.email),
        ] {
            assert_eq!(page.value(field).as_deref(), Some(value), "{field}");
        }
        assert!(page.ticked("consent_terms") && page.ticked("consent_data"));
        // One tab confirms the phone; the other, older one sends the same code: it goes on as well.
        let code = app.sms_code(ANNA.phone).await;
        let mut tab = browser.clone();
        assert_eq!(browser.send("/register/code", &[("code", &code)]).await.path, "/register/code");
        assert_eq!(tab.open("/register/code").await.path, "/register/code");
        assert!(tab.open("/register/code").await.says(ANNA.email), "the second tab stands at the e-mail too");
        // Sending the first page again keeps what is confirmed.
        let page = browser.send("/register", &ANNA.fields()).await;
        assert!(page.path == "/register/code" && page.says(ANNA.email), "{}", page.text());
        assert_eq!(app.rows("registration").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_may_throw_the_draft_away() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let old = browser.clone();
        let page = browser.send("/register/discard", &[]).await;
        assert_eq!(
            (page.path.as_str(), page.value("surname").unwrap_or_default().as_str()),
            ("/register", "")
        );
        assert_eq!(app.rows("registration").await, 0);
        assert_eq!(old.clone().open("/register/code").await.path, "/register");
        assert_eq!(browser.send("/register/discard", &[]).await.path, "/register", "twice is nothing");
    })
    .await;
}

/// Sends the same form from two copies of the same browser, one after the other: an answer was lost, or somebody
/// pressed the button twice. Gives where each of them stands in the end.
async fn both(
    browser: &testkit::app::Browser,
    path: &str,
    fields: &[(&str, &str)],
) -> (testkit::app::Browser, [Page; 2]) {
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let one = first.send(path, fields).await;
    let two = second.send(path, fields).await;
    (second, [one, two])
}

#[tokio::test]
async fn every_form_of_registration_may_be_sent_twice() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        let form = browser.get("/register").await.value("form").expect("the page's number");
        let mut fields = ANNA.fields();
        fields.push(("form", form.as_str()));
        let (browser, [one, two]) = both(&browser, "/register", &fields).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/register/code", "/register/code"));
        app.run_jobs().await;
        assert_eq!(
            (app.rows("registration").await, app.world.sms.accepted().len()),
            (1, 1),
            "one draft, one message"
        );

        let code = app.sms_code(ANNA.phone).await;
        let hidden = browser.clone().get("/register/code").await.value("contact").unwrap_or_default();
        let (browser, [one, two]) =
            both(&browser, "/register/code", &[("code", &code), ("contact", &hidden)]).await;
        assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK), "{}", two.text());
        assert!(one.says(ANNA.email) && two.says(ANNA.email), "both stand at the next contact");
        assert_eq!(
            app.number("SELECT CAST(SUM(tries) AS BIGINT) FROM code", &[]).await,
            1,
            "the twin costs no try"
        );

        let (browser, [one, two]) = both(&browser, "/register/code/later", &[("contact", "email")]).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/register/password", "/register/password"));

        let (mut browser, [one, two]) = both(&browser, "/register/password", &twice(PASSWORD)).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/cabinet", "/cabinet"));
        assert_eq!(
            (app.rows("account").await, app.rows("login").await, app.rows("consent").await),
            (1, 1, 2)
        );
        assert!(is_in(&mut browser).await);

        let change = [("current_password", PASSWORD), twice("Prichal-2027!y")[0], twice("Prichal-2027!y")[1]];
        app.advance(Span::minutes(1));
        let (mut browser, [one, two]) = both(&browser, "/cabinet/security/password", &change).await;
        assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK), "{}", two.text());
        assert!(is_in(&mut browser).await);
        assert_eq!(app.rows("sign_in_guard").await, 0, "the twin is no wrong password");

        let (_, [one, two]) = both(&browser, "/cabinet/tour", &[]).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/cabinet", "/cabinet"));
        let (_, [one, two]) = both(&browser, "/sign-out", &[]).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/", "/"));
    })
    .await;
}

#[tokio::test]
async fn leaving_a_contact_twice_leaves_one() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &ANNA).await;
        let (mut browser, [one, two]) = both(&browser, "/register/code/later", &[("contact", "phone")]).await;
        assert!(one.says(ANNA.email) && two.says(ANNA.email));
        let code = app.mail_code(ANNA.email).await;
        assert_eq!(
            browser.send("/register/code", &[("code", &code), ("contact", "email")]).await.path,
            "/register/password"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_form_sent_many_times_at_once_opens_one_account_and_signs_all_in() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        browser.send("/register/code", &[("code", &code)]).await;
        let tries: Vec<_> = (0..5)
            .map(|_| {
                let mut twin = browser.clone();
                tokio::spawn(async move { twin.send("/register/password", &twice(PASSWORD)).await.path })
            })
            .collect();
        for twin in tries {
            assert_eq!(twin.await.expect("no panic"), "/cabinet");
        }
        assert_eq!(
            (app.rows("account").await, app.rows("login").await, app.rows("consent").await),
            (1, 1, 2)
        );
    })
    .await;
}

#[tokio::test]
async fn the_forms_of_signing_in_and_recovering_may_be_sent_twice() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let mut browser = app.browser();
        browser.get("/sign-in").await;
        let (_, [one, two]) =
            both(&browser, "/sign-in", &[("login", IGOR.email), ("password", PASSWORD)]).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/cabinet", "/cabinet"));

        app.advance(Span::minutes(2));
        let mut browser = app.browser();
        browser.get("/recover").await;
        browser.send("/recover", &[("login", IGOR.email)]).await;
        let code = app.mail_code(IGOR.email).await;
        let (browser, [one, two]) = both(&browser, "/recover/code", &[("code", &code)]).await;
        assert_eq!((one.path.as_str(), two.path.as_str()), ("/recover/password", "/recover/password"));
        let before = app.delivered();
        let (_, [one, two]) = both(&browser, "/recover/password", &twice("Prichal-2027!y")).await;
        assert_eq!((one.path.as_str(), two.status), ("/cabinet", StatusCode::OK));
        assert!(["/cabinet", "/sign-in"].contains(&two.path.as_str()), "{}", two.path);
        app.run_jobs().await;
        assert_eq!(app.delivered(), before + 1, "the owner is told once");
        let page = sign_in(&mut app.browser(), IGOR.email, "Prichal-2027!y").await;
        assert_eq!(page.location(), Some("/cabinet"));
        assert!(!can_sign_in(&app, IGOR.email, PASSWORD).await);
    })
    .await;
}
