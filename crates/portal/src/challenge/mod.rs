//! Challenges that tell people from programs: a picture to read, a sound to hear, or work for the machine.
//! One of the three is enough. No third party sees the visitor.
//!
//! Invariants:
//! - a challenge is bound to one visitor and one purpose, lives ten minutes ([`Settings::lifetime_seconds`]) and
//!   counts once: an answer, right or wrong, spends it;
//! - an unanswered challenge costs no storage: it lives in its sealed token, and so does nothing else;
//! - the answer never leaves the server but as a picture or a sound, and is compared in constant time.
//!
//! A page shows [`View`] in a form, the handler that receives it calls [`verify`] in its transaction and then
//! **commits**, whatever the verdict is; undone, a wrong answer would not be spent.

mod answer;
mod glyphs;
mod picture;
mod raster;
mod settings;
mod sound;
mod store;
mod token;
pub mod web;
mod work;

pub use settings::Settings;

use ::store::keys::{KeyRing as Keys, Purpose};
use ::store::{StoreError, Tx};
use kernel::{Lang, Rng, Time, secret};
use token::Challenge;

/// What a form needs to show a challenge; its fields are named [`TOKEN_FIELD`], [`ANSWER_FIELD`], [`NONCE_FIELD`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Goes back with the form, in a hidden field.
    pub token: String,
    /// The address of the picture.
    pub picture_url: String,
    /// The address of the sound, spoken in the language of the page.
    pub sound_url: String,
    /// The work for the machine.
    pub work: Work,
}

/// A proof of work: find a number `n` so that SHA-256 of `puzzle:n` begins with `bits` zero bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// 24 hexadecimal digits.
    pub puzzle: String,
    /// Leading zero bits.
    pub bits: u8,
}

/// The form field of the token.
pub const TOKEN_FIELD: &str = "challenge_token";
/// The form field of the characters that were read or heard.
pub const ANSWER_FIELD: &str = "challenge_answer";
/// The form field of the number that the machine has found.
pub const NONCE_FIELD: &str = "challenge_nonce";

/// What came back with the form; missing fields are empty.
#[derive(Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The token of the challenge.
    #[serde(rename = "challenge_token")]
    pub token: String,
    /// The characters of the picture or the digits of the sound.
    #[serde(rename = "challenge_answer")]
    pub text: String,
    /// The number that solves the work.
    #[serde(rename = "challenge_nonce")]
    pub nonce: String,
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right, and spent now.
    Passed,
    /// Not right, or not for this visitor and purpose, or no challenge at all. Show a new one.
    Wrong,
    /// Its life was over. Show a new one.
    Expired,
    /// It was answered before. Show a new one.
    Spent,
}

impl Verdict {
    /// The word for metrics and the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Wrong => "wrong",
            Verdict::Expired => "expired",
            Verdict::Spent => "spent",
        }
    }
}

/// Who is asked, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The browser's random mark.
    pub visitor: &'a str,
    /// The form it stands in, for example `sign-in`; an answer to one form does not open another.
    pub purpose: &'a str,
}

/// Makes a challenge.
pub fn new(settings: &Settings, keys: &Keys, now: Time, asked: Asked<'_>, lang: Lang, rng: &mut Rng) -> View {
    let challenge = Challenge::new(settings, now, asked.visitor, asked.purpose, rng);
    let token = challenge.seal(&keys.mac(Purpose::Token, &[KEY_LABEL]), rng);
    View {
        picture_url: format!("/challenge/{token}/picture.png"),
        sound_url: format!("/challenge/{token}/sound-{}.wav", lang.tag()),
        work: Work { puzzle: challenge.puzzle(), bits: challenge.work_bits },
        token,
    }
}

/// Judges an answer and spends the challenge. Commit the transaction after any verdict.
pub fn verify(
    tx: &mut Tx<'_>,
    keys: &Keys,
    now: Time,
    asked: Asked<'_>,
    answer: &Answer,
) -> Result<Verdict, StoreError> {
    let Some(challenge) = opened(keys, &answer.token) else { return Ok(Verdict::Wrong) };
    if !challenge.is_for(asked.visitor, asked.purpose) {
        return Ok(Verdict::Wrong);
    }
    if challenge.expires < now {
        return Ok(Verdict::Expired);
    }
    if !store::spend(tx, &challenge.id_hash(), challenge.expires)? {
        return Ok(Verdict::Spent);
    }
    Ok(if is_right(&challenge, answer) { Verdict::Passed } else { Verdict::Wrong })
}

/// Forgets up to `limit` spent challenges whose life is over; for the retention job.
pub fn forget_expired(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<u64, StoreError> {
    store::forget(tx, now, limit)
}

/// Tells the token key of challenges from other uses of the deployment's token key.
const KEY_LABEL: &[u8] = b"challenge";

fn opened(keys: &Keys, token: &str) -> Option<Challenge> {
    Challenge::open(token, &keys.macs(Purpose::Token, &[KEY_LABEL]))
}

fn is_right(challenge: &Challenge, answer: &Answer) -> bool {
    let typed = answer::folded(&answer.text);
    let read = secret::same(typed.as_bytes(), challenge.picture_answer().as_bytes());
    let heard = secret::same(typed.as_bytes(), challenge.sound_answer().as_bytes());
    let worked = work::solves(&challenge.puzzle(), &answer.nonce, challenge.work_bits);
    read | heard | worked
}

/// A picture (PNG) of these characters and a sound (WAV) of these digits, to look at and listen to while tuning.
pub fn preview(lang: Lang, characters: &str, digits: &str, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    (picture::draw(characters, rng), sound::speak(lang, digits, rng))
}

/// For the fuzz target of tokens: reads any text as a token, under a key nobody holds.
#[doc(hidden)]
pub fn fuzz_token(text: &str) -> bool {
    Challenge::open(text, &[[7; 32]]).is_some()
}

#[cfg(test)]
mod tests;
