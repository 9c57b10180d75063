//! The workplace's own pages: queues, figures, connectors, configuration, journal.

use crate::desk::count;
use crate::people::{ANNA, PASSWORD, VERA, registered, sign_in};
use crate::staff::{at_desk, enter, portal, signed_in_with};
use axum::http::StatusCode;
use kernel::Span;
use portal::staff::Role;
use store::{Value, jobs, params};
use testkit::app::TestApp;
use testkit::db::{each_engine, sqlite};

/// Puts dead jobs of two kinds into the table.
pub async fn dead_jobs(app: &TestApp, count: u32) {
    let ctx = app.app.job_ctx();
    app.app
        .write(move |tx| {
            for number in 0..count {
                let kind = if number % 10 == 0 { "rare.kind" } else { "usual.kind" };
                let job = jobs::NewJob {
                    kind,
                    key: None,
                    payload: serde_json::json!({ "secret": "nobody sees this" }),
                    run_at: ctx.now,
                    max_attempts: 1,
                };
                jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
            }
            tx.exec(
                "UPDATE job SET state = 'dead', ended_at = $1, last_reason = 'connection refused'
                 WHERE kind IN ('rare.kind', 'usual.kind')",
                params![ctx.now],
            )?;
            Ok(())
        })
        .await
        .expect("jobs");
}

#[tokio::test]
async fn dead_jobs_are_listed_page_by_page_and_run_again() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        app.run_jobs().await;
        dead_jobs(&app, 120).await;
        let mut seen = std::collections::BTreeSet::new();
        let mut next = Some("/admin/jobs?state=dead&kind=".to_owned());
        let mut pages = 0;
        while let Some(path) = next {
            let page = admin.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
            assert!(!page.says("nobody sees this") && page.says("connection refused"));
            seen.extend(
                page.body
                    .split("<code>")
                    .skip(1)
                    .map(|rest| rest.split('<').next().expect("an id").to_owned()),
            );
            next = page
                .body
                .split("href=\"/admin/jobs?")
                .skip(1)
                .find(|rest| rest.contains("after="))
                .and_then(|rest| rest.split('"').next())
                .filter(|rest| rest.contains("after="))
                .map(|rest| format!("/admin/jobs?{}", rest.replace("&#38;", "&").replace("&amp;", "&")));
            pages += 1;
        }
        assert_eq!((seen.len(), pages), (120, 3));
        let rare = admin.get("/admin/jobs?state=dead&kind=rare.kind").await;
        assert_eq!(rare.body.matches("<code>").count(), 12);
        let job = rare.value("job").expect("a job");
        admin.send("/admin/jobs/retry", &[("job", &job)]).await;
        admin.send("/admin/jobs/retry", &[("job", &job)]).await;
        let dead = "SELECT COUNT(*) FROM job WHERE state = 'dead'";
        assert_eq!(app.number(dead, &[]).await, 119);
        admin.send("/admin/jobs/retry-kind", &[("kind", "usual.kind")]).await;
        assert_eq!(app.number(dead, &[]).await, 11);
        assert_eq!(count(&app, "job_retried").await, 2);
        for path in ["/admin/jobs?state=x", "/admin/jobs?after=x", "/admin/jobs?after=1.x", "/admin/jobs?a=%"]
        {
            assert!(admin.get(path).await.status.is_client_error(), "{path}");
        }
        for state in ["waiting", "done"] {
            assert_eq!(admin.get(&format!("/admin/jobs?state={state}")).await.status, StatusCode::OK);
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_page_shows_what_was_counted() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        registered(&app, &ANNA).await;
        sign_in(&mut app.browser(), ANNA.phone, "Sovsem-ne-tot-1!").await;
        app.advance(Span::minutes(5));
        app.run_jobs().await;
        let figure = |name: &'static str| {
            let name = name.to_owned();
            let app = &app;
            async move {
                app.number("SELECT COALESCE(MAX(value), 0) FROM figure WHERE name = $1", &[Value::from(name)])
                    .await
            }
        };
        assert_eq!(figure("account/open/simplified").await, 2);
        assert_eq!(figure("event/sign_in_failed/hour").await, 1);
        assert!(figure("storage").await > 0);
        let page = admin.get("/admin").await;
        assert!(page.says("Таблицы посчитаны"), "{}", page.text());
        app.advance(Span::hours(2));
        app.run_jobs().await;
        assert_eq!(figure("event/sign_in_failed/hour").await, 0);
        assert_eq!(figure("event/sign_in_failed/day").await, 1);
    })
    .await;
}

#[tokio::test]
async fn connectors_configuration_and_journal_are_shown_without_secrets() {
    let app = portal(sqlite().await).await;
    let app =
        app.again_with(|config| config.mail.password = kernel::Secret::new("hunter2-mail".to_owned())).await;
    let mut admin = at_desk(&app, &VERA, Role::Admin).await;
    let page = admin.get("/admin/connectors").await;
    assert!(page.says("memory"), "{}", page.text());
    let none = app.again_over(|gateways| gateways.voice = None).await;
    assert!(admin.clone().towards(&none).get("/admin/connectors").await.says("Не подключён"));
    let page = admin.get("/admin/configuration").await;
    assert!(page.says("idle_seconds") && !page.says("hunter2-mail"), "{}", page.text());
    assert!(page.says("(hidden)"));
    assert_eq!(admin.get("/admin/journal").await.status, StatusCode::OK);
    portal::audit::jobs::publish(&app.app).await.expect("a head");
    let page = admin.get("/admin/journal").await;
    assert!(page.says("/journal+"), "{}", page.text());
    let english = admin.get("/admin?lang=en").await;
    assert!(english.says("Right now") && english.says("Administrator"));
}

#[tokio::test]
async fn staff_see_that_the_journal_is_whole_and_when_it_is_not() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut admin = at_desk(&app, &VERA, Role::Admin).await;
        app.run_jobs().await;
        for path in ["/admin", "/admin/journal"] {
            let page = admin.get(path).await;
            assert!(page.says("цел, событий: ") && !page.says("журнал нарушен"), "{}", page.text());
        }
        let first = "UPDATE journal SET at = at + 1 WHERE event = 'account_opened'";
        app.app.write(|tx| Ok(tx.exec(first, &[])?)).await.expect("the database answers");
        app.advance(Span::days(1));
        app.run_jobs().await;
        let mut admin = app.browser();
        sign_in(&mut admin, VERA.phone, PASSWORD).await;
        signed_in_with(&app, &mut admin, "pwd otp").await;
        enter(&mut admin).await;
        for path in ["/admin", "/admin/journal"] {
            let page = admin.get(path).await;
            assert!(page.says("журнал нарушен") && page.says("tag--danger"), "{}", page.text());
            assert!(!page.says("цел, событий: "));
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_configuration_is_an_event_of_the_portal() {
    let app = portal(sqlite().await).await;
    let note = async |app: &TestApp| portal::admin::configuration::note(&app.app).await.expect("answers");
    let events = "SELECT COUNT(*) FROM journal WHERE chain = 'portal' AND event = 'configuration_changed'";
    assert!(!note(&app).await && !note(&app).await, "the first start, and the same again");
    let other = app.again_with(|config| config.staff.card_seconds = 600).await;
    assert!(note(&other).await && !note(&other).await);
    app.run_jobs().await;
    assert!(!note(&other).await, "counting figures forgets nothing of it");
    assert_eq!(app.number(events, &[]).await, 1);
}
