//! The workplace: who gets in, with what, for how long, and what each role may do there.

use crate::access;
use crate::people::{ANNA, IGOR, PASSWORD, Person, VERA, registered, sign_in};
use axum::http::{Method, StatusCode};
use kernel::Span;
use portal::staff::{self, Right, Role};
use portal::web::routes::Access;
use store::params;
use testkit::app::{Browser, Page, TestApp, config};
use testkit::db::{each_engine, sqlite};

/// Another person with a phone.
pub const PAVEL: Person =
    Person { surname: "Кормилов", first_name: "Павел", phone: "+79265550011", email: "" };

/// A portal where two factors are enough for staff.
pub async fn portal(db: testkit::db::TestDb) -> TestApp {
    let mut config = config();
    config.staff.strength = staff::Strengths::all(staff::Need::Aal2);
    TestApp::with(db, 1, config).await
}

/// The token of an invitation as the command line prints it.
pub async fn invitation(app: &TestApp, role: Role) -> String {
    let (ctx, settings) = (app.app.job_ctx(), app.app.config().staff.clone());
    let token =
        app.app.write(move |tx| staff::invite(tx, &ctx, &settings, role, None)).await.expect("an invitation");
    token.expose().clone()
}

/// Says that everybody's sessions were begun with these methods.
pub async fn signed_in_with(app: &TestApp, browser: &mut Browser, methods: &'static str) {
    let token = browser.cookie("sid").expect("signed in").to_owned();
    let hash = portal::sessions::hash(&token);
    let account = app
        .app
        .write(move |tx| {
            let account: portal::accounts::AccountId = tx.one(
                "UPDATE session SET methods = $1 WHERE token_hash = $2 RETURNING account_id",
                params![methods, &hash],
                |row| row.get(0),
            )?;
            Ok(account)
        })
        .await
        .expect("the database answers");
    app.app.sessions().forget(&account);
}

/// Lets a signed-in person join and stand before the workplace.
pub async fn join(app: &TestApp, browser: &mut Browser, role: Role) {
    signed_in_with(app, browser, "swk user").await;
    let token = invitation(app, role).await;
    let page = browser.open(&format!("/staff/join/{token}")).await;
    assert_eq!((page.path.as_str(), page.status), ("/staff/join", StatusCode::OK), "{}", page.text());
    let page = browser.send("/staff/join", &[]).await;
    assert_eq!(page.path, "/admin/enter", "{}", page.text());
}

/// Opens the workplace.
pub async fn enter(browser: &mut Browser) -> Page {
    browser.get("/admin/enter").await;
    browser.send("/admin/enter", &[]).await
}

/// A member of staff at the workplace.
pub async fn at_desk(app: &TestApp, person: &Person, role: Role) -> Browser {
    let mut browser = registered(app, person).await;
    join(app, &mut browser, role).await;
    let page = enter(&mut browser).await;
    assert_eq!((page.path.as_str(), page.status), ("/admin", StatusCode::OK), "{}", page.text());
    browser
}

fn filled(path: &str) -> String {
    access::filled(path)
}

async fn ask(browser: &mut Browser, method: &str, path: &str) -> Page {
    if method == "GET" { browser.get(&filled(path)).await } else { browser.post(&filled(path), &[]).await }
}

/// Rows of the access table that are the workplace's.
fn workplace() -> impl Iterator<Item = (&'static str, &'static str, Access)> {
    let rows = access::EXPECTED.iter().copied();
    rows.filter(|(_, _, access)| matches!(access, Access::Member | Access::Staff(_)))
}

