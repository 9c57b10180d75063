//! What one presses.

use super::Words;
use askama::Template;
use askama::filters::HtmlSafe;
use std::borrow::Cow;

/// How strongly an action calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The way on; one on a page.
    Primary,
    /// The one thing a page is for, in the accent colour; used sparingly.
    Accent,
    /// Another way.
    Secondary,
    /// A small matter: looks like a link.
    Quiet,
    /// Something that cannot be undone.
    Danger,
}

impl Weight {
    const fn class(self) -> &'static str {
        match self {
            Weight::Primary => "",
            Weight::Accent => " button--accent",
            Weight::Secondary => " button--secondary",
            Weight::Quiet => " button--quiet",
            Weight::Danger => " button--danger",
        }
    }
}

/// A button that sends its form, at most once while the answer is on its way.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/button.html")]
pub struct Button {
    label: Words,
    weight: Weight,
    name: Option<(Cow<'static, str>, String)>,
    action: Option<Cow<'static, str>>,
    form: Option<&'static str>,
    icon: Option<&'static str>,
    wait: Option<i64>,
    skip_checks: bool,
    scripted: bool,
}
impl HtmlSafe for Button {}

impl Button {
    /// The main button of a form; the label is a verb («Получить код»).
    pub fn new(label: impl Into<Words>) -> Button {
        Button {
            label: label.into(),
            weight: Weight::Primary,
            name: None,
            action: None,
            form: None,
            icon: None,
            wait: None,
            skip_checks: false,
            scripted: false,
        }
    }

    /// How strongly it calls.
    #[must_use]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// The pair sent when this button was pressed.
    #[must_use]
    pub fn value(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.name = Some((name.into(), value.into()));
        self
    }

    /// Another address for the form when this button is pressed.
    #[must_use]
    pub fn action(mut self, address: impl Into<Cow<'static, str>>) -> Self {
        self.action = Some(address.into());
        self
    }

    /// The `id` of the form it belongs to, when it stands outside.
    #[must_use]
    pub fn form(mut self, id: &'static str) -> Self {
        self.form = Some(id);
        self
    }

    /// An icon of `icons.svg` before the label.
    #[must_use]
    pub fn icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Not before so many seconds («Отправить снова»): a script holds and counts; without one the server refuses.
    #[must_use]
    pub fn wait(mut self, seconds: i64) -> Self {
        self.wait = (seconds > 0).then_some(seconds);
        self
    }

    /// Of use only to a script, which brings it to light: hidden where there is none.
    #[must_use]
    pub fn scripted(mut self) -> Self {
        self.scripted = true;
        self
    }

    /// Sends the form as it is, without the browser's checks (back, send again).
    #[must_use]
    pub fn skip_checks(mut self) -> Self {
        self.skip_checks = true;
        self
    }
}

/// A link that looks like a button: leads on, sends nothing.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/link_button.html")]
pub struct LinkButton {
    label: Words,
    href: Cow<'static, str>,
    weight: Weight,
    icon: Option<&'static str>,
}
impl HtmlSafe for LinkButton {}

impl LinkButton {
    /// A link to an address of the portal.
    pub fn new(label: impl Into<Words>, href: impl Into<Cow<'static, str>>) -> LinkButton {
        LinkButton { label: label.into(), href: href.into(), weight: Weight::Primary, icon: None }
    }

    /// How strongly it calls.
    #[must_use]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// An icon of `icons.svg` before the label.
    #[must_use]
    pub fn icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }
}
