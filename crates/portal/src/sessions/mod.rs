//! Sessions: who is signed in, on which device, until when.
//!
//! Invariants: the cookie holds 256 random bits and the database only their SHA-256; a session begins with a fresh
//! token, planted ones are never taken over; ends are decided by the row and the clock, never by the cookie;
//! the row names device and address only under the account's own key.

mod cache;
mod rendered;
mod rules;
mod settings;
mod store;
mod strength;
pub mod web;

pub use cache::Cache;
pub use rendered::{DrawnFor, Rendered};
pub use rules::alive;
pub use settings::Settings;
pub use store::{is_open, sweep, touch};
pub use strength::Strength;

use crate::accounts::{AccountId, Person};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Id, Lang, Level, Secret, Span, Time};
use serde::{Deserialize, Serialize};

kernel::id_kinds! {
    /// A session, as named in the owner's list.
    SessionKind = "ses";
}

/// A session's public name.
pub type SessionId = Id<SessionKind>;
/// SHA-256 of a session token: the row's key.
pub type TokenHash = [u8; 32];

/// The secret that a browser holds.
pub struct Token {
    value: Secret<String>,
    id: SessionId,
    new_device: bool,
}

impl Token {
    /// The cookie's value.
    pub fn expose(&self) -> &str {
        self.value.expose()
    }

    /// The session's public name.
    pub fn session(&self) -> &SessionId {
        &self.id
    }

    /// The same token, beside which the browser gets a fresh device mark when the device is new.
    #[must_use]
    pub fn on_device(self, new_device: bool) -> Token {
        Token { new_device, ..self }
    }
}

/// Where a session lives: shown to its owner, sealed in the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The address it was begun from.
    pub address: String,
    /// Browser and system in a few words.
    pub agent: String,
}

/// A living session with the person behind it: what a request needs to know.
#[derive(Clone)]
pub struct Session {
    /// The public name.
    pub id: SessionId,
    /// The row's key.
    pub token_hash: TokenHash,
    /// Whose it is.
    pub account: AccountId,
    /// The account's level at this moment.
    pub level: Level,
    /// The account's language.
    pub lang: Lang,
    /// The person's names.
    pub person: Person,
    /// Whether the tour of the cabinet was skipped or finished.
    pub tour_done: bool,
    /// Messages in the cabinet that were not read yet, up to a hundred.
    pub unread: i64,
    /// Whether this sign-in cancelled the deletion of the account.
    pub restored: bool,
    /// How the person signed in: words of RFC 8176, see [`Strength`].
    pub methods: String,
    /// Whether «Запомнить меня» was ticked.
    pub remember: bool,
    /// When it began.
    pub created_at: Time,
    /// When a factor was last given.
    pub auth_at: Time,
    /// When it was last used, to the minute.
    pub seen_at: Time,
    /// The absolute end.
    pub expires_at: Time,
    /// The cabinet's first page as drawn last.
    pub home: Rendered,
}

/// A row of the owner's list.
pub struct Listed {
    /// The public name.
    pub id: SessionId,
    /// The device.
    pub device: Device,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub seen_at: Time,
    /// Whether it is remembered.
    pub remember: bool,
}

/// Why a session ended; kept with the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The person signed out.
    SignedOut,
    /// The owner ended it from another session.
    ByOwner,
    /// The password was changed or recovered.
    PasswordChanged,
    /// The same browser signed in again.
    Replaced,
    /// A factor was added or removed.
    FactorChanged,
    /// The owner, or somebody with the link of a notice, said «Это был не я» or closed the account.
    Lockdown,
    /// Staff ended it.
    ByStaff,
    /// The account is being deleted.
    Closing,
    /// A register told that the owner has died.
    ByRegister,
}

