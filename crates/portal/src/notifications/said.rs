//! Values that the texts of a notice name, kept so that they can be told in either language later.

use crate::web::format;
use jiff::tz::TimeZone;
use kernel::{Lang, Time};
use serde::{Deserialize, Serialize};

/// A value in the text of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// The same in every language: a masked contact, a browser.
    Plain(String),
    /// A moment; told with its zone.
    At(Time),
    /// In each language its own words.
    Each {
        /// In Russian.
        ru: String,
        /// In English.
        en: String,
    },
}

impl Said {
    /// Words of the interface, in both languages.
    pub fn each(words: impl Fn(Lang) -> String) -> Said {
        Said::Each { ru: words(Lang::Ru), en: words(Lang::En) }
    }

    /// As it reads in a language.
    pub fn text(&self, lang: Lang, zone: &TimeZone) -> String {
        match (self, lang) {
            (Said::Plain(text), _) => text.clone(),
            (Said::At(at), _) => format::date_time_zone(lang, *at, zone),
            (Said::Each { ru, .. }, Lang::Ru) => ru.clone(),
            (Said::Each { en, .. }, Lang::En) => en.clone(),
        }
    }
}

impl From<String> for Said {
    fn from(text: String) -> Said {
        Said::Plain(text)
    }
}
