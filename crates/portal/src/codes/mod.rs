//! One-time codes by SMS, voice call and e-mail.
//!
//! Invariants: a code is bound to purpose, subject and address; only a keyed hash of it is kept; a newer code ends
//! the older; a try is counted before it is compared; failures survive re-issue, restart and a second instance;
//! spending is one conditional update, so of many parallel tries one wins.

mod budget;
mod message;
pub mod page;
mod settings;
mod store;

pub use settings::{ChallengeWhen, Settings};
pub use store::sweep;

use crate::accounts::ContactType;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Taken};
use crate::notifications::{self, Channel};
use ::store::{Tx, keys::Purpose as KeyPurpose};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::code::OneTimeCode;
use kernel::{Span, Time};

kernel::id_kinds! {
    /// A code that was sent.
    CodeKind = "otc";
}

/// What a code is for. A code of one purpose is nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Confirming a contact while registering.
    Register,
    /// Setting a new password.
    Recover,
    /// A second factor by text message or call.
    Second,
    /// Binding a phone as a second factor.
    BindPhone,
    /// Deleting the account.
    Close,
    /// Confirming a new contact of an account.
    Contact,
}

impl Purpose {
    /// The word in the database and in message texts.
    pub const fn word(self) -> &'static str {
        match self {
            Purpose::Register => "register",
            Purpose::Recover => "recover",
            Purpose::Second => "second",
            Purpose::BindPhone => "bind-phone",
            Purpose::Close => "close",
            Purpose::Contact => "contact",
        }
    }
}

/// A wish to send a code.
pub struct Wish<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The draft or recovery it belongs to.
    pub subject: &'a str,
    /// By which way.
    pub channel: Channel,
    /// E.164 number or e-mail address.
    pub to: &'a str,
    /// The contact belongs to somebody already: the message says so and names the ways on.
    pub taken: bool,
    /// Nobody is behind it (an unknown login): count and answer as always, send nothing.
    pub decoy: bool,
    /// A solved challenge came with the wish.
    pub challenge_passed: bool,
    /// Where the link of an e-mail leads: the address that the token is appended to.
    pub link_base: Option<String>,
}

/// What became of the wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It is on its way.
    Sent,
    /// The last one is too fresh, or the hour's allowance is spent: not before this moment.
    Wait(Time),
    /// Solve a challenge first.
    ChallengeNeeded,
    /// The portal sends no more texts for now (its budget is spent): use e-mail.
    Suspended,
    /// Texts are not sent to this country.
    CountryRefused,
}

/// Where a person stands with the codes of one flow: what the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How the last code went out.
    pub channel: Channel,
    /// When it dies.
    pub expires_at: Time,
    /// When another may be asked for.
    pub resend_at: Time,
    /// How many were sent in this flow.
    pub sends: i64,
    /// Tries that are left for this code.
    pub tries_left: i64,
    /// The code was used, replaced or is past its time.
    pub over: bool,
}

/// What a typed code turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one, and it is spent now.
    Right,
    /// Not a code at all: nothing was counted.
    Malformed,
    /// Wrong; so many tries are left for this code.
    Wrong {
        /// What is left.
        left: i64,
    },
    /// Its time is over.
    Expired,
    /// Tried too often: a new code is needed.
    Exhausted,
    /// Too many wrong tries over all codes: not before this moment.
    Wait(Time),
    /// It was spent already.
    Used,
    /// No code was sent.
    None,
}

