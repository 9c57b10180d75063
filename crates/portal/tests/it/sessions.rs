//! Sessions: how long they last, who may end them, and that an ended one stays ended.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, is_in, registered, sign_in};
use axum::http::StatusCode;
use kernel::Span;
use testkit::app::{Browser, TestApp};
use testkit::db::each_engine;

async fn signed_in(app: &TestApp, login: &str, remember: bool) -> Browser {
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    let mut fields = vec![("login", login), ("password", PASSWORD)];
    if remember {
        fields.push(("remember", "on"));
    }
    assert_eq!(browser.post("/sign-in", &fields).await.location(), Some("/cabinet"));
    browser
}

/// Opens the cabinet; when it opens, waits until that use is written down, which happens behind the answer.
async fn is_used(app: &TestApp, browser: &mut Browser) -> bool {
    let opened = is_in(browser).await;
    while opened && app.number("SELECT MAX(seen_at) FROM session", &[]).await < app.now().0 {
        tokio::task::yield_now().await;
    }
    opened
}

#[tokio::test]
async fn an_ordinary_session_ends_after_half_an_hour_of_silence() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let (mut busy, mut idle) =
            (signed_in(&app, VERA.phone, false).await, signed_in(&app, VERA.phone, false).await);
        app.advance(Span(Span::minutes(30).0 - 1));
        assert!(is_used(&app, &mut busy).await);
        app.advance(Span(1));
        assert!(!is_in(&mut idle).await && is_in(&mut busy).await);
        assert!(!is_in(&mut idle.clone()).await, "and it does not come back");
    })
    .await;
}

#[tokio::test]
async fn an_ordinary_session_ends_after_twelve_hours_however_busy_and_with_its_window() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let mut busy = signed_in(&app, VERA.phone, false).await;
        for _ in 0..(12 * 60 - 1) / 20 {
            app.advance(Span::minutes(20));
            assert!(is_used(&app, &mut busy).await);
        }
        app.advance(Span::minutes(20));
        assert!(!is_in(&mut busy).await);
        let mut closed = signed_in(&app, VERA.phone, false).await;
        closed.close_window();
        assert!(!is_in(&mut closed).await);
    })
    .await;
}

