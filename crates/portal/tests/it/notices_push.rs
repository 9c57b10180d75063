//! Browsers that are told: connecting, what a push says, the faults of push services, whose browser it is.

use crate::journal_coverage::Ledger;
use crate::notices::{FEED, SETTINGS, tell, with_account};
use crate::notices_ways::{since, ways};
use crate::people::{ANNA, IGOR, PASSWORD, Person, VERA, registered, sign_in, words};
use axum::http::StatusCode;
use gateway::push::Pushed;
use kernel::{Lang, Span};
use portal::notifications::Notice;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const BROWSERS: &str = "/cabinet/notifications/browsers";
const ADD: &str = "/cabinet/notifications/browsers/add";
const REMOVE: &str = "/cabinet/notifications/browsers/remove";
/// Keys of a browser: the example of RFC 8291.
const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

async fn connect(browser: &mut Browser, endpoint: &str) -> Page {
    browser.get(BROWSERS).await;
    browser.send(ADD, &[("endpoint", endpoint), ("p256dh", POINT), ("auth", AUTH)]).await
}

fn endpoint(number: usize) -> String {
    format!("https://push.example.org/send/{number}")
}

/// For the coverage of the journal.
pub async fn acts(ledger: &mut Ledger<'_>, app: &TestApp) {
    let lada =
        Person { surname: "Бакенова", first_name: "Лада", phone: "", email: "lada@example.org" };
    let mut lada = registered(app, &lada).await;
    lada.get(SETTINGS).await;
    let fields = [("checks-email", "yes"), ("zone", "Europe/Moscow")];
    ledger.post(&mut lada, SETTINGS, &fields, "notice_settings_changed").await;
    let keys = [("endpoint", "https://push.example.org/lada"), ("p256dh", POINT), ("auth", AUTH)];
    ledger.post(&mut lada, ADD, &keys, "push_added").await;
    let id = lada.get(BROWSERS).await.value("browser").expect("a browser");
    ledger.post(&mut lada, REMOVE, &[("browser", &id)], "push_removed").await;
}

#[tokio::test]
async fn a_connected_browser_is_told_first_and_told_nothing_of_the_person() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        assert!(anna.get(BROWSERS).await.says(&words(Lang::Ru, "notifications-browsers-none")));
        let page = connect(&mut anna, &endpoint(1)).await;
        assert!(page.says(&words(Lang::Ru, "notifications-flash-push-added")), "{}", page.text());
        tell(&app, &account, Notice::ProfileDoubted).await;
        app.run_jobs().await;
        assert_eq!(ways(&app).await, ["push:sent"], "no letter besides");
        let push = app.world.push.accepted().pop().expect("a push");
        let shown: serde_json::Value = serde_json::from_slice(&push.payload).expect("JSON");
        assert_eq!(shown["body"], "Новое сообщение в кабинете: Проверьте данные");
        let text = String::from_utf8_lossy(&push.payload).into_owned();
        for own in [ANNA.surname, ANNA.first_name, ANNA.phone, ANNA.email, "http"] {
            assert!(!text.contains(own), "{own}: {text}");
        }
        // Safety: besides every contact.
        let before = ways(&app).await;
        tell(&app, &account, Notice::PasswordChanged).await;
        app.run_jobs().await;
        assert_eq!(since(&app, &before).await, ["email:sent", "push:sent", "sms:sent"]);
        // Addresses and keys stand nowhere in the open.
        let sealed: Vec<u8> = app
            .app
            .read(|tx| Ok(tx.one("SELECT details FROM push_subscription", &[], |row| row.get(0))?))
            .await
            .expect("a row");
        assert!(!String::from_utf8_lossy(&sealed).contains("push.example.org"));
        assert_eq!(
            app.number("SELECT COUNT(*) FROM journal WHERE record LIKE '%push.example%'", &[]).await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn what_push_services_answer_decides_what_follows() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        let temporary = || Pushed::Temporary { reason: "HTTP 503".into() };
        // (answers in turn, states, browsers left, tries)
        let table: [(&[Pushed], &[&str], i64, usize); 4] = [
            (&[], &["push:sent"], 1, 1),
            (&[temporary(), temporary()], &["push:sent"], 1, 3),
            (&[Pushed::Permanent { reason: "HTTP 413".into() }], &["email:sent", "push:failed"], 1, 1),
            (&[Pushed::Gone], &["email:sent", "push:failed"], 0, 1),
        ];
        for (number, (answers, expected, left, tries)) in table.into_iter().enumerate() {
            connect(&mut anna, &endpoint(1)).await;
            let (before, tried) = (ways(&app).await, app.world.push.attempts());
            for answer in answers {
                app.world.push.plan(answer.clone());
            }
            tell(&app, &account, Notice::ProfileStuck).await;
            for _ in 0..=answers.len() {
                app.run_jobs().await;
                app.advance(Span::minutes(5));
            }
            assert_eq!(since(&app, &before).await, *expected, "row {number}");
            assert_eq!(app.rows("push_subscription").await, left, "row {number}");
            assert_eq!(app.world.push.attempts() - tried, tries, "row {number}");
        }
        // Down for good: given up after the tries, then the letter.
        connect(&mut anna, &endpoint(1)).await;
        for _ in 0..20 {
            app.world.push.plan(temporary());
        }
        let before = ways(&app).await;
        tell(&app, &account, Notice::ProfileStuck).await;
        for _ in 0..20 {
            app.run_jobs().await;
            app.advance(Span::minutes(70));
        }
        assert_eq!(since(&app, &before).await, ["email:sent", "push:failed"]);
    })
    .await;
}

