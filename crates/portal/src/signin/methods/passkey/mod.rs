//! Passkeys and security keys (WebAuthn level 3): without a login and a password, as a second factor, before a
//! sensitive act.
//!
//! Invariants: site and origin are the configured public address, never what a request says; a challenge is for one
//! browser, purpose and subject, and is spent once, in the transaction of its effect; a key belongs to one account;
//! who signs in by a key alone was verified by it; a counter that goes back is in the journal and told to the owner,
//! and ends the sign-in when the key can only be in one device. No lock of the password stops a key.

mod answer;
mod challenge;
mod method;
mod options;
mod part;
mod register;
mod rules;
mod settings;
mod store;
pub mod web;

pub use answer::{Answer, Created};
pub use challenge::Ceremony;
pub use method::Passkey;
pub use options::is_possible;
pub use part::Part;
pub use register::{Registering, register};
pub use settings::Settings;
pub use store::{count, sweep};

use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::ctx::{Ctx, Place};
use crate::error::Result;
use crate::factors::{self, FactorId};
use crate::notifications::{self, Notice};
use crate::signin::methods::WhatFor;
use crate::web::texts;
use ::store::Tx;
use challenge::{Live, Standing};
use kernel::Lang;
use rules::Count;
use webauthn::{Assertion, Facts, Refusal, Site};

/// The site's id and the only origin, from the public address.
struct Own {
    id: String,
    origin: String,
}

impl Own {
    /// As browsers write them: lower case, without a port that the scheme implies.
    fn of(place: &Place) -> Own {
        let origin = place.public_url.to_ascii_lowercase();
        let (scheme, host) = origin.split_once("://").unwrap_or(("https", &origin));
        let implied = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(implied).unwrap_or(host);
        let id = host.rsplit_once(':').map_or(host, |(id, _)| id).to_owned();
        Own { id, origin: format!("{scheme}://{host}") }
    }

    fn site(&self) -> Site<'_> {
        Site { id: &self.id, origin: &self.origin }
    }
}

/// A key that signed. Not to be believed before [`spend`] has said so in the transaction of the effect.
#[derive(Clone)]
pub struct Signed {
    /// Whose key it is.
    pub account: AccountId,
    /// Which.
    pub factor: FactorId,
    /// How it signed: words for `sessions::Strength`.
    pub methods: &'static str,
    live: Live,
    facts: Facts,
}

/// Why an answer is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its challenge is over: the page stood open for too long.
    Expired,
    /// Its challenge was answered before.
    Spent,
    /// Nobody has this key: it was removed here, or is of another place. Its id, to be told to the browser.
    Unknown(Vec<u8>),
    /// The key did not verify the person, and had to.
    NotVerified,
    /// The counter says that somebody has a copy of this key.
    Copy,
    /// Anything else: not ours, not theirs, not signed. A word for logs.
    Wrong(&'static str),
}

impl Refused {
    /// The word in the journal and in metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Refused::Expired => "expired",
            Refused::Spent => "spent",
            Refused::Unknown(_) => "unknown",
            Refused::NotVerified => "not-verified",
            Refused::Copy => "copy",
            Refused::Wrong(_) => "wrong",
        }
    }

    /// The words for the person: what happened, and what to do.
    pub fn words(&self, lang: Lang) -> &'static str {
        texts::text(
            lang,
            match self {
                Refused::Expired | Refused::Spent => "signin-passkey-error-expired",
                Refused::Unknown(_) => "signin-passkey-error-unknown",
                Refused::NotVerified => "signin-passkey-error-not-verified",
                Refused::Copy => "signin-passkey-error-copy",
                Refused::Wrong(_) => "signin-passkey-error-wrong",
            },
        )
    }
}

