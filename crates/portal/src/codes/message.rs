//! The messages that carry a code. The words are in `text/{ru,en}.ftl` beside this folder.

use super::{Purpose, Wish};
use crate::ctx::Ctx;
use crate::notifications::{Body, Channel, NewMessage};
use crate::web::mail::MailPage;
use crate::web::texts::Arg;
use kernel::Time;
use kernel::code::OneTimeCode;

/// The message for a wish: the text begins with the code, names the portal and the purpose, and says how long it lives.
pub fn code_message(
    ctx: &Ctx,
    wish: &Wish<'_>,
    code: &OneTimeCode,
    link: Option<&str>,
    lifetime_seconds: i64,
    expires_at: Time,
) -> NewMessage {
    let body = match wish.channel {
        // Codes are never pushed: whoever holds the browser may not be the one who is asked.
        Channel::Sms | Channel::Push => sms(ctx, wish, code, lifetime_seconds),
        Channel::Call => call(ctx, wish, code),
        Channel::Email => email(ctx, wish, code, link, lifetime_seconds),
    };
    NewMessage { channel: wish.channel, kind: "code", account: None, body, expires_at, of: None }
}

fn args(ctx: &Ctx, code: &OneTimeCode, lifetime_seconds: i64) -> [(&'static str, Arg); 5] {
    [
        ("code", Arg::from(code.expose())),
        ("portal", Arg::from(ctx.place.brand.name(ctx.lang))),
        ("host", Arg::from(ctx.place.host())),
        ("minutes", Arg::from(lifetime_seconds / 60)),
        ("hours", Arg::from(lifetime_seconds / 3_600)),
    ]
}

fn sms(ctx: &Ctx, wish: &Wish<'_>, code: &OneTimeCode, lifetime: i64) -> Body {
    let args = args(ctx, code, lifetime);
    let key = match (wish.purpose, wish.taken) {
        (Purpose::Register, false) => "codes-sms-register",
        (Purpose::Register, true) => "codes-sms-register-taken",
        (Purpose::Recover, _) => "codes-sms-recover",
        (Purpose::Second, _) => "codes-sms-second",
        (Purpose::BindPhone, _) => "codes-sms-bind-phone",
        (Purpose::Close, _) => "codes-sms-close",
        (Purpose::Contact, false) => "codes-sms-contact",
        (Purpose::Contact, true) => "codes-sms-contact-taken",
    };
    let text = ctx.place.templates.format(ctx.lang, key, &args);
    // The last line lets the browser of this very site offer the code by itself (origin-bound one-time codes).
    let text = format!("{text}\n\n@{} #{}", ctx.place.host(), code.expose());
    Body {
        to: wish.to.into(),
        lang: ctx.lang,
        subject: String::new(),
        text,
        digits: String::new(),
        html: None,
    }
}

fn call(ctx: &Ctx, wish: &Wish<'_>, code: &OneTimeCode) -> Body {
    let portal = [("portal", Arg::from(ctx.place.brand.name(ctx.lang)))];
    let key = match wish.purpose {
        Purpose::Register => "codes-call-register",
        Purpose::Recover => "codes-call-recover",
        Purpose::Second | Purpose::BindPhone => "codes-call-second",
        Purpose::Close => "codes-call-close",
        Purpose::Contact => "codes-call-contact",
    };
    Body {
        to: wish.to.into(),
        lang: ctx.lang,
        subject: String::new(),
        text: ctx.place.templates.format(ctx.lang, key, &portal),
        digits: code.expose().to_owned(),
        html: None,
    }
}

fn email(ctx: &Ctx, wish: &Wish<'_>, code: &OneTimeCode, link: Option<&str>, lifetime: i64) -> Body {
    let args = args(ctx, code, lifetime);
    let lang = ctx.lang;
    let button_key = "codes-mail-register-button";
    let (subject_key, lead_key) = match wish.purpose {
        Purpose::Register => ("codes-mail-register-subject", "codes-mail-register-lead"),
        // Second factors never go by e-mail; their methods do not offer it.
        Purpose::Recover | Purpose::Second | Purpose::BindPhone => {
            ("codes-mail-recover-subject", "codes-mail-recover-lead")
        }
        Purpose::Close => ("codes-mail-close-subject", "codes-mail-close-lead"),
        Purpose::Contact => ("codes-mail-contact-subject", "codes-mail-contact-lead"),
    };
    let subject = ctx.place.templates.format(lang, subject_key, &args);
    let mut page = MailPage::new(lang, ctx.place.brand.clone(), subject.clone())
        .paragraph(ctx.place.templates.format(lang, lead_key, &args));
    if wish.taken {
        let taken_key = match wish.purpose {
            Purpose::Contact => "codes-mail-contact-taken",
            _ => "codes-mail-taken",
        };
        page = page.paragraph(ctx.place.templates.format(lang, taken_key, &args));
    }
    page = page.paragraph(ctx.place.templates.format(lang, "codes-mail-life", &args)).code(code.expose());
    if let (Some(token), Some(base)) = (link, &wish.link_base) {
        page = page.button(ctx.place.templates.text(lang, button_key), format!("{base}{token}"));
    }
    let page = page
        .footer(ctx.place.templates.text(lang, "codes-mail-not-you"))
        .footer(ctx.place.templates.format(lang, "codes-mail-footer", &args));
    let html = page.html().ok();
    Body { to: wish.to.into(), lang, subject, text: page.text(), digits: String::new(), html }
}
