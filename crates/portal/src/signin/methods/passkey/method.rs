//! A key as the second factor of a sign-in, before a sensitive act, in a recovery.

use super::{Answer, Ceremony, Part, Refused, store};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::Kind;
use crate::signin::methods::{Asked, Method, Screen, Shown, Verdict};
use crate::web::form::Fields;
use crate::web::texts;
use crate::web::ui::{Button, Weight, Words};
use crate::web::visit::Visit;
use ::store::Tx;
use kernel::Lang;

/// The method.
pub struct Passkey;

#[async_trait::async_trait]
impl Method for Passkey {
    fn kind(&self) -> Kind {
        Kind::Passkey
    }

    fn fields(&self) -> &'static [&'static str] {
        &["answer"]
    }

    fn plausible(&self, lang: Lang, fields: &Fields) -> std::result::Result<(), String> {
        let words = || texts::text(lang, "signin-passkey-empty").to_owned();
        Answer::read(fields.text("answer")).map(drop).ok_or_else(words)
    }

    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        _: &Config,
        asked: &Asked,
        fields: &Fields,
    ) -> Result<Verdict> {
        let wrong = |refused: &Refused| Verdict::Wrong {
            reason: refused.word(),
            words: refused.words(ctx.lang).to_owned(),
        };
        let Some(answer) = Answer::read(fields.text("answer")) else {
            return Ok(wrong(&Refused::Wrong("answer")));
        };
        let ceremony = Ceremony::Factor(asked.what_for.word(), &asked.subject);
        let signed = match super::check(tx, ctx, ceremony, Some(&asked.account), &answer)? {
            Ok(signed) => signed,
            Err((refused, _)) => return Ok(wrong(&refused)),
        };
        Ok(match super::spend(tx, ctx, &signed)? {
            None => Verdict::Right { factor: Some(signed.factor), methods: signed.methods },
            Some(refused) => wrong(&refused),
        })
    }

    async fn screen(&self, visit: &Visit, asked: &Asked, shown: &Shown) -> Result<Screen> {
        let (ctx, account) = (visit.ctx().clone(), asked.account.clone());
        let keys = visit.app().read(move |tx| store::list(tx, &ctx, &account)).await?;
        let ceremony = Ceremony::Factor(asked.what_for.word(), &asked.subject);
        let part = Part::factor(visit.ctx(), &visit.app().config().passkeys, ceremony, &keys)
            .error(shown.error.as_deref());
        Ok(Screen {
            lead: visit.t("signin-passkey-factor-lead").into(),
            body: Words::html(&part),
            submit: Some(
                Button::new(visit.t("signin-passkey-factor-submit"))
                    .icon("key")
                    .weight(Weight::Accent)
                    .scripted(),
            ),
            ..Screen::default()
        })
    }
}