/// Checks an answer as far as that needs no write; `of` is whose key it must be, when that is known already. With a
/// refusal comes the account whose key was tried, when there is one.
///
/// # Errors
/// The storage is away.
pub fn check(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ceremony: Ceremony<'_>,
    of: Option<&AccountId>,
    answer: &Answer,
) -> Result<std::result::Result<Signed, (Refused, Option<AccountId>)>> {
    let Ok(challenge) = webauthn::challenge_of(&answer.client_data) else {
        return Ok(Err((Refused::Wrong("client data"), None)));
    };
    let Some(row) = store::find(tx, ctx, &answer.id)? else {
        return Ok(Err((Refused::Unknown(answer.id.clone()), None)));
    };
    let refuse = |refused| Ok(Err((refused, Some(row.account.clone()))));
    let live = match challenge::standing(ctx, ceremony, &challenge) {
        Standing::Live(live) => live,
        Standing::Expired => return refuse(Refused::Expired),
        Standing::Foreign => return refuse(Refused::Wrong("challenge")),
    };
    // Somebody else's key is no key here; and a key says whose it is when it is asked without a name.
    let handle_fits = match ceremony {
        Ceremony::SignIn => answer.user == row.sealed.user,
        _ => answer.user.is_empty() || answer.user == row.sealed.user,
    };
    if of.is_some_and(|of| *of != row.account) || !handle_fits {
        return refuse(Refused::Wrong("account"));
    }
    let assertion = Assertion {
        client_data: &answer.client_data,
        authenticator_data: &answer.data,
        signature: &answer.signature,
    };
    let own = Own::of(&ctx.place);
    // Alone it must do both; before a sensitive act a key that can verify its person does.
    let must_verify = match ceremony {
        Ceremony::SignIn => true,
        Ceremony::Factor(what_for, _) => what_for == WhatFor::StepUp.word() && row.verifies,
        Ceremony::Register(..) => false,
    };
    match webauthn::assert(own.site(), &challenge, &row.sealed.key, must_verify, assertion) {
        Ok(facts) if facts.portable != row.portable => refuse(Refused::Wrong("eligibility")),
        Ok(facts) => {
            let methods = rules::methods(facts.portable, facts.verified);
            Ok(Ok(Signed { account: row.account, factor: row.factor, methods, live, facts }))
        }
        Err(Refusal::Verification) => refuse(Refused::NotVerified),
        Err(refusal) => refuse(Refused::Wrong(refusal.word())),
    }
}

/// Spends the challenge and moves the counter on; `None` when the key is to be believed. Everything that a key is
/// believed for happens in the same transaction, after this.
///
/// # Errors
/// The storage is away.
pub fn spend(tx: &mut Tx<'_>, ctx: &Ctx, signed: &Signed) -> Result<Option<Refused>> {
    if !challenge::spend(tx, &signed.live)? {
        return Ok(Some(Refused::Spent));
    }
    let now = i64::from(signed.facts.counter);
    let Some(before) = store::move_on(tx, &signed.factor, now, signed.facts.backed_up)? else {
        return Ok(Some(Refused::Unknown(Vec::new())));
    };
    let count = rules::judge(before, now, signed.facts.portable);
    if count != Count::Fine {
        suspect(tx, ctx, signed)?;
    }
    if count == Count::Copy {
        return Ok(Some(Refused::Copy));
    }
    factors::used(tx, ctx, &signed.factor)?;
    Ok(None)
}

/// A counter that went back: in the journal each time, told to the owner once.
fn suspect(tx: &mut Tx<'_>, ctx: &Ctx, signed: &Signed) -> Result<()> {
    let event = Event::FactorSuspect { factor: signed.factor.to_string(), reason: "counter".into() };
    audit::record(tx, ctx, Chain::Account(signed.account.as_str()), &event)?;
    metrics::counter!("passkeys_suspect_total").increment(1);
    if store::mark_suspect(tx, &signed.factor, ctx.now)? {
        notifications::notify_owner(tx, ctx, &signed.account, Notice::KeySuspect, None)?;
    }
    Ok(())
}

/// Notes an answer that was refused in the journal: the owner's, or one of those for keys that are nobody's.
///
/// # Errors
/// The storage is away.
pub fn note_refusal(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: Option<&AccountId>,
    refused: &Refused,
    id: &[u8],
) -> Result<()> {
    let event = Event::SignInFailed { method: "passkey".into(), reason: refused.word().into() };
    let nobody = Chain::Nobody(store::id_hash(id)[0]);
    audit::record(tx, ctx, account.map_or(nobody, |account| Chain::Account(account.as_str())), &event)
}

#[cfg(test)]
mod tests {
    use super::Own;
    use crate::ctx::Place;
    use std::sync::Arc;

    #[test]
    fn site_and_origin_are_as_browsers_write_them() {
        for (url, id, origin) in [
            ("https://Portal.example", "portal.example", "https://portal.example"),
            ("https://portal.example:443", "portal.example", "https://portal.example"),
            ("https://portal.example:8443", "portal.example", "https://portal.example:8443"),
            ("http://localhost:8080", "localhost", "http://localhost:8080"),
            ("http://localhost:80", "localhost", "http://localhost"),
        ] {
            let place = Place {
                templates: Arc::default(),
                not_me_days: 10,
                public_url: url.into(),
                brand: Arc::default(),
                zone: jiff::tz::TimeZone::UTC,
                geo: Arc::default(),
            };
            let own = Own::of(&place);
            assert_eq!((own.id.as_str(), own.origin.as_str()), (id, origin), "{url}");
        }
    }
}
