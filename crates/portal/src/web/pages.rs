//! The shell's own pages: home, errors, help, offline.

use super::page::Page;
use super::texts;
use super::ui::{Icon, Ladder, LinkButton, Weight};
use askama::Template;
use axum::http::StatusCode;

/// `/`: what people come for, the three steps of the account.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    page: Page,
}

impl Home {
    /// The home page of a visitor or of a signed-in person.
    pub fn new(page: Page) -> Home {
        Home { page }
    }

    fn ladder(&self) -> Ladder {
        Ladder::new(self.page.lang, self.page.viewer.as_ref().map(|viewer| viewer.level))
    }

    fn way_in(&self) -> LinkButton {
        match self.page.viewer {
            Some(_) => LinkButton::new(self.page.t("web-home-to-cabinet"), "/cabinet"),
            None => LinkButton::new(self.page.t("web-home-register"), "/register"),
        }
        .weight(Weight::Accent)
    }

    fn other_way(&self) -> Option<LinkButton> {
        let sign_in = || LinkButton::new(self.page.t("web-sign-in"), "/sign-in").weight(Weight::Secondary);
        self.page.viewer.is_none().then(sign_in)
    }

    /// What people come for: an icon, a name, a word of explanation.
    fn purposes(&self) -> [(Icon, &'static str, &'static str); 6] {
        let t = |key| self.page.t(key);
        [
            (Icon::new("document"), t("web-home-papers"), t("web-home-papers-text")),
            (Icon::new("card"), t("web-home-payments"), t("web-home-payments-text")),
            (Icon::new("calendar"), t("web-home-visits"), t("web-home-visits-text")),
            (Icon::new("pen"), t("web-home-requests"), t("web-home-requests-text")),
            (Icon::new("key"), t("web-home-sso"), t("web-home-sso-text")),
            (Icon::new("shield"), t("web-home-safety"), t("web-home-safety-text")),
        ]
    }
}

/// A page that says what went wrong, when, under which number, and the ways out.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    page: Page,
    status: StatusCode,
    title: &'static str,
    text: &'static str,
    wait: Option<String>,
}

impl ErrorPage {
    /// The page of an HTTP status; one that has no words of its own is shown as 400 or 500.
    pub fn new(page: Page, status: StatusCode) -> ErrorPage {
        let (title, text) = error_words(status);
        ErrorPage { title: page.t(title), text: page.t(text), status, wait: None, page }
    }

    /// Words of its own, where the status alone does not say enough.
    #[must_use]
    pub fn words(self, title: &'static str, text: &'static str) -> ErrorPage {
        ErrorPage { title, text, ..self }
    }

    /// When to try again, in seconds: what the answer's `Retry-After` says.
    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> ErrorPage {
        let wait = super::format::wait(self.page.lang, seconds);
        self.wait = Some(texts::format(self.page.lang, "web-error-wait", &[("wait", wait.into())]));
        self
    }

    /// Whether trying the same again may help.
    fn may_pass(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS
    }

    /// An incident number is shown where support can do something with it.
    fn code(&self) -> u16 {
        self.status.as_u16()
    }
}

/// The keys of an error's title and explanation.
fn error_words(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        401 => ("web-error-401", "web-error-401-text"),
        403 => ("web-error-403", "web-error-403-text"),
        404 | 410 => ("web-error-404", "web-error-404-text"),
        405 => ("web-error-405", "web-error-405-text"),
        413 => ("web-error-413", "web-error-413-text"),
        422 => ("web-error-422", "web-error-422-text"),
        429 => ("web-error-429", "web-error-429-text"),
        502..=504 => ("web-error-503", "web-error-503-text"),
        400..=499 => ("web-error-400", "web-error-400-text"),
        _ => ("web-error-500", "web-error-500-text"),
    }
}

/// `/help`: how to register, what to do when a code does not arrive.
#[derive(Debug, Template)]
#[template(path = "help.html")]
pub struct Help {
    page: Page,
}

impl Help {
    /// The help page.
    pub fn new(page: Page) -> Help {
        Help { page }
    }

    /// The questions with their answers: fragment, question, answer.
    fn questions(&self) -> [(&'static str, &'static str, &'static str); 7] {
        let t = |key| self.page.t(key);
        [
            ("register", t("web-help-register"), t("web-help-register-text")),
            ("code", t("web-help-code"), t("web-help-code-text")),
            ("letter", t("web-help-letter"), t("web-help-letter-text")),
            ("password", t("web-help-password"), t("web-help-password-text")),
            ("number", t("web-help-number"), t("web-help-number-text")),
            ("levels", t("web-help-levels"), t("web-help-levels-text")),
            ("staff", t("web-help-staff"), t("web-help-staff-text")),
        ]
    }
}

/// `/offline`: kept on the device by the service worker, so it holds nothing of anybody.
#[derive(Debug, Template)]
#[template(path = "offline.html")]
pub struct Offline {
    page: Page,
}

impl Offline {
    /// The page without the person, the token and the message that `page` may carry.
    pub fn new(page: Page) -> Offline {
        let page = Page { viewer: None, csrf: String::new(), flash: None, session_ends_in: None, ..page };
        Offline { page }
    }
}
