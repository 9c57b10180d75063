//! Challenges in forms: making one, reading the answer, judging it.

use super::form::Fields;
use super::texts;
use super::ui;
use super::visit::Visit;
use crate::challenge::{self, Answer, Asked, Verdict};
use crate::ctx::Ctx;
use crate::error::Result;
use store::Tx;

/// A new challenge for a form, with words about the last answer.
pub fn new(visit: &Visit, purpose: &str, last: Option<Verdict>) -> ui::Challenge {
    let ctx = visit.ctx();
    let asked = Asked { visitor: &ctx.visitor, purpose };
    let settings = &visit.app().config().challenge;
    let view = challenge::new(settings, &ctx.keys, ctx.now, asked, ctx.lang, &mut ctx.rng());
    let error = match last {
        None | Some(Verdict::Passed) => None,
        Some(Verdict::Wrong | Verdict::Spent) => Some(texts::text(ctx.lang, "web-challenge-wrong")),
        Some(Verdict::Expired) => Some(texts::text(ctx.lang, "web-challenge-expired")),
    };
    ui::Challenge::new(ctx.lang, challenge::TOKEN_FIELD, view.token, challenge::ANSWER_FIELD)
        .picture(view.picture_url)
        .sound(view.sound_url)
        .work(challenge::NONCE_FIELD, view.work.puzzle, u32::from(view.work.bits))
        .error(error)
}

/// The answer in a form, when the form had a challenge.
pub fn answer(fields: &Fields) -> Option<Answer> {
    let token = fields.text(challenge::TOKEN_FIELD);
    (!token.is_empty()).then(|| Answer {
        token: token.to_owned(),
        text: fields.text(challenge::ANSWER_FIELD).to_owned(),
        nonce: fields.text(challenge::NONCE_FIELD).to_owned(),
    })
}

/// Judges and spends an answer in the caller's transaction, which must then be committed.
///
/// # Errors
/// The storage is away: nothing passes then.
pub fn judge(tx: &mut Tx<'_>, ctx: &Ctx, purpose: &str, answer: Option<&Answer>) -> Result<Option<Verdict>> {
    let Some(answer) = answer else { return Ok(None) };
    let asked = Asked { visitor: &ctx.visitor, purpose };
    Ok(Some(challenge::verify(tx, &ctx.keys, ctx.now, asked, answer)?))
}
