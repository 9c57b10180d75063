//! The link of a letter: opening it changes nothing, the button behind it confirms the address.

use super::{RegistrationId, State, proved, state, store, subject};
use crate::accounts::ContactType;
use crate::codes::{self, Purpose};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;

/// A link from a letter that was opened.
pub enum Link {
    /// It is over, was used, or never was.
    Dead,
    /// It belongs to this draft.
    Live {
        /// The draft.
        id: RegistrationId,
        /// The first name, so that the reader sees whose registration it is.
        first_name: String,
        /// Whether this browser is the one where the registration was begun.
        here: bool,
    },
}

/// Looks at a link without spending it: mail scanners open links too.
///
/// # Errors
/// The storage is away.
pub fn look_at_link(tx: &mut Tx<'_>, ctx: &Ctx, token: &str, cookie: Option<&str>) -> Result<Link> {
    let Some(sent_for) = codes::look_up_link(tx, ctx, Purpose::Register, token)? else {
        return Ok(Link::Dead);
    };
    let Some(id) = draft_of(&sent_for) else { return Ok(Link::Dead) };
    let here = matches!(state(tx, ctx, cookie)?, State::Open(own, _) if own == id);
    Ok(match store::find_by_id(tx, ctx, &id)? {
        // The link proves the address that it was sent to, not one that was typed afterwards.
        Some(store::Found { draft: Some(draft), .. })
            if draft
                .email
                .as_ref()
                .is_some_and(|email| subject(ctx, &id, ContactType::Email, &email.value) == sent_for) =>
        {
            Link::Live { id, first_name: draft.person.first_name, here }
        }
        _ => Link::Dead,
    })
}

/// Spends a link: the e-mail is confirmed. In another browser the draft moves there with a new cookie, so that
/// whoever began a registration with somebody else's address gains nothing from the owner's click.
///
/// # Errors
/// The storage is away.
pub fn follow_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    token: &str,
    cookie: Option<&str>,
) -> Result<Option<Option<String>>> {
    let Link::Live { id, here, .. } = look_at_link(tx, ctx, token, cookie)? else { return Ok(None) };
    if !codes::spend_link(tx, ctx, Purpose::Register, token)? {
        return Ok(None);
    }
    let Some(store::Found { draft: Some(draft), .. }) = store::find_by_id(tx, ctx, &id)? else {
        return Ok(None);
    };
    proved(tx, ctx, config, &id, &draft, ContactType::Email)?;
    let moved = if here { None } else { Some(store::move_to_new_token(tx, ctx, &id)?) };
    Ok(Some(moved))
}

fn draft_of(subject: &str) -> Option<RegistrationId> {
    RegistrationId::parse(subject.split('/').next()?)
}
