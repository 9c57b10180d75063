//! Letters: one quiet layout for all, as HTML and as plain text.

use super::page::Brand;
use super::texts::text;
use askama::Template;
use kernel::Lang;
use std::sync::Arc;

/// A letter to a person. It is complete without pictures, and the text form says the same.
#[derive(Clone, Debug, Template)]
#[template(path = "mail.html")]
pub struct MailPage {
    /// The language of the letter.
    pub lang: Lang,
    /// The deployment's face.
    pub brand: Arc<Brand>,
    /// The heading; also a good subject.
    pub title: String,
    /// What the letter says, paragraph by paragraph.
    pub paragraphs: Vec<String>,
    /// A one-time code, set large.
    pub code: Option<String>,
    /// The one thing to do: label and absolute address.
    pub button: Option<(String, String)>,
    /// What stands small at the end: why this letter came, what to do if it was not asked for.
    pub footer: Vec<String>,
}

impl MailPage {
    /// A letter with a heading.
    pub fn new(lang: Lang, brand: Arc<Brand>, title: impl Into<String>) -> MailPage {
        let title = title.into();
        MailPage { lang, brand, title, paragraphs: Vec::new(), code: None, button: None, footer: Vec::new() }
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    /// Sets the code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the one thing to do.
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, address: impl Into<String>) -> Self {
        self.button = Some((label.into(), address.into()));
        self
    }

    /// Adds a small line at the end.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.footer.push(text.into());
        self
    }

    /// The HTML body.
    pub fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    /// The plain-text body: the same words in the same order.
    pub fn text(&self) -> String {
        let mut parts = vec![self.title.clone()];
        parts.extend(self.paragraphs.iter().cloned());
        parts.extend(self.code.clone());
        parts.extend(self.button.as_ref().map(|(label, address)| format!("{label}:\n{address}")));
        // «-- » on a line of its own begins a signature (RFC 3676, section 4.3).
        let mut signature = vec!["-- ".to_owned(), self.portal().to_owned()];
        signature.extend(self.footer.iter().cloned());
        parts.push(signature.join("\n"));
        parts.join("\n\n") + "\n"
    }

    fn portal(&self) -> &str {
        self.brand.name(self.lang)
    }

    fn operator(&self) -> &str {
        self.brand.operator(self.lang)
    }

    fn t(&self, key: &'static str) -> &'static str {
        text(self.lang, key)
    }

    /// The first words a mailbox shows beside the subject.
    fn preview(&self) -> &str {
        self.paragraphs.first().map_or("", String::as_str)
    }
}
