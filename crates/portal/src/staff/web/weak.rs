//! Somebody whose sign-in is too weak for the workplace: what is missing, and the shortest way to it.

use crate::accounts::AccountId;
use crate::error::Result;
use crate::factors::{self, Kind as Factor};
use crate::staff::Need;
use crate::web::ui::{LinkButton, Weight};
use crate::web::visit::Visit;

/// What is missing, in words, and the way to it.
pub struct Missing {
    /// What is missing.
    pub text: &'static str,
    /// Where to get it.
    pub way: LinkButton,
}

/// What an account needs: it gives a factor that it has, or adds one first. Both lead back to `back` with the same
/// session, which grows by the factor.
///
/// # Errors
/// The storage is away.
pub async fn missing(visit: &Visit, account: &AccountId, need: Need, back: &str) -> Result<Missing> {
    let id = account.clone();
    let bound = visit.app().read(move |tx| factors::bound(tx, &id)).await?;
    let has = match need {
        Need::Aal2 => bound.has_second(),
        Need::PhishingResistant => bound.has(Factor::Passkey),
    };
    let text = visit.t(match (need, has) {
        (Need::Aal2, true) => "staff-weak-give",
        (Need::Aal2, false) => "staff-weak-add",
        (Need::PhishingResistant, true) => "staff-weak-give-key",
        (Need::PhishingResistant, false) => "staff-weak-add-key",
    });
    let way = if has {
        LinkButton::new(visit.t("staff-weak-confirm"), format!("/confirm?back={back}"))
    } else {
        LinkButton::new(visit.t("staff-weak-settings"), "/cabinet/security").weight(Weight::Secondary)
    };
    Ok(Missing { text, way })
}