#[tokio::test]
async fn a_browser_belongs_to_who_asked_last_and_falls_silent_with_the_session() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut anna, account) = with_account(&app, &ANNA).await;
        connect(&mut anna, &endpoint(1)).await;
        connect(&mut anna, &endpoint(1)).await;
        assert_eq!(app.rows("push_subscription").await, 1, "connecting again is nothing new");
        // Somebody else signs in on the same computer and connects it: Anna's messages do not come there any more.
        let (mut igor, other) = with_account(&app, &IGOR).await;
        connect(&mut igor, &endpoint(1)).await;
        assert_eq!(app.rows("push_subscription").await, 1);
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        assert!(app.world.push.accepted().is_empty());
        // Igor signs out: the browser is told nothing, though the row is there until the sweep.
        igor.get("/cabinet").await;
        igor.send("/sign-out", &[]).await;
        tell(&app, &other, Notice::ProfileStuck).await;
        app.run_jobs().await;
        assert!(app.world.push.accepted().is_empty());
        app.advance(Span::hours(2));
        app.run_jobs().await;
        assert_eq!(app.rows("push_subscription").await, 0);
        // A session that only ran out leaves its browser told.
        sign_in(&mut anna, ANNA.email, PASSWORD).await;
        connect(&mut anna, &endpoint(2)).await;
        app.advance(Span::days(2));
        tell(&app, &account, Notice::ProfileStuck).await;
        app.run_jobs().await;
        assert_eq!(app.world.push.accepted().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn strange_addresses_broken_keys_and_too_many_browsers_are_refused() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (mut vera, _) = with_account(&app, &VERA).await;
        for strange in [
            "http://push.example.org/x",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/x",
            "https://10.1.2.3/x",
            "https://user@push.example.org/x",
            "",
            "file:///etc/passwd",
        ] {
            let page = connect(&mut vera, strange).await;
            assert!(
                page.says(&words(Lang::Ru, "notifications-flash-push-strange")),
                "{strange}: {}",
                page.text()
            );
        }
        let bad = [("endpoint", "https://push.example.org/x"), ("p256dh", "AAAA"), ("auth", AUTH)];
        assert_eq!(vera.post(ADD, &bad).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(app.rows("push_subscription").await, 0);
        let most = usize::try_from(app.app.config().push.browsers).expect("a number");
        for number in 0..most {
            connect(&mut vera, &endpoint(number)).await;
        }
        let page = connect(&mut vera, &endpoint(most)).await;
        assert!(page.says(&words(Lang::Ru, "notifications-flash-push-full")), "{}", page.text());
        assert_eq!(app.rows("push_subscription").await, i64::try_from(most).expect("a number"));
        // Nobody disconnects the browser of somebody else.
        let id = vera.get(BROWSERS).await.value("browser").expect("a browser");
        let (mut igor, _) = with_account(&app, &IGOR).await;
        igor.get(BROWSERS).await;
        assert_eq!(igor.post(REMOVE, &[("browser", &id)]).await.status, StatusCode::NOT_FOUND);
        let page = vera.send(REMOVE, &[("browser", &id)]).await;
        assert!(page.says(&words(Lang::Ru, "notifications-flash-push-removed")), "{}", page.text());
        assert_eq!(vera.post(REMOVE, &[("browser", &id)]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_portal_without_push_does_not_offer_it() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    let without = app.again_over(|gateways| gateways.push = None).await;
    let mut vera = registered(&without, &VERA).await;
    assert!(!vera.get(SETTINGS).await.body.contains(BROWSERS));
    assert_eq!(vera.get(BROWSERS).await.status, StatusCode::NOT_FOUND);
    assert_eq!(vera.get(FEED).await.status, StatusCode::OK);
}
