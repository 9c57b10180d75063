//! The place of a challenge that tells people from programs: picture, sound, or work of the machine.

use crate::web::texts;
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Lang;

/// A challenge inside a form. Which variants are offered is decided by the slice that makes them.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/challenge.html")]
pub struct Challenge {
    lang: Lang,
    token_name: &'static str,
    token: String,
    answer_name: &'static str,
    picture: Option<String>,
    sound: Option<String>,
    work: Option<Work>,
    error: Option<String>,
}
impl HtmlSafe for Challenge {}

/// A puzzle for the browser's processor.
#[derive(Clone, Debug)]
struct Work {
    name: &'static str,
    puzzle: String,
    difficulty: u32,
}

impl Challenge {
    /// A challenge with its token; both field names are those the server reads.
    pub fn new(
        lang: Lang,
        token_name: &'static str,
        token: impl Into<String>,
        answer_name: &'static str,
    ) -> Challenge {
        Challenge {
            lang,
            token_name,
            token: token.into(),
            answer_name,
            picture: None,
            sound: None,
            work: None,
            error: None,
        }
    }

    /// The address of the picture.
    #[must_use]
    pub fn picture(mut self, address: impl Into<String>) -> Self {
        self.picture = Some(address.into());
        self
    }

    /// The address of the spoken version.
    #[must_use]
    pub fn sound(mut self, address: impl Into<String>) -> Self {
        self.sound = Some(address.into());
        self
    }

    /// A proof of work, done by `assets/js/challenge.js` when the person presses its button:
    /// the field that carries the solution, the puzzle and the number of leading zero bits.
    #[must_use]
    pub fn work(mut self, name: &'static str, puzzle: impl Into<String>, difficulty: u32) -> Self {
        self.work = Some(Work { name, puzzle: puzzle.into(), difficulty });
        self
    }

    /// What was wrong with the last answer.
    #[must_use]
    pub fn error(mut self, error: Option<&str>) -> Self {
        self.error = error.map(str::to_owned);
        self
    }

    fn t(&self, key: &'static str) -> &'static str {
        texts::text(self.lang, key)
    }
}
