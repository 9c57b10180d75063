//! What somebody tries who got hold of an account for a while, and what is left of it once its owner has closed it.

use crate::contacts::{FRESH_PHONE, add};
use crate::factors::{account, bind, half, shown};
use crate::people::{
    ANNA, IGOR, OTHER_PASSWORD, PASSWORD, Person, VERA, begin, can_sign_in, is_in, registered, sign_in, twice,
};
use crate::recovery_proofs::{self, newest, saved_code};
use crate::safety::{events, recover};
use axum::http::StatusCode;
use kernel::Span;
use portal::accounts::{self, AccountId};
use portal::factors::Kind;
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

const LOCKDOWN: &str = "/cabinet/security/lockdown";

/// The owner closes the account for everybody.
async fn close(browser: &mut Browser) {
    browser.get(LOCKDOWN).await;
    let page = browser.send(LOCKDOWN, &[("understood", "on")]).await;
    assert_eq!(page.path, "/account-closed", "{}", page.text());
}

async fn status(app: &TestApp, account: &AccountId) -> String {
    let id = account.clone();
    let sql = "SELECT status FROM account WHERE id = $1";
    app.app.read(move |tx| Ok(tx.one(sql, params![&id], |row| row.get(0))?)).await.expect("its status")
}

/// Types a saved code and, when that is enough, a new password; the last page.
async fn by_saved_code(app: &TestApp, login: &str, code: &str, password: &str) -> Page {
    let mut browser = app.browser();
    browser.get("/recover/saved-code").await;
    let page = browser.send("/recover/saved-code", &[("login", login), ("code", code)]).await;
    if page.path != "/recover/password" {
        return page;
    }
    browser.send("/recover/password", &twice(password)).await
}

#[tokio::test]
async fn a_saved_code_that_a_thief_made_does_not_end_the_lockdown() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut owner = registered(&app, &VERA).await;
        let id = newest(&app).await;
        app.advance(Span::hours(2));
        // The thief has the session for a minute, and a code for later.
        let code = saved_code(&app, &id).await;
        sign_in(&mut owner, VERA.phone, PASSWORD).await;
        close(&mut owner).await;
        app.advance(Span::minutes(5));
        by_saved_code(&app, VERA.phone, &code, OTHER_PASSWORD).await;
        assert_eq!(status(&app, &id).await, "lockdown");
        app.advance(Span::hours(30));
        by_saved_code(&app, VERA.phone, &code, OTHER_PASSWORD).await;
        assert_eq!(status(&app, &id).await, "lockdown", "not after a wait either");
        assert_eq!(events(&app, "lockdown_lifted").await, 0);
        // The contact opens it after its wait, as ever.
        recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        app.advance(Span::hours(24));
        let (mut back, page) = recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
        assert!(is_in(&mut back).await);
    })
    .await;
}

