//! Beginning anew: nothing is left but a contact.

use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, can_sign_in, register, registered, sign_in, words,
};
use crate::recovery_proofs::{bind, newest, prove_mail, totp_code};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const PAGE: &str = "/recover/restart";

/// A browser in which the contact was proved and the factor is missing.
async fn without_factor(app: &TestApp) -> Browser {
    app.advance(Span::minutes(5));
    let mut browser = app.browser();
    assert_eq!(prove_mail(app, &mut browser, IGOR.email).await.path, "/recover/second");
    browser
}

/// Asks for it.
async fn ask(app: &TestApp) -> Page {
    let mut browser = without_factor(app).await;
    assert!(browser.get("/recover/second").await.says("/recover/restart"));
    browser.get(PAGE).await;
    let page = browser.send(PAGE, &[]).await;
    app.run_jobs().await;
    page
}

/// Deletes, as the form of the page does.
async fn delete(app: &TestApp) -> Page {
    let mut browser = without_factor(app).await;
    browser.get(PAGE).await;
    browser.post(PAGE, &[("understood", "on")]).await
}

async fn igor(app: &TestApp) {
    registered(app, &IGOR).await;
    let id = newest(app).await;
    bind(app, &id).await;
}

fn link(app: &TestApp) -> String {
    let letters = app.world.mail.accepted();
    let letter = letters.iter().rev().find(|mail| mail.text.contains("/recover/cancel/")).expect("a letter");
    assert!(letter.text.contains("удалить учётную запись"), "{}", letter.text);
    let at = letter.text.find("/recover/cancel/").expect("a link");
    letter.text[at..].chars().take_while(|sign| !sign.is_whitespace()).collect()
}

#[tokio::test]
async fn after_the_wait_the_account_goes_and_its_contacts_are_free() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        igor(&app).await;
        let page = ask(&app).await;
        assert_eq!((page.path.as_str(), page.status), (PAGE, StatusCode::OK));
        link(&app);
        // Before its time it neither deletes nor opens anything.
        assert_eq!(delete(&app).await.location(), Some(PAGE));
        app.advance(Span::hours(25));
        let mut browser = without_factor(&app).await;
        assert_eq!(
            browser.open("/recover/password").await.path,
            "/recover/second",
            "the wait opens no account"
        );
        browser.get(PAGE).await;
        let page = browser.post(PAGE, &[]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.error_at("understood").is_some());
        assert!(can_sign_in_half(&app).await, "still there");
        let page = browser.post(PAGE, &[("understood", "on")]).await;
        assert!(page.status == StatusCode::OK && page.says("\"/register\""), "{}", page.text());
        assert_ne!(browser.post(PAGE, &[("understood", "on")]).await.status, StatusCode::OK, "once");
        assert!(!can_sign_in_half(&app).await, "no sign-in restores it");
        app.advance(Span::minutes(11));
        app.run_jobs().await;
        let sql = "SELECT COUNT(*) FROM account WHERE status = 'erased'";
        assert_eq!(app.number(sql, &[]).await, 1);
        let mut again = app.browser();
        assert_eq!(register(&app, &mut again, &IGOR, OTHER_PASSWORD).await.path, "/cabinet");
        assert!(can_sign_in(&app, IGOR.email, OTHER_PASSWORD).await);
        assert!(
            portal::audit::verify::verify(&app.app, vec![], portal::audit::verify::Pace::Quick)
                .await
                .expect("the database answers")
                .good
        );
    })
    .await;
}

/// Whether the password still leads to the second step.
async fn can_sign_in_half(app: &TestApp) -> bool {
    let page = sign_in(&mut app.browser(), IGOR.email, PASSWORD).await;
    page.location() == Some("/sign-in/second")
}

#[tokio::test]
async fn a_button_or_a_sign_in_ends_the_wait() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        igor(&app).await;
        ask(&app).await;
        let link = link(&app);
        let mut anybody = app.browser();
        assert!(
            anybody.get(&link).await.says(&words(Lang::Ru, "recovery-cancel-restart-lead")),
            "what is cancelled"
        );
        let page = anybody.post(&link, &[]).await;
        assert!(page.status == StatusCode::OK && page.says(&words(Lang::Ru, "recovery-cancel-restart-done")));
        app.run_jobs().await;
        let letter = app.last_mail(IGOR.email).await.expect("a letter");
        assert_eq!(letter.subject, words(Lang::Ru, "notice-restart-cancelled-subject"));
        app.advance(Span::hours(25));
        assert_eq!(delete(&app).await.location(), Some(PAGE), "cancelled: it is only asked for again");
        app.advance(Span::minutes(5));
        let mut owner = app.browser();
        sign_in(&mut owner, IGOR.email, PASSWORD).await;
        let page = owner.send("/sign-in/second", &[("way", "totp"), ("code", &totp_code(&app))]).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
        app.advance(Span::hours(25));
        assert_eq!(delete(&app).await.location(), Some(PAGE), "made void by the sign-in");
        assert_eq!(app.number("SELECT COUNT(*) FROM account WHERE status = 'open'", &[]).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_proven_identity_staff_and_strangers_cannot_begin_anew() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        assert_eq!(app.browser().open(PAGE).await.path, "/recover");
        igor(&app).await;
        let set = "UPDATE account SET level = 'standard'";
        app.app.write(move |tx| Ok(tx.exec(set, params![])?)).await.expect("the database answers");
        assert_eq!(ask_quietly(&app).await.path, "/recover/proofing");
        let set = "UPDATE account SET level = 'simplified'";
        app.app.write(move |tx| Ok(tx.exec(set, params![])?)).await.expect("the database answers");
        let duty = "INSERT INTO factor_duty (account_id, why) SELECT id, 'staff' FROM account";
        app.app.write(move |tx| Ok(tx.exec(duty, params![])?)).await.expect("the database answers");
        assert_eq!(ask_quietly(&app).await.path, "/recover/proofing");
        assert_eq!(app.rows("recovery_wait").await, 0);
        // Who is nobody, and who has no second factor, never see the page.
        let mut nobody = app.browser();
        nobody.get("/recover").await;
        nobody.send("/recover", &[("login", "nobody@example.org")]).await;
        assert_eq!(nobody.open(PAGE).await.path, "/recover/code");
        app.advance(Span::hours(1));
        registered(&app, &ANNA).await;
        app.advance(Span::minutes(5));
        let mut anna = app.browser();
        prove_mail(&app, &mut anna, ANNA.email).await;
        assert_eq!(anna.open(PAGE).await.path, "/recover/password");
    })
    .await;
}

async fn ask_quietly(app: &TestApp) -> Page {
    let mut browser = without_factor(app).await;
    browser.get(PAGE).await;
    browser.send(PAGE, &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_equal_forms_one_deletes() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        igor(&app).await;
        ask(&app).await;
        app.advance(Span::hours(25));
        let mut browser = without_factor(&app).await;
        browser.get(PAGE).await;
        let tasks = (0..100).map(|_| {
            let mut browser = browser.clone();
            tokio::spawn(async move { browser.post(PAGE, &[("understood", "on")]).await.status })
        });
        let tasks: Vec<_> = tasks.collect();
        let mut done = 0;
        for task in tasks {
            done += usize::from(task.await.expect("a task") == StatusCode::OK);
        }
        assert_eq!(done, 1);
        let events = "SELECT COUNT(*) FROM journal WHERE event = 'closing_started'";
        assert_eq!(app.number(events, &[]).await, 1);
    })
    .await;
}
