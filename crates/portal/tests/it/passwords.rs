//! Changing the password in the cabinet, and the second preset of rules.

use crate::people::{
    ANNA, OTHER_PASSWORD, PASSWORD, VERA, begin, can_sign_in, is_in, registered, sign_in, twice,
};
use axum::http::StatusCode;
use kernel::Span;
use testkit::app::{TestApp, config};
use testkit::db::each_engine;

const WRONG: &str = "Oshibka-2026!x";

#[tokio::test]
async fn a_changed_password_closes_the_old_one_out() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &ANNA).await;
        let mut other = app.browser();
        sign_in(&mut other, ANNA.email, PASSWORD).await;
        app.run_jobs().await;
        let before = app.delivered();
        browser.get("/cabinet/security").await;
        let change = |current: &'static str, new: &'static str, repeat: &'static str| {
            [("current_password", current), ("password", new), ("password_repeat", repeat)]
        };
        for (current, new, repeat, field) in [
            (WRONG, OTHER_PASSWORD, OTHER_PASSWORD, "current_password"),
            ("", OTHER_PASSWORD, OTHER_PASSWORD, "current_password"),
            (PASSWORD, "short", "short", "password"),
            (PASSWORD, "Якорева-2026!x", "Якорева-2026!x", "password"),
            (PASSWORD, OTHER_PASSWORD, "Prichal-2027!z", "password_repeat"),
        ] {
            let page = browser.post("/cabinet/security/password", &change(current, new, repeat)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(page.error_at(field).is_some(), "an error at {field}: {}", page.text());
            assert!(!page.says(OTHER_PASSWORD) && !page.says(PASSWORD), "no password comes back");
        }
        assert!(is_in(&mut other).await, "nothing has happened yet");
        let page = browser
            .send("/cabinet/security/password", &change(PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD))
            .await;
        assert_eq!((page.path.as_str(), page.status), ("/cabinet/security", StatusCode::OK));
        assert!(is_in(&mut browser).await && !is_in(&mut other).await);
        app.run_jobs().await;
        assert_eq!(app.delivered(), before + 2, "the owner is told by both contacts");
        assert!(
            can_sign_in(&app, ANNA.phone, OTHER_PASSWORD).await
                && !can_sign_in(&app, ANNA.phone, PASSWORD).await
        );
    })
    .await;
}

#[tokio::test]
async fn guessing_the_current_password_in_the_cabinet_locks_as_well() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut browser = registered(&app, &VERA).await;
        browser.get("/cabinet/security").await;
        let change = |current: &'static str| {
            [("current_password", current), ("password", OTHER_PASSWORD), ("password_repeat", OTHER_PASSWORD)]
        };
        for _ in 0..10 {
            browser.post("/cabinet/security/password", &change(WRONG)).await;
        }
        let page = browser.post("/cabinet/security/password", &change(PASSWORD)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
        app.advance(Span::minutes(29));
        browser.get("/cabinet").await;
        app.advance(Span::minutes(1));
        let page = browser.post("/cabinet/security/password", &change(PASSWORD)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn the_preset_of_passphrases_takes_any_script_and_asks_for_length() {
    each_engine(|db| async {
        let mut config = config();
        config.passwords.preset = portal::passwords::Preset::Passphrase;
        let app = TestApp::with(db, 1, config).await;
        let mut browser = app.browser();
        begin(&mut browser, &VERA).await;
        let code = app.sms_code(VERA.phone).await;
        browser.send("/register/code", &[("code", &code)]).await;
        for short in [PASSWORD, "четырнадцать з", "aaaaaaaaaaaaaaa", "лодкина лодкина"]
        {
            let page = browser.post("/register/password", &twice(short)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{short}");
        }
        let phrase = "тихий причал за маяком";
        assert_eq!(browser.send("/register/password", &twice(phrase)).await.path, "/cabinet");
        assert!(can_sign_in(&app, VERA.phone, phrase).await);
        // The same letters, written as letter and mark (й as и with a breve): the same passphrase.
        let apart = phrase.replace('й', "и\u{306}");
        assert_ne!(apart, phrase);
        assert!(can_sign_in(&app, VERA.phone, &apart).await);
        assert!(!can_sign_in(&app, VERA.phone, "Тихий причал за маяком").await);
    })
    .await;
}
