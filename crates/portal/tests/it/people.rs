//! Invented people and what they do at the portal, step by step.

use axum::http::StatusCode;
use testkit::app::{Browser, Page, TestApp};

/// A password that every rule accepts.
pub const PASSWORD: &str = "Gavan-2026!x";
/// Another one.
pub const OTHER_PASSWORD: &str = "Prichal-2027!y";

/// An invented person with one contact or two.
#[derive(Clone, Copy)]
pub struct Person {
    pub surname: &'static str,
    pub first_name: &'static str,
    pub phone: &'static str,
    pub email: &'static str,
}

/// Registers by phone.
pub const VERA: Person =
    Person { surname: "Лодкина", first_name: "Вера", phone: "+79123456789", email: "" };
/// Registers by e-mail.
pub const IGOR: Person =
    Person { surname: "Мачтов", first_name: "Игорь", phone: "", email: "igor@example.org" };
/// Has both contacts.
pub const ANNA: Person =
    Person {
        surname: "Якорева", first_name: "Анна", phone: "+79161112233", email: "anna@example.org"
    };

impl Person {
    /// The first page of registration, filled in.
    pub fn fields(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("surname", self.surname),
            ("first_name", self.first_name),
            ("patronymic", ""),
            ("phone", self.phone),
            ("email", self.email),
            ("consent_terms", "on"),
            ("consent_data", "on"),
        ]
    }

    /// The newest code that this person received for the contact that the page asks about.
    pub async fn code(&self, app: &TestApp, page: &Page) -> String {
        if page.says("name=\"channel\" value=\"email\"") {
            app.mail_code(self.email).await
        } else {
            app.sms_code(self.phone).await
        }
    }
}

/// Goes through the whole registration; the browser ends in the cabinet.
pub async fn register(app: &TestApp, browser: &mut Browser, person: &Person, password: &str) -> Page {
    browser.get("/register").await;
    let mut page = browser.send("/register", &person.fields()).await;
    while page.path == "/register/code" {
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let code = person.code(app, &page).await;
        page = browser.send("/register/code", &[("code", &code)]).await;
    }
    assert_eq!(page.path, "/register/password", "{}", page.text());
    let page = browser.send("/register/password", &twice(password)).await;
    assert_eq!((page.path.as_str(), page.status), ("/cabinet", StatusCode::OK), "{}", page.text());
    page
}

/// A registered person and the browser in which they are signed in.
pub async fn registered(app: &TestApp, person: &Person) -> Browser {
    let mut browser = app.browser();
    register(app, &mut browser, person, PASSWORD).await;
    browser
}

/// The same password in both fields.
pub fn twice(password: &str) -> [(&str, &str); 2] {
    [("password", password), ("password_repeat", password)]
}

/// Tries to sign in; follows no redirect.
pub async fn sign_in(browser: &mut Browser, login: &str, password: &str) -> Page {
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("login", login), ("password", password)]).await
}

/// Whether a fresh browser gets in.
pub async fn can_sign_in(app: &TestApp, login: &str, password: &str) -> bool {
    let page = sign_in(&mut app.browser(), login, password).await;
    page.status == StatusCode::SEE_OTHER && page.location() == Some("/cabinet")
}

/// Whether the browser is signed in.
pub async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/cabinet").await.status == StatusCode::OK
}

/// The words of the interface as a reader of [`Page::text`] and [`Page::error_at`] sees them.
pub fn words(lang: kernel::Lang, key: &'static str) -> String {
    portal::web::texts::text(lang, key).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Begins a registration; the browser stands where the code is asked for.
pub async fn begin(browser: &mut Browser, person: &Person) -> Page {
    browser.get("/register").await;
    let page = browser.send("/register", &person.fields()).await;
    assert_eq!((page.path.as_str(), page.status), ("/register/code", StatusCode::OK), "{}", page.text());
    page
}
