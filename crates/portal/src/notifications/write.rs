//! Notices put into words: a text message, a letter, a call, a line of the feed.

use super::kinds::Group;
use super::{Body, Channel, Details, NewMessage, Notice, Said};
use crate::accounts::{AccountId, ContactType};
use crate::ctx::Ctx;
use crate::web::mail::MailPage;
use crate::web::texts::Arg;
use kernel::{Lang, Span, Time};

/// How long a message is worth sending.
const LIFE: Span = Span::days(2);

/// What a notice tells, when, in which language.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Which notice; a moment that it carries stands among the variables.
    pub kind: Notice,
    /// When it happened.
    pub at: Time,
    /// In which language.
    pub lang: Lang,
    /// The variables of its texts besides those that are always there.
    pub args: &'a [(String, Said)],
}

impl Words<'_> {
    fn args(&self, ctx: &Ctx) -> Vec<(&str, Arg)> {
        let zone = &ctx.place.zone;
        let mut args = vec![
            ("portal", Arg::from(ctx.place.brand.name(self.lang))),
            ("time", Arg::from(crate::web::format::date_time(self.lang, self.at, zone))),
            ("host", Arg::from(ctx.place.host())),
        ];
        let own = self.args.iter().map(|(name, said)| (name.as_str(), Arg::from(said.text(self.lang, zone))));
        args.extend(own);
        args
    }

    /// A few words: the subject of a letter, the title in the feed.
    pub fn subject(&self, ctx: &Ctx) -> String {
        ctx.place.templates.format(self.lang, self.kind.words().1, &self.args(ctx))
    }

    /// The whole text, which begins with the portal's name.
    pub fn text(&self, ctx: &Ctx) -> String {
        ctx.place.templates.format(self.lang, self.kind.words().2, &self.args(ctx))
    }

    /// The text as it stands in the cabinet: where one is needs no telling.
    pub fn text_inside(&self, ctx: &Ctx) -> String {
        let text = self.text(ctx);
        let name = ctx.place.brand.name(self.lang);
        let rest = text.strip_prefix('«').unwrap_or(&text).strip_prefix(name);
        let rest = rest.map(|rest| rest.strip_prefix('»').unwrap_or(rest));
        let Some(rest) = rest.and_then(|rest| rest.strip_prefix(": ")) else { return text };
        let mut letters = rest.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}

/// The variables of a notice as they are kept.
pub fn kept(kind: Notice, details: &Details) -> Vec<(String, Said)> {
    let until = kind.until().map(|until| ("until".to_owned(), Said::At(until)));
    until
        .into_iter()
        .chain(details.args.iter().map(|(name, said)| ((*name).to_owned(), said.clone())))
        .collect()
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
    let args = kept(kind, details);
    let words = Words { kind, at: ctx.now, lang, args: &args };
    let (channel, body) = match to_kind {
        ContactType::Phone => (Channel::Sms, text_message(ctx, &words, to, details)),
        ContactType::Email => (Channel::Email, letter(ctx, &words, to, details)),
    };
    message(ctx, channel, kind, account, body)
}

/// A message with the usual life.
pub fn message(
    ctx: &Ctx,
    channel: Channel,
    kind: Notice,
    account: Option<AccountId>,
    body: Body,
) -> NewMessage {
    NewMessage { channel, kind: kind.words().0, account, body, expires_at: ctx.now + LIFE, of: None }
}

/// A text message.
pub fn text_message(ctx: &Ctx, words: &Words<'_>, to: String, details: &Details) -> Body {
    let mut text = words.text(ctx);
    if let Some(link) = &details.link {
        text = format!("{text} {}: {}", ctx.place.templates.text(words.lang, link.label), link.url);
    }
    plain(words.lang, to, text)
}

/// A call that reads the text.
pub fn call(ctx: &Ctx, words: &Words<'_>, to: String) -> Body {
    plain(words.lang, to, words.text(ctx))
}

fn plain(lang: Lang, to: String, text: String) -> Body {
    Body { to, lang, subject: String::new(), text, digits: String::new(), html: None }
}

/// A letter, with the one thing that it offers as a button.
pub fn letter(ctx: &Ctx, words: &Words<'_>, to: String, details: &Details) -> Body {
    let lang = words.lang;
    let (subject, args) = (words.subject(ctx), words.args(ctx));
    let page = MailPage::new(lang, ctx.place.brand.clone(), subject.clone()).paragraph(words.text(ctx));
    let page = match &details.link {
        Some(link) => {
            let hint = link.hint.map(|key| ctx.place.templates.format(lang, key, &args));
            hint.into_iter()
                .fold(page, MailPage::paragraph)
                .button(ctx.place.templates.text(lang, link.label), link.url.as_str())
        }
        None if words.kind.group() == Group::Security => {
            let recover = format!("{}/recover", ctx.place.public_url);
            page.button(ctx.place.templates.text(lang, "notice-mail-button"), recover)
        }
        None => {
            let way = format!("{}{}", ctx.place.public_url, words.kind.way());
            page.button(ctx.place.templates.text(lang, "notifications-mail-open"), way)
        }
    };
    let footer = match words.kind.group() {
        Group::Security => "notice-mail-footer",
        _ => "notifications-mail-footer",
    };
    let page = page.footer(ctx.place.templates.format(lang, footer, &args));
    Body { to, lang, subject, text: page.text(), digits: String::new(), html: page.html().ok() }
}