impl End {
    /// The word in the row and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            End::SignedOut => "signed-out",
            End::ByOwner => "by-owner",
            End::PasswordChanged => "password-changed",
            End::Replaced => "replaced",
            End::FactorChanged => "factor-changed",
            End::Lockdown => "lockdown",
            End::ByStaff => "by-staff",
            End::Closing => "closing",
            End::ByRegister => "by-register",
        }
    }
}

/// Begins a session; the token is given to the browser and never seen again.
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: &AccountId,
    methods: &str,
    remember: bool,
) -> Result<Token> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<32>());
    let life = if remember { settings.remember_most_days * 86_400 } else { settings.absolute_seconds };
    let id = SessionId::new(ctx.now, &mut rng);
    let new = store::NewSession {
        token_hash: hash(&token),
        id: id.clone(),
        account,
        methods,
        remember,
        device: Device { address: ctx.address.to_string(), agent: ctx.agent.clone() },
        expires_at: ctx.now + Span::seconds(life),
    };
    store::insert(tx, ctx, &mut rng, &new)?;
    Ok(Token { value: Secret::new(token), id, new_device: false })
}

/// The living session of a cookie, in one indexed read; `None` when there is none or its time is over.
///
/// # Errors
/// The storage is away.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, token: &str) -> Result<Option<Session>> {
    if token.len() != 43 {
        return Ok(None);
    }
    Ok(store::find(tx, ctx, &hash(token))?.filter(|session| alive(session, settings, ctx.now)))
}

/// The living sessions of an account, newest use first.
///
/// # Errors
/// The storage is away.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Vec<Listed>> {
    store::list(tx, ctx, settings, account)
}

/// Whether a session that was found before is alive still, by its row: neither ended, nor idle for too long, nor its
/// account closed. Asking is no use of the session.
///
/// # Errors
/// The storage is away.
pub fn is_alive(tx: &mut Tx<'_>, session: &Session, settings: &Settings, now: Time) -> Result<bool> {
    let Some(seen_at) = store::seen_at(tx, &session.id)? else { return Ok(false) };
    Ok(alive(&Session { seen_at, ..session.clone() }, settings, now))
}

/// Ends one session of an account; `false` when it is not there or not theirs.
///
/// # Errors
/// The storage is away.
pub fn end(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &SessionId, why: End) -> Result<bool> {
    let ended = store::end(tx, account, id, why.word(), ctx.now)?;
    if ended {
        let event = match why {
            End::SignedOut => Event::SignedOut,
            _ => Event::SessionEnded { session: id.to_string(), why: why.word().into() },
        };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    }
    Ok(ended)
}

/// Ends every session of an account but the named one; answers how many.
///
/// # Errors
/// The storage is away.
pub fn end_all(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    except: Option<&SessionId>,
    why: End,
) -> Result<u64> {
    let count = store::end_all(tx, account, except, why.word(), ctx.now)?;
    if count > 0 {
        let event = Event::SessionsEnded { count, why: why.word().into() };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    }
    Ok(count)
}

/// Renews a session after a factor was given again: a new secret for the browser, the old one is dead at once; the
/// methods grow by the new ones, and the session keeps its name. `None` when it has ended meanwhile.
///
/// # Errors
/// The storage is away.
pub fn renew(tx: &mut Tx<'_>, ctx: &Ctx, session: &Session, methods: &str) -> Result<Option<Token>> {
    let token = B64.encode(ctx.rng().bytes::<32>());
    let methods = rules::merged(&session.methods, methods);
    let renewed = store::renew(tx, &session.token_hash, &hash(&token), &methods, ctx.now)?;
    let id = session.id.clone();
    Ok(renewed.then(|| Token { value: Secret::new(token), id, new_device: false }))
}

/// Remembers that a factor was given again in this session.
///
/// # Errors
/// The storage is away.
pub fn refresh_auth(tx: &mut Tx<'_>, ctx: &Ctx, session: &SessionId) -> Result<()> {
    store::refresh_auth(tx, session, ctx.now)
}

/// The row's key for a cookie's value.
pub fn hash(token: &str) -> TokenHash {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}
