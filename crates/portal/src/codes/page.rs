//! The part of a page where a code is typed: shared by every flow that sends codes.

use super::{Sending, Standing, Verdict};
use crate::accounts::ContactType;
use crate::app::App;
use crate::notifications::Channel;
use crate::web::format;
use crate::web::page::{Kind, Page};
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, CodeField, Countdown, Notice, Weight};
use gateway::Health;
use kernel::{Lang, Time};

/// What the page shows about the code that was sent.
pub struct CodePanel {
    /// Where it went, as people read it.
    pub to: String,
    /// «Мы отправили код …».
    pub lead: String,
    /// The field.
    pub field: CodeField,
    /// How long the code lives.
    pub life: Option<Countdown>,
    /// «Отправить снова».
    pub resend: Button,
    /// «Позвонить», when it is offered.
    pub call: Option<Button>,
    /// A word about a channel that is slow or away.
    pub trouble: Option<Notice>,
}

/// Where the buttons of the panel lead.
pub struct Places {
    /// The act that sends again.
    pub send: &'static str,
}

impl CodePanel {
    /// The panel for a contact and the state of its codes.
    pub fn new(
        app: &App,
        page: &Page,
        kind: ContactType,
        value: &str,
        standing: Option<&Standing>,
        places: &Places,
        error: Option<&str>,
    ) -> CodePanel {
        let lang = page.lang;
        // A number is not broken over two lines; both signs are accepted where numbers are typed.
        let to = shown(kind, value)
            .replace(' ', "\u{a0}")
            .replace('-', if kind == ContactType::Phone { "\u{2011}" } else { "-" });
        let channel = standing.map_or(super::first_channel(kind), |standing| standing.channel);
        let lead_key = match channel {
            Channel::Sms | Channel::Push => "codes-lead-sms",
            Channel::Call => "codes-lead-call",
            Channel::Email => "codes-lead-email",
        };
        let settings = &app.config().codes;
        let down = phone_is_down(app, kind);
        let call = may_call(app, kind, standing);
        let wait = standing.map_or(0, |standing| (standing.resend_at - page.now).whole_seconds_up());
        let instead = standing.is_some_and(|standing| {
            super::is_call_instead(settings, standing.channel, standing.sends, Channel::Call)
        });
        let call_wait = if instead { 0 } else { wait };
        let life = standing.filter(|standing| !standing.over && channel != Channel::Email).map(|standing| {
            let left = (standing.expires_at - page.now).whole_seconds_up();
            Countdown::new(lang, "codes-life", left, texts::text(lang, "codes-life-over"))
        });
        let again = texts::text(lang, "codes-send-again");
        CodePanel {
            lead: texts::format(lang, lead_key, &[("to", Arg::from(to.as_str()))]),
            to,
            field: CodeField::new(lang, "code", usize::from(settings.digits))
                .label(texts::text(lang, "codes-field"))
                .hint(texts::text(
                    lang,
                    if channel == Channel::Email { "codes-field-hint-email" } else { "codes-field-hint" },
                ))
                .error(error),
            life,
            resend: Button::new(again)
                .weight(Weight::Quiet)
                .action(places.send)
                .value("channel", first_word(kind))
                .wait(wait)
                .skip_checks(),
            call: call.then(|| {
                Button::new(texts::text(lang, "codes-call"))
                    .weight(Weight::Quiet)
                    .action(places.send)
                    .value("channel", "call")
                    .wait(call_wait)
                    .skip_checks()
            }),
            trouble: down.then(|| Notice::new(lang, Kind::Warning, texts::text(lang, trouble_key(kind)))),
        }
    }

    /// The form has more to fill in: the last digit of the code does not send it.
    #[must_use]
    pub fn sent_by_hand(mut self) -> Self {
        self.field = self.field.auto_submit(false);
        self
    }
}

fn first_word(kind: ContactType) -> &'static str {
    super::first_channel(kind).word()
}

fn trouble_key(kind: ContactType) -> &'static str {
    match kind {
        ContactType::Phone => "codes-trouble-sms",
        ContactType::Email => "codes-trouble-email",
    }
}

fn phone_is_down(app: &App, kind: ContactType) -> bool {
    let health = match kind {
        ContactType::Phone => app.gateways().sms.as_ref().map(|gateway| gateway.health()),
        ContactType::Email => app.gateways().mail.as_ref().map(|gateway| gateway.health()),
    };
    !matches!(health, Some(Health::Up))
}

/// Whether a voice call is offered: after the second send (spec 01 §1), or at once while texts do not get through.
fn may_call(app: &App, kind: ContactType, standing: Option<&Standing>) -> bool {
    let after = app.config().codes.call_after_sends;
    let enough = standing.is_some_and(|standing| standing.sends >= after);
    kind == ContactType::Phone && app.gateways().voice.is_some() && (enough || phone_is_down(app, kind))
}

/// The way another code goes: what was asked for, when it is offered; else the contact's first way. Calls cost money,
/// so a form that asks for one out of turn gets a text.
pub fn channel_asked(app: &App, kind: ContactType, asked: &str, standing: Option<&Standing>) -> Channel {
    if asked == Channel::Call.word() && may_call(app, kind, standing) {
        Channel::Call
    } else {
        super::first_channel(kind)
    }
}

/// A contact as people read it.
pub fn shown(kind: ContactType, value: &str) -> String {
    match kind {
        ContactType::Phone => {
            kernel::phone::Phone::parse(value).map_or_else(|_| value.to_owned(), |phone| phone.display())
        }
        ContactType::Email => {
            kernel::email::Email::parse(value).map_or_else(|_| value.to_owned(), |email| email.display())
        }
    }
}

/// The words of a verdict at the code field; none when it was right.
pub fn verdict_words(lang: Lang, verdict: Verdict, now: Time) -> Option<String> {
    let key = match verdict {
        Verdict::Right => return None,
        Verdict::Malformed => "codes-error-malformed",
        Verdict::Wrong { left } => {
            return Some(texts::format(lang, "codes-error-wrong", &[("left", Arg::from(left))]));
        }
        Verdict::Expired => "codes-error-expired",
        Verdict::Exhausted => "codes-error-exhausted",
        Verdict::Used => "codes-error-used",
        Verdict::None => "codes-error-none",
        Verdict::Wait(until) => return Some(wait_words(lang, "codes-error-wait", until, now)),
    };
    Some(texts::text(lang, key).to_owned())
}

/// The words of a refusal to send; none when the code is on its way.
pub fn sending_words(lang: Lang, sending: &Sending, now: Time) -> Option<String> {
    match sending {
        Sending::Sent => None,
        Sending::Wait(until) => Some(wait_words(lang, "codes-error-send-wait", *until, now)),
        Sending::ChallengeNeeded => Some(texts::text(lang, "codes-error-challenge").to_owned()),
        Sending::Suspended => Some(texts::text(lang, "codes-error-suspended").to_owned()),
        Sending::CountryRefused => Some(texts::text(lang, "codes-error-country").to_owned()),
    }
}

fn wait_words(lang: Lang, key: &'static str, until: Time, now: Time) -> String {
    let left = format::clock((until - now).whole_seconds_up());
    texts::format(lang, key, &[("time", Arg::from(left))])
}