#[tokio::test]
async fn for_everybody_else_the_workplace_does_not_exist() {
    let app = portal(sqlite().await).await;
    at_desk(&app, &VERA, Role::Admin).await;
    let mut citizen = registered(&app, &ANNA).await;
    let mut strong = registered(&app, &IGOR).await;
    signed_in_with(&app, &mut strong, "swk user").await;
    let mut stranger = app.browser();
    let mut planted = app.browser();
    planted.plant("staff", &"A".repeat(43));
    assert!(workplace().count() > 5);
    for (method, path, _) in workplace() {
        for browser in [&mut citizen, &mut strong, &mut stranger, &mut planted] {
            let page = ask(browser, method, path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{method} {path}");
            assert!(page.incident().is_some(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn role_by_route() {
    let app = portal(sqlite().await).await;
    let people =
        [(&VERA, Role::Admin), (&ANNA, Role::Support), (&IGOR, Role::Security), (&PAVEL, Role::Auditor)];
    for (person, role) in people {
        let mut browser = at_desk(&app, person, role).await;
        for (method, path, access) in workplace() {
            let Access::Staff(right) = access else { continue };
            let page = ask(&mut browser, method, path).await;
            let refused = page.status == StatusCode::FORBIDDEN;
            assert_eq!(!refused, staff::may(role, right), "{role:?} {method} {path}: {}", page.status);
            assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{role:?} {method} {path}");
        }
        // Other roles' pages are not even named.
        let page = browser.get("/admin").await;
        assert_eq!(page.says("href=\"/admin/staff\""), staff::may(role, Right::SeeStaff), "{role:?}");
    }
}

#[tokio::test]
async fn every_act_needs_the_token_of_its_own_page_and_our_own_origin() {
    let app = portal(sqlite().await).await;
    let mut admin = at_desk(&app, &VERA, Role::Admin).await;
    let mut foreign = app.browser();
    foreign.get("/help").await;
    let of_another = format!("csrf={}", foreign.csrf());
    let own = format!("csrf={}", admin.csrf());
    for (_, path, _) in workplace().filter(|(method, ..)| *method == "POST") {
        let path = filled(path);
        for body in ["", "csrf=", of_another.as_str()] {
            assert_eq!(admin.post_raw(&path, body).await.status, StatusCode::FORBIDDEN, "{path} {body:?}");
        }
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
        let page = admin.request(Method::POST, &path, &headers, own.clone().into()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(admin.get("/admin").await.status, StatusCode::OK, "and the session is untouched");
}

#[tokio::test]
async fn the_workplace_needs_a_strong_and_fresh_sign_in() {
    let app = portal(sqlite().await).await;
    let mut vera = registered(&app, &VERA).await;
    join(&app, &mut vera, Role::Support).await;
    for weak in ["pwd", "pwd trust", "hwk"] {
        signed_in_with(&app, &mut vera, weak).await;
        vera.get("/admin/enter").await;
        assert_eq!(vera.post("/admin/enter", &[]).await.status, StatusCode::FORBIDDEN, "{weak}");
        assert_eq!(vera.get("/admin").await.location(), Some("/admin/enter?back=/admin"), "{weak}");
    }
    signed_in_with(&app, &mut vera, "pwd otp").await;
    app.advance(Span::minutes(6));
    vera.get("/admin/enter").await;
    let page = vera.post("/admin/enter", &[]).await;
    assert_eq!(page.location(), Some("/confirm?back=/admin/enter"));
    let mut again = app.browser();
    sign_in(&mut again, VERA.phone, PASSWORD).await;
    signed_in_with(&app, &mut again, "pwd otp").await;
    assert_eq!(enter(&mut again).await.path, "/admin");
    // A session that becomes weaker (or a rule that becomes stricter) closes the workplace at the next request.
    signed_in_with(&app, &mut again, "pwd").await;
    assert_eq!(again.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
    let strict =
        app.again_with(|config| config.staff.strength.support = staff::Need::PhishingResistant).await;
    signed_in_with(&app, &mut again, "pwd otp").await;
    let mut there = again.clone().towards(&strict);
    assert_eq!(there.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
    signed_in_with(&strict, &mut there, "hwk user").await;
    assert_eq!(there.get("/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_at_the_workplace_ends_by_idleness_and_absolutely() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        app.advance(Span(Span::minutes(15).0 - 1));
        assert_eq!(admin.get("/admin").await.status, StatusCode::OK);
        app.advance(Span::minutes(15));
        assert_eq!(admin.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
        let mut busy = app.browser();
        sign_in(&mut busy, VERA.phone, PASSWORD).await;
        signed_in_with(&app, &mut busy, "pwd otp").await;
        enter(&mut busy).await;
        for _ in 0..(8 * 60 / 10 - 1) {
            app.advance(Span::minutes(10));
            assert_eq!(busy.get("/admin").await.status, StatusCode::OK);
            // The use of the ordinary session is written down behind the answer.
            while app.number("SELECT MAX(seen_at) FROM session", &[]).await < app.now().0 {
                tokio::task::yield_now().await;
            }
        }
        app.advance(Span::minutes(10));
        assert_eq!(busy.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
        // When the ordinary session is over as well, the browser that was at work is told where to sign in.
        app.advance(Span::hours(1));
        assert_eq!(busy.get("/admin").await.location(), Some("/sign-in?back=/admin"));
    })
    .await;
}

#[tokio::test]
async fn the_cookie_of_the_workplace_is_bound_to_its_own_session() {
    let app = portal(sqlite().await).await;
    let admin = at_desk(&app, &VERA, Role::Admin).await;
    let stolen = admin.cookie("staff").expect("the cookie").to_owned();
    // Alone it opens nothing; neither with another session of the same person, nor with a colleague's.
    let mut thief = app.browser();
    thief.plant("staff", &stolen);
    assert_eq!(thief.get("/admin").await.location(), Some("/sign-in?back=/admin"));
    let mut second = app.browser();
    sign_in(&mut second, VERA.phone, PASSWORD).await;
    signed_in_with(&app, &mut second, "pwd otp").await;
    second.plant("staff", &stolen);
    assert_eq!(second.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
    let mut colleague = at_desk(&app, &ANNA, Role::Support).await;
    colleague.plant("staff", &stolen);
    assert_eq!(colleague.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
    // A planted token is never taken over, and a new entry has a new one.
    second.plant("staff", &"B".repeat(43));
    enter(&mut second).await;
    let fresh = second.cookie("staff").expect("the cookie").to_owned();
    assert!(fresh != "B".repeat(43) && fresh != stolen);
    // Signing out of the portal closes the workplace too.
    let mut leaver = second.clone();
    second.post("/sign-out", &[]).await;
    assert_ne!(leaver.get("/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_goes_to_the_workplace_only() {
    let app = portal(sqlite().await).await;
    let mut browser = registered(&app, &VERA).await;
    join(&app, &mut browser, Role::Admin).await;
    let page = browser.post("/admin/enter", &[]).await;
    let cookie = page.header("set-cookie");
    assert!(cookie.contains("Path=/admin; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains("Max-Age"), "{cookie}");
}

#[tokio::test]
async fn membership_and_role_are_asked_at_every_request() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        let mut other = at_desk(&app, &ANNA, Role::Support).await;
        let page = admin.get("/admin/staff").await;
        let id = member_id(&page);
        let changed = admin.send("/admin/staff/role", &[("member", &id), ("role", "auditor")]).await;
        assert_eq!((changed.path.as_str(), changed.status), ("/admin/staff", StatusCode::OK));
        // The session of the former role is over; a new one has the new role.
        assert_eq!(other.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
        enter(&mut other).await;
        assert_eq!(other.get("/admin/staff").await.status, StatusCode::OK, "an auditor may look");
        assert_eq!(other.post("/admin/staff/remove", &[("member", &id)]).await.status, StatusCode::FORBIDDEN);
        admin.get("/admin/staff").await;
        admin.send("/admin/staff/remove", &[("member", &id)]).await;
        assert_eq!(other.get("/admin").await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get("/admin/enter").await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get("/cabinet").await.status, StatusCode::OK, "still a citizen");
    })
    .await;
}

/// The member on the list who can be changed.
fn member_id(page: &Page) -> String {
    page.value("member").unwrap_or_else(|| panic!("nobody to change: {}", page.text()))
}

#[tokio::test]
async fn nobody_changes_their_own_role_and_the_last_administrator_stays() {
    let app = portal(sqlite().await).await;
    let mut admin = at_desk(&app, &VERA, Role::Admin).await;
    let page = admin.get("/admin/staff").await;
    assert!(page.value("member").is_none(), "there is no form for oneself");
    let own = app
        .app
        .read(|tx| Ok(tx.one("SELECT id FROM staff", &[], |row| row.get::<String>(0))?))
        .await
        .expect("the database answers");
    for (path, fields) in [
        ("/admin/staff/role", vec![("member", own.as_str()), ("role", "auditor")]),
        ("/admin/staff/remove", vec![("member", own.as_str())]),
    ] {
        admin.post(path, &fields).await;
        assert_eq!(
            app.number("SELECT COUNT(*) FROM staff WHERE role = 'admin' AND removed_at IS NULL", &[]).await,
            1
        );
    }
    // Managing staff needs a factor given lately.
    app.advance(Span::minutes(6));
    let page = admin.post("/admin/staff/invite", &[("email", "new@example.org"), ("role", "support")]).await;
    assert_eq!(page.location(), Some("/confirm?back=/admin/staff"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_administrators_who_remove_each_other_leave_one() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = at_desk(&app, &VERA, Role::Admin).await;
        let mut anna = at_desk(&app, &ANNA, Role::Admin).await;
        let (hers, other) =
            (member_id(&vera.get("/admin/staff").await), member_id(&anna.get("/admin/staff").await));
        assert_ne!(hers, other);
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                let (mut browser, id) = if number % 2 == 0 {
                    (vera.clone(), hers.clone())
                } else {
                    (anna.clone(), other.clone())
                };
                tokio::spawn(
                    async move { browser.post("/admin/staff/remove", &[("member", &id)]).await.status },
                )
            })
            .collect();
        for task in tasks {
            assert!(task.await.expect("no panic").as_u16() < 500);
        }
        let left = "SELECT COUNT(*) FROM staff WHERE role = 'admin' AND removed_at IS NULL";
        assert_eq!(app.number(left, &[]).await, 1);
    })
    .await;
}

#[tokio::test]
async fn addresses_outside_the_allowed_networks_are_refused() {
    let app = portal(sqlite().await).await;
    let mut admin = at_desk(&app, &VERA, Role::Admin).await;
    let bound = app
        .again_with(|config| config.staff.networks = vec!["127.0.0.0/8".parse().expect("a network")])
        .await;
    let mut inside = admin.clone().towards(&bound);
    assert_eq!(inside.get("/admin").await.status, StatusCode::OK);
    let mut outside = admin.clone().towards(&bound).at("192.0.2.7");
    assert_eq!(outside.get("/admin").await.status, StatusCode::FORBIDDEN);
    assert_eq!(outside.get("/admin/enter").await.status, StatusCode::FORBIDDEN);
    assert_eq!(admin.get("/admin").await.status, StatusCode::OK, "nothing was lost");
}

#[tokio::test]
async fn entries_and_refusals_are_in_the_journal() {
    let app = portal(sqlite().await).await;
    let mut support = at_desk(&app, &VERA, Role::Support).await;
    for _ in 0..3 {
        support.get("/admin/staff").await;
    }
    let of = |event: &'static str| async {
        let event = event.to_owned();
        let sql = "SELECT COUNT(*) FROM journal WHERE event = $1";
        app.number(sql, &[store::Value::from(event)]).await
    };
    assert_eq!(of("staff_refused").await, 1, "equal refusals are written once");
    assert_eq!(of("staff_entered").await, 2, "the portal's journal and the member's own");
    assert_eq!(of("staff_joined").await, 2);
    support.get("/admin").await;
    support.post("/admin/leave", &[]).await;
    assert_eq!(of("staff_left").await, 1);
    assert_eq!(support.get("/admin").await.location(), Some("/admin/enter?back=/admin"));
}