/// Issues a code and queues its message, within every allowance.
///
/// # Errors
/// The storage is away.
pub fn send(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    limits: &limits::Settings,
    wish: &Wish<'_>,
) -> Result<Sending> {
    if let Some(last) = store::last(tx, wish.subject, wish.purpose)? {
        let again = last.created_at + Span::seconds(settings.resend_seconds);
        let sends = store::count(tx, wish.subject, wish.purpose)?;
        if ctx.now < again && !is_call_instead(settings, last.channel, sends, wish.channel) {
            return Ok(Sending::Wait(again));
        }
    }
    let refusal = budget::spend(tx, ctx, settings, limits, wish)?;
    if let Some(refusal) = refusal {
        return Ok(refusal);
    }
    let mut rng = ctx.rng();
    let code = OneTimeCode::generate(&mut rng, usize::from(settings.digits));
    let lifetime = match wish.channel {
        Channel::Email => settings.email_seconds,
        Channel::Sms | Channel::Call | Channel::Push => settings.phone_seconds,
    };
    let linked = wish.channel == Channel::Email && wish.link_base.is_some();
    let link = linked.then(|| B64.encode(rng.bytes::<32>()));
    let expires_at = ctx.now + Span::seconds(lifetime);
    store::insert(
        tx,
        &store::NewCode {
            id: kernel::Id::new(ctx.now, &mut rng),
            purpose: wish.purpose,
            subject: wish.subject,
            channel: wish.channel,
            address_hash: address_hash(ctx, wish.to),
            code_hash: code_hash(ctx, wish.purpose, wish.subject, code.expose()),
            link_hash: link.as_ref().map(|token| link_hash(ctx, token)),
            now: ctx.now,
            expires_at,
        },
    )?;
    if !wish.decoy {
        notifications::queue(
            tx,
            ctx,
            message::code_message(ctx, wish, &code, link.as_deref(), lifetime, expires_at),
        )?;
    }
    metrics::counter!("codes_sent_total", "channel" => wish.channel.word(), "purpose" => wish.purpose.word())
        .increment(1);
    Ok(Sending::Sent)
}

/// Whether a call takes the place of a text that does not get through. Before the second send a call is offered only while
/// the text gateways are down ([`page::channel_asked`]), and then nobody waits for a text that is not on its way. After
/// that call the pause between sends counts again.
fn is_call_instead(settings: &Settings, last: Channel, sends: i64, wished: Channel) -> bool {
    wished == Channel::Call && last == Channel::Sms && sends < settings.call_after_sends
}

/// Checks a typed code and spends it when it is right.
///
/// # Errors
/// The storage is away.
pub fn verify(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    limits: &limits::Settings,
    purpose: Purpose,
    subject: &str,
    typed: &str,
) -> Result<Verdict> {
    let Ok(typed) = OneTimeCode::parse(typed, usize::from(settings.digits)) else {
        return Ok(Verdict::Malformed);
    };
    let Some(last) = store::last(tx, subject, purpose)? else { return Ok(Verdict::None) };
    if last.used_at.is_some() {
        return Ok(Verdict::Used);
    }
    if let Some(until) = wrong_tries_spent(tx, ctx, settings, limits, purpose, subject, &last)? {
        return Ok(Verdict::Wait(until));
    }
    // The try is counted by the statement that hands out the hash, so parallel tries are all counted.
    let Some((code_hash_stored, tries)) = store::count_try(tx, &last.id, ctx.now, settings.tries)? else {
        return refused(tx, settings, purpose, subject);
    };
    if kernel::secret::same(&code_hash_stored, &code_hash(ctx, purpose, subject, typed.expose())) {
        store::spend(tx, &last.id, ctx.now)?;
        metrics::counter!("codes_verified_total", "channel" => last.channel.word(), "purpose" => purpose.word()).increment(1);
        return Ok(Verdict::Right);
    }
    count_wrong(tx, ctx, settings, limits, purpose, subject, &last)?;
    metrics::counter!("codes_wrong_total", "purpose" => purpose.word()).increment(1);
    Ok(match settings.tries - tries {
        left if left > 0 => Verdict::Wrong { left },
        _ => Verdict::Exhausted,
    })
}

/// Why a try was not counted. Looked up again: another try may have come between the first look and the count.
fn refused(tx: &mut Tx<'_>, settings: &Settings, purpose: Purpose, subject: &str) -> Result<Verdict> {
    Ok(match store::last(tx, subject, purpose)? {
        None => Verdict::None,
        Some(last) if last.used_at.is_some() => Verdict::Used,
        Some(last) if last.tries >= settings.tries => Verdict::Exhausted,
        Some(_) => Verdict::Expired,
    })
}

