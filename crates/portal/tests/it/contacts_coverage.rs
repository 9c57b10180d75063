//! The acts on contacts and the events that they write; called by `journal_coverage`.

use crate::journal_coverage::Ledger;
use crate::people::{PASSWORD, Person, registered, sign_in};
use testkit::app::TestApp;

/// Every act on contacts, with the event that it writes.
pub async fn acts(ledger: &mut Ledger<'_>, app: &TestApp) {
    let list = "/cabinet/security/contacts";
    let code_page = "/cabinet/security/contacts/code";
    app.advance(kernel::Span::hours(2));
    let eva =
        Person {
            surname: "Бакенова", first_name: "Ева", phone: "+79034445566", email: "eva@example.org"
        };
    let mut owner = registered(app, &eva).await;
    let fields = [("email", "eva.new@example.org")];
    ledger.post(&mut owner, "/cabinet/security/contacts/add-email", &fields, "code_sent").await;
    // The first letter leaves before the second is written: two at once arrive in either order.
    app.run_jobs().await;
    app.advance(kernel::Span::seconds(61));
    ledger.post(&mut owner, "/cabinet/security/contacts/code/send", &[], "code_sent").await;
    let code = app.mail_code("eva.new@example.org").await;
    ledger.post(&mut owner, code_page, &[("code", &code)], "contact_added").await;
    ledger
        .post(
            &mut owner,
            "/cabinet/security/contacts/add-email",
            &[("email", "eva.too@example.org")],
            "code_sent",
        )
        .await;
    let letter = app.last_mail("eva.too@example.org").await.expect("a letter").text;
    let link =
        letter[letter.find("/contacts/link/").expect("a link")..].split_whitespace().next().expect("a link");
    let before = ledger.mark().await;
    assert_eq!(owner.send(link, &[]).await.path, list);
    ledger.saw("/contacts/link/{token}", before, "contact_added").await;

    let page = crate::contacts::page_of(&mut owner, "eva.new@example.org").await;
    let replace = page.replace("/one/", "/replace/");
    let before = ledger.mark().await;
    owner.send(&replace, &[("email", "eva.last@example.org")]).await;
    ledger.saw("/cabinet/security/contacts/replace/{contact}", before, "code_sent").await;
    let before = ledger.mark().await;
    owner.send(&page, &[("act", "primary")]).await;
    ledger.saw("/cabinet/security/contacts/one/{contact}", before, "contact_made_primary").await;

    app.advance(kernel::Span::hours(2));
    let rival = Person { surname: "Створов", first_name: "Лев", phone: "+79037778899", email: "" };
    registered(app, &rival).await;
    sign_in(&mut owner, eva.phone, PASSWORD).await;
    ledger
        .post(&mut owner, "/cabinet/security/contacts/add-phone", &[("phone", rival.phone)], "code_sent")
        .await;
    let code = app.sms_code(rival.phone).await;
    assert_eq!(owner.send(code_page, &[("code", &code)]).await.path, "/cabinet/security/contacts/taken");
    ledger.post(&mut owner, "/cabinet/security/contacts/taken", &[], "contact_moved").await;
    app.run_jobs().await;
    let told = app.last_sms(eva.phone).expect("a notice");
    let undo = told[told.find("/undo/").expect("a link")..].trim().to_owned();
    let before = ledger.mark().await;
    assert_eq!(app.browser().send(&undo, &[]).await.path, "/recover");
    ledger.saw("/undo/{token}", before, "contact_change_undone").await;
}
