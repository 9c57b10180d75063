//! The legal texts that a person agrees to. The built-in ones are honest samples for the deployer to replace.

use super::page::{Kind, Page};
use super::ui::Notice;
use askama::Template;
use kernel::Lang;

/// A text to agree to. Its version is recorded with each consent and changes with every edit of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The user agreement.
    Terms,
    /// The consent to the processing of personal data (Federal Law 152-FZ, article 9).
    Data,
}

impl Document {
    /// Every document.
    pub const ALL: [Document; 2] = [Document::Terms, Document::Data];

    /// The last part of its address: `/legal/terms`, `/legal/data`.
    pub const fn slug(self) -> &'static str {
        match self {
            Document::Terms => "terms",
            Document::Data => "data",
        }
    }

    /// The document of a [`Document::slug`].
    pub fn from_slug(slug: &str) -> Option<Document> {
        Document::ALL.into_iter().find(|document| document.slug() == slug)
    }

    /// The version in force: what a consent record keeps.
    pub const fn version(self) -> &'static str {
        match self {
            Document::Terms => "sample-2026-11-21",
            Document::Data => "sample-2026-11-21",
        }
    }

    /// The text as shown (a safe HTML fragment): what a consent record may keep a digest of.
    pub const fn text(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Document::Terms, Lang::Ru) => include_str!("templates/legal/terms.ru.html"),
            (Document::Terms, Lang::En) => include_str!("templates/legal/terms.en.html"),
            (Document::Data, Lang::Ru) => include_str!("templates/legal/data.ru.html"),
            (Document::Data, Lang::En) => include_str!("templates/legal/data.en.html"),
        }
    }

    const fn title_key(self) -> &'static str {
        match self {
            Document::Terms => "web-terms",
            Document::Data => "web-data",
        }
    }
}

/// `/legal/{slug}`.
#[derive(Debug, Template)]
#[template(path = "legal.html")]
pub struct Legal {
    page: Page,
    document: Document,
}

impl Legal {
    /// The page of a document.
    pub fn new(page: Page, document: Document) -> Legal {
        Legal { page, document }
    }

    fn title(&self) -> &'static str {
        self.page.t(self.document.title_key())
    }

    /// Says plainly that the text is a sample.
    fn sample(&self) -> Notice {
        Notice::new(self.page.lang, Kind::Warning, self.page.t("web-legal-sample"))
    }

    fn text(&self) -> &'static str {
        self.document.text(self.page.lang)
    }
}
