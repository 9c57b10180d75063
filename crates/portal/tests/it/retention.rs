//! The retention table (docs/retention.md): each line deletes what is over, at its time, and nothing else.

use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, VERA, begin, can_sign_in, registered, sign_in, twice,
};
use kernel::Span;
use std::collections::BTreeMap;
use testkit::app::TestApp;
use testkit::db::each_engine;

const TABLES: [&str; 13] = [
    "device",
    "account",
    "login",
    "contact",
    "consent",
    "session",
    "code",
    "registration",
    "recovery",
    "sign_in_guard",
    "throttle",
    "message",
    "challenge_spent",
];

async fn counts(app: &TestApp) -> BTreeMap<&'static str, i64> {
    let mut counts = BTreeMap::new();
    for table in TABLES {
        counts.insert(table, app.rows(table).await);
    }
    counts
}

#[tokio::test]
async fn everything_has_its_end_and_accounts_have_none() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        registered(&app, &IGOR).await;
        begin(&mut app.browser(), &VERA).await;
        let mut recovering = app.browser();
        recovering.get("/recover").await;
        recovering.send("/recover", &[("login", IGOR.email)]).await;
        let mut stranger = app.browser();
        let mut page = stranger.get("/sign-in").await;
        for _ in 0..6 {
            let fields = [("login", ANNA.phone), ("password", "Oshibka-2026!x")];
            page = if page.asks("challenge_token") {
                stranger.post_solved(&page, "/sign-in", &fields).await
            } else {
                stranger.post("/sign-in", &fields).await
            };
        }
        let mut kept = app.browser();
        kept.get("/sign-in").await;
        kept.post("/sign-in", &[("login", IGOR.email), ("password", PASSWORD), ("remember", "on")]).await;
        app.run_jobs().await;
        let before = counts(&app).await;
        for (table, count) in &before {
            assert!(*count > 0, "the scenario fills {table}");
        }
        // While everything is alive nothing goes but what has had its turn.
        app.advance(Span::minutes(9));
        app.run_jobs().await;
        assert_eq!(counts(&app).await, before);

        // Ten minutes and a bit: the challenge is over. Everything else of a day is there.
        app.advance(Span::minutes(12));
        app.run_jobs().await;
        let mut expected = before.clone();
        expected.insert("challenge_spent", 0);
        let now = counts(&app).await;
        assert!(now["throttle"] <= before["throttle"]);
        expected.insert("throttle", now["throttle"]);
        assert_eq!(now, expected);

        // After a day: drafts, and the counters of the day.
        app.advance(Span::hours(25));
        app.run_jobs().await;
        let now = counts(&app).await;
        assert_eq!((now["registration"], now["throttle"]), (0, 0));
        for table in ["recovery", "code", "message", "session", "account"] {
            assert_eq!(now[table], before[table], "{table} after a day");
        }
        // After two days the wrong passwords, after nine codes and recoveries (seven days after their end).
        app.advance(Span::hours(25));
        app.run_jobs().await;
        assert_eq!(counts(&app).await["sign_in_guard"], 0);
        app.advance(Span::days(7));
        app.run_jobs().await;
        let now = counts(&app).await;
        assert_eq!((now["code"], now["recovery"]), (0, 0));
        assert_eq!((now["message"], now["session"]), (before["message"], before["session"]));
        // After a month messages and ordinary sessions; a remembered session may live for a year.
        app.advance(Span::days(23));
        app.run_jobs().await;
        let now = counts(&app).await;
        assert_eq!((now["message"], now["session"]), (0, 1));
        app.advance(Span::days(400));
        app.run_jobs().await;
        let now = counts(&app).await;
        assert_eq!((now["session"], now["device"]), (0, 0));
        for table in ["account", "login", "contact", "consent"] {
            assert_eq!(now[table], before[table], "{table} for ever");
        }
        assert!(
            can_sign_in(&app, ANNA.phone, PASSWORD).await && can_sign_in(&app, IGOR.email, PASSWORD).await
        );
        app.run_jobs().await;
        let jobs = app.number("SELECT COUNT(*) FROM job WHERE state <> 'done'", &[]).await;
        assert_eq!(jobs, 0, "no job is left over or dead");
    })
    .await;
}

#[tokio::test]
async fn jobs_that_are_done_go_after_a_week() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        app.run_jobs().await;
        let sent = |app: &TestApp| {
            let app = app.app.clone();
            async move {
                app.read(|tx| {
                    Ok(tx.one("SELECT COUNT(*) FROM job WHERE kind = 'message.send'", &[], |row| {
                        row.get::<i64>(0)
                    })?)
                })
                .await
            }
        };
        assert_eq!(sent(&app).await.expect("an answer"), 1);
        app.advance(Span::days(6));
        app.run_jobs().await;
        assert_eq!(sent(&app).await.expect("an answer"), 1);
        app.advance(Span::days(2));
        app.run_jobs().await;
        assert_eq!(sent(&app).await.expect("an answer"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_that_waits_for_its_password_is_not_swept_away() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &IGOR).await;
        app.advance(Span::minutes(2));
        let mut browser = app.browser();
        browser.get("/recover").await;
        browser.send("/recover", &[("login", IGOR.email)]).await;
        let code = app.mail_code(IGOR.email).await;
        for _ in 0..23 {
            app.advance(Span::hours(1));
            app.run_jobs().await;
        }
        assert_eq!(browser.send("/recover/code", &[("code", &code)]).await.path, "/recover/password");
        app.run_jobs().await;
        assert_eq!(browser.send("/recover/password", &twice(OTHER_PASSWORD)).await.path, "/cabinet");
        assert_eq!(
            sign_in(&mut app.browser(), IGOR.email, OTHER_PASSWORD).await.location(),
            Some("/cabinet")
        );
    })
    .await;
}
