//! Signing in with a password (spec 01 §2): spellings, challenge, lock, and nothing told to strangers.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, can_sign_in, registered, sign_in, words};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const WRONG: &str = "Oshibka-2026!x";

/// One try; when the page before it had a challenge, its work is done.
async fn attempt(browser: &mut Browser, before: &Page, login: &str, password: &str) -> Page {
    let fields = [("login", login), ("password", password)];
    match before.asks("challenge_token") {
        true => browser.post_solved(before, "/sign-in", &fields).await,
        false => browser.post("/sign-in", &fields).await,
    }
}

/// So many wrong tries in a row, each with its challenge solved; gives the last page.
async fn fail(browser: &mut Browser, login: &str, times: usize) -> Page {
    let mut page = browser.get("/sign-in").await;
    for _ in 0..times {
        page = attempt(browser, &page, login, WRONG).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
    }
    page
}

#[tokio::test]
async fn a_login_may_be_spelled_as_people_do() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        for spelling in [
            "+7 916 111-22-33",
            "8 (916) 111-22-33",
            "89161112233",
            "9161112233",
            "+7\u{a0}916\u{a0}111\u{a0}22\u{a0}33",
            "\u{feff}+79161112233\u{200b}",
            "anna@example.org",
            "Anna@Example.ORG",
            " anna@example.org ",
        ] {
            assert!(can_sign_in(&app, spelling, PASSWORD).await, "{spelling:?}");
        }
        for other in ["+79161112234", "anna@example.com", "anna", "", " "] {
            assert!(!can_sign_in(&app, other, PASSWORD).await, "{other:?}");
        }
        for password in ["", " Gavan-2026!x", "Gavan-2026!x ", "gavan-2026!x", &"x".repeat(5_000)] {
            assert!(!can_sign_in(&app, ANNA.phone, password).await, "{password:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_stays_and_the_password_does_not() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = app.browser();
        browser.get("/sign-in").await;
        let login = "\"><script>alert(1)</script>";
        let page =
            browser.post("/sign-in", &[("login", login), ("password", PASSWORD), ("remember", "on")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.value("login").as_deref(), Some(login));
        assert!(page.ticked("remember") && !page.says("<script>alert") && !page.says(PASSWORD));
        for (lang, query) in [(Lang::Ru, "?lang=ru"), (Lang::En, "?lang=en")] {
            let page = browser.post(&format!("/sign-in{query}"), &[("login", " "), ("password", "")]).await;
            assert_eq!(
                page.error_at("login").map(|words| words.contains(&self::words(lang, "signin-error-empty"))),
                Some(true)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn five_failures_ask_for_a_challenge_that_even_the_right_password_needs() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let mut browser = app.browser();
        let page = fail(&mut browser, VERA.phone, 4).await;
        assert!(!page.asks("challenge_token"));
        let asked = fail(&mut browser, VERA.phone, 1).await;
        assert!(asked.asks("challenge_token"), "after the fifth");
        // Without the answer, with a wrong one, with an answer of another browser: the password is not even compared.
        let fields = [("login", VERA.phone), ("password", PASSWORD)];
        let mut other = app.browser();
        other.get("/sign-in").await;
        let foreign = other.post_solved(&asked, "/sign-in", &fields).await;
        let bare = browser.post("/sign-in", &fields).await;
        let token = asked.value("challenge_token").expect("a token");
        let mistyped = [
            fields[0],
            fields[1],
            ("challenge_token", &token),
            ("challenge_answer", "000000"),
            ("challenge_nonce", ""),
        ];
        let mistyped = browser.post("/sign-in", &mistyped).await;
        for page in [&foreign, &bare, &mistyped] {
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.asks("challenge_token"));
        }
        // A solved one counts once.
        let page =
            browser.post_solved(&mistyped, "/sign-in", &[("login", VERA.phone), ("password", WRONG)]).await;
        assert!(page.asks("challenge_token"));
        assert_eq!(
            browser.post_solved(&mistyped, "/sign-in", &fields).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(browser.post_solved(&page, "/sign-in", &fields).await.location(), Some("/cabinet"));
        // Success forgets everything.
        assert!(can_sign_in(&app, VERA.phone, PASSWORD).await);
        assert_eq!(app.rows("sign_in_guard").await, 0);
    })
    .await;
}

#[tokio::test]
async fn ten_failures_lock_for_half_an_hour_then_for_an_hour_and_the_owner_is_told() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.run_jobs().await;
        let (texts, letters) = (app.world.sms.accepted().len(), app.world.mail.accepted().len());
        let mut stranger = app.browser();
        let page = fail(&mut stranger, ANNA.phone, 10).await;
        app.run_jobs().await;
        let told = |app: &TestApp| {
            (app.world.sms.accepted().len() - texts, app.world.mail.accepted().len() - letters)
        };
        assert_eq!(told(&app), (1, 1), "the owner learns of it by every contact");
        assert_eq!(
            app.last_mail(ANNA.email).await.expect("a letter").subject,
            words(Lang::Ru, "notice-locked-subject")
        );

        let locked = attempt(&mut stranger, &page, ANNA.phone, PASSWORD).await;
        assert_eq!(
            locked.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "locked: the right password opens nothing"
        );
        app.advance(Span(Span::minutes(30).0 - 1));
        let page = stranger.post("/sign-in", &[("login", ANNA.email), ("password", PASSWORD)]).await;
        let page = attempt(&mut stranger, &page, ANNA.email, PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "by the other login as well");
        app.advance(Span(1));
        // Five more, and the lock is twice as long.
        let mut page = stranger.post("/sign-in", &[("login", ANNA.phone), ("password", PASSWORD)]).await;
        for _ in 0..5 {
            page = attempt(&mut stranger, &page, ANNA.phone, WRONG).await;
        }
        app.run_jobs().await;
        assert_eq!(told(&app), (1, 1), "once an hour is enough");
        app.advance(Span(Span::minutes(60).0 - 1));
        let page = stranger.post("/sign-in", &[("login", ANNA.phone), ("password", PASSWORD)]).await;
        let page = attempt(&mut stranger, &page, ANNA.phone, PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        app.advance(Span(1));
        let page = stranger.post("/sign-in", &[("login", ANNA.phone), ("password", PASSWORD)]).await;
        assert_eq!(attempt(&mut stranger, &page, ANNA.phone, PASSWORD).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn known_and_unknown_logins_get_the_same_bytes_from_the_first_try_to_the_lock() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let unknown = "+79123456780";
        let (mut one, mut two) = (app.browser(), app.browser());
        let (mut of_known, mut of_unknown) = (one.get("/sign-in").await, two.get("/sign-in").await);
        for number in 1..=13 {
            // At the twelfth the right password for the one, and nothing right for the other.
            let password = if number == 12 { PASSWORD } else { WRONG };
            of_known = attempt(&mut one, &of_known, VERA.phone, password).await;
            of_unknown = attempt(&mut two, &of_unknown, unknown, password).await;
            assert_eq!(of_known.status, of_unknown.status, "try {number}");
            assert_eq!(
                of_known.masked().replace(VERA.phone, "…"),
                of_unknown.masked().replace(unknown, "…"),
                "try {number}"
            );
            assert_eq!(names(&of_known), names(&of_unknown), "headers of try {number}");
        }
        assert!(one.cookie("sid").is_none() && two.cookie("sid").is_none());
    })
    .await;
}

/// The names of an answer's headers, sorted, and the length that the answer has.
fn names(page: &Page) -> Vec<String> {
    let mut names: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_address_and_its_network_must_wait_after_many_failures() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        for host in 1..=5 {
            let mut browser = app.browser().at(&format!("203.0.113.{host}"));
            browser.get("/sign-in").await;
            for number in 0..20 {
                let login = format!("+7900{host:03}{number:04}");
                let page = browser.post("/sign-in", &[("login", &login), ("password", WRONG)]).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let page = browser.post("/sign-in", &[("login", VERA.phone), ("password", PASSWORD)]).await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "the 21st from 203.0.113.{host}");
            assert_eq!(page.header("retry-after"), "600");
            assert!(page.incident().is_some());
        }
        let page = sign_in(&mut app.browser().at("203.0.113.200"), VERA.phone, PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "the network of 256 is full");
        let page = sign_in(&mut app.browser().at("203.0.114.1"), VERA.phone, PASSWORD).await;
        assert_eq!(page.location(), Some("/cabinet"), "others are not concerned");
        app.advance(Span::minutes(10));
        let page = sign_in(&mut app.browser().at("203.0.113.200"), VERA.phone, PASSWORD).await;
        assert_eq!(page.location(), Some("/cabinet"), "and later it is open again");
    })
    .await;
}

