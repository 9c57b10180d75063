//! Sends the profile to the registers.

use super::PROFILE;
use crate::checks::{self, Sent};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::visit::SignedIn;
use axum::response::Response;

/// Sends.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let id = session.account.clone();
    let sent = visit.app().write(move |tx| checks::send(tx, &ctx, &config, &account)).await?;
    // Other open pages of the person show it.
    visit.app().sessions().forget(&id);
    Ok(match sent {
        Sent::Begun => visit.see_other_with(PROFILE, "profile-sent"),
        Sent::Unfinished => visit.see_other_with(PROFILE, "profile-unfinished"),
        Sent::Reached => visit.see_other(PROFILE),
        Sent::Wait(until) => return Err(Fault::too_many(until - visit.now())),
    })
}
