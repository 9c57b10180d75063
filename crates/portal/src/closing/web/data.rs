//! `/cabinet/security/data`: what one can do with one's data.

use crate::web::fault::Fault;
use crate::web::page::Page;
use crate::web::ui::{LinkButton, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "closing/templates/data.html")]
struct DataPage {
    page: Page,
    grace_days: i64,
    delete: LinkButton,
}

/// The page.
pub async fn get(SignedIn { visit, .. }: SignedIn) -> std::result::Result<Response, Fault> {
    let template = DataPage {
        grace_days: visit.app().config().closing.grace_days,
        delete: LinkButton::new(visit.t("closing-delete-open"), "/cabinet/security/delete")
            .weight(Weight::Secondary),
        page: visit.page(),
    };
    Ok(visit.ok(&template))
}
