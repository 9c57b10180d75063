//! Changing contacts (spec 01 §4): adding, replacing, removing, numbers of somebody else, holds.

use crate::people::{ANNA, IGOR, PASSWORD, VERA, can_sign_in, registered, sign_in, words};
use axum::http::StatusCode;
use kernel::{Lang, Span};
use testkit::app::{Browser, Page, TestApp};
use testkit::db::each_engine;

/// The list of contacts.
pub const LIST: &str = "/cabinet/security/contacts";
/// Where a code is typed.
pub const CODE: &str = "/cabinet/security/contacts/code";
/// An address that is nobody's at first.
pub const FRESH_EMAIL: &str = "vera.new@example.org";
/// A number that is nobody's at first.
pub const FRESH_PHONE: &str = "+79121112233";

/// Asks to add a contact; the browser stands where the code is asked for.
pub async fn ask(browser: &mut Browser, contact: &str) -> Page {
    let (path, field) = match contact.contains('@') {
        true => ("/cabinet/security/contacts/add-email", "email"),
        false => ("/cabinet/security/contacts/add-phone", "phone"),
    };
    browser.get(path).await;
    browser.send(path, &[(field, contact)]).await
}

/// The code that came to a contact.
pub async fn code_of(app: &TestApp, contact: &str) -> String {
    if contact.contains('@') { app.mail_code(contact).await } else { app.sms_code(contact).await }
}

/// Adds a contact, to the list.
pub async fn add(app: &TestApp, browser: &mut Browser, contact: &str) {
    assert_eq!(ask(browser, contact).await.path, CODE);
    let code = code_of(app, contact).await;
    let page = browser.send(CODE, &[("code", &code)]).await;
    assert_eq!((page.path.as_str(), page.status), (LIST, StatusCode::OK), "{}", page.text());
}

/// The addresses of the pages of single contacts, in the order of the list.
pub async fn pages_of_contacts(browser: &mut Browser) -> Vec<String> {
    let list = browser.get(LIST).await;
    let paths = list.body.split("href=\"/cabinet/security/contacts/one/").skip(1);
    paths.filter_map(|rest| rest.split('"').next()).map(|id| format!("{LIST}/one/{id}")).collect()
}

/// The page of the contact that its own page shows as `shown`.
pub async fn page_of(browser: &mut Browser, shown: &str) -> String {
    for path in pages_of_contacts(browser).await {
        if browser.get(&path).await.says(shown) {
            return path;
        }
    }
    panic!("no contact {shown}");
}

/// Takes a contact away.
pub async fn remove(browser: &mut Browser, shown: &str) -> Page {
    let path = page_of(browser, shown).await;
    browser.send(&path, &[("act", "remove")]).await
}

/// Replaces a contact by another, to the list.
pub async fn replace(app: &TestApp, browser: &mut Browser, shown: &str, new: &str) {
    let path = page_of(browser, shown).await.replace("/one/", "/replace/");
    let field = if new.contains('@') { "email" } else { "phone" };
    browser.get(&path).await;
    assert_eq!(browser.send(&path, &[(field, new)]).await.path, CODE);
    let code = code_of(app, new).await;
    assert_eq!(browser.send(CODE, &[("code", &code)]).await.path, LIST);
}

/// A browser in which the person has just signed in.
pub async fn signed_in(app: &TestApp, login: &str) -> Browser {
    let mut browser = app.browser();
    let page = sign_in(&mut browser, login, PASSWORD).await;
    assert_eq!(page.location(), Some("/cabinet"), "{}", page.text());
    browser
}

/// How many events of a kind the journal holds.
pub async fn events(app: &TestApp, word: &'static str) -> i64 {
    app.number("SELECT COUNT(*) FROM journal WHERE event = $1", &[store::Value::from(word)]).await
}

/// The contacts that all accounts have at this moment.
pub async fn live(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM contact WHERE detached_at IS NULL", &[]).await
}

