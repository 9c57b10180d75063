//! The home page: what people come for, the three steps of the account.

use super::page::Page;
use super::ui::{Ladder, LinkButton, Weight};
use askama::Template;

/// `/`.
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
}
