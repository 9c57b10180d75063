//! What who recovered sees when the account stays in lockdown for now.

use super::store::Found;
use crate::safety;
use crate::web::fault::Fault;
use crate::web::page::Page;
use crate::web::visit::Visit;
use askama::Template;
use axum::response::Response;

/// The password was not set, or opens nothing: an account in lockdown waits, everything else is signed in to as ever.
pub async fn after_refusal(visit: &Visit, found: &Found) -> std::result::Result<Response, Fault> {
    let Some(account) = found.account.clone() else {
        return Ok(visit.see_other_with("/recover", "recovery-over"));
    };
    let held = visit.app().read(move |tx| safety::lockdown(tx, &account)).await?;
    let Some(held) = held else { return Ok(visit.see_other_with("/recover", "recovery-over")) };
    let page = visit.page();
    let opens = held.opens_at.map(|at| page.date_time_zone(at));
    Ok(visit.ok(&WaitsPage { page, opens }))
}

#[derive(Template)]
#[template(path = "recovery/templates/waits.html")]
struct WaitsPage {
    page: Page,
    /// When a recovery opens the account; none when a second factor must be given.
    opens: Option<String>,
}