#[tokio::test]
async fn a_saved_code_from_before_opens_after_the_wait_of_which_every_contact_is_told() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut owner = registered(&app, &IGOR).await;
        let id = newest(&app).await;
        let code = saved_code(&app, &id).await;
        app.advance(Span::days(3));
        sign_in(&mut owner, IGOR.email, PASSWORD).await;
        close(&mut owner).await;
        app.advance(Span::minutes(5));
        // Alone it is no stronger than a contact alone: every contact is told, and has a day to stop it.
        by_saved_code(&app, IGOR.email, &code, OTHER_PASSWORD).await;
        assert_eq!(status(&app, &id).await, "lockdown");
        app.advance(Span::hours(24));
        let page = by_saved_code(&app, IGOR.email, &code, OTHER_PASSWORD).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_factor_and_a_contact_that_a_thief_brought_do_not_open_the_account() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut owner = registered(&app, &ANNA).await;
        let id = newest(&app).await;
        app.advance(Span::hours(2));
        sign_in(&mut owner, ANNA.phone, PASSWORD).await;
        let mut thief = app.browser();
        sign_in(&mut thief, ANNA.phone, PASSWORD).await;
        add(&app, &mut thief, FRESH_PHONE).await;
        recovery_proofs::bind(&app, &id).await;
        let mut owner = half(&app, ANNA.phone).await;
        owner.post("/sign-in/second", &[("way", "totp"), ("code", &shown(&app))]).await;
        close(&mut owner).await;
        // The thief's number has had its first day by now; that day began before the owner closed the account.
        app.advance(Span::hours(30));
        let fresh = Person { phone: FRESH_PHONE, ..ANNA };
        let mut thief = app.browser();
        thief.get("/recover").await;
        thief.send("/recover", &[("login", FRESH_PHONE)]).await;
        let code = app.sms_code(fresh.phone).await;
        let page = thief.send("/recover/code", &[("code", &code)]).await;
        if page.path == "/recover/second" {
            thief.send("/recover/second", &[("way", "totp"), ("code", &shown(&app))]).await;
        }
        thief.send("/recover/password", &twice("Chuzhoy-2028!z")).await;
        assert_eq!(status(&app, &id).await, "lockdown");
        assert!(!is_in(&mut thief).await);
        // The owner needs no factor of the thief's.
        app.advance(Span::minutes(5));
        recover(&app, &ANNA, ANNA.phone, OTHER_PASSWORD).await;
        app.advance(Span::hours(24));
        let (_, page) = recover(&app, &ANNA, ANNA.phone, OTHER_PASSWORD).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn an_account_that_staff_locked_gets_no_new_password() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let id = newest(&app).await;
        app.advance(Span::minutes(5));
        let locked = id.clone();
        app.app.write(move |tx| accounts::lock_by_staff(tx, &locked)).await.expect("locked");
        let (mut thief, _) = recover(&app, &VERA, VERA.phone, OTHER_PASSWORD).await;
        assert!(!is_in(&mut thief).await);
        assert_eq!(events(&app, "password_recovered").await, 0);
        app.app.write(move |tx| accounts::unlock_by_staff(tx, &id)).await.expect("unlocked");
        assert!(!can_sign_in(&app, VERA.phone, OTHER_PASSWORD).await);
        assert!(can_sign_in(&app, VERA.phone, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn a_half_done_sign_in_ends_with_the_password_that_was_taken_away() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let id = account(&app).await;
        bind(&app, Kind::Totp).await;
        let mut thief = half(&app, VERA.phone).await;
        // The owner undoes a change of contacts: the password opens nothing any more.
        app.app.write(move |tx| accounts::close_password(tx, &id)).await.expect("closed");
        let page = thief.post("/sign-in/second", &[("way", "totp"), ("code", &shown(&app))]).await;
        assert_ne!(page.location(), Some("/cabinet"));
        assert!(!is_in(&mut thief).await);
    })
    .await;
}

#[tokio::test]
async fn within_the_days_of_grace_password_and_factor_bring_an_account_back() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        let id = account(&app).await;
        bind(&app, Kind::Totp).await;
        let (ctx, settings, closing) = (app.app.job_ctx(), app.app.config().closing.clone(), id.clone());
        app.app
            .write(move |tx| portal::closing::start(tx, &ctx, &settings, &closing))
            .await
            .expect("closing");
        app.app.sessions().forget(&id);
        assert_eq!(status(&app, &id).await, "closing");
        let mut browser = half(&app, VERA.phone).await;
        let page = browser.post("/sign-in/second", &[("way", "totp"), ("code", &shown(&app))]).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        assert_eq!(status(&app, &id).await, "open");
    })
    .await;
}

#[tokio::test]
async fn the_only_number_of_a_closed_account_does_not_move() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut owner = registered(&app, &VERA).await;
        let id = newest(&app).await;
        close(&mut owner).await;
        app.advance(Span::hours(2));
        let newcomer = Person { surname: "Новикова", first_name: "Ольга", ..VERA };
        let mut new = app.browser();
        begin(&mut new, &newcomer).await;
        let code = app.sms_code(VERA.phone).await;
        new.send("/register/code", &[("code", &code)]).await;
        new.send("/register/taken", &[]).await;
        new.send("/register/password", &twice(OTHER_PASSWORD)).await;
        let sql = "SELECT COUNT(*) FROM login WHERE account_id = $1";
        assert_eq!(
            app.number(sql, params![id.as_str().to_owned()]).await,
            1,
            "its owner still has a way back"
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_without_the_factor_makes_no_saved_code() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Totp).await;
        let mut browser = half(&app, VERA.phone).await;
        let fields = [("way", "totp"), ("trust", "yes"), ("code", &shown(&app))];
        browser.post("/sign-in/second", &fields).await;
        browser.lose("sid");
        assert_eq!(sign_in(&mut browser, VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
        let place = "/cabinet/security/recovery";
        assert_eq!(browser.get(place).await.location(), Some("/confirm?back=/cabinet/security/recovery"));
        assert_eq!(browser.post(place, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.rows("saved_code").await, 0);
    })
    .await;
}
