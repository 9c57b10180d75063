//! Pages of the review: the queue and a case for staff, and what their person sees of it.

mod case;
mod mine;
mod queue;
mod scan;

use super::{Case, CaseId, Pace, Reason, pace};
use crate::checks::Doubt;
use crate::config::Config;
use crate::staff::Right;
use crate::web::page::{Kind, Page};
use crate::web::routes::{Access, Routes};
use crate::web::ui::Tag;
use kernel::{Span, Time};

/// The queue.
const QUEUE: &str = "/review";

/// The routes.
pub fn routes() -> Routes {
    let review = Access::Staff(Right::Review);
    Routes::default()
        .get(QUEUE, review, queue::get)
        .post("/review/next", review, queue::next)
        .post("/review/{case}/take", review, queue::take)
        .get("/review/{case}", review, case::get)
        .post("/review/{case}/decide", review, case::post)
        .post("/review/{case}/put-back", review, case::put_back)
        .get("/review/{case}/scan/{scan}/{page}/{size}", review, scan::get)
        .get("/cabinet/review", Access::SignedIn, mine::get)
        .get("/cabinet/review/live", Access::SignedIn, mine::live)
}

/// Where one case is.
fn path(id: &CaseId) -> String {
    format!("{QUEUE}/{id}")
}

/// A case's number as people say it: the end of its identifier.
fn number(id: &CaseId) -> String {
    let id = id.as_str();
    id.get(id.len().saturating_sub(6)..).unwrap_or(id).to_uppercase()
}

/// Why staff look, in words.
fn doubt(page: &Page, doubt: Doubt) -> &'static str {
    page.t(match doubt {
        Doubt::Held => "review-doubt-held",
        Doubt::Foreign => "review-doubt-foreign",
        Doubt::Unclear => "review-doubt-unclear",
        Doubt::GaveUp => "review-doubt-gave-up",
    })
}

/// By when a case should be decided, and how it stands with that.
fn due(page: &Page, config: &Config, case: &Case, now: Time) -> Tag {
    let at = page.date_time(case.due_at);
    match pace(case.due_at, now, Span::hours(config.review.warn_hours)) {
        Pace::InTime => Tag::plain(page.tf1("review-due", "time", at)),
        Pace::Soon => Tag::new(Kind::Warning, page.tf1("review-due-soon", "time", at)),
        Pace::Late => Tag::new(Kind::Danger, page.tf1("review-due-late", "time", at)),
    }
}

/// Why it could not be confirmed, as the person reads it.
fn reason(page: &Page, reason: Reason) -> &'static str {
    page.t(match reason {
        Reason::Differs => "review-reason-differs",
        Reason::Unreadable => "review-reason-unreadable",
        Reason::NotAccepted => "review-reason-not-accepted",
        Reason::Visit => "review-reason-visit",
        Reason::NoScan => "review-reason-no-scan",
    })
}
