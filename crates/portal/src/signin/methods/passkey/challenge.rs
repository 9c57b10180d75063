//! Challenges: made without a row, spent with one.
//!
//! A challenge is chance, its end, and a keyed hash over both, the browser's mark and what it is for. So pages that
//! offer a passkey write nothing, an answer shows by itself that its challenge is ours, and only an answered challenge
//! takes a row: the one that makes it single use.

use super::Settings;
use crate::ctx::Ctx;
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Span, Time, secret};
use ring::digest::{SHA256, digest};
use store::keys::Purpose;
use store::{Tx, params};

/// What a challenge is for. An answer to one is none to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony<'a> {
    /// Signing in without a login.
    SignIn,
    /// A factor that is asked for: what for, and the half-done sign-in, session or recovery it belongs to.
    Factor(&'a str, &'a str),
    /// A new key: the session's identifier and the user handle, as text.
    Register(&'a str, &'a str),
}

impl Ceremony<'_> {
    fn parts(&self) -> [&[u8]; 3] {
        match self {
            Ceremony::SignIn => [b"sign-in", b"", b""],
            Ceremony::Factor(what_for, subject) => [b"factor", what_for.as_bytes(), subject.as_bytes()],
            Ceremony::Register(session, user) => [b"register", session.as_bytes(), user.as_bytes()],
        }
    }
}

const CHANCE: usize = 32;
const END: usize = 8;
const MAC: usize = 32;

/// A challenge of ours that is not spent yet, as far as it can be seen without the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    hash: [u8; 32],
    until: Time,
}

/// What the challenge of an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Ours, for this browser and purpose, in time.
    Live(Live),
    /// Ours, but too old.
    Expired,
    /// Not ours, or for another browser, account or purpose.
    Foreign,
}

/// A new challenge, in the alphabet of URLs.
pub fn make(ctx: &Ctx, settings: &Settings, ceremony: Ceremony<'_>) -> String {
    let chance: [u8; CHANCE] = ctx.rng().bytes();
    let end = (ctx.now + Span::seconds(settings.challenge_seconds)).0.to_be_bytes();
    let mac = ctx.keys.mac(Purpose::Token, &signed(ctx, &ceremony, &chance, &end));
    B64.encode([&chance[..], &end, &mac].concat())
}

/// What the challenge of an answer is.
pub fn standing(ctx: &Ctx, ceremony: Ceremony<'_>, challenge: &[u8]) -> Standing {
    let Some((chance, rest)) = challenge.split_at_checked(CHANCE) else { return Standing::Foreign };
    let Some((end, mac)) = rest.split_first_chunk::<END>() else { return Standing::Foreign };
    let known = ctx.keys.macs(Purpose::Token, &signed(ctx, &ceremony, chance, end));
    if mac.len() != MAC || !known.iter().any(|known| secret::same(known, mac)) {
        return Standing::Foreign;
    }
    let until = Time(i64::from_be_bytes(*end));
    if ctx.now >= until {
        return Standing::Expired;
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, challenge).as_ref());
    Standing::Live(Live { hash, until })
}

fn signed<'a>(
    ctx: &'a Ctx,
    ceremony: &'a Ceremony<'a>,
    chance: &'a [u8],
    end: &'a [u8; END],
) -> [&'a [u8]; 7] {
    let [what, subject, more] = ceremony.parts();
    [b"passkey", what, subject, more, ctx.visitor.as_bytes(), chance, end]
}

/// Spends a challenge: `true` for the first answer, once.
///
/// # Errors
/// The storage is away.
pub fn spend(tx: &mut Tx<'_>, live: &Live) -> Result<bool> {
    let written = tx.exec(
        "INSERT INTO passkey_challenge (challenge_hash, expires_at) VALUES ($1, $2)
         ON CONFLICT (challenge_hash) DO NOTHING",
        params![&live.hash, live.until],
    )?;
    Ok(written == 1)
}
