//! `GET /cabinet/documents/scan/{scan}/{part}`: the kept file and its preview, for their owner only.

use crate::accounts;
use crate::documents::{self, Part, ScanId, State, file_context};
use crate::web::fault::Fault;
use crate::web::visit::SignedIn;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// Nothing in a file of a person acts, whatever it is.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'";

/// Opens a file.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Path((id, part)): Path<(String, String)>,
) -> std::result::Result<Response, Fault> {
    let part = [Part::Clean, Part::Preview].into_iter().find(|known| known.word() == part);
    let (Some(id), Some(part)) = (ScanId::parse(&id), part) else { return Err(Fault::not_found()) };
    let (ctx, account, asked) = (visit.ctx().clone(), session.account.clone(), id.clone());
    let found = visit
        .app()
        .read(move |tx| {
            let scan = documents::scan(tx, &ctx, &account, &asked)?;
            scan.map(|scan| Ok((scan, accounts::data_key(tx, &ctx, &account)?))).transpose()
        })
        .await?;
    let Some((scan, key)) = found.filter(|(scan, _)| scan.state == State::Kept) else {
        return Err(Fault::not_found());
    };
    let (Some(objects), Some(place)) = (&visit.app().gateways().objects, part.key(&id)) else {
        return Err(Fault::not_found());
    };
    let sealed = objects.get(&place).await.map_err(|fault| Fault::outage(fault.reason()))?;
    let bytes = key
        .open(&file_context(part, &id), &sealed.ok_or_else(Fault::not_found)?)
        .map_err(|_| Fault::outage("a kept file does not open"))?;
    let media = if part == Part::Preview { "image/jpeg" } else { scan.told.media.as_str() };
    let kind = HeaderValue::from_str(media).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    // A browser shows no PDF in a sandbox: it is saved, and opened outside.
    let is_pdf = media == "application/pdf";
    let disposition = if is_pdf { "attachment; filename=\"document.pdf\"" } else { "inline" };
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
    Ok(response)
}
