//! `/review/{case}/scan/…`: a page of a scan with the member's mark over it, for whoever works on the case.

use super::super::{self as review, CaseId};
use super::number;
use crate::accounts;
use crate::documents::ScanId;
use crate::documents::show::{self, Shown};
use crate::staff::web::gate::AtDesk;
use crate::web::fault::Fault;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use kernel::{Span, Time};

/// Longer sides in pixels: beside the form, and to read small print.
const SIZES: [(&str, u32); 2] = [("small", 1_000), ("large", 2_600)];
/// The most pages that are shown of one file.
pub const MOST_PAGES: usize = 20;
/// When every place for pictures is taken.
const AGAIN: Span = Span::seconds(5);

/// What stands over the picture: who looked, when, at which case. Letters that the mark knows.
fn words(staff: &str, case: &CaseId, now: Time, zone: &TimeZone) -> String {
    let tail = staff.get(staff.len().saturating_sub(6)..).unwrap_or(staff).to_uppercase();
    let at = jiff::Timestamp::from_microsecond(now.0).map(|at| at.to_zoned(zone.clone()));
    let at = at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    format!("{tail} {at} {}", number(case))
}

/// The picture.
pub async fn get(
    desk: AtDesk,
    Path((id, scan, page, size)): Path<(String, String, String, String)>,
) -> std::result::Result<Response, Fault> {
    let AtDesk { visit, member } = &desk;
    let side = SIZES.iter().find(|(word, _)| *word == size).map(|(_, side)| *side);
    let page = page.parse::<usize>().ok().filter(|page| *page < MOST_PAGES);
    let (Some(id), Some(scan), Some(side), Some(page)) =
        (CaseId::parse(&id), ScanId::parse(&scan), side, page)
    else {
        return Err(Fault::not_found());
    };
    let (ctx, me, case) = (visit.ctx().clone(), member.clone(), id.clone());
    let asked = scan.clone();
    let key = visit
        .app()
        .read(move |tx| {
            let Some(desk) = review::open(tx, &ctx, &me, &case)? else { return Ok(None) };
            let own = desk.scans.iter().any(|scan| scan.id == asked);
            own.then(|| accounts::data_key(tx, &ctx, &desk.case.account)).transpose()
        })
        .await?
        .ok_or_else(Fault::not_found)?;
    let mark = words(member.id.as_str(), &id, visit.now(), &visit.ctx().place.zone);
    match show::marked(visit.app(), (&scan, &key), page, mark, side).await? {
        Shown::Picture(picture) => {
            let mut response = picture.into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
            Ok(response)
        }
        Shown::NoPicture => Err(Fault::not_found()),
        Shown::Away(reason) => Err(Fault::outage(&reason)),
        Shown::Busy => Err(Fault::busy(AGAIN)),
    }
}
