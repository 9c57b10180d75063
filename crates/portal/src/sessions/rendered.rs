//! The first page of a session as it was drawn last: most visits to it change nothing on it.

use axum::body::Bytes;
use std::sync::{Mutex, PoisonError};

/// One drawn page with the key of everything it depends on besides the session itself. It lives and dies with the
/// session's place in the cache: whatever changes the account forgets it (`Cache::forget`).
#[derive(Default)]
pub struct Rendered(Mutex<Option<(String, Bytes)>>);

impl Rendered {
    /// The page, when it was drawn for this key.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(known, _)| known == key).map(|(_, page)| page.clone())
    }

    /// Keeps a page.
    pub fn put(&self, key: String, page: Bytes) {
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
        let kept = Rendered::default();
        kept.put("ru".into(), Bytes::from_static(b"page"));
        assert!(kept.get("ru").is_some());
        assert!(kept.get("en").is_none());
        assert!(kept.clone().get("ru").is_none());
    }
}
