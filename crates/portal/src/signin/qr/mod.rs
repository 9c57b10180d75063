//! Signing in on a screen with the help of a phone that is signed in already (spec 01 §2).
//!
//! Invariants: the code's secret opens nothing by itself: the session goes to the browser that showed the code and to
//! no other (cookie and mark), after the phone typed the two digits of that screen — one try — with a fresh factor, and
//! after the screen said who is about to be signed in and a person there agreed. So a photographed code helps nobody,
//! and nobody is signed in under a stranger's name without seeing it. One decision and one use per code, by one
//! conditional update each. The new session is never stronger than the one that approved, and needs that one alive.

mod settings;
mod store;
pub mod web;

pub use settings::Settings;
pub use store::sweep;

use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors;
use crate::limits::{self, Taken};
use crate::sessions::{self, Session, Strength, Token};
use crate::signin::door::{self, Entered, Entry};
use ::store::Tx;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Id, Secret, Span, Time};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use store::Found;

kernel::id_kinds! {
    /// A sign-in asked for with a QR code.
    QrKind = "qrs";
}

/// Its identifier.
pub type QrId = Id<QrKind>;

/// Who asks, as the phone shows it; sealed in the row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// Browser and system in a few words.
    pub agent: String,
    /// The network address.
    pub address: String,
    /// The country of that address, when it is known.
    pub country: String,
    /// Where to go after signing in.
    pub back: String,
}

/// What the asking browser's cookie gives: the other two are derived from it, so that the page can be drawn again.
pub struct Secrets {
    /// The cookie's value.
    pub token: Secret<String>,
    /// The token in the code: 128 bits.
    pub link: String,
    /// The two digits on the screen.
    pub number: String,
}

impl Secrets {
    /// Those of a cookie; `None` when it is none of ours by its length.
    pub fn of(token: &str) -> Option<Secrets> {
        if token.len() != 43 {
            return None;
        }
        let derived = |what: &str| digest(&SHA256, format!("qr {what} {token}").as_bytes());
        let link = B64.encode(&derived("link").as_ref()[..16]);
        let bytes = derived("number");
        let number = bytes.as_ref().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Some(Secrets { token: Secret::new(token.to_owned()), link, number: format!("{}", 10 + number % 90) })
    }
}

/// What asking for a code led to.
pub enum Begun {
    /// The cookie's value.
    Shown(Secret<String>),
    /// Too many codes for this address: not before this moment.
    Wait(Time),
}

/// Begins: a code for this browser.
///
/// # Errors
/// The storage is away.
pub fn begin(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, back: &str) -> Result<Begun> {
    if !config.limits.exempt(ctx.address) {
        let address = limits::caller(ctx);
        if let Taken::Wait { until } =
            limits::take(tx, ctx, "qr-address", &address, config.qr.starts_per_address)?
        {
            return Ok(Begun::Wait(until));
        }
    }
    let token = B64.encode(ctx.rng().bytes::<32>());
    let Some(secrets) = Secrets::of(&token) else { return Ok(Begun::Wait(ctx.now)) };
    let asking = Asking {
        agent: ctx.agent.clone(),
        address: ctx.address.to_string(),
        country: ctx
            .place
            .geo
            .country(ctx.address)
            .map(|country| country.code().to_owned())
            .unwrap_or_default(),
        back: crate::web::back::from_query(back).to_owned(),
    };
    store::insert(tx, ctx, &secrets, &asking, ctx.now + Span::seconds(config.qr.show_seconds))?;
    metrics::counter!("qr_shown_total").increment(1);
    Ok(Begun::Shown(secrets.token))
}

/// Where a code stands, for the browser that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Waiting for the phone until this moment.
    Waiting(Time),
    /// Approved by this account: the person here has to agree.
    Approved(AccountId),
    /// Refused on the phone.
    Refused,
    /// Over, used, or never was.
    Over,
}

impl Standing {
    /// The word that the page's script compares.
    pub const fn word(&self) -> &'static str {
        match self {
            Standing::Waiting(_) => "waiting",
            Standing::Approved(_) => "approved",
            Standing::Refused => "refused",
            Standing::Over => "over",
        }
    }
}

fn standing_of(found: &Found, settings: &Settings, now: Time) -> Standing {
    let collect = Span::seconds(settings.collect_seconds);
    match (found.verdict.as_deref(), found.decided_at, &found.account) {
        _ if found.done => Standing::Over,
        (Some("approved"), Some(at), Some(account)) if now < at + collect => {
            Standing::Approved(account.clone())
        }
        (Some("approved"), ..) => Standing::Over,
        (Some(_), ..) => Standing::Refused,
        (None, ..) if now < found.expires_at => Standing::Waiting(found.expires_at),
        (None, ..) => Standing::Over,
    }
}

/// Where the code of a cookie stands.
///
/// # Errors
/// The storage is away.
pub fn standing(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, token: &str) -> Result<Standing> {
    let found = store::of_token(tx, ctx, token)?;
    Ok(found.map_or(Standing::Over, |found| standing_of(&found, settings, ctx.now)))
}

/// Who asks behind a link, when it may still be decided: what the phone shows, and since when.
///
/// # Errors
/// The storage is away.
pub fn asking(tx: &mut Tx<'_>, ctx: &Ctx, link: &str) -> Result<Option<(Asking, Time)>> {
    Ok(store::of_link(tx, ctx, link)?.map(|found| (found.asking, found.created_at)))
}

