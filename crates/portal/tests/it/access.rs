//! The access table (checklist 7.1): every route with its rule, walked row by row.

use crate::people::{VERA, registered};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use portal::staff::Right;
use portal::web::routes::Access::{self, Anyone, Demo, Member, Program, SignedIn, Staff};
use testkit::app::{Browser, TestApp, config};
use testkit::db;

/// What the portal answers, and to whom. A new route is added here by hand, after thinking about its rule.
pub const EXPECTED: &[(&str, &str, Access)] = &[
    ("GET", "/", Anyone),
    ("GET", "/help", Anyone),
    ("GET", "/legal/{document}", Anyone),
    ("GET", "/offline", Anyone),
    ("POST", "/preferences", Anyone),
    ("GET", "/manifest.webmanifest", Anyone),
    ("GET", "/sw.js", Anyone),
    ("GET", "/assets/{version}/{*name}", Anyone),
    ("GET", "/dev/components", Demo),
    ("GET", "/register", Anyone),
    ("POST", "/register", Anyone),
    ("POST", "/register/discard", Anyone),
    ("GET", "/register/code", Anyone),
    ("POST", "/register/code", Anyone),
    ("POST", "/register/code/send", Anyone),
    ("POST", "/register/code/later", Anyone),
    ("GET", "/register/link/{token}", Anyone),
    ("POST", "/register/link/{token}", Anyone),
    ("GET", "/register/taken", Anyone),
    ("POST", "/register/taken", Anyone),
    ("GET", "/register/password", Anyone),
    ("POST", "/register/password", Anyone),
    ("GET", "/sign-in", Anyone),
    ("POST", "/sign-in", Anyone),
    ("GET", "/sign-in/second", Anyone),
    ("POST", "/sign-in/second", Anyone),
    ("POST", "/sign-in/second/start", Anyone),
    ("GET", "/confirm", SignedIn),
    ("GET", "/cabinet/security/factors", SignedIn),
    ("POST", "/cabinet/security/factors/rename", SignedIn),
    ("POST", "/cabinet/security/factors/remove", SignedIn),
    ("POST", "/cabinet/security/factors/distrust", SignedIn),
    ("GET", "/cabinet/security/factors/app", SignedIn),
    ("POST", "/cabinet/security/factors/app", SignedIn),
    ("GET", "/cabinet/security/factors/sms", SignedIn),
    ("POST", "/cabinet/security/factors/sms", SignedIn),
    ("POST", "/cabinet/security/factors/sms/code", SignedIn),
    ("GET", "/cabinet/security/factors/codes", SignedIn),
    ("POST", "/cabinet/security/factors/codes", SignedIn),
    ("POST", "/cabinet/security/factors/codes/file", SignedIn),
    ("POST", "/confirm", SignedIn),
    ("POST", "/confirm/start", SignedIn),
    ("POST", "/sign-out", Anyone),
    ("GET", "/recover", Anyone),
    ("POST", "/recover", Anyone),
    ("GET", "/recover/code", Anyone),
    ("POST", "/recover/code", Anyone),
    ("POST", "/recover/code/send", Anyone),
    ("GET", "/recover/password", Anyone),
    ("POST", "/recover/password", Anyone),
    ("GET", "/recover/second", Anyone),
    ("POST", "/recover/second", Anyone),
    ("POST", "/recover/second/start", Anyone),
    ("GET", "/recover/proofing", Anyone),
    ("GET", "/recover/saved-code", Anyone),
    ("POST", "/recover/saved-code", Anyone),
    ("GET", "/recover/access-code", Anyone),
    ("POST", "/recover/access-code", Anyone),
    ("GET", "/recover/wait", Anyone),
    ("POST", "/recover/wait", Anyone),
    ("GET", "/recover/restart", Anyone),
    ("POST", "/recover/restart", Anyone),
    ("GET", "/recover/cancel/{token}", Anyone),
    ("POST", "/recover/cancel/{token}", Anyone),
    ("GET", "/cabinet/security/recovery", SignedIn),
    ("POST", "/cabinet/security/recovery", SignedIn),
    ("GET", "/cabinet/security/data", SignedIn),
    ("POST", "/cabinet/security/data", SignedIn),
    ("GET", "/cabinet/security/delete", SignedIn),
    ("POST", "/cabinet/security/delete", SignedIn),
    ("GET", "/goodbye", Anyone),
    ("GET", "/cabinet/security/contacts", SignedIn),
    ("GET", "/cabinet/security/contacts/add-phone", SignedIn),
    ("POST", "/cabinet/security/contacts/add-phone", SignedIn),
    ("GET", "/cabinet/security/contacts/add-email", SignedIn),
    ("POST", "/cabinet/security/contacts/add-email", SignedIn),
    ("GET", "/cabinet/security/contacts/one/{contact}", SignedIn),
    ("POST", "/cabinet/security/contacts/one/{contact}", SignedIn),
    ("GET", "/cabinet/security/contacts/replace/{contact}", SignedIn),
    ("POST", "/cabinet/security/contacts/replace/{contact}", SignedIn),
    ("GET", "/cabinet/security/contacts/code", SignedIn),
    ("POST", "/cabinet/security/contacts/code", SignedIn),
    ("POST", "/cabinet/security/contacts/code/send", SignedIn),
    ("POST", "/cabinet/security/contacts/cancel", SignedIn),
    ("GET", "/cabinet/security/contacts/taken", SignedIn),
    ("POST", "/cabinet/security/contacts/taken", SignedIn),
    ("GET", "/contacts/link/{token}", Anyone),
    ("POST", "/contacts/link/{token}", Anyone),
    ("GET", "/undo/{token}", Anyone),
    ("POST", "/undo/{token}", Anyone),
    ("GET", "/cabinet/security/sessions", SignedIn),
    ("POST", "/cabinet/security/sessions/end", SignedIn),
    ("POST", "/cabinet/security/sessions/end-others", SignedIn),
    ("GET", "/n/{token}", Anyone),
    ("POST", "/n/{token}", Anyone),
    ("GET", "/account-closed", Anyone),
    ("GET", "/cabinet/security/lockdown", SignedIn),
    ("POST", "/cabinet/security/lockdown", SignedIn),
    ("GET", "/cabinet/security/restrictions", SignedIn),
    ("POST", "/cabinet/security/restrictions", SignedIn),
    ("GET", "/cabinet/security/devices", SignedIn),
    ("POST", "/cabinet/security/devices/forget", SignedIn),
    ("GET", "/cabinet/notifications", SignedIn),
    ("GET", "/cabinet/notifications/live", SignedIn),
    ("POST", "/cabinet/notifications/read", SignedIn),
    ("POST", "/cabinet/notifications/read-all", SignedIn),
    ("GET", "/cabinet/notifications/settings", SignedIn),
    ("POST", "/cabinet/notifications/settings", SignedIn),
    ("GET", "/cabinet/notifications/browsers", SignedIn),
    ("POST", "/cabinet/notifications/browsers/add", SignedIn),
    ("POST", "/cabinet/notifications/browsers/remove", SignedIn),
    ("GET", "/cabinet", SignedIn),
    ("POST", "/cabinet/tour", SignedIn),
    ("GET", "/cabinet/profile", SignedIn),
    ("POST", "/cabinet/profile/check", SignedIn),
    ("GET", "/cabinet/profile/live", SignedIn),
    ("POST", "/cabinet/profile/send", SignedIn),
    ("GET", "/cabinet/documents", SignedIn),
    ("POST", "/cabinet/documents/slot/{slot}", SignedIn),
    ("GET", "/cabinet/documents/scan/{scan}/{part}", SignedIn),
    ("POST", "/cabinet/documents/scan/{scan}/remove", SignedIn),
    ("OPTIONS", "/cabinet/documents/uploads", SignedIn),
    ("POST", "/cabinet/documents/uploads", SignedIn),
    ("HEAD", "/cabinet/documents/uploads/{upload}", SignedIn),
    ("PATCH", "/cabinet/documents/uploads/{upload}", SignedIn),
    ("DELETE", "/cabinet/documents/uploads/{upload}", SignedIn),
    ("POST", "/hooks/registers/{register}", Program),
    ("GET", "/cabinet/profile/section/{section}", SignedIn),
    ("POST", "/cabinet/profile/section/{section}", SignedIn),
    ("GET", "/cabinet/security", SignedIn),
    ("GET", "/cabinet/security/password", SignedIn),
    ("POST", "/cabinet/security/password", SignedIn),
    ("GET", "/cabinet/security/journal", SignedIn),
    ("POST", "/cabinet/security/journal/csv", SignedIn),
    ("POST", "/cabinet/security/journal/proof", SignedIn),
    ("GET", "/sign-in/passkey", Anyone),
    ("POST", "/sign-in/passkey", Anyone),
    ("GET", "/cabinet/security/passkeys", SignedIn),
    ("POST", "/cabinet/security/passkeys", SignedIn),
    ("GET", "/cabinet/security/passkeys/new", SignedIn),
    ("POST", "/cabinet/security/passkeys/new", SignedIn),
    ("GET", "/sign-in/qr", Anyone),
    ("POST", "/sign-in/qr", Anyone),
    ("GET", "/sign-in/qr/state", Anyone),
    ("POST", "/sign-in/qr/finish", Anyone),
    ("GET", "/qr/{token}", SignedIn),
    ("POST", "/qr/{token}", SignedIn),
    ("GET", "/journal", Anyone),
    ("GET", "/journal/keys", Anyone),
    ("GET", "/journal/heads/latest", Anyone),
    ("GET", "/journal/heads/{size}", Anyone),
    ("GET", "/journal/consistency", Anyone),
    ("GET", "/staff/join", Anyone),
    ("POST", "/staff/join", Anyone),
    ("GET", "/staff/join/{token}", Anyone),
    ("GET", "/admin/enter", Member),
    ("POST", "/admin/enter", Member),
    ("POST", "/admin/leave", Member),
    ("GET", "/admin", Staff(Right::Overview)),
    ("GET", "/admin/people", Staff(Right::FindPeople)),
    ("POST", "/admin/people/find", Staff(Right::FindPeople)),
    ("GET", "/admin/people/{card}", Staff(Right::FindPeople)),
    ("POST", "/admin/people/{card}/close", Staff(Right::FindPeople)),
    ("POST", "/admin/people/{card}/reveal", Staff(Right::RevealData)),
    ("POST", "/admin/people/{card}/end-session", Staff(Right::EndSessions)),
    ("POST", "/admin/people/{card}/end-sessions", Staff(Right::EndSessions)),
    ("POST", "/admin/people/{card}/clear-throttle", Staff(Right::ClearThrottle)),
    ("POST", "/admin/people/{card}/issue-code", Staff(Right::IssueCode)),
    ("POST", "/admin/people/{card}/lock", Staff(Right::LockAccounts)),
    ("POST", "/admin/people/{card}/unlock", Staff(Right::LockAccounts)),
    ("GET", "/admin/jobs", Staff(Right::SeeJobs)),
    ("POST", "/admin/jobs/retry", Staff(Right::RetryJobs)),
    ("POST", "/admin/jobs/retry-kind", Staff(Right::RetryJobs)),
    ("GET", "/admin/connectors", Staff(Right::SeeConnectors)),
    ("GET", "/admin/configuration", Staff(Right::SeeConfiguration)),
    ("GET", "/admin/journal", Staff(Right::SeeJournal)),
    ("GET", "/admin/log", Staff(Right::SeeJournal)),
    ("GET", "/admin/staff", Staff(Right::SeeStaff)),
    ("POST", "/admin/staff/invite", Staff(Right::ManageStaff)),
    ("POST", "/admin/staff/withdraw", Staff(Right::ManageStaff)),
    ("POST", "/admin/staff/role", Staff(Right::ManageStaff)),
    ("POST", "/admin/staff/remove", Staff(Right::ManageStaff)),
];

/// A path with its parameters filled in.
pub fn filled(path: &str) -> String {
    let path =
        path.replace("{document}", "terms").replace("{version}", "x").replace("{*name}", "css/main.css");
    path.replace("{token}", &"A".repeat(43))
        .replace("{section}", "personal")
        .replace("{contact}", "con_01234567890123456789012345")
        .replace("{slot}", "main")
        .replace("{scan}", &format!("scn_{}", "0".repeat(32)))
        .replace("{part}", "clean")
        .replace("{upload}", &format!("upl_{}", "0".repeat(32)))
        .replace("{card}", &format!("opn_{}", "0".repeat(32)))
}

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
        // Steps of something that has not begun lead back to its beginning; what is not there is not found.
        let page = person.get(&filled(path)).await;
        let led =
            page.location().is_some_and(|place| place.starts_with("/cabinet/") && path.starts_with(place));
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
