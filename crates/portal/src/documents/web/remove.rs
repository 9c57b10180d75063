//! `POST /cabinet/documents/scan/{scan}/remove`.

use super::PAGE;
use crate::documents::{self, Part, ScanId};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::visit::SignedIn;
use axum::extract::Path;
use axum::response::Response;

/// Takes a scan away, and its files at once when their storage answers; else the collecting job does.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Path(id): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let id = ScanId::parse(&id).ok_or_else(Fault::not_found)?;
    let (ctx, account, scan) = (visit.ctx().clone(), session.account.clone(), id.clone());
    if !visit.app().write(move |tx| documents::remove(tx, &ctx, &account, &scan)).await? {
        return Ok(visit.see_other(PAGE));
    }
    if let Some(objects) = &visit.app().gateways().objects {
        for key in [Part::Clean, Part::Preview].into_iter().filter_map(|part| part.key(&id)) {
            if let Err(fault) = objects.delete(&key).await {
                tracing::warn!(%fault, "a file of a removed scan is left to the collecting job");
            }
        }
    }
    Ok(visit.see_other_with(PAGE, "scan-removed"))
}
