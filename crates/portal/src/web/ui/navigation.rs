//! Ways through the portal.

use super::Words;
use crate::web::page::{Look, Page, Theme};
use crate::web::{assets, texts};
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Lang;
use std::borrow::Cow;

/// A picture of `icons.svg`, 24 px, in the colour of the words around it; silent for screen readers.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "ui/icon.html")]
pub struct Icon {
    name: &'static str,
}
impl HtmlSafe for Icon {}

impl Icon {
    /// The icon of a name.
    pub const fn new(name: &'static str) -> Icon {
        Icon { name }
    }

    fn sheet(&self) -> Cow<'static, str> {
        assets::url("icons.svg")
    }
}

/// A link one step back, inside the main part.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/back_link.html")]
pub struct BackLink {
    label: Words,
    href: String,
}
impl HtmlSafe for BackLink {}

impl BackLink {
    /// A link with the portal's usual word.
    pub fn new(lang: Lang, href: impl Into<String>) -> BackLink {
        BackLink { label: texts::text(lang, "web-back").into(), href: href.into() }
    }

    /// A link that says where it leads.
    pub fn to(label: impl Into<Words>, href: impl Into<String>) -> BackLink {
        BackLink { label: label.into(), href: href.into() }
    }
}

/// The way from the home page to this one.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/breadcrumbs.html")]
pub struct Breadcrumbs {
    lang: Lang,
    items: Vec<(Words, Option<String>)>,
}
impl HtmlSafe for Breadcrumbs {}

impl Breadcrumbs {
    /// The way, beginning at the home page.
    pub fn new(lang: Lang) -> Breadcrumbs {
        let home = (texts::text(lang, "web-home").into(), Some("/".to_owned()));
        Breadcrumbs { lang, items: vec![home] }
    }

    fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.lang, key)
    }

    /// Adds a page on the way.
    #[must_use]
    pub fn link(mut self, label: impl Into<Words>, href: impl Into<String>) -> Self {
        self.items.push((label.into(), Some(href.into())));
        self
    }

    /// Adds this page; not a link.
    #[must_use]
    pub fn here(mut self, label: impl Into<Words>) -> Self {
        self.items.push((label.into(), None));
        self
    }
}

/// The switch of languages: a form, so that the choice is remembered without JavaScript.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/language_switch.html")]
pub struct LanguageSwitch {
    lang: Lang,
    path: String,
    csrf: String,
}
impl HtmlSafe for LanguageSwitch {}

impl LanguageSwitch {
    /// The switch of a page; it returns to the same page.
    pub fn new(page: &Page) -> LanguageSwitch {
        LanguageSwitch { lang: page.lang, path: page.path.clone(), csrf: page.csrf.clone() }
    }

    /// The name of a language in that language.
    fn own_name(lang: &Lang) -> &'static str {
        match lang {
            Lang::Ru => "Русский",
            Lang::En => "English",
        }
    }
}

/// The switch of looks: colour scheme, large text, contrast.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/look_switch.html")]
pub struct LookSwitch {
    lang: Lang,
    look: Look,
    path: String,
    csrf: String,
}
impl HtmlSafe for LookSwitch {}

impl LookSwitch {
    /// The switch of a page; it returns to the same page.
    pub fn new(page: &Page) -> LookSwitch {
        LookSwitch { lang: page.lang, look: page.look, path: page.path.clone(), csrf: page.csrf.clone() }
    }

    fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.lang, key)
    }

    fn theme_name(&self, theme: &Theme) -> &'static str {
        self.t(match theme {
            Theme::Auto => "web-theme-auto",
            Theme::Light => "web-theme-light",
            Theme::Dark => "web-theme-dark",
        })
    }
}