#[tokio::test]
async fn a_contact_comes_after_its_code_and_the_others_are_told() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        assert_eq!(ask(&mut vera, FRESH_EMAIL).await.path, CODE);
        let code = app.mail_code(FRESH_EMAIL).await;
        let wrong = vera.send(CODE, &[("code", if code == "111111" { "222222" } else { "111111" })]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.error_at("code").is_some());
        assert_eq!((live(&app).await, events(&app, "code_failed").await), (1, 1));
        let list = vera.get(LIST).await;
        assert!(list.says(&words(Lang::Ru, "contacts-waiting-title")), "it waits: {}", list.text());
        for _ in 0..2 {
            let page = vera.send(CODE, &[("code", &code)]).await;
            assert_eq!((page.path.as_str(), page.status), (LIST, StatusCode::OK), "the form may come twice");
        }
        assert_eq!((live(&app).await, events(&app, "contact_added").await), (2, 1));
        app.run_jobs().await;
        let told = app.last_sms(VERA.phone).expect("the other contact is told");
        assert!(told.contains("добавлен контакт v***@example.org") && told.contains("/undo/"), "{told}");
        assert!(can_sign_in(&app, FRESH_EMAIL, PASSWORD).await, "one signs in by it at once");
        let list = vera.get(LIST).await;
        assert!(list.says("+7 912 345-67-89") && list.says(FRESH_EMAIL), "{}", list.text());
        assert!(
            list.text().contains("до 22 сентября 2026, 17:13 по нему нельзя восстановить доступ"),
            "{}",
            list.text()
        );
    })
    .await;
}

#[tokio::test]
async fn the_letter_confirms_where_the_person_is_signed_in_and_nowhere_else() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut vera = registered(&app, &VERA).await;
        let mut igor = registered(&app, &IGOR).await;
        ask(&mut vera, FRESH_EMAIL).await;
        let letter = app.last_mail(FRESH_EMAIL).await.expect("a letter").text;
        let at = letter.find("/contacts/link/").expect("a link");
        let link = letter[at..].split_whitespace().next().expect("a link").to_owned();
        let mut stranger = app.browser();
        for browser in [&mut stranger, &mut igor] {
            assert!(browser.get(&link).await.says(&words(Lang::Ru, "contacts-link-elsewhere")));
            browser.post(&link, &[]).await;
            assert_eq!(live(&app).await, 2, "nothing came");
        }
        assert!(vera.get(&link).await.says(&words(Lang::Ru, "contacts-link-submit")));
        assert_eq!(live(&app).await, 2, "opening changes nothing");
        assert_eq!(vera.send(&link, &[]).await.path, LIST);
        assert_eq!(live(&app).await, 3);
        assert_eq!(vera.get(&link).await.status, StatusCode::GONE);
        assert_eq!(vera.send(&link, &[]).await.path, LIST);
        assert_eq!(live(&app).await, 3);
    })
    .await;
}

#[tokio::test]
async fn without_a_fresh_factor_contacts_are_masked_and_nothing_changes() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    let mut vera = registered(&app, &VERA).await;
    let one = pages_of_contacts(&mut vera).await.remove(0);
    ask(&mut vera, FRESH_EMAIL).await;
    let code = app.mail_code(FRESH_EMAIL).await;
    app.advance(Span::minutes(5));
    let list = vera.get(LIST).await;
    assert!(list.says("+7 *** ***-67-89") && list.says("v***@example.org"), "{}", list.text());
    assert!(!list.body.contains("345") && !list.body.contains("vera.new"), "masked");
    for path in [one.as_str(), &one.replace("/one/", "/replace/"), &format!("{LIST}/add-phone"), CODE] {
        assert_eq!(vera.get(path).await.location(), Some(format!("/confirm?back={path}").as_str()));
        let page = vera.post(path, &[("act", "remove"), ("code", &code)]).await;
        assert!(page.location().is_some_and(|place| place.starts_with("/confirm?back=/")), "{path}");
    }
    assert_eq!(live(&app).await, 1);
}