#[tokio::test]
async fn after_signing_in_one_goes_back_to_own_pages_only() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        for (back, place) in [
            ("/cabinet/security", "/cabinet/security"),
            ("/cabinet/security/sessions", "/cabinet/security/sessions"),
            ("", "/cabinet"),
            ("//evil.example", "/cabinet"),
            ("///evil.example", "/cabinet"),
            ("/\\evil.example", "/cabinet"),
            ("\\/evil.example", "/cabinet"),
            ("https://evil.example/", "/cabinet"),
            ("https:evil.example", "/cabinet"),
            ("javascript:alert(1)", "/cabinet"),
            ("/\t/evil.example", "/cabinet"),
            ("/a\r\nSet-Cookie: x=y", "/cabinet"),
            ("/%2f/evil.example", "/cabinet"),
            ("/..//evil.example", "/cabinet"),
            ("@evil.example", "/cabinet"),
            ("/sign-out", "/cabinet"),
        ] {
            let mut browser = app.browser();
            browser.get("/sign-in").await;
            let fields = [("login", IGOR.email), ("password", PASSWORD), ("back", back)];
            let page = browser.post("/sign-in", &fields).await;
            assert_eq!(page.location(), Some(place), "{back:?}");
        }
        // The form carries the place from the address, also through a mistake.
        let mut browser = app.browser();
        let page = browser.open("/cabinet/profile").await;
        assert_eq!(page.path, "/sign-in?back=/cabinet/profile");
        let back = page.value("back").expect("the place");
        let page =
            browser.post("/sign-in", &[("login", IGOR.email), ("password", WRONG), ("back", &back)]).await;
        let back = page.value("back").expect("the place, still");
        let page =
            browser.post("/sign-in", &[("login", IGOR.email), ("password", PASSWORD), ("back", &back)]).await;
        assert_eq!(page.location(), Some("/cabinet/profile"));
        assert_eq!(
            browser.get("/sign-in?back=//evil.example").await.location(),
            Some("/cabinet"),
            "also when signed in already"
        );
    })
    .await;
}

#[tokio::test]
async fn failures_are_remembered_over_a_restart_and_by_a_second_instance() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        fail(&mut app.browser(), VERA.phone, 3).await;
        let second = app.again().await;
        assert!(
            fail(&mut second.browser(), VERA.phone, 2).await.asks("challenge_token"),
            "three here and two there"
        );
        let page = sign_in(&mut app.browser(), VERA.phone, PASSWORD).await;
        assert!(page.asks("challenge_token") && page.status == StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
