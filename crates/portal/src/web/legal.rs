//! The legal texts that a person agrees to. The built-in ones are honest samples for the deployer to replace.

use super::page::{Kind, Page};
use super::ui::Notice;
use askama::Template;
use kernel::Lang;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

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

    /// The version of the built-in sample.
    pub const fn version(self) -> &'static str {
        match self {
            Document::Terms => "sample-2026-11-21",
            Document::Data => "sample-2026-11-21",
        }
    }

    /// The built-in sample, a safe HTML fragment.
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

/// Section `[legal]`: the deployer's own texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folder with `terms.ru.html`, `terms.en.html`, `data.ru.html`, `data.en.html`: fragments of HTML, trusted as
    /// they are. Without a folder the samples are shown, and say that they are samples.
    pub folder: Option<PathBuf>,
    /// The version of the texts in the folder, kept with each consent; change it with every edit.
    pub version: String,
}

impl Settings {
    /// What is wrong: files that cannot be read, a folder without a version.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if self.folder.is_some() && self.version.trim().is_empty() {
            found.push(("version", "is needed beside `folder`: each consent records it".to_owned()));
        }
        if let Err(problem) = Texts::load(self) {
            found.push(("folder", problem));
        }
        found
    }
}

/// The texts in force, read once.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    own: HashMap<(&'static str, &'static str), Arc<str>>,
    version: String,
}

impl Texts {
    /// Reads the deployer's texts.
    ///
    /// # Errors
    /// Which file cannot be read.
    pub fn load(settings: &Settings) -> Result<Texts, String> {
        let mut own = HashMap::new();
        if let Some(folder) = &settings.folder {
            for (document, lang) in Document::ALL.into_iter().flat_map(|d| Lang::ALL.map(|lang| (d, lang))) {
                let path = folder.join(format!("{}.{}.html", document.slug(), lang.tag()));
                let text =
                    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                own.insert((document.slug(), lang.tag()), Arc::from(text));
            }
        }
        Ok(Texts { own, version: settings.version.clone() })
    }

    /// The version in force: what a consent record keeps.
    pub fn version(&self, document: Document) -> &str {
        if self.own.is_empty() { document.version() } else { &self.version }
    }

    /// Whether the built-in samples are shown.
    pub fn are_samples(&self) -> bool {
        self.own.is_empty()
    }

    fn text(&self, document: Document, lang: Lang) -> Arc<str> {
        let own = self.own.get(&(document.slug(), lang.tag()));
        own.cloned().unwrap_or_else(|| Arc::from(document.text(lang)))
    }
}

/// `/legal/{slug}`.
#[derive(Debug, Template)]
#[template(path = "legal.html")]
pub struct Legal {
    page: Page,
    document: Document,
    version: String,
    samples: bool,
    text: Arc<str>,
}

impl Legal {
    /// The page of a document.
    pub fn new(page: Page, document: Document, texts: &Texts) -> Legal {
        let (version, text) = (texts.version(document).to_owned(), texts.text(document, page.lang));
        Legal { page, document, version, samples: texts.are_samples(), text }
    }

    fn title(&self) -> &'static str {
        self.page.t(self.document.title_key())
    }

    /// Says plainly that the text is a sample.
    fn sample(&self) -> Option<Notice> {
        self.samples.then(|| Notice::new(self.page.lang, Kind::Warning, self.page.t("web-legal-sample")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_its_files_or_version_is_told() {
        assert!(Settings::default().problems().is_empty());
        let settings = Settings { folder: Some("/nowhere".into()), version: String::new() };
        let found: Vec<_> = settings.problems().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, ["version", "folder"]);
    }

    #[test]
    fn samples_are_shown_and_versioned_until_they_are_replaced() {
        let texts = Texts::load(&Settings::default()).expect("nothing to read");
        assert!(texts.are_samples());
        assert_eq!(texts.version(Document::Terms), Document::Terms.version());
    }
}
