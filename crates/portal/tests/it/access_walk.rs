//! The access table walked: who gets which page, row by row.

use crate::access::{EXPECTED, filled};
use crate::people::{VERA, registered};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use portal::web::routes::Access::{Anyone, Demo, Member, Program, SignedIn, Staff};
use testkit::app::{Browser, TestApp, config};
use testkit::db;

#[test]
fn the_table_is_the_one_that_was_thought_about() {
    let mut found: Vec<_> = portal::web::routes()
        .rows()
        .iter()
        .map(|row| (row.method, row.path, format!("{:?}", row.access)))
        .collect();
    let mut expected: Vec<_> =
        EXPECTED.iter().map(|(method, path, access)| (*method, *path, format!("{access:?}"))).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn pages_of_the_cabinet_send_strangers_to_sign_in_and_back() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut stranger = app.browser();
    for (method, path, access) in EXPECTED {
        if *access == SignedIn {
            let path = filled(path);
            let page = match *method {
                "GET" => stranger.get(&path).await,
                "POST" => stranger.post(&path, &[]).await,
                other => {
                    let method = Method::from_bytes(other.as_bytes()).expect("a method");
                    stranger.request(method, &path, &[], Body::empty()).await
                }
            };
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{method} {path}");
            assert_eq!(page.location(), Some(format!("/sign-in?back={path}").as_str()), "{method} {path}");
            assert!(!page.says("Вера") && page.body.is_empty(), "{method} {path}");
        }
    }
    // Who is signed in gets the pages.
    let mut person = registered(&app, &VERA).await;
    for (_, path, _) in EXPECTED.iter().filter(|(method, _, access)| *method == "GET" && *access == SignedIn)
    {
        // What has not begun leads back, a new entry leads on to its form; what is not there is not found.
        let page = person.get(&filled(path)).await;
        let place = page.location().filter(|place| place.starts_with("/cabinet/")).unwrap_or("-");
        let led = path.starts_with(place) || place.starts_with("/cabinet/profile/list/");
        let absent = page.status == StatusCode::NOT_FOUND && path.contains('{');
        assert!(page.status == StatusCode::OK || led || absent, "{path}: {}", page.status);
    }
}

#[tokio::test]
async fn open_pages_answer_everybody_and_never_fail() {
    let app = TestApp::new(db::sqlite().await).await;
    for (_, path, _) in EXPECTED.iter().filter(|(method, _, access)| *method == "GET" && *access == Anyone) {
        let page = app.browser().get(&filled(path)).await;
        let fine = page.status == StatusCode::OK
            || page.status == StatusCode::SEE_OTHER
            || page.status == StatusCode::GONE
            // A journal without a head yet has nothing to show, and a proof is between two heads.
            || path.starts_with("/journal/") && page.status.is_client_error();
        assert!(fine, "{path}: {}", page.status);
    }
}

#[tokio::test]
async fn pages_of_demonstrations_exist_in_demonstrations_only() {
    let app = TestApp::new(db::sqlite().await).await;
    let demo = app.again_with(|config| config.demo = true).await;
    for (_, path, _) in EXPECTED.iter().filter(|(_, _, access)| *access == Demo) {
        assert_eq!(app.browser().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(demo.browser().get(path).await.status, StatusCode::OK, "{path}");
    }
}

/// A browser that has a mark and a token, signed in or not.
async fn visitors(app: &TestApp) -> Vec<Browser> {
    let mut stranger = app.browser();
    stranger.get("/help").await;
    vec![stranger, registered(app, &VERA).await]
}

#[tokio::test]
async fn every_act_needs_the_token_of_its_own_page() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut foreign = app.browser();
    foreign.get("/help").await;
    let of_another = format!("csrf={}", foreign.csrf());
    for mut visitor in visitors(&app).await {
        let signed_in = visitor.cookie("sid").is_some();
        for (_, path, access) in EXPECTED.iter().filter(|(method, ..)| *method == "POST") {
            // The workplace does not exist for these visitors; its own tests go through its acts.
            if matches!(access, Member | Staff(_) | Program) || (*access == SignedIn && !signed_in) {
                continue;
            }
            for body in ["", "csrf=", "csrf=AAAA", of_another.as_str()] {
                let page = visitor.post_raw(&filled(path), body).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {body:?}");
                assert!(page.incident().is_some(), "{path}");
            }
        }
    }
    // A browser without a mark has no token that could be right.
    let mut fresh = app.browser();
    assert_eq!(fresh.post_raw("/sign-in", &of_another).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn no_act_can_be_started_by_another_site() {
    let app = TestApp::new(db::sqlite().await).await;
    for mut visitor in visitors(&app).await {
        let signed_in = visitor.cookie("sid").is_some();
        let body = format!("csrf={}", visitor.csrf());
        for (_, path, access) in EXPECTED.iter().filter(|(method, ..)| *method == "POST") {
            // The workplace does not exist for these visitors; its own tests go through its acts.
            if matches!(access, Member | Staff(_) | Program) || (*access == SignedIn && !signed_in) {
                continue;
            }
            for (name, value) in [
                ("origin", "https://evil.example"),
                ("origin", "null"),
                ("origin", "http://localhost:8080.evil.example"),
                ("origin", "http://localhost"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
            ] {
                let headers = [("content-type", "application/x-www-form-urlencoded"), (name, value)];
                let page =
                    visitor.request(Method::POST, &filled(path), &headers, Body::from(body.clone())).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
            }
        }
    }
}

#[tokio::test]
async fn wrong_methods_and_unknown_paths_get_their_pages_with_a_number() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut visitor = app.browser();
    for (method, path, _) in EXPECTED {
        let right = |wrong: &Method| {
            EXPECTED.iter().any(|(right, other, _)| other == path && *right == wrong.as_str())
        };
        let all = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE];
        for wrong in all.into_iter().filter(|wrong| !right(wrong)) {
            let page = visitor.request(wrong.clone(), &filled(path), &[], Body::empty()).await;
            assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{wrong} {path}");
            assert!(page.header("allow").contains(method), "{wrong} {path}: {}", page.header("allow"));
        }
    }
    for path in [
        "/nowhere",
        "/cabinet/",
        "/register/x/y",
        "/.env",
        "/admin",
        "/legal/none",
        "/assets/x/../../Cargo.toml",
        "/%2e%2e/etc/passwd",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        if !path.starts_with("/assets/") {
            assert!(page.incident().is_some_and(|number| number.len() == 14), "{path}: {}", page.text());
        }
    }
}

#[tokio::test]
async fn preferences_are_remembered_and_lead_nowhere_else() {
    let app = TestApp::with(db::sqlite().await, 1, config()).await;
    let mut visitor = app.browser();
    for (back, place) in
        [("/help", "/help"), ("//evil.example", "/"), ("https://evil.example", "/"), ("", "/")]
    {
        let page = visitor.post("/preferences", &[("language", "en"), ("return", back)]).await;
        assert_eq!(page.location(), Some(place), "{back}");
    }
    assert!(visitor.get("/").await.says("<html lang=\"en\""));
    assert_eq!(
        visitor.post("/preferences", &[("language", "xx"), ("return", "/")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(visitor.post("/preferences", &[("colour", "red")]).await.status, StatusCode::BAD_REQUEST);
}
