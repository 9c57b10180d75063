//! A code by text message (or call) to a confirmed phone: the weakest of the second factors.

use super::{Asked, Method, Screen, Shown, Start, Verdict};
use crate::accounts::{self, AccountId, ContactType};
use crate::codes::page::{CodePanel, Places, verdict_words};
use crate::codes::{self, Purpose, Sending, Standing, Wish};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, FactorId, Kind};
use crate::web::form::Fields;
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, Weight, Words};
use crate::web::visit::Visit;
use ::store::Tx;
use askama::Template;
use askama::filters::HtmlSafe;
use kernel::Lang;

/// The method.
pub struct Sms;

/// The number of the account's factor, when it is still one of its contacts.
fn number(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<(FactorId, String)>> {
    let Some((factor, contact)) = factors::contact_of_sms(tx, account)? else { return Ok(None) };
    let contacts = accounts::contacts(tx, ctx, account)?;
    let found =
        contacts.into_iter().find(|known| known.kind == ContactType::Phone && known.id.as_str() == contact);
    Ok(found.map(|found| (factor, found.value)))
}

/// `+7 ••• •••-67-89`: enough to know one's own number, too little to learn somebody's.
pub fn masked(e164: &str) -> String {
    let shown = codes::page::shown(ContactType::Phone, e164);
    let digits = shown.chars().filter(char::is_ascii_digit).count();
    let mut at = 0;
    shown
        .chars()
        .map(|sign| {
            if !sign.is_ascii_digit() {
                return sign;
            }
            at += 1;
            if at == 1 || at + 4 > digits { sign } else { '•' }
        })
        .collect()
}

/// The fields of the page.
#[derive(Template)]
#[template(path = "signin/methods/sms/templates/panel.html")]
struct Part {
    panel: CodePanel,
}
impl HtmlSafe for Part {}

#[async_trait::async_trait]
impl Method for Sms {
    fn kind(&self) -> Kind {
        Kind::Sms
    }

    fn fields(&self) -> &'static [&'static str] {
        &["code"]
    }

    fn plausible(&self, lang: Lang, fields: &Fields) -> std::result::Result<(), String> {
        match fields.text("code").chars().filter(char::is_ascii_digit).count() {
            6..=8 => Ok(()),
            _ => Err(texts::text(lang, "codes-error-malformed").to_owned()),
        }
    }

    fn start(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        config: &Config,
        asked: &Asked,
        start: Start,
    ) -> Result<Sending> {
        // A number that left the account: nothing is sent, and the page names the other ways.
        let Some((_, to)) = number(tx, ctx, &asked.account)? else { return Ok(Sending::Suspended) };
        let wish = Wish {
            purpose: Purpose::Second,
            subject: &asked.subject,
            channel: start.channel,
            to: &to,
            taken: false,
            decoy: false,
            challenge_passed: start.challenge_passed,
            link_base: None,
        };
        codes::send(tx, ctx, &config.codes, &config.limits, &wish)
    }

    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        config: &Config,
        asked: &Asked,
        fields: &Fields,
    ) -> Result<Verdict> {
        let typed = fields.text("code");
        let Some((factor, _)) = number(tx, ctx, &asked.account)? else {
            return Ok(Verdict::Wrong {
                reason: "gone",
                words: texts::text(ctx.lang, "signin-sms-gone").to_owned(),
            });
        };
        let verdict =
            codes::verify(tx, ctx, &config.codes, &config.limits, Purpose::Second, &asked.subject, typed)?;
        if verdict == codes::Verdict::Right {
            return Ok(Verdict::Right { factor: Some(factor), methods: "sms" });
        }
        let reason = match verdict {
            codes::Verdict::Expired => "expired",
            codes::Verdict::Used => "spent",
            _ => "wrong",
        };
        Ok(Verdict::Wrong { reason, words: verdict_words(ctx.lang, verdict, ctx.now).unwrap_or_default() })
    }

    async fn screen(&self, visit: &Visit, asked: &Asked, shown: &Shown) -> Result<Screen> {
        let (ctx, settings, own) = (visit.ctx().clone(), visit.app().config().codes.clone(), asked.clone());
        let (number, standing) = visit
            .app()
            .read(move |tx| {
                let standing = codes::standing(tx, &ctx, &settings, Purpose::Second, &own.subject)?;
                Ok((number(tx, &ctx, &own.account)?, standing))
            })
            .await?;
        let Some((_, to)) = number else {
            return Ok(Screen { lead: visit.t("signin-sms-gone").into(), ..Screen::default() });
        };
        Ok(drawn(visit, asked, shown, &masked(&to), standing.filter(|standing| !standing.over)))
    }
}

fn drawn(visit: &Visit, asked: &Asked, shown: &Shown, to: &str, standing: Option<Standing>) -> Screen {
    let page = visit.page();
    let places = Places { send: asked.what_for.start() };
    let error = shown.error.as_deref();
    let mut panel =
        CodePanel::new(visit.app(), &page, ContactType::Phone, to, standing.as_ref(), &places, error);
    let aside = panel.trouble.take().map(|trouble| Words::html(&trouble)).unwrap_or_default();
    let lead = |key| texts::format(visit.lang(), key, &[("to", Arg::from(to))]);
    if standing.is_none() {
        let button = Button::new(visit.t("signin-sms-send")).weight(Weight::Accent).value("channel", "sms");
        return Screen {
            lead: lead("signin-sms-offer").into(),
            start: vec![button],
            aside,
            body: shown.error.clone().map(|words| error_words(&words)).unwrap_or_default(),
            ..Screen::default()
        };
    }
    let mut start = vec![panel.resend.clone()];
    start.extend(panel.call.clone());
    Screen {
        lead: panel.lead.clone().into(),
        start,
        aside,
        submit: Some(Button::new(visit.t(asked.what_for.submit_key())).weight(Weight::Accent)),
        body: Words::html(&Part { panel }),
    }
}

#[derive(Template)]
#[template(source = "<p class=\"field-error\" id=\"code\" role=\"alert\">{{ words }}</p>", ext = "html")]
struct ErrorWords<'a> {
    words: &'a str,
}
impl HtmlSafe for ErrorWords<'_> {}

fn error_words(words: &str) -> Words {
    Words::html(&ErrorWords { words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_by_its_ends() {
        assert_eq!(masked("+79123456789"), "+7 ••• •••-67-89");
    }
}
