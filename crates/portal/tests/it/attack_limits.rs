//! What whoever guesses learns from pages, counters and times, and what a request does whose session ended beside it.

use crate::factors::bind as bind_kind;
use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, VERA, can_sign_in, is_in, registered, sign_in, twice,
};
use crate::recovery_proofs::{access_code, bind, enter, newest, prove_mail};
use crate::staff::{at_desk, portal as office};
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use kernel::Span;
use portal::factors::{self, Kind};
use portal::safety::{By, Restriction, lock_down};
use portal::sessions::{self, End};
use portal::staff::Role;
use std::convert::Infallible;
use store::params;
use testkit::app::{Browser, Page, TestApp, encode};
use testkit::db::each_engine;

/// A portal whose visitors come from outside, with a small limit of failures for one address.
async fn outside(db: testkit::db::TestDb, failures: i64) -> TestApp {
    TestApp::new(db)
        .await
        .again_with(|config| {
            config.limits.sign_in_failures_per_address.count = failures;
            config.limits.recoveries_per_address.count = failures;
            (config.sign_in.challenge_after, config.sign_in.lock_after) = (100, 200);
        })
        .await
}

#[tokio::test]
async fn a_right_password_that_a_ban_refuses_counts_for_its_address_like_a_wrong_one() {
    each_engine(|db| async {
        let app = outside(db, 3).await;
        registered(&app, &VERA).await;
        let id = newest(&app).await;
        let now = app.now();
        let sql = "INSERT INTO restriction (account_id, kind, set_at) VALUES ($1, $2, $3)";
        let word = Restriction::NoPassword.word();
        app.app.write(move |tx| Ok(tx.exec(sql, params![&id, word, now])?)).await.expect("a ban");
        for (address, password) in [("198.51.100.1", PASSWORD), ("203.0.113.1", "Oshibka-2026!x")] {
            for _ in 0..3 {
                let page = sign_in(&mut app.browser().at(address), VERA.phone, password).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let page = sign_in(&mut app.browser().at(address), VERA.phone, password).await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn addresses_of_one_ipv6_customer_share_their_limits() {
    each_engine(|db| async {
        let app = outside(db, 3).await;
        let from = |app: &TestApp, host: &str| app.browser().at(&format!("2001:db8:1:2::{host}"));
        for host in ["1", "2:1", "ffff:2:3"] {
            let page = sign_in(&mut from(&app, host), VERA.phone, PASSWORD).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let page = sign_in(&mut from(&app, "4"), VERA.phone, PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        let page = sign_in(&mut app.browser().at("2001:db8:1:3::1"), VERA.phone, PASSWORD).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the neighbour's own limit");
        for number in 0..4 {
            let mut lost = from(&app, &format!("a{number}"));
            lost.get("/recover").await;
            let page = lost.post("/recover", &[("login", ANNA.phone)]).await;
            assert_eq!(page.status == StatusCode::TOO_MANY_REQUESTS, number == 3, "{number}");
        }
    })
    .await;
}

/// A code on paper with this login, as a page without what is different by chance.
async fn paper(browser: &mut Browser, path: &str, login: &str, code: &str) -> (StatusCode, String, usize) {
    let page = browser.post(path, &[("login", login), ("code", code)]).await;
    let cookies = page.headers.get_all("set-cookie").iter().count();
    (page.status, page.masked().replace(login, "LOGIN"), cookies)
}

#[tokio::test]
async fn codes_on_paper_answer_known_and_unknown_logins_with_the_same_bytes_to_the_last_try() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        registered(&app, &IGOR).await;
        let (with_codes, closed) = (newest(&app).await, ANNA);
        registered(&app, &closed).await;
        let shut = newest(&app).await;
        let (ctx, config) = (app.app.job_ctx(), app.app.config_arc());
        app.app.write(move |tx| lock_down(tx, &ctx, &config, &shut, By::Owner)).await.expect("closed");
        bind(&app, &with_codes).await;
        access_code(&app, &with_codes).await;
        crate::recovery_proofs::saved_code(&app, &with_codes).await;
        let logins = [VERA.phone, IGOR.email, closed.phone, "+79990001122", "nobody@example.org"];
        let saved = "0000-0000-0000-0000";
        for (path, code) in [("/recover/saved-code", saved), ("/recover/access-code", "0000-0000-0000")] {
            let mut browsers: Vec<Browser> = Vec::new();
            for _ in logins {
                let mut browser = app.browser();
                browser.get(path).await;
                browsers.push(browser);
            }
            for number in 0..12 {
                let mut answers = Vec::new();
                for (browser, login) in browsers.iter_mut().zip(logins) {
                    answers.push(paper(browser, path, login, code).await);
                }
                assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{path} {number}: {answers:#?}");
                assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
            }
            app.advance(Span::days(1));
        }
    })
    .await;
}

#[tokio::test]
async fn who_recovers_does_not_lock_the_owner_out_on_a_known_device() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut owner = registered(&app, &IGOR).await;
        owner.post("/sign-out", &[]).await;
        let id = newest(&app).await;
        bind(&app, &id).await;
        app.advance(Span::minutes(5));
        let mut thief = app.browser();
        assert_eq!(prove_mail(&app, &mut thief, IGOR.email).await.path, "/recover/second");
        thief.get("/recover/wait").await;
        for _ in 0..12 {
            thief.post("/recover/wait", &[("password", "Oshibka-2026!x")]).await;
        }
        let page = sign_in(&mut owner, IGOR.email, PASSWORD).await;
        assert_eq!(page.location(), Some("/sign-in/second"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_code_of_staff_ends_the_factors_that_were_lost() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let id = newest(&app).await;
        bind(&app, &id).await;
        app.advance(Span::minutes(5));
        let code = access_code(&app, &id).await;
        let (mut browser, _) = enter(&app, &code).await;
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert!(
            can_sign_in(&app, IGOR.email, OTHER_PASSWORD).await,
            "whoever has the old factor has nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_recovery_without_a_factor_opens_only_the_way_to_one_where_it_is_required() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        let id = newest(&app).await;
        bind(&app, &id).await;
        let obliged = id.clone();
        app.app.write(move |tx| factors::oblige(tx, &obliged, "test")).await.expect("obliged");
        app.advance(Span::minutes(5));
        let code = access_code(&app, &id).await;
        let (mut browser, _) = enter(&app, &code).await;
        browser.send("/recover/password", &twice(OTHER_PASSWORD)).await;
        assert_eq!(browser.get("/cabinet").await.location(), Some(portal::factors::web::PAGE));
    })
    .await;
}

/// Sends a form whose last byte comes only after `meanwhile`.
async fn slowly(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    meanwhile: impl Future<Output = ()> + Send + 'static,
) -> Page {
    let mut all = fields.to_vec();
    let csrf = browser.csrf().to_owned();
    all.push(("csrf", &csrf));
    let body = encode(&all);
    let (first, last) = body.split_at(body.len() - 1);
    let (first, last) = (Bytes::from(first.to_owned()), Bytes::from(last.to_owned()));
    let parts = async_stream(first, last, meanwhile);
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    browser.request(Method::POST, path, &kind, parts).await
}

fn async_stream(first: Bytes, last: Bytes, meanwhile: impl Future<Output = ()> + Send + 'static) -> Body {
    use futures_util::{StreamExt, stream};
    let rest = stream::once(async move {
        meanwhile.await;
        Ok::<_, Infallible>(last)
    });
    Body::from_stream(stream::iter([Ok(first)]).chain(rest))
}

#[tokio::test]
async fn a_session_that_ends_while_its_form_still_comes_acts_no_more() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut owner = registered(&app, &VERA).await;
        let id = crate::factors::account(&app).await;
        owner.get("/cabinet/security/recovery").await;
        let (portal, account) = (app.app.clone(), id.clone());
        let end = async move {
            let (ctx, ended) = (portal.job_ctx(), account.clone());
            let done = portal.write(move |tx| sessions::end_all(tx, &ctx, &ended, None, End::Lockdown)).await;
            done.expect("ended");
            portal.sessions().forget(&account);
        };
        let page = slowly(&mut owner, "/cabinet/security/recovery", &[], end).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.text());
        assert_eq!(app.rows("saved_code").await, 0);
        assert!(!is_in(&mut owner).await);
        // A session that goes on takes its time.
        sign_in(&mut owner, VERA.phone, PASSWORD).await;
        owner.get("/cabinet/security/recovery").await;
        let page = slowly(&mut owner, "/cabinet/security/recovery", &[], async {}).await;
        assert_eq!((page.status, app.rows("saved_code").await), (StatusCode::OK, 1));
        bind_kind(&app, Kind::Totp).await;
    })
    .await;
}

#[tokio::test]
async fn invitations_of_an_administrator_end_with_the_membership() {
    each_engine(|db| async {
        let app = office(db).await;
        let mut vera = at_desk(&app, &VERA, Role::Admin).await;
        app.advance(Span::seconds(1));
        let mut anna = at_desk(&app, &ANNA, Role::Admin).await;
        anna.get("/admin/staff").await;
        let page =
            anna.send("/admin/staff/invite", &[("email", "again@example.org"), ("role", "admin")]).await;
        assert_eq!(page.path, "/admin/staff", "{}", page.text());
        let open = "SELECT COUNT(*) FROM staff_invitation WHERE used_at IS NULL AND ended_at IS NULL";
        assert_eq!(app.number(open, &[]).await, 1);
        let sql = "SELECT id FROM staff ORDER BY created_at DESC, id DESC LIMIT 1";
        let read = app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get::<String>(0))?)).await;
        let member = read.expect("a member");
        vera.get("/admin/staff").await;
        vera.send("/admin/staff/remove", &[("member", &member)]).await;
        assert_eq!(app.number(open, &[]).await, 0);
    })
    .await;
}
