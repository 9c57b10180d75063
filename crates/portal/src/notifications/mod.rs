//! The notification centre: what people are told of, by which ways, and what became of it.
//!
//! A [`Notice`] is a row of the feed in the cabinet, written in the transaction of its cause. Those about safety leave
//! by every contact at once; the others by the first way that the person allows and that works, outside their quiet
//! hours ([`delivery`]). Codes and invitations are messages without a notice.
//!
//! Invariants: the text and the recipient of a message are sealed under the message's own key, which is destroyed when
//! it reaches its end; a job row carries ids only; a message past its `expires_at` is never sent; of one notice no
//! contact gets two messages by one way, which the database decides; the gateway is called outside any transaction; a
//! receipt that comes twice is counted once; the feed keeps kinds and sealed variables, never finished texts.

pub mod choices;
pub mod delivery;
pub mod feed;
pub mod jobs;
pub mod kinds;
pub mod links;
mod notice;
pub mod push;
pub mod quiet;
mod said;
mod settings;
mod spend;
mod store;
pub mod web;
mod write;

pub use notice::Notice;
pub use said::Said;
pub use settings::Settings;
pub use store::{State, sweep};
pub use write::notice;

use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use kernel::{Id, Lang, Time};
use serde::{Deserialize, Serialize};

kernel::id_kinds! {
    /// A message that leaves the portal.
    MessageKind = "msg";
    /// Something that an owner was told.
    NoticeKind = "ntc";
}

/// A notice's identifier.
pub type NoticeId = Id<NoticeKind>;

/// A way for messages to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A notification of a browser.
    Push,
    /// A text message.
    Sms,
    /// A voice call that reads the digits, or the text.
    Call,
    /// A letter by e-mail.
    Email,
}

impl Channel {
    /// Every channel, in the order in which one stands in for another (spec 08).
    pub const ALL: [Channel; 4] = [Channel::Push, Channel::Sms, Channel::Call, Channel::Email];

    /// The word in the database, in metrics and on the stand.
    pub const fn word(self) -> &'static str {
        match self {
            Channel::Push => "push",
            Channel::Sms => "sms",
            Channel::Call => "call",
            Channel::Email => "email",
        }
    }

    /// The key of its name.
    pub const fn text_key(self) -> &'static str {
        match self {
            Channel::Push => "notifications-channel-push",
            Channel::Sms => "notifications-channel-sms",
            Channel::Call => "notifications-channel-call",
            Channel::Email => "notifications-channel-email",
        }
    }

    /// The channel of a word.
    pub fn from_word(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// What goes out.
#[derive(Clone, Serialize, Deserialize)]
pub struct Body {
    /// E.164 number or e-mail address.
    pub to: String,
    /// The language of the text.
    pub lang: Lang,
    /// Subject of a letter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The text, or what a voice reads.
    pub text: String,
    /// Digits that a voice reads one by one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub digits: String,
    /// The letter as a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

/// A message to be queued.
pub struct NewMessage {
    /// By which way.
    pub channel: Channel,
    /// Which text it is, for counting: `code`, `password-changed` …
    pub kind: &'static str,
    /// Whom it concerns, when that is an account.
    pub account: Option<AccountId>,
    /// What goes out.
    pub body: Body,
    /// Not worth sending after this moment.
    pub expires_at: Time,
    /// The notice that it carries, and the contact or browser that it goes to.
    pub of: Option<(NoticeId, String)>,
}

impl NewMessage {
    /// The same message as one of a notice, to the contact or browser of this identifier.
    #[must_use]
    pub fn of(self, notice: &NoticeId, target: &str) -> NewMessage {
        NewMessage { of: Some((notice.clone(), target.to_owned())), ..self }
    }
}

/// Queues a message in the caller's transaction; it leaves after the commit. Does nothing when the notice has a message
/// by this way to this contact.
///
/// # Errors
/// The storage is away.
pub fn queue(tx: &mut Tx<'_>, ctx: &Ctx, message: NewMessage) -> Result<()> {
    match store::insert(tx, ctx, &message)? {
        Some(id) => jobs::enqueue_send(tx, ctx, &id, message.channel),
        None => Ok(()),
    }
}

/// The one thing that a notice offers to do: the button of a letter, the last words of a text message.
#[derive(Clone)]
pub struct Link {
    /// Key of the words on the button.
    pub label: &'static str,
    /// Key of a further paragraph in letters: what the link does and how long it lives.
    pub hint: Option<&'static str>,
    /// The absolute address.
    pub url: String,
}

/// What a notice says and offers beyond its own words.
#[derive(Clone, Default)]
pub struct Details {
    /// Contacts, by value, that are not told this way.
    pub except: Vec<String>,
    /// Further variables of the texts; `portal`, `time` and `host` are always there.
    pub args: Vec<(&'static str, Said)>,
    /// What it offers; without it «Это был не я» where that makes sense, else the way to the recovery of access.
    pub link: Option<Link>,
    /// The session that a notice of a sign-in tells of.
    pub session: Option<String>,
}

/// Tells the owner of an account something: in the cabinet, and by the ways of its group ([`kinds::Group`]). What is
/// about safety goes to every confirmed contact but `except`, and is never switched off (spec 08).
///
/// Written in the account's language.
///
/// # Errors
/// The storage is away.
pub fn notify_owner(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    kind: Notice,
    except: Option<&str>,
) -> Result<()> {
    let except = except.map(str::to_owned).into_iter().collect();
    notify_owner_with(tx, ctx, account, kind, &Details { except, ..Details::default() })
}

/// As [`notify_owner`], with further words and a link of its own.
///
/// # Errors
/// The storage is away.
pub fn notify_owner_with(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    kind: Notice,
    details: &Details,
) -> Result<()> {
    let Some((_, owner)) = accounts::load_any(tx, ctx, account)? else { return Ok(()) };
    let id = begin(tx, ctx, account, kind, details)?;
    if kind.group().is_free() {
        return Ok(()); // the job chooses the way
    }
    for contact in accounts::contacts(tx, ctx, account)? {
        if contact.muted || details.except.contains(&contact.value) {
            continue;
        }
        let details = links::with_not_me(tx, ctx, account, (owner.lang, kind), details)?;
        let to = (contact.kind, contact.value);
        let message = notice(ctx, owner.lang, kind, to, Some(account.clone()), &details);
        queue(tx, ctx, message.of(&id, contact.id.as_str()))?;
    }
    Ok(())
}

/// Writes a notice into the feed of its owner and lets its job choose the ways. Who sends messages to contacts by
/// themselves marks them with the identifier that this answers ([`NewMessage::of`]).
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    kind: Notice,
    details: &Details,
) -> Result<NoticeId> {
    let id = feed::note(tx, ctx, account, kind, details)?;
    delivery::look(tx, ctx, &id, id.as_str(), ctx.now)?;
    Ok(id)
}