#[tokio::test]
async fn what_was_typed_wrongly_is_told_at_the_field_and_stays() {
    let app = TestApp::new(testkit::db::sqlite().await).await;
    let mut anna = registered(&app, &ANNA).await;
    for (path, field, typed) in [
        ("add-phone", "phone", ""),
        ("add-phone", "phone", "+7 495 123-45-67"),
        ("add-phone", "phone", "+49 1512 3456789"),
        ("add-phone", "phone", "8 916 111-22-33"),
        ("add-email", "email", "anna"),
        ("add-email", "email", "ANNA@example.org"),
    ] {
        let path = format!("{LIST}/{path}");
        anna.get(&path).await;
        let page = anna.post(&path, &[(field, typed)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(page.error_at(field).is_some_and(|error| !error.is_empty()), "{typed}");
        assert_eq!(page.value(field).unwrap_or_default(), typed);
    }
    assert_eq!(app.rows("contact_flow").await, 0);
}

#[tokio::test]
async fn a_taken_contact_looks_like_a_free_one_until_it_is_proved() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.advance(Span::hours(2));
        let mut vera = registered(&app, &VERA).await;
        let statements = |app: &TestApp| {
            let app = app.app.clone();
            async move {
                let count = "SELECT (SELECT COUNT(*) FROM job) + (SELECT COUNT(*) FROM journal) + (SELECT COUNT(*) FROM code)
                    + (SELECT COUNT(*) FROM message)";
                app.read(move |tx| Ok(tx.one(count, &[], |row| row.get::<i64>(0))?)).await.expect("a number")
            }
        };
        for (taken, free, same) in [
            (ANNA.phone, "+79161112234", [("111-22-33", "…"), ("111-22-34", "…")]),
            (ANNA.email, "olga@example.org", [(ANNA.email, "…"), ("olga@example.org", "…")]),
        ] {
            let mut written = Vec::new();
            let mut pages = Vec::new();
            for contact in [taken, free] {
                let before = statements(&app).await;
                let page = ask(&mut vera, contact).await;
                assert_eq!((page.path.as_str(), page.status), (CODE, StatusCode::OK));
                written.push(statements(&app).await - before);
                pages.push(same.iter().fold(page.masked(), |text, (from, to)| text.replace(from, to)));
                app.run_jobs().await;
            }
            assert_eq!(pages[0], pages[1]);
            assert_eq!(written[0], written[1], "the same rows are written");
        }
        assert!(app.last_sms(ANNA.phone).expect("a message").contains("другой учётной записи"));
        assert!(!app.last_sms("+79161112234").expect("a message").contains("другой учётной записи"));
        assert!(app.last_mail(ANNA.email).await.expect("a letter").text.contains("другой учётной записи"));
        let taken = vera.open("/cabinet/security/contacts/taken").await;
        assert_eq!(taken.path, CODE, "no decision without the proof");
    })
    .await;
}

#[tokio::test]
async fn a_number_moves_to_who_proves_and_claims_it_and_its_account_stays_where_it_is() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.advance(Span::hours(2));
        let mut vera = registered(&app, &VERA).await;
        ask(&mut vera, ANNA.phone).await;
        let code = app.sms_code(ANNA.phone).await;
        let page = vera.send(CODE, &[("code", &code)]).await;
        assert_eq!(page.path, "/cabinet/security/contacts/taken", "{}", page.text());
        assert_eq!(live(&app).await, 3, "proof alone moves nothing");
        for _ in 0..2 {
            assert_eq!(vera.send("/cabinet/security/contacts/taken", &[]).await.path, LIST);
        }
        assert_eq!((live(&app).await, events(&app, "contact_moved").await), (3, 1));
        let told = app.last_mail(ANNA.email).await.expect("the old owner is told by the other contact");
        assert!(told.subject.contains("перешёл"), "{}", told.subject);
        assert!(can_sign_in(&app, ANNA.email, PASSWORD).await, "the account stays Anna's");
        let mut by_number = signed_in(&app, ANNA.phone).await;
        assert!(by_number.get("/cabinet/profile").await.says("Лодкина"), "the number is Vera's");
    })
    .await;
}

