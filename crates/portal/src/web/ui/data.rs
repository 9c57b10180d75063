//! Facts on a page.

use super::Words;
use crate::web::page::Kind;
use askama::Template;
use askama::filters::HtmlSafe;

/// A state in a word.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/tag.html")]
pub struct Tag {
    kind: Option<Kind>,
    text: Words,
}
impl HtmlSafe for Tag {}

impl Tag {
    /// A neutral word.
    pub fn plain(text: impl Into<Words>) -> Tag {
        Tag { kind: None, text: text.into() }
    }

    /// A word with a weight: colour and icon.
    pub fn new(kind: Kind, text: impl Into<Words>) -> Tag {
        Tag { kind: Some(kind), text: text.into() }
    }
}

/// One row of a summary.
#[derive(Clone, Debug)]
struct Row {
    name: Words,
    value: Words,
    action: Option<(Words, String)>,
}

/// Names and values, each with a way to change it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ui/summary_list.html")]
pub struct SummaryList {
    rows: Vec<Row>,
}
impl HtmlSafe for SummaryList {}

impl SummaryList {
    /// No rows yet.
    pub fn new() -> SummaryList {
        SummaryList::default()
    }

    /// Adds a fact.
    #[must_use]
    pub fn row(mut self, name: impl Into<Words>, value: impl Into<Words>) -> Self {
        self.rows.push(Row { name: name.into(), value: value.into(), action: None });
        self
    }

    /// Adds a fact that can be changed; `label` («Изменить») is completed by the name for screen readers.
    #[must_use]
    pub fn row_with(
        mut self,
        name: impl Into<Words>,
        value: impl Into<Words>,
        label: impl Into<Words>,
        href: impl Into<String>,
    ) -> Self {
        let action = Some((label.into(), href.into()));
        self.rows.push(Row { name: name.into(), value: value.into(), action });
        self
    }
}

/// A table that scrolls by itself when the page is narrow.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/table.html")]
pub struct Table {
    caption: Words,
    heads: Vec<(Words, bool)>,
    rows: Vec<Vec<Words>>,
    none: Words,
}
impl HtmlSafe for Table {}

impl Table {
    /// A table with its caption, which also names the scrolling region.
    pub fn new(caption: impl Into<Words>) -> Table {
        Table { caption: caption.into(), heads: Vec::new(), rows: Vec::new(), none: Words::default() }
    }

    /// Adds a column of words.
    #[must_use]
    pub fn column(mut self, head: impl Into<Words>) -> Self {
        self.heads.push((head.into(), false));
        self
    }

    /// Adds a column of numbers, set to the right.
    #[must_use]
    pub fn numbers(mut self, head: impl Into<Words>) -> Self {
        self.heads.push((head.into(), true));
        self
    }

    /// Adds a row; its first cell names it.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = impl Into<Words>>) -> Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// What stands in the table as long as it has no rows.
    #[must_use]
    pub fn none(mut self, words: impl Into<Words>) -> Self {
        self.none = words.into();
        self
    }

    fn is_number(&self, column: &usize) -> bool {
        self.heads.get(*column).is_some_and(|(_, number)| *number)
    }
}

/// More words for those who want them.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/details.html")]
pub struct Details {
    summary: Words,
    body: Words,
    open: bool,
}
impl HtmlSafe for Details {}

impl Details {
    /// A question and its answer, folded.
    pub fn new(summary: impl Into<Words>, body: impl Into<Words>) -> Details {
        Details { summary: summary.into(), body: body.into(), open: false }
    }

    /// Whether it starts unfolded.
    #[must_use]
    pub fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }
}
