//! Messages that leave the portal: queued in the transaction of their cause, sent by a job, kept until their end.
//!
//! Invariants: the text and the recipient are sealed under the message's own key, which is destroyed when the message
//! reaches its end; a job row carries the message's id only; a message past its `expires_at` is never sent; the
//! gateway is called outside any transaction; a receipt that comes twice is counted once.

pub mod jobs;
pub mod links;
mod notice;
mod settings;
mod store;

pub use notice::Notice;
pub use settings::Settings;
pub use store::{State, sweep};

use crate::accounts::{self, AccountId, ContactType};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::web::mail::MailPage;
use crate::web::texts::{self, Arg};
use ::store::Tx;
use kernel::{Lang, Span, Time};
use serde::{Deserialize, Serialize};

kernel::id_kinds! {
    /// A message that leaves the portal.
    MessageKind = "msg";
}

/// A way for messages to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A text message.
    Sms,
    /// A voice call that reads the digits.
    Call,
    /// A letter by e-mail.
    Email,
}

impl Channel {
    /// The word in the database, in metrics and on the stand.
    pub const fn word(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Call => "call",
            Channel::Email => "email",
        }
    }

    /// The channel of a word.
    pub fn from_word(word: &str) -> Option<Channel> {
        [Channel::Sms, Channel::Call, Channel::Email].into_iter().find(|channel| channel.word() == word)
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
}

/// Queues a message in the caller's transaction; it leaves after the commit.
///
/// # Errors
/// The storage is away.
pub fn queue(tx: &mut Tx<'_>, ctx: &Ctx, message: NewMessage) -> Result<()> {
    let id = store::insert(tx, ctx, &message)?;
    jobs::enqueue_send(tx, ctx, &id, message.channel)
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
    pub args: Vec<(&'static str, String)>,
    /// What it offers; without it «Это был не я» where that makes sense, else the way to the recovery of access.
    pub link: Option<Link>,
    /// The session that a notice of a sign-in tells of.
    pub session: Option<String>,
}

/// Tells the owner of an account something about its safety, by every confirmed contact but `except`.
///
/// Written in the account's language. Security notices are never switched off (spec 08).
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
    for contact in accounts::contacts(tx, ctx, account)? {
        if contact.muted || details.except.contains(&contact.value) {
            continue;
        }
        let to = (contact.kind, contact.value);
        let details = links::with_not_me(tx, ctx, account, (owner.lang, kind), details)?;
        queue(tx, ctx, notice(ctx, owner.lang, kind, to, Some(account.clone()), &details))?;
    }
    Ok(())
}

/// A notice to one contact.
pub fn notice(
    ctx: &Ctx,
    lang: Lang,
    kind: Notice,
    (to_kind, to): (ContactType, String),
    account: Option<AccountId>,
    details: &Details,
) -> NewMessage {
    let portal = ctx.place.brand.name(lang).to_owned();
    let when = crate::web::format::date_time(lang, ctx.now, &ctx.place.zone);
    let until = kind.until().map(|until| crate::web::format::date_time_zone(lang, until, &ctx.place.zone));
    let mut args = vec![
        ("portal", Arg::from(portal.as_str())),
        ("time", Arg::from(when)),
        ("host", Arg::from(ctx.place.host())),
    ];
    args.extend(until.map(|until| ("until", Arg::from(until))));
    args.extend(details.args.iter().map(|(name, value)| (*name, Arg::from(value.as_str()))));
    let (kind, subject_key, text_key) = kind.words();
    let mut text = texts::format(lang, text_key, &args);
    let (channel, subject, html) = match to_kind {
        ContactType::Phone => {
            if let Some(link) = &details.link {
                text = format!("{text} {}: {}", texts::text(lang, link.label), link.url);
            }
            (Channel::Sms, String::new(), None)
        }
        ContactType::Email => {
            let subject = texts::format(lang, subject_key, &args);
            let mut page =
                MailPage::new(lang, ctx.place.brand.clone(), subject.clone()).paragraph(text.clone());
            page = match &details.link {
                Some(link) => {
                    let hint = link.hint.map(|key| texts::format(lang, key, &args));
                    hint.into_iter()
                        .fold(page, MailPage::paragraph)
                        .button(texts::text(lang, link.label), link.url.as_str())
                }
                None => {
                    let recover = format!("{}/recover", ctx.place.public_url);
                    page.button(texts::text(lang, "notice-mail-button"), recover)
                }
            };
            let page = page.footer(texts::format(lang, "notice-mail-footer", &args));
            text = page.text();
            (Channel::Email, subject, page.html().ok())
        }
    };
    let body = Body { to, lang, subject, text, digits: String::new(), html };
    NewMessage { channel, kind, account, body, expires_at: ctx.now + Span::days(2) }
}