/// What deciding on the phone led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Approved; the screen asks once more.
    Approved,
    /// Refused, as the person wished.
    Refused,
    /// The number was another: the code is dead.
    WrongNumber,
    /// The code is over, was decided before, or never was.
    Gone,
    /// Too many wrong numbers lately: not before this moment.
    Wait(Time),
}

/// Approves with the number of the asking screen, or refuses without one. The caller has made sure of a fresh factor.
///
/// # Errors
/// The storage is away.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    by: &Session,
    link: &str,
    number: Option<&str>,
) -> Result<Decision> {
    let Some(found) = store::of_link(tx, ctx, link)? else { return Ok(Decision::Gone) };
    let limit = config.qr.wrong_per_account;
    if number.is_some()
        && let Taken::Wait { until } = limits::peek(tx, ctx, "qr-wrong", by.account.as_str(), limit)?
    {
        return Ok(Decision::Wait(until));
    }
    let decision = match number {
        None => Decision::Refused,
        Some(_) if factors::is_bind_only(&by.methods) => Decision::Refused,
        Some(typed) if found.is_number(ctx, typed) => Decision::Approved,
        Some(_) => Decision::WrongNumber,
    };
    let (verdict, event) = match decision {
        Decision::Approved => ("approved", Event::QrApproved),
        Decision::WrongNumber => ("number", Event::QrRefused { reason: "number".into() }),
        _ => ("by-owner", Event::QrRefused { reason: "by-owner".into() }),
    };
    if !store::decide(tx, ctx, &found.id, verdict, by)? {
        return Ok(Decision::Gone);
    }
    if decision == Decision::WrongNumber {
        limits::take(tx, ctx, "qr-wrong", by.account.as_str(), limit)?;
    }
    // The device that asked is the owner's to know, beside the one that decided.
    let note = format!("{} · {}", found.asking.agent, found.asking.address);
    audit::record_with(tx, ctx, Chain::Account(by.account.as_str()), &event, &note)?;
    metrics::counter!("qr_decided_total", "verdict" => verdict).increment(1);
    Ok(decision)
}

/// What agreeing at the asking screen led to.
pub enum Collected {
    /// Signed in: who, the session, where to go.
    In(AccountId, Token, String),
    /// The approval is over, used, or its session has ended.
    Over,
}

/// The word for the new session: never stronger than the session that approved. Trust in that device stands for a
/// factor on it, and nowhere else: its word is not counted.
fn methods(of_approver: &str) -> &'static str {
    let given: Vec<&str> = of_approver.split(' ').filter(|word| *word != "trust").collect();
    if Strength::of(&given.join(" ")) >= Strength::Aal2 { "qr2" } else { "qr" }
}

/// Signs the asking browser in.
///
/// # Errors
/// The storage is away.
pub fn collect(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, token: &str) -> Result<Collected> {
    let Some(found) = store::of_token(tx, ctx, token)? else { return Ok(Collected::Over) };
    let (Standing::Approved(account), Some(session), Some(of_approver)) =
        (standing_of(&found, &config.qr, ctx.now), &found.session, &found.methods)
    else {
        return Ok(Collected::Over);
    };
    let after = ctx.now - Span::seconds(config.qr.collect_seconds);
    if !store::finish(tx, ctx, &found.id, Some(after))? {
        return Ok(Collected::Over);
    }
    // Ended meanwhile (lockdown, «Это был не я», another password): what it allowed has ended with it.
    let alive = sessions::list(tx, ctx, &config.sessions, &account)?.iter().any(|one| one.id == *session);
    if !alive {
        return Ok(Collected::Over);
    }
    let entry = Entry { account: &account, methods: methods(of_approver), remember: false };
    Ok(match door::enter(tx, ctx, config, &entry)? {
        Entered::In(token) => Collected::In(account, token, found.asking.back),
        Entered::Refused(_) => Collected::Over,
    })
}

/// The person at the asking screen does not want it.
///
/// # Errors
/// The storage is away.
pub fn turn_away(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<()> {
    if let Some(found) = store::of_token(tx, ctx, token)? {
        store::finish(tx, ctx, &found.id, None)?;
    }
    Ok(())
}

/// Who is about to be signed in, as the asking screen may show it: first letters only.
///
/// # Errors
/// The storage is away.
pub fn shown_name(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<String> {
    let Some(account) = accounts::load(tx, ctx, account)? else { return Ok(String::new()) };
    let masked = |name: &str| name.chars().take(1).chain("***".chars()).collect::<String>();
    Ok(format!("{} {}", masked(&account.person.first_name), masked(&account.person.surname)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_let_in_is_never_stronger_than_the_one_that_let_it_in() {
        for of_approver in
            ["pwd", "qr", "hwk", "pwd otp", "pwd sms", "pwd trust", "swk user", "pwd hwk", "qr2"]
        {
            assert!(Strength::of(methods(of_approver)) <= Strength::of(of_approver), "{of_approver}");
        }
        assert_eq!((methods("pwd"), methods("pwd otp"), methods("qr")), ("qr", "qr2", "qr"));
        assert_eq!((methods("pwd trust"), methods("pwd trust sms")), ("qr", "qr2"));
    }

    #[test]
    fn numbers_have_two_digits_and_all_of_them_occur() {
        let numbers: std::collections::BTreeSet<String> = (0..5_000)
            .filter_map(|n| Secrets::of(&format!("{n:043}")))
            .map(|secrets| {
                assert_eq!((secrets.number.len(), secrets.link.len()), (2, 22));
                secrets.number
            })
            .collect();
        assert_eq!(numbers.len(), 90);
        assert!(Secrets::of("short").is_none());
    }
}
