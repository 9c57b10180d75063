//! `/admin/people`: finding one person by an exact contact, for a reason. Nobody is listed here.

use super::desk::{Desk, Place};
use super::gate::{AtDesk, note_refusal};
use crate::staff::people::{self, Search, Wanted};
use crate::staff::{self, NotYours, Why};
use crate::web::fault::Fault;
use crate::web::fields::{self, FieldError};
use crate::web::form::Form;
use crate::web::format;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Button, ErrorSummary, Errors, Notice, Radios, TextArea, TextField};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "staff/templates/people.html")]
struct PeoplePage {
    desk: Desk,
    page: Page,
    summary: Option<ErrorSummary>,
    notice: Option<Notice>,
    who: TextField,
    why: Radios,
    reason: TextArea,
    submit: Button,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    who: String,
    why: String,
    reason: String,
    errors: Errors,
    notice: Option<Notice>,
    status: Option<StatusCode>,
}

fn draw(desk: &AtDesk, typed: Typed) -> Response {
    let visit = &desk.visit;
    let lang = visit.lang();
    let frame = Desk::new(desk, Place::People);
    let why = Why::ALL
        .into_iter()
        .fold(Radios::new(lang, "why"), |radios, why| radios.option(why.word(), visit.t(why.text_key())));
    let bad = !typed.errors.is_empty();
    let template = PeoplePage {
        page: frame.page.clone(),
        desk: frame,
        summary: typed.errors.summary(lang),
        notice: typed.notice,
        who: TextField::new(lang, "who")
            .label(visit.t("staff-find-who"))
            .hint(visit.t("staff-find-who-hint"))
            .autocomplete("off")
            .exact()
            .maxlength(254)
            .value(&typed.who)
            .error(typed.errors.get("who")),
        why: why
            .label(visit.t("staff-find-why"))
            .selected(Why::from_word(&typed.why).map(Why::word))
            .error(typed.errors.get("why")),
        reason: TextArea::new(lang, "reason")
            .label(visit.t("staff-find-reason"))
            .hint(visit.t("staff-find-reason-hint"))
            .rows(3)
            .maxlength(500)
            .value(&typed.reason)
            .error(typed.errors.get("reason")),
        submit: Button::new(visit.t("staff-find-submit")),
    };
    let usual = if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.html(typed.status.unwrap_or(usual), &template)
}

/// The form.
pub async fn get(desk: AtDesk) -> Response {
    draw(&desk, Typed::default())
}

/// Looks, and opens the card.
pub async fn find(desk: AtDesk, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&["who", "why", "reason"])?;
    let (wanted, why) = (Wanted::parse(fields.text("who")), Why::from_word(fields.text("why")));
    let reason = staff::reason(fields.text("reason"));
    let mut typed = Typed {
        who: fields.text("who").to_owned(),
        why: fields.text("why").to_owned(),
        reason: fields.text("reason").to_owned(),
        ..Typed::default()
    };
    let (Some(wanted), Some(why), Some(reason)) = (&wanted, why, &reason) else {
        let mut wrong = Vec::new();
        wrong.extend(wanted.is_none().then(|| FieldError::plain("who", "staff-find-who-wrong")));
        wrong.extend(why.is_none().then(|| FieldError::plain("why", "staff-find-why-missing")));
        wrong.extend(reason.is_none().then(|| FieldError::plain("reason", "staff-find-reason-short")));
        typed.errors = fields::in_words(desk.visit.lang(), &wrong);
        return Ok(draw(&desk, typed));
    };
    let AtDesk { visit, member } = &desk;
    let (ctx, settings) = (visit.ctx().clone(), visit.app().config().staff.clone());
    let (by, wanted, reason) = (member.clone(), wanted.clone(), reason.clone());
    let found =
        visit.app().write(move |tx| people::search(tx, &ctx, &settings, &by, &wanted, why, &reason)).await?;
    let lang = visit.lang();
    match found {
        Search::Opened(card) => return Ok(visit.see_other(&format!("/admin/people/{card}"))),
        Search::Nobody => {
            typed.notice = Some(Notice::new(lang, Kind::Info, visit.t("staff-find-nobody")).live());
        }
        Search::NotYours(why) => {
            let words = match why {
                NotYours::Own => "staff-find-own",
                NotYours::Colleague => "staff-find-colleague",
            };
            typed.notice = Some(Notice::new(lang, Kind::Danger, visit.t(words)).live());
            typed.status = Some(StatusCode::FORBIDDEN);
        }
        Search::Wait(until) => {
            note_refusal(visit, &member.id, "searches").await?;
            let wait = format::wait(lang, (until - visit.now()).whole_seconds_up());
            let words = crate::web::texts::format(lang, "staff-find-wait", &[("wait", wait.into())]);
            typed.notice = Some(Notice::new(lang, Kind::Warning, words).live());
            typed.status = Some(StatusCode::TOO_MANY_REQUESTS);
        }
    }
    Ok(draw(&desk, typed))
}
