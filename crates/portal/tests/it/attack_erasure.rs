//! A known person with every factor, contact and paper there is, helped by staff, and then erased: what is left of them.

use crate::contacts::add as add_contact;
use crate::factors_pages::key_of;
use crate::passkeys::{self, passkey};
use crate::people::{IGOR, PASSWORD, Person, registered};
use crate::planted::{Secrets, observed, written};
use crate::recovery_proofs::{access_code, newest, saved_code};
use crate::staff::{at_desk, portal};
use axum::http::StatusCode;
use kernel::Span;
use portal::audit::verify::{Pace, verify};
use portal::factors::totp;
use portal::staff::Role;
use std::sync::PoisonError;
use store::params;
use testkit::app::{Browser, TestApp};
use testkit::db::each_engine;

const PLANTED: Person = Person {
    surname: "Кардамонова",
    first_name: "Аполлинария",
    phone: "+79587413621",
    email: "apollinaria.k@kardamon.example",
};
const SECOND_EMAIL: &str = "vtoraya.pochta@kardamon.example";
const APP_NAME: &str = "Телефон Аполлинарии";
const KEY_NAME: &str = "Ключ Кардамоновой";
const REASON: &str = "Кардамонова просит вернуть доступ";
const APP: &str = "/cabinet/security/factors/app";

/// Everything that a person can have; what must stand nowhere in clear is added to the secrets.
async fn lives(app: &TestApp, owner: &mut Browser, secrets: &mut Secrets) {
    add_contact(app, owner, SECOND_EMAIL).await;
    // A key first, and by it the application.
    let mut key = passkey();
    let page = passkeys::add(owner, &mut key, KEY_NAME).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let challenge = passkeys::challenge(&owner.get("/confirm").await);
    let answer = passkeys::sign(&mut key, &challenge);
    let page = owner.post("/confirm", &[("way", "passkey"), ("back", APP), ("answer", &answer)]).await;
    assert_eq!(page.location(), Some(APP), "{}", page.text());
    let page = owner.get(APP).await;
    let secret = key_of(&page);
    let setup = page.value("setup").expect("a setup");
    let code = totp::code(&secret, totp::step_at(app.now()), 6).to_string();
    let page = owner.post(APP, &[("setup", &setup), ("name", APP_NAME), ("code", &code)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    secrets.add("the secret of the application", &totp::base32(&secret));
    owner.get("/cabinet/security/recovery").await;
    let page = owner.post("/cabinet/security/recovery", &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let id = newest(app).await;
    secrets.add("the saved code", &saved_code(app, &id).await);
    secrets.add("the access code", &access_code(app, &id).await);
    owner.get("/cabinet/security/data").await;
    owner.get("/cabinet/security/journal").await;
    for name in ["sid", "dev"] {
        secrets.add("a cookie", owner.cookie(name).expect(name));
    }
}

/// Asks for the deletion by letter, and lets the days of grace pass.
async fn goes(app: &TestApp, owner: &mut Browser) {
    let path = "/cabinet/security/delete";
    owner.get(path).await;
    let page = owner.send(path, &[("channel", "sms")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let code = app.sms_code(PLANTED.phone).await;
    let page = owner.send(path, &[("code", &code), ("current_password", PASSWORD)]).await;
    assert_eq!(page.path, "/goodbye", "{}", page.text());
    app.run_jobs().await;
    app.advance(Span::minutes(14 * 24 * 60 + 11));
    app.run_jobs().await;
}

#[tokio::test]
async fn of_an_erased_person_with_every_factor_nothing_can_be_read_and_the_journal_holds() {
    let (lines, metrics) = observed();
    each_engine(|db| async {
        let app = portal(db).await;
        let mut desk = at_desk(&app, &IGOR, Role::Admin).await;
        app.advance(Span::minutes(1));
        let mut owner = registered(&app, &PLANTED).await;
        let id = newest(&app).await;
        let mut secrets = Secrets::default();
        lives(&app, &mut owner, &mut secrets).await;
        desk.get("/admin/people").await;
        let fields = [("who", PLANTED.phone), ("why", "request"), ("reason", REASON)];
        let page = desk.send("/admin/people/find", &fields).await;
        assert!(page.path.starts_with("/admin/people/opn_"), "{} {}", page.path, page.text());
        let account = id.clone();
        let read = app.app.read(move |tx| {
            let sql = "SELECT data_key FROM account WHERE id = $1";
            Ok(tx.one(sql, params![&account], |row| row.get::<Vec<u8>>(0))?)
        });
        let key = read.await.expect("the key");
        let stands = |bytes: &[u8]| bytes.windows(key.len()).any(|window| window == key.as_slice());
        assert!(
            written(&app).await.iter().any(|(_, bytes)| stands(bytes)),
            "what is searched for can be found"
        );
        goes(&app, &mut owner).await;
        let status = "SELECT COUNT(*) FROM account WHERE id = $1 AND status = 'erased'";
        assert_eq!(app.number(status, params![id.as_str().to_owned()]).await, 1);
        for (name, value) in [
            ("the surname", PLANTED.surname),
            ("the first name", PLANTED.first_name),
            ("the phone", PLANTED.phone),
            ("the phone without its code", "9587413621"),
            ("the phone as shown", "958 741-36-21"),
            ("the e-mail", PLANTED.email),
            ("the second e-mail", SECOND_EMAIL),
            ("the name of the application", APP_NAME),
            ("the name of the key", KEY_NAME),
            ("the reason of staff", REASON),
        ] {
            secrets.add(name, value);
        }
        let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        secrets.search("the log", &lines);
        secrets.search("the metrics", metrics.render().as_bytes());
        secrets.search("the addresses", app.urls().join("\n").as_bytes());
        for (place, bytes) in written(&app).await {
            secrets.search(&place, &bytes);
            assert!(!stands(&bytes), "the wrapped key is still in {place}");
        }
        for table in ["contact", "login", "factor", "passkey", "saved_code", "access_code", "device"] {
            let own = if table == "contact" || table == "login" || table == "device" { 1 } else { 0 };
            assert_eq!(app.rows(table).await, own, "{table}: of the member of staff only");
        }
        let report = verify(&app.app, Vec::new(), Pace::Quick).await.expect("verified");
        assert!(report.good, "{report:?}");
    })
    .await;
}
