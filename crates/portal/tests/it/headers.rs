//! What every answer carries (checklist 8.1, 8.2): headers, cookies, hosts.

use crate::people::{PASSWORD, VERA, register, sign_in};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use testkit::app::{Page, TestApp};
use testkit::db;

fn check(page: &Page) {
    let path = &page.path;
    let csp = page.header("content-security-policy");
    for part in [
        "default-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(csp.contains(part), "{path}: {csp}");
    }
    assert!(!csp.contains("unsafe"), "{path}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{path} {name}");
    }
    assert!(page.header("permissions-policy").contains("camera=()"), "{path}");
    assert_eq!(page.header("x-request-id").len(), 14, "{path}");
    assert!(page.header("server").is_empty() && page.header("x-powered-by").is_empty(), "{path}");
}

#[tokio::test]
async fn every_answer_has_its_safety_headers_whatever_its_status() {
    let app = TestApp::new(db::sqlite().await).await;
    let mut visitor = app.browser();
    let mut pages = Vec::new();
    for path in [
        "/",
        "/register",
        "/sign-in",
        "/recover",
        "/cabinet",
        "/nowhere",
        "/help",
        "/legal/terms",
        "/register/link/x",
        "/sign-in?back=%ff",
    ] {
        pages.push(visitor.get(path).await);
    }
    pages.push(visitor.post("/sign-in", &[("login", ""), ("password", "")]).await);
    pages.push(visitor.post("/sign-in", &[("unknown", "")]).await);
    pages.push(visitor.post_raw("/sign-in", "").await);
    pages.push(visitor.request(Method::DELETE, "/", &[], Body::empty()).await);
    let statuses: std::collections::BTreeSet<u16> = pages.iter().map(|page| page.status.as_u16()).collect();
    for status in [200, 303, 400, 403, 404, 405, 410, 422] {
        assert!(statuses.contains(&status), "{status} of {statuses:?}");
    }
    for page in &pages {
        check(page);
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.path);
    }
    for path in ["/assets/x/css/main.css", "/manifest.webmanifest", "/sw.js"] {
        let file = visitor.get(path).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        check(&file);
    }
}

#[tokio::test]
async fn over_https_every_cookie_is_bound_to_the_host() {
    let app = TestApp::new(db::sqlite().await).await;
    let safe = app.again_with(|config| config.server.public_url = "https://portal.example".into()).await;
    let mut visitor = safe.browser();
    register(&safe, &mut visitor, &VERA, PASSWORD).await;
    let mut lines = Vec::new();
    let mut fresh = safe.browser();
    for page in [
        fresh.get("/").await,
        sign_in(&mut fresh, VERA.phone, PASSWORD).await,
        visitor.post("/sign-out", &[]).await,
    ] {
        assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
        lines.extend(
            page.headers
                .get_all(header::SET_COOKIE)
                .iter()
                .filter_map(|line| line.to_str().ok())
                .map(str::to_owned),
        );
    }
    assert!(lines.len() >= 3, "{lines:?}");
    for line in &lines {
        assert!(line.starts_with("__Host-"), "{line}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(line.contains(part), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    // Names without the prefix are not looked at: another host of the domain could have set them.
    let mut planted = safe.browser();
    let sid = fresh.cookie("sid").expect("a session").to_owned();
    let page = planted
        .request(
            Method::GET,
            "/cabinet",
            &[("cookie", &format!("pristan-sid={sid}; sid={sid}"))],
            Body::empty(),
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn hosts_that_are_not_ours_are_misdirected() {
    let app = TestApp::new(db::sqlite().await).await;
    let safe = app.again_with(|config| {
        config.server.public_url = "https://portal.example".into();
        config.server.hosts = vec!["www.portal.example".into()];
    });
    let safe = safe.await;
    let mut visitor = safe.browser();
    for (host, status) in [
        ("portal.example", StatusCode::OK),
        ("PORTAL.example:443", StatusCode::OK),
        ("www.portal.example", StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("portal.example.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("localhost", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let page = visitor.request(Method::GET, "/", &[("host", host)], Body::empty()).await;
        assert_eq!(page.status, status, "{host:?}");
        check(&page);
    }
    // A loopback portal answers every loopback name.
    let mut local = app.browser();
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
        assert_eq!(
            local.request(Method::GET, "/", &[("host", host)], Body::empty()).await.status,
            StatusCode::OK,
            "{host}"
        );
    }
}