#[tokio::test]
async fn a_remembered_session_slides_for_thirty_days() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let mut kept = signed_in(&app, VERA.phone, true).await;
        for _ in 0..4 {
            app.advance(Span(Span::days(30).0 - 1));
            kept.close_window();
            assert!(is_used(&app, &mut kept).await);
        }
        let second = app.again().await;
        app.advance(Span(Span::days(30).0 - 1));
        assert!(is_in(&mut kept.clone().towards(&second)).await);
        let mut forgotten = signed_in(&app, VERA.phone, true).await;
        app.advance(Span::days(30));
        assert!(!is_in(&mut forgotten).await);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_server() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        let thief = browser.clone();
        let page = browser.post("/sign-out", &[]).await;
        assert_eq!((page.location(), page.header("clear-site-data")), (Some("/"), "\"cache\""));
        assert!(browser.cookie("sid").is_none());
        assert!(!is_in(&mut thief.clone()).await, "a kept cookie opens nothing");
        assert_eq!(thief.clone().get("/cabinet").await.location(), Some("/sign-in?back=/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn a_planted_session_cookie_is_never_taken_over() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let planted = "A".repeat(43);
        let mut victim = app.browser();
        victim.plant("sid", &planted);
        sign_in(&mut victim, VERA.phone, PASSWORD).await;
        assert_ne!(victim.cookie("sid"), Some(planted.as_str()));
        let mut attacker = app.browser();
        attacker.plant("sid", &planted);
        assert!(is_in(&mut victim).await && !is_in(&mut attacker).await);
        // The token changes at every sign-in; what the database holds opens nothing.
        let first = victim.cookie("sid").map(str::to_owned);
        sign_in(&mut victim, VERA.phone, PASSWORD).await;
        assert_ne!(victim.cookie("sid").map(str::to_owned), first);
        attacker.plant("sid", &first.expect("the session before"));
        assert!(!is_in(&mut attacker).await, "the session that the cookie held before has ended");
        for nonsense in ["", "x", &"é".repeat(43), &"A".repeat(10_000), "%00", "ses_0"] {
            attacker.plant("sid", nonsense);
            assert_eq!(attacker.get("/cabinet").await.status, StatusCode::SEE_OTHER, "{nonsense}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_owner_sees_every_session_and_ends_one_or_all_others() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut own = registered(&app, &ANNA).await;
        let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1";
        let (mut phone, mut third) =
            (app.browser().with_agent(agent).at("198.51.100.7"), signed_in(&app, ANNA.email, true).await);
        sign_in(&mut phone, ANNA.phone, PASSWORD).await;
        app.advance(Span::seconds(2));
        let list = own.get("/cabinet/security/sessions").await;
        for words in ["Firefox, Linux", "Safari, iPhone", "198.51.100.7", "127.0.0.1"] {
            assert!(list.says(words), "{words}: {}", list.text());
        }
        let rows = ids(&list.body);
        assert_eq!(rows.len(), 3);
        let of_phone = list
            .body
            .split("<li")
            .find(|row| row.contains("Safari, iPhone"))
            .map(ids)
            .expect("the phone's row");
        let page = own.send("/cabinet/security/sessions/end", &[("session", &of_phone[0])]).await;
        assert_eq!(page.path, "/cabinet/security/sessions");
        assert!(!is_in(&mut phone).await && is_in(&mut own).await && is_in(&mut third).await);
        let again = own.post("/cabinet/security/sessions/end", &[("session", &of_phone[0])]).await;
        assert!(
            again.status == StatusCode::NOT_FOUND || again.status == StatusCode::SEE_OTHER,
            "{}",
            again.status
        );
        own.send("/cabinet/security/sessions/end-others", &[]).await;
        assert!(is_in(&mut own).await && !is_in(&mut third).await);
        assert_eq!(ids(&own.get("/cabinet/security/sessions").await.body).len(), 1);
    })
    .await;
}

/// The sessions that forms of the list name.
fn ids(html: &str) -> Vec<String> {
    let forms = html.split("name=\"session\" value=\"").skip(1);
    forms.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, mut igor) = (registered(&app, &ANNA).await, registered(&app, &IGOR).await);
        let of_anna = ids(&anna.get("/cabinet/security/sessions").await.body).remove(0);
        igor.get("/cabinet/security/sessions").await;
        for id in [of_anna.as_str(), "", "ses_1", "' OR 1=1 --"] {
            let page = igor.post("/cabinet/security/sessions/end", &[("session", id)]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        }
        igor.post("/cabinet/security/sessions/end-others", &[]).await;
        assert!(is_in(&mut anna).await && is_in(&mut igor).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_ended_on_one_instance_ends_on_the_others_soon() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        if app.db().engine() == store::Engine::Sqlite {
            return; // one instance only; what its own memory does is tested below
        }
        let mut browser = registered(&app, &VERA).await;
        let second = app.again().await;
        let mut elsewhere = browser.clone().towards(&second);
        assert!(is_in(&mut elsewhere).await);
        browser.post("/sign-out", &[]).await;
        app.advance(Span::seconds(1));
        assert!(!is_in(&mut elsewhere).await, "within sessions.cache_millis");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_memory_of_sessions_brings_no_ended_one_back() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        for round in 0..40 {
            let browser = signed_in(&app, VERA.phone, false).await;
            // A minute later every request writes the use down and renews the entry in memory.
            app.advance(Span::seconds(61));
            let readers: Vec<_> = (0..8)
                .map(|_| {
                    let mut reader = browser.clone();
                    tokio::spawn(async move {
                        for _ in 0..3 {
                            reader.get("/cabinet").await;
                        }
                    })
                })
                .collect();
            assert_eq!(browser.clone().post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
            for reader in readers {
                reader.await.expect("no panic");
            }
            app.advance(Span::seconds(2));
            assert!(!is_in(&mut browser.clone()).await, "round {round}");
        }
    })
    .await;
}
