//! The first page of a session as it was drawn last: most visits to it change nothing on it.

use crate::web::preferences::Preferences;
use axum::body::Bytes;
use kernel::Lang;
use std::sync::{Mutex, PoisonError};

/// What a page depends on besides the person: form token, language, looks, address, and the year at its foot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnFor {
    /// The browser's mark, from which the form token is made.
    pub visitor: String,
    /// The language.
    pub lang: Lang,
    /// What the person chose.
    pub preferences: Preferences,
    /// Path and query, which the forms for language and looks lead back to.
    pub path: String,
    /// The day, counted from 1970.
    pub day: i64,
}

/// One drawn page with the key of everything it depends on besides the session itself. It lives and dies with the
/// session's place in the cache: whatever changes the account forgets it (`Cache::forget`).
#[derive(Default)]
pub struct Rendered(Mutex<Option<(DrawnFor, Bytes)>>);

impl Rendered {
    /// The page, when it was drawn for this key.
    pub fn get(&self, key: &DrawnFor) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(known, _)| known == key).map(|(_, page)| page.clone())
    }

    /// Keeps a page.
    pub fn put(&self, key: DrawnFor, page: Bytes) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, page));
    }
}

impl Clone for Rendered {
    /// A copied session is a changed one: its page is drawn anew.
    fn clone(&self) -> Rendered {
        Rendered::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_given_for_its_own_key_only() {
        let key = |lang| DrawnFor {
            visitor: "mark".into(),
            lang,
            preferences: Preferences::default(),
            path: "/cabinet".into(),
            day: 1,
        };
        let kept = Rendered::default();
        kept.put(key(Lang::Ru), Bytes::from_static(b"page"));
        assert!(kept.get(&key(Lang::Ru)).is_some());
        assert!(kept.get(&key(Lang::En)).is_none());
        assert!(kept.get(&DrawnFor { day: 2, ..key(Lang::Ru) }).is_none());
        assert!(kept.clone().get(&key(Lang::Ru)).is_none());
    }
}