#[tokio::test]
async fn an_address_never_moves() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA).await;
        app.advance(Span::hours(2));
        let mut vera = registered(&app, &VERA).await;
        ask(&mut vera, ANNA.email).await;
        let code = app.mail_code(ANNA.email).await;
        let page = vera.send(CODE, &[("code", &code)]).await;
        assert!(page.says(&words(Lang::Ru, "contacts-taken-title")) && !page.says("Номер теперь мой"));
        vera.send("/cabinet/security/contacts/taken", &[]).await;
        let mut anna = signed_in(&app, ANNA.email).await;
        assert!(anna.get("/cabinet/profile").await.says("Якорева"));
        assert_eq!(live(&app).await, 3);
        vera.send("/cabinet/security/contacts/cancel", &[]).await;
        assert_eq!(app.rows("contact_flow").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_only_number_of_a_confirmed_person_stays_their_login_but_recovers_nothing() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        registered(&app, &ANNA_BY_PHONE).await;
        let confirm = app.app.write(|tx| {
            tx.exec("UPDATE account SET level = 'confirmed'", &[])?;
            Ok::<_, portal::error::Error>(())
        });
        confirm.await.expect("a level");
        app.advance(Span::hours(2));
        let mut vera = registered(&app, &VERA).await;
        ask(&mut vera, ANNA.phone).await;
        let code = app.sms_code(ANNA.phone).await;
        let page = vera.send(CODE, &[("code", &code)]).await;
        assert!(page.says(&words(Lang::Ru, "contacts-refused-protected")), "{}", page.text());
        vera.send("/cabinet/security/contacts/taken", &[]).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM contact WHERE muted_at IS NOT NULL", &[]).await, 1);
        let mut anna = signed_in(&app, ANNA.phone).await;
        let list = anna.get(LIST).await;
        assert!(list.says(&words(Lang::Ru, "contacts-muted")), "{}", list.text());
    })
    .await;
}

/// Anna before she gave an address.
const ANNA_BY_PHONE: crate::people::Person = crate::people::Person { email: "", ..ANNA };

#[tokio::test]
async fn the_last_contact_stays_and_any_other_can_go() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut anna = registered(&app, &ANNA).await;
        let page = remove(&mut anna, "+7 916 111-22-33").await;
        assert_eq!(page.path, LIST, "{}", page.text());
        assert_eq!((live(&app).await, events(&app, "contact_removed").await), (1, 1));
        app.run_jobs().await;
        let told = app.last_sms(ANNA.phone).expect("the contact that left is told");
        assert!(told.contains("удалён контакт +7 *** ***-22-33") && told.contains("/undo/"), "{told}");
        assert!(app.last_mail(ANNA.email).await.is_some_and(|mail| mail.text.contains("/undo/")));
        assert!(!can_sign_in(&app, ANNA.phone, PASSWORD).await, "it signs nobody in any more");
        let page = remove(&mut anna, ANNA.email).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(&words(Lang::Ru, "contacts-refused-last")), "{}", page.text());
        assert_eq!(live(&app).await, 1);
        assert!(can_sign_in(&app, ANNA.email, PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn another_contact_becomes_the_main_one_and_all_are_told() {
    each_engine(|db| async {
        let app = TestApp::new(db).await;
        let mut anna = registered(&app, &ANNA).await;
        let path = page_of(&mut anna, ANNA.email).await;
        for _ in 0..2 {
            assert_eq!(anna.send(&path, &[("act", "primary")]).await.path, LIST);
        }
        assert_eq!(events(&app, "contact_made_primary").await, 1);
        let main = "SELECT COUNT(*) FROM contact WHERE is_primary = 1 AND kind = 'email'";
        assert_eq!(app.number(main, &[]).await, 1);
        assert_eq!(app.number("SELECT COUNT(*) FROM contact WHERE is_primary = 1", &[]).await, 1);
        app.run_jobs().await;
        assert!(app.last_sms(ANNA.phone).expect("told").contains("основным контактом"));
        // The page of somebody else's contact does not exist.
        app.advance(Span::hours(1));
        let mut igor = registered(&app, &IGOR).await;
        assert_eq!(igor.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(igor.send(&path, &[("act", "remove")]).await.path, LIST);
        assert_eq!(live(&app).await, 3);
    })
    .await;
}
