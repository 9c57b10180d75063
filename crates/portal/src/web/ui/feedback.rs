//! What the portal says back.

use super::{Errors, LinkButton, Words};
use crate::web::page::Kind;
use crate::web::{format, texts};
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Lang;

/// All errors of a form at the top of the page, each a link to its field.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/error_summary.html")]
pub struct ErrorSummary {
    lang: Lang,
    items: Vec<(String, String)>,
}
impl HtmlSafe for ErrorSummary {}

impl ErrorSummary {
    /// The summary of a form's errors.
    pub fn new(lang: Lang, errors: &Errors) -> ErrorSummary {
        let items = errors.iter().map(|(field, text)| (field.to_owned(), text.to_owned())).collect();
        ErrorSummary { lang, items }
    }

    fn title(&self) -> String {
        texts::format(self.lang, "web-errors-title", &[("n", self.items.len().into())])
    }
}

/// A message in the flow of the page: icon, words, perhaps a way on.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/notice.html")]
pub struct Notice {
    lang: Lang,
    kind: Kind,
    title: Words,
    text: Words,
    action: Option<(Words, String)>,
    live: bool,
}
impl HtmlSafe for Notice {}

impl Notice {
    /// A message of a weight.
    pub fn new(lang: Lang, kind: Kind, text: impl Into<Words>) -> Notice {
        Notice { lang, kind, title: Words::default(), text: text.into(), action: None, live: false }
    }

    /// A heading above the words.
    #[must_use]
    pub fn title(mut self, title: impl Into<Words>) -> Self {
        self.title = title.into();
        self
    }

    /// A way on.
    #[must_use]
    pub fn action(mut self, label: impl Into<Words>, href: impl Into<String>) -> Self {
        self.action = Some((label.into(), href.into()));
        self
    }

    /// Announced by screen readers when the page opens: the result of what the person just did.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// The weight in words, for those who see neither colour nor icon.
    fn weight(&self) -> &'static str {
        let key = match self.kind {
            Kind::Info => "web-notice-info",
            Kind::Success => "web-notice-success",
            Kind::Warning => "web-notice-warning",
            Kind::Danger => "web-notice-danger",
        };
        texts::text(self.lang, key)
    }
}

/// The end of a piece of work: what was done, its number, what happens next.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/panel.html")]
pub struct Panel {
    title: Words,
    text: Words,
}
impl HtmlSafe for Panel {}

impl Panel {
    /// A panel whose title is the page's heading.
    pub fn new(title: impl Into<Words>, text: impl Into<Words>) -> Panel {
        Panel { title: title.into(), text: text.into() }
    }
}

/// A list with nothing in it yet: says what will come here and how to begin.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/empty_state.html")]
pub struct EmptyState {
    icon: &'static str,
    title: Words,
    text: Words,
    action: Option<LinkButton>,
}
impl HtmlSafe for EmptyState {}

impl EmptyState {
    /// An empty place, with an icon of `icons.svg`.
    pub fn new(icon: &'static str, title: impl Into<Words>, text: impl Into<Words>) -> EmptyState {
        EmptyState { icon, title: title.into(), text: text.into(), action: None }
    }

    /// How to begin.
    #[must_use]
    pub fn action(mut self, action: LinkButton) -> Self {
        self.action = Some(action);
        self
    }
}

/// A sentence with the time that is left: true when the page was made, counted down by a script.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/countdown.html")]
pub struct Countdown {
    before: String,
    after: String,
    clock: String,
    seconds: i64,
    then: Words,
}
impl HtmlSafe for Countdown {}

impl Countdown {
    /// The sentence of `key`, which has the variable `$time`; `then` replaces it when the time is over.
    pub fn new(lang: Lang, key: &'static str, seconds: i64, then: impl Into<Words>) -> Countdown {
        // The clock is cut out of the sentence, so that a script can change it without the words around it.
        let mark = "\u{1}";
        let sentence = texts::format(lang, key, &[("time", mark.into())]);
        let (before, after) = sentence.split_once(mark).unwrap_or((sentence.as_str(), ""));
        let (before, after) = (before.to_owned(), after.to_owned());
        Countdown { before, after, clock: format::clock(seconds), seconds: seconds.max(0), then: then.into() }
    }
}
