//! Passkeys beside other factors: after the password, before sensitive acts, in the owner's list.

use crate::passkeys::{
    LIST, NEW, ORIGIN, SITE, add, challenge, events, options, passkey, refused, sessions, sign, sign_in_by,
    with_key,
};
use crate::people::{IGOR, PASSWORD, Person, VERA, is_in, registered, sign_in};
use axum::http::StatusCode;
use kernel::Span;
use testkit::app::TestApp;
use testkit::authenticator::Authenticator;
use testkit::db::each_engine;

#[tokio::test]
async fn a_key_is_the_second_step_after_the_password_and_only_its_owners() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut security_key = Authenticator::security_key(SITE, ORIGIN);
        security_key.verifies = false;
        let (_, mut key) = with_key(&app, &VERA, security_key).await;
        let (_, mut of_igor) = with_key(&app, &IGOR, passkey()).await;
        let mut browser = app.browser();
        // Without a PIN it is not enough alone.
        refused(&sign_in_by(&mut browser, &mut key).await, &browser);
        let page = sign_in(&mut browser, VERA.phone, PASSWORD).await;
        assert_eq!(page.location(), Some("/sign-in/second"), "{}", page.text());
        let page = browser.get("/sign-in/second").await;
        assert_eq!(options(&page)["allowCredentials"].as_array().map(Vec::len), Some(1), "{}", page.text());
        let other = sign(&mut of_igor, &challenge(&page));
        let wrong = browser.post("/sign-in/second", &[("way", "passkey"), ("answer", &other)]).await;
        refused(&wrong, &browser);
        // The challenge of the sign-in page is none here.
        let elsewhere = browser.get("/sign-in").await;
        let answer = sign(&mut key, &challenge(&elsewhere));
        refused(&browser.post("/sign-in/second", &[("way", "passkey"), ("answer", &answer)]).await, &browser);
        let page = browser.get("/sign-in/second").await;
        let answer = sign(&mut key, &challenge(&page));
        let page = browser.post("/sign-in/second", &[("way", "passkey"), ("answer", &answer)]).await;
        assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
        assert_eq!(sessions(&app, "pwd hwk").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_confirms_before_a_sensitive_act() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let mut browser = app.browser();
        sign_in_by(&mut browser, &mut key).await;
        app.advance(Span::minutes(6));
        let page = browser.get(NEW).await;
        assert_eq!(page.location(), Some(format!("/confirm?back={NEW}").as_str()));
        let page = browser.open(&format!("/confirm?back={NEW}")).await;
        key.verifies = false;
        let weak = sign(&mut key, &challenge(&page));
        let fields = [("way", "passkey"), ("back", NEW), ("answer", weak.as_str())];
        assert_eq!(browser.post("/confirm", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        key.verifies = true;
        let page = browser.open(&format!("/confirm?back={NEW}")).await;
        let answer = sign(&mut key, &challenge(&page));
        let fields = [("way", "passkey"), ("back", NEW), ("answer", answer.as_str())];
        assert_eq!(browser.post("/confirm", &fields).await.location(), Some(NEW));
        assert_eq!(browser.get(NEW).await.status, StatusCode::OK);
        assert_eq!(events(&app, "stepped_up").await, 1);
    })
    .await;
}

#[tokio::test]
async fn keys_are_renamed_and_removed_by_their_owner_and_open_nothing_then() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let (_, mut key) = with_key(&app, &VERA, passkey()).await;
        let (_, mut of_igor) = with_key(&app, &IGOR, passkey()).await;
        let (mut browser, mut igor) = (app.browser(), app.browser());
        sign_in_by(&mut igor, &mut of_igor).await;
        sign_in_by(&mut browser, &mut key).await;
        let page = browser.get(LIST).await;
        let id = page.value("key").expect("a key in the list");
        let field = format!("name-{}", id.trim_start_matches("fac_"));
        let long = "я".repeat(61);
        let form = |act, name| vec![("key", id.as_str()), ("act", act), (field.as_str(), name)];
        for bad in ["", "  ", &long, "a\nb"] {
            let page = browser.post(LIST, &form("rename", bad)).await;
            assert!(
                page.status == StatusCode::UNPROCESSABLE_ENTITY && page.error_at(&field).is_some(),
                "{bad:?}"
            );
        }
        assert_eq!(browser.post(LIST, &form("rename", "<b>Брелок</b>")).await.location(), Some(LIST));
        assert!(browser.get(LIST).await.says("&#60;b&#62;Брелок"));
        for act in ["rename", "remove"] {
            assert_eq!(igor.post(LIST, &form(act, "Mine")).await.status, StatusCode::NOT_FOUND, "{act}");
        }
        // Removing takes a fresh factor.
        app.advance(Span::minutes(6));
        let remove = [("key", id.as_str()), ("act", "remove")];
        assert_eq!(
            browser.post(LIST, &remove).await.location(),
            Some(format!("/confirm?back={LIST}").as_str())
        );
        let mut fresh = app.browser();
        sign_in_by(&mut fresh, &mut key).await;
        fresh.get(LIST).await;
        assert_eq!(fresh.post(LIST, &remove).await.location(), Some(LIST));
        assert!(!is_in(&mut browser).await && is_in(&mut fresh).await, "other sessions ended");
        let mut thief = app.browser();
        refused(&sign_in_by(&mut thief, &mut key).await, &thief);
        // Its device may be added again, by anybody.
        assert_ne!(add(&mut fresh, &mut key, "Back").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

/// Every act on keys with its event, for the journal's ledger.
pub async fn journal(ledger: &mut crate::journal_coverage::Ledger<'_>, app: &TestApp) {
    let person =
        Person { surname: "Ключева", first_name: "Ольга", phone: "+79161112244", email: "" };
    let mut owner = registered(app, &person).await;
    let mut key = passkey();
    let before = ledger.mark().await;
    add(&mut owner, &mut key, "Test").await;
    ledger.saw(NEW, before, "factor_added").await;
    let mut browser = app.browser();
    let before = ledger.mark().await;
    sign_in_by(&mut browser, &mut key).await;
    ledger.saw("/sign-in/passkey", before, "signed_in").await;
    let id = browser.get(LIST).await.value("key").expect("a key");
    let field = format!("name-{}", id.trim_start_matches("fac_"));
    let rename = [("key", id.as_str()), ("act", "rename"), (field.as_str(), "Other")];
    ledger.post(&mut browser, LIST, &rename, "factor_renamed").await;
    ledger.post(&mut browser, LIST, &[("key", &id), ("act", "remove")], "factor_removed").await;
}
