//! A code of an application (RFC 6238).

use super::{Asked, Method, Screen, Shown, Verdict};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, Kind, Step, totp};
use crate::web::form::Fields;
use crate::web::texts;
use crate::web::ui::{Button, CodeField, Weight, Words};
use crate::web::visit::Visit;
use ::store::Tx;
use kernel::Lang;
use kernel::code::OneTimeCode;

/// The method.
pub struct Totp;

#[async_trait::async_trait]
impl Method for Totp {
    fn kind(&self) -> Kind {
        Kind::Totp
    }

    fn fields(&self) -> &'static [&'static str] {
        &["code"]
    }

    fn plausible(&self, lang: Lang, fields: &Fields) -> std::result::Result<(), String> {
        match OneTimeCode::parse(fields.text("code"), totp::DIGITS) {
            Ok(_) => Ok(()),
            Err(_) => Err(texts::text(lang, "signin-totp-malformed").to_owned()),
        }
    }

    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        _: &Config,
        asked: &Asked,
        fields: &Fields,
    ) -> Result<Verdict> {
        let wrong = |reason, key| Verdict::Wrong { reason, words: texts::text(ctx.lang, key).to_owned() };
        let Ok(typed) = OneTimeCode::parse(fields.text("code"), totp::DIGITS) else {
            return Ok(wrong("wrong", "signin-totp-malformed"));
        };
        Ok(match factors::spend_step(tx, ctx, &asked.account, typed.expose())? {
            Step::Right(factor) => Verdict::Right { factor: Some(factor), methods: "otp" },
            Step::Spent => wrong("spent", "signin-totp-spent"),
            Step::Wrong => wrong("wrong", "signin-totp-wrong"),
        })
    }

    async fn screen(&self, visit: &Visit, asked: &Asked, shown: &Shown) -> Result<Screen> {
        let field = CodeField::new(visit.lang(), "code", totp::DIGITS)
            .label(visit.t("signin-totp-field"))
            .hint(visit.t("signin-totp-hint"))
            .error(shown.error.as_deref());
        Ok(Screen {
            lead: visit.t("signin-totp-lead").into(),
            body: Words::html(&field),
            submit: Some(Button::new(visit.t(asked.what_for.submit_key())).weight(Weight::Accent)),
            ..Screen::default()
        })
    }
}
