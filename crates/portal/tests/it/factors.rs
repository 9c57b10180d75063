//! Second factors through the whole router: two steps, counters, single use, downgrade, half-signed-in.

use crate::people::{PASSWORD, VERA, is_in, registered, sign_in};
use axum::http::StatusCode;
use kernel::{Rng, Span};
use portal::accounts::AccountId;
use portal::ctx::Caller;
use portal::factors::{self, Kind, New, totp};
use store::params;
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// The shared secret of an application, as the test's own application knows it.
pub const SECRET: [u8; 20] = *b"12345678901234567890";

/// A context of somebody at the machine itself.
pub fn caller() -> Caller {
    Caller {
        lang: kernel::Lang::Ru,
        address: [127, 0, 0, 1].into(),
        request_id: "test".into(),
        visitor: "test".into(),
        agent: String::new(),
        marks: Default::default(),
    }
}

/// The only account.
pub async fn account(app: &TestApp) -> AccountId {
    let read = app.app.read(|tx| Ok(tx.one("SELECT id FROM account", params![], |row| row.get(0))?)).await;
    read.expect("an account")
}

/// Binds a factor below the pages; the recovery codes that came with it.
pub async fn bind(app: &TestApp, kind: Kind) -> Vec<String> {
    let id = account(app).await;
    let (ctx, config) = (app.app.ctx(caller()), app.app.config_arc());
    let bound = app
        .app
        .write(move |tx| {
            let phone: Option<String> =
                tx.opt("SELECT id FROM contact WHERE kind = 'phone'", params![], |row| row.get(0))?;
            let new = New {
                kind,
                name: "test",
                secret: (kind == Kind::Totp).then_some(SECRET.as_slice()),
                contact: (kind == Kind::Sms).then_some(phone.as_deref()).flatten(),
                unique: kind.word().as_bytes(),
                step: 0,
            };
            factors::bind(tx, &ctx, &config, &id, None, &new)
        })
        .await;
    let account = account(app).await;
    app.app.sessions().forget(&account);
    match bound.expect("the database answers") {
        factors::Bound::Done(_, codes) => {
            codes.unwrap_or_default().iter().map(|code| code.expose().clone()).collect()
        }
        factors::Bound::Already => Vec::new(),
    }
}

/// What the application shows now.
pub fn shown(app: &TestApp) -> String {
    totp::code(&SECRET, totp::step_at(app.now()), 6).to_string()
}

/// Gives the second step.
pub async fn second(browser: &mut Browser, way: &str, field: &str, value: &str) -> Page {
    browser.post("/sign-in/second", &[("way", way), (field, value)]).await
}

#[tokio::test]
async fn two_steps_lead_in_and_one_does_not() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &VERA).await;
        bind(&app, Kind::Totp).await;
        let mut browser = app.browser();
        let page = sign_in(&mut browser, VERA.phone, PASSWORD).await;
        assert_eq!(page.location(), Some("/sign-in/second"), "{}", page.text());
        assert!(browser.cookie("sid").is_none() && !is_in(&mut browser).await);
        let page = browser.get("/sign-in/second").await;
        assert!(page.status == StatusCode::OK && page.asks("code"), "{}", page.text());
        let wrong = second(&mut browser, "totp", "code", "000000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(browser.cookie("sid").is_none());
        let page = second(&mut browser, "totp", "code", &shown(&app)).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        assert!(is_in(&mut browser).await && browser.cookie("half").is_none());
        let words = "SELECT COUNT(*) FROM session WHERE methods = 'pwd otp' AND ended_at IS NULL";
        assert_eq!(app.number(words, &[]).await, 1);
        let _ = (Span::ZERO, Rng::seeded(1));
    })
    .await;
}