fn wrong_tries_spent(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    limits: &limits::Settings,
    purpose: Purpose,
    subject: &str,
    last: &store::Row,
) -> Result<Option<Time>> {
    let contact = contact_counter(purpose, last);
    let mut answers = vec![
        limits::peek(tx, ctx, "wrong-code-flow", subject, settings.tries_per_flow)?,
        limits::peek(tx, ctx, "wrong-code-contact", &contact, settings.tries_per_contact)?,
    ];
    if !limits.exempt(ctx.address) {
        answers.push(limits::peek(
            tx,
            ctx,
            "wrong-code-address",
            &limits::caller(ctx),
            limits.wrong_codes_per_address,
        )?);
    }
    Ok(answers.into_iter().find_map(|taken| match taken {
        Taken::Wait { until } => Some(until),
        Taken::Allowed { .. } => None,
    }))
}

fn count_wrong(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    limits: &limits::Settings,
    purpose: Purpose,
    subject: &str,
    last: &store::Row,
) -> Result<()> {
    limits::take(tx, ctx, "wrong-code-flow", subject, settings.tries_per_flow)?;
    limits::take(tx, ctx, "wrong-code-contact", &contact_counter(purpose, last), settings.tries_per_contact)?;
    if !limits.exempt(ctx.address) {
        limits::take(tx, ctx, "wrong-code-address", &limits::caller(ctx), limits.wrong_codes_per_address)?;
    }
    Ok(())
}

fn contact_counter(purpose: Purpose, last: &store::Row) -> String {
    format!("{}/{}", purpose.word(), B64.encode(last.address_hash))
}

/// A link that was opened: which subject it belongs to, without spending it.
///
/// # Errors
/// The storage is away.
pub fn look_up_link(tx: &mut Tx<'_>, ctx: &Ctx, purpose: Purpose, token: &str) -> Result<Option<String>> {
    store::subject_of_link(tx, &link_hash(ctx, token), purpose, ctx.now)
}

/// Spends a link; `true` when this call was the one that did.
///
/// # Errors
/// The storage is away.
pub fn spend_link(tx: &mut Tx<'_>, ctx: &Ctx, purpose: Purpose, token: &str) -> Result<bool> {
    store::spend_link(tx, &link_hash(ctx, token), purpose, ctx.now)
}

/// Where the flow stands, for the page.
///
/// # Errors
/// The storage is away.
pub fn standing(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    purpose: Purpose,
    subject: &str,
) -> Result<Option<Standing>> {
    let Some(last) = store::last(tx, subject, purpose)? else { return Ok(None) };
    let sends = store::count(tx, subject, purpose)?;
    Ok(Some(Standing {
        channel: last.channel,
        expires_at: last.expires_at,
        resend_at: last.created_at + Span::seconds(settings.resend_seconds),
        sends,
        tries_left: (settings.tries - last.tries).max(0),
        over: last.used_at.is_some() || last.expires_at <= ctx.now || last.tries >= settings.tries,
    }))
}

/// The channel that a contact is confirmed by first.
pub fn first_channel(kind: ContactType) -> Channel {
    match kind {
        ContactType::Phone => Channel::Sms,
        ContactType::Email => Channel::Email,
    }
}

fn code_hash(ctx: &Ctx, purpose: Purpose, subject: &str, code: &str) -> [u8; 32] {
    ctx.keys.mac(KeyPurpose::Code, &[purpose.word().as_bytes(), subject.as_bytes(), code.as_bytes()])
}

fn link_hash(ctx: &Ctx, token: &str) -> [u8; 32] {
    ctx.keys.mac(KeyPurpose::Code, &[b"link", token.as_bytes()])
}

fn address_hash(ctx: &Ctx, to: &str) -> [u8; 32] {
    ctx.keys.mac(KeyPurpose::Code, &[b"address", to.as_bytes()])
}
