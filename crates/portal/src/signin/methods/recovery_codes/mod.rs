//! One of the codes on paper.

use super::{Asked, Method, Screen, Shown, Verdict};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, Kind, paper};
use crate::notifications::{self, Notice};
use crate::web::form::Fields;
use crate::web::texts;
use crate::web::ui::{Button, TextField, Weight, Words};
use crate::web::visit::Visit;
use ::store::Tx;
use kernel::Lang;

/// The method.
pub struct RecoveryCodes;

#[async_trait::async_trait]
impl Method for RecoveryCodes {
    fn kind(&self) -> Kind {
        Kind::RecoveryCodes
    }

    fn fields(&self) -> &'static [&'static str] {
        &["recovery_code"]
    }

    fn plausible(&self, lang: Lang, fields: &Fields) -> std::result::Result<(), String> {
        match paper::parse(fields.text("recovery_code")) {
            Some(_) => Ok(()),
            None => Err(texts::text(lang, "signin-paper-malformed").to_owned()),
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
        if factors::spend_code(tx, ctx, &asked.account, fields.text("recovery_code"))?.is_some() {
            notifications::notify_owner(tx, ctx, &asked.account, Notice::RecoveryCodeUsed, None)?;
            return Ok(Verdict::Right { factor: None, methods: "otp" });
        }
        Ok(Verdict::Wrong { reason: "wrong", words: texts::text(ctx.lang, "signin-paper-wrong").to_owned() })
    }

    async fn screen(&self, visit: &Visit, asked: &Asked, shown: &Shown) -> Result<Screen> {
        let field = TextField::new(visit.lang(), "recovery_code")
            .label(visit.t("signin-paper-field"))
            .hint(visit.t("signin-paper-hint"))
            .autocomplete("off")
            .maxlength(40)
            .width(24)
            .exact()
            .error(shown.error.as_deref());
        Ok(Screen {
            lead: visit.t("signin-paper-lead").into(),
            body: Words::html(&field),
            submit: Some(Button::new(visit.t(asked.what_for.submit_key())).weight(Weight::Accent)),
            ..Screen::default()
        })
    }
}
