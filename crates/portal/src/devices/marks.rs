//! The cookie `dev`: marks of a browser, one for each account that was signed in from it, newest first.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::Rng;
use std::sync::Arc;

/// The cookie's plain name.
pub const COOKIE: &str = "dev";
/// Accounts that one browser is remembered for; a family shares a computer, a library's need not be remembered.
const MOST: usize = 5;
/// Characters of a mark: 128 bits.
const LENGTH: usize = 22;

/// What a browser showed, and the mark it gets when somebody signs in from it for the first time.
#[derive(Clone, Default)]
pub struct Marks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    held: Vec<String>,
    fresh: Option<String>,
}

impl Marks {
    /// Reads a cookie; what is not a mark of ours is dropped. `fresh` is given where somebody may sign in.
    pub fn read(cookie: Option<&str>, fresh: Option<&mut Rng>) -> Marks {
        let well_formed = |mark: &&str| mark.len() == LENGTH && B64.decode(mark).is_ok();
        let held = cookie.unwrap_or_default().split('.').filter(well_formed).take(MOST).map(str::to_owned);
        let fresh = fresh.map(|rng| B64.encode(rng.bytes::<16>()));
        Marks(Arc::new(Inner { held: held.collect(), fresh }))
    }

    /// The marks that the browser showed.
    pub(super) fn held(&self) -> &[String] {
        &self.0.held
    }

    /// The mark for a first sign-in: never one that the browser brought, so a planted one is not taken over.
    pub(super) fn fresh(&self) -> Option<&str> {
        self.0.fresh.as_deref()
    }

    /// The cookie after a sign-in; `None` when there is nothing to keep.
    pub fn cookie(&self, new_device: bool) -> Option<String> {
        let fresh = if new_device { self.fresh() } else { None };
        let marks: Vec<&str> =
            fresh.into_iter().chain(self.held().iter().map(String::as_str)).take(MOST).collect();
        (!marks.is_empty()).then(|| marks.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marks_of_our_form_are_read_and_few_are_kept() {
        let mark = |sign: char| sign.to_string().repeat(21) + "A";
        let seven: Vec<String> = ('a'..='g').map(mark).collect();
        let cookie = format!("{}.short.{}.{}", seven[..2].join("."), "!".repeat(22), seven[2..].join("."));
        let marks = Marks::read(Some(&cookie), Some(&mut Rng::seeded(1)));
        assert_eq!(marks.held(), &seven[..5]);
        assert_eq!(marks.cookie(false), Some(seven[..5].join(".")));
        let kept = marks.cookie(true).expect("marks");
        assert_eq!(kept.split('.').count(), 5);
        assert!(kept.starts_with(marks.fresh().expect("a fresh mark")));
        assert!(!seven.contains(&marks.fresh().expect("a fresh mark").to_owned()));
        assert_eq!(Marks::read(None, None).cookie(true), None);
    }
}
