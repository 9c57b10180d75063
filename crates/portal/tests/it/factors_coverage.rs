//! The acts of second factors and the events that they write; called by `journal_coverage`.

use crate::factors_pages::key_of;
use crate::journal_coverage::Ledger;
use crate::people::{PASSWORD, Person, registered, sign_in};
use kernel::Span;
use portal::factors::totp;
use store::params;
use testkit::app::TestApp;

const NINA: Person =
    Person { surname: "Рейдова", first_name: "Нина", phone: "+79031234567", email: "" };

async fn newest(app: &TestApp, sql: &'static str) -> String {
    app.app.read(move |tx| Ok(tx.one(sql, params![], |row| row.get(0))?)).await.expect("a row")
}

/// Every act of second factors, in the order in which a person does them.
pub async fn acts(ledger: &mut Ledger<'_>, app: &TestApp) {
    let code = |secret: &[u8]| totp::code(secret, totp::step_at(app.now()), 6).to_string();
    app.advance(Span::hours(2));
    let mut own = registered(app, &NINA).await;
    let page = own.get("/cabinet/security/factors/app").await;
    let (secret, setup) = (key_of(&page), page.value("setup").expect("a setup"));
    let fields = [("setup", setup.as_str()), ("name", "app"), ("code", &code(&secret))];
    ledger.post(&mut own, "/cabinet/security/factors/app", &fields, "factor_added").await;
    app.advance(Span::seconds(61));
    let phone = newest(app, "SELECT id FROM contact ORDER BY id DESC LIMIT 1").await;
    let fields = [("phone", phone.as_str()), ("channel", "sms")];
    ledger.post(&mut own, "/cabinet/security/factors/sms", &fields, "code_sent").await;
    let typed = app.sms_code(NINA.phone).await;
    let fields = [("phone", phone.as_str()), ("code", typed.as_str())];
    ledger.post(&mut own, "/cabinet/security/factors/sms/code", &fields, "factor_added").await;
    ledger.post(&mut own, "/cabinet/security/factors/codes", &[], "recovery_codes_made").await;

    let mut other = app.browser();
    sign_in(&mut other, NINA.phone, PASSWORD).await;
    other.get("/sign-in/second").await;
    let by_sms = [("way", "sms"), ("channel", "sms")];
    ledger.post(&mut other, "/sign-in/second/start", &by_sms, "code_sent").await;
    let fields = [("way", "totp"), ("trust", "yes"), ("code", &code(&secret))];
    ledger.post(&mut other, "/sign-in/second", &fields, "signed_in").await;
    app.advance(Span::seconds(61));
    ledger.post(&mut other, "/confirm/start", &by_sms, "code_sent").await;
    let fields = [("way", "totp"), ("code", &code(&secret))];
    ledger.post(&mut other, "/confirm", &fields, "stepped_up").await;
    let device = newest(app, "SELECT id FROM trusted_device ORDER BY id DESC LIMIT 1").await;
    let fields = [("device", device.as_str())];
    ledger.post(&mut other, "/cabinet/security/factors/distrust", &fields, "device_distrusted").await;
    let factor = newest(app, "SELECT id FROM factor WHERE kind = 'totp' ORDER BY id DESC LIMIT 1").await;
    let fields = [("factor", factor.as_str()), ("name", "another")];
    ledger.post(&mut other, "/cabinet/security/factors/rename", &fields, "factor_renamed").await;
    let fields = [("factor", factor.as_str())];
    ledger.post(&mut other, "/cabinet/security/factors/remove", &fields, "factor_removed").await;
}
