//! Recovery codes: shown once, to be printed, copied or saved as a file.

use super::super::{self as factors, Codes, paper};
use super::{PAGE, too_weak};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Button, Notice, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

#[derive(Template)]
#[template(path = "factors/templates/codes.html")]
struct CodesPage {
    page: Page,
    left: Option<String>,
    make: Button,
}

#[derive(Template)]
#[template(path = "factors/templates/new_codes.html")]
struct NewCodesPage {
    page: Page,
    lead: &'static str,
    once: Notice,
    codes: Vec<String>,
    joined: String,
    save: Button,
}

/// What follows a binding: the codes that came with the first factor, or the list.
pub fn after_binding(visit: &Visit, codes: Option<Codes>) -> Response {
    match codes {
        Some(codes) => draw(visit, "factors-new-codes-first", &codes),
        None => visit.see_other_with(PAGE, "factor-added"),
    }
}

fn draw(visit: &Visit, lead: &'static str, codes: &Codes) -> Response {
    let page = visit.page();
    let codes: Vec<String> = codes.iter().map(|code| code.expose().clone()).collect();
    let template = NewCodesPage {
        lead: page.t(lead),
        once: Notice::new(page.lang, Kind::Warning, page.t("factors-new-codes-once"))
            .title(page.t("factors-new-codes-once-title")),
        joined: codes.join(" "),
        codes,
        save: Button::new(page.t("factors-codes-save")).weight(Weight::Secondary).icon("download"),
        page,
    };
    visit.ok(&template)
}

/// How many are left, and the way to a new set.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    if let Some(elsewhere) = too_weak(&visit, &session, "/cabinet/security/factors/codes").await? {
        return Ok(elsewhere);
    }
    let account = session.account.clone();
    let (bound, left) = visit
        .app()
        .read(move |tx| Ok((factors::bound(tx, &account)?, factors::codes_left(tx, &account)?)))
        .await?;
    let page = visit.page();
    let template = CodesPage {
        left: bound.has(factors::Kind::RecoveryCodes).then(|| page.tf1("factors-codes-left", "left", left)),
        make: Button::new(page.t("factors-codes-make")).weight(Weight::Accent),
        page,
    };
    Ok(visit.ok(&template))
}

/// Makes a new set and shows it once.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    if let Some(elsewhere) = too_weak(&visit, &session, "/cabinet/security/factors/codes").await? {
        return Ok(elsewhere);
    }
    let (ctx, config, own) = (visit.ctx().clone(), visit.app().config_arc(), session.clone());
    let codes = visit
        .app()
        .write(move |tx| factors::renew_codes(tx, &ctx, &config, &own.account, Some(&own.id)))
        .await?;
    visit.app().sessions().forget(&session.account);
    Ok(draw(&visit, "factors-new-codes", &codes))
}

/// The codes that were just shown, as a text file: the portal does not know them any more, so the page sends them.
pub async fn file(
    SignedIn { visit, .. }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["codes"])?;
    let typed: Vec<&str> = fields.text("codes").split(' ').collect();
    if typed.len() > 50 || typed.iter().any(|code| paper::parse(code).is_none()) {
        return Err(Fault::bad_request("not recovery codes"));
    }
    let page = visit.page();
    let mut text = format!("{}\r\n{}\r\n\r\n", page.portal(), page.t("factors-codes-file"));
    for code in typed {
        text.push_str(code);
        text.push_str("\r\n");
    }
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"recovery-codes.txt\""),
    );
    Ok(response)
}
