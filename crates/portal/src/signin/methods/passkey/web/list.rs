//! `/cabinet/security/passkeys`: the owner's keys, their names, removing one.

use super::super::options;
use super::super::rules;
use super::super::store::{self, Row};
use crate::error::Result;
use crate::factors::{self, Factor, FactorId, Kind, Removed};
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::fresh;
use crate::web::page::{self, Page};
use crate::web::ui::{Button, ErrorSummary, Errors, Tag, TextField, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;

const PLACE: &str = "/cabinet/security/passkeys";

#[derive(Template)]
#[template(path = "signin/methods/passkey/templates/list.html")]
struct ListPage {
    page: Page,
    summary: Option<ErrorSummary>,
    keys: Vec<Shown>,
    accepted: Option<String>,
    possible: bool,
}

/// A key as the page shows it.
struct Shown {
    id: String,
    name: String,
    tags: Vec<Tag>,
    added: String,
    used: String,
    suspect: bool,
    open: bool,
    field: TextField,
    rename: Button,
    remove: Button,
}

/// What was wrong with a form, and at which key.
struct Wrong<'a> {
    key: &'a str,
    typed: &'a str,
    words: &'static str,
}

async fn draw(visit: &Visit, session: &Session, wrong: Option<Wrong<'_>>) -> Result<Response> {
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let (rows, known) = visit
        .app()
        .read(move |tx| Ok((store::list(tx, &ctx, &account)?, factors::list(tx, &ctx, &account)?)))
        .await?;
    let page = visit.page();
    let accepted = options::accepted(visit.ctx(), &rows).map(|told| told.to_string());
    let keys: Vec<Shown> = rows.iter().filter_map(|row| shown(&page, row, &known, wrong.as_ref())).collect();
    let mut errors = Errors::new();
    if let Some(wrong) = &wrong {
        errors.add(field_name(wrong.key), wrong.words);
    }
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = ListPage {
        summary: errors.summary(page.lang),
        keys,
        accepted,
        possible: options::is_possible(&visit.ctx().place),
        page,
    };
    Ok(visit.html(status, &template))
}

/// The `id` of a key's name field; the form calls it `name`.
fn field_name(key: &str) -> String {
    format!("name-{}", key.trim_start_matches("fac_"))
}

fn shown(page: &Page, row: &Row, known: &[Factor], wrong: Option<&Wrong<'_>>) -> Option<Shown> {
    let factor = known.iter().find(|factor| factor.id == row.factor)?;
    let wrong = wrong.filter(|wrong| wrong.key == row.factor.as_str());
    Some(Shown {
        tags: tags(page, row),
        added: page.tf1("signin-passkey-added", "time", page.date(factor.created_at)),
        used: match factor.used_at {
            Some(at) => page.tf1("signin-passkey-used", "time", page.date_time(at)),
            None => page.t("signin-passkey-unused").to_owned(),
        },
        suspect: row.suspect_at.is_some(),
        open: wrong.is_some(),
        field: name_field(page.lang, &field_name(row.factor.as_str()))
            .value(wrong.map_or(&factor.name, |wrong| wrong.typed))
            .error(wrong.map(|wrong| wrong.words)),
        rename: Button::new(page.t("signin-passkey-rename")).value("act", "rename").weight(Weight::Secondary),
        remove: Button::new(page.t("signin-passkey-remove")).value("act", "remove").weight(Weight::Danger),
        id: row.factor.to_string(),
        name: factor.name.clone(),
    })
}

/// The field for the name of a key.
pub(super) fn name_field(lang: Lang, name: &str) -> TextField {
    let t = |key| crate::web::texts::text(lang, key);
    TextField::new(lang, name.to_owned())
        .label(t("signin-passkey-name"))
        .hint(t("signin-passkey-name-hint"))
        .maxlength(rules::MOST_NAME)
        .autocomplete("off")
}

fn tags(page: &Page, row: &Row) -> Vec<Tag> {
    let mut tags = Vec::new();
    if row.suspect_at.is_some() {
        tags.push(Tag::new(page::Kind::Danger, page.t("signin-passkey-tag-suspect")));
    }
    let place = match row.portable {
        true => page.t("signin-passkey-tag-synced"),
        false => page.t("signin-passkey-tag-bound"),
    };
    tags.push(Tag::new(page::Kind::Info, place));
    if !row.verifies {
        tags.push(Tag::new(page::Kind::Info, page.t("signin-passkey-tag-second")));
    }
    tags
}

/// The list.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    Ok(draw(&visit, &session, None).await?)
}

/// Renames or removes a key.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let field = field_name(fields.text("key"));
    fields.only(&["act", "key", &field])?;
    let key = FactorId::parse(fields.text("key")).ok_or_else(Fault::not_found)?;
    match fields.text("act") {
        "rename" => rename(&visit, &session, key, &fields, &field).await,
        "remove" => remove(&visit, &session, key).await,
        _ => Err(Fault::bad_request("unknown act")),
    }
}

async fn rename(
    visit: &Visit,
    session: &Session,
    key: FactorId,
    fields: &Fields,
    field: &str,
) -> std::result::Result<Response, Fault> {
    let typed = fields.text(field);
    let Some(name) = rules::name(typed).filter(|name| !name.is_empty()) else {
        let wrong = Wrong { key: key.as_str(), typed, words: visit.t("signin-passkey-name-bad") };
        return Ok(draw(visit, session, Some(wrong)).await?);
    };
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let done = visit
        .app()
        .write(move |tx| {
            let own = store::list(tx, &ctx, &account)?.iter().any(|row| row.factor == key);
            Ok(own && factors::rename(tx, &ctx, &account, &key, &name)?)
        })
        .await?;
    if done { Ok(visit.see_other_with(PLACE, "passkey-renamed")) } else { Err(Fault::not_found()) }
}

/// Removing takes a fresh factor; who has none is asked for it and comes back to the list.
async fn remove(visit: &Visit, session: &Session, key: FactorId) -> std::result::Result<Response, Fault> {
    let app = visit.app();
    if !fresh::is_fresh(session.auth_at, visit.now(), app.config().sessions.fresh_seconds) {
        return Ok(visit.see_other(&format!("/confirm?back={PLACE}")));
    }
    let (ctx, config, account) = (visit.ctx().clone(), app.config_arc(), session.account.clone());
    let (own, methods) = (session.id.clone(), session.methods.clone());
    let removed = app
        .write(move |tx| {
            if !factors::strong_enough(&methods, factors::bound(tx, &account)?) {
                return Ok(None);
            }
            let is_key =
                factors::list(tx, &ctx, &account)?.iter().any(|f| f.id == key && f.kind == Kind::Passkey);
            if !is_key {
                return Ok(Some(Removed::NotThere));
            }
            factors::remove(tx, &ctx, &config, &account, Some(&own), &key).map(Some)
        })
        .await;
    app.sessions().forget(&session.account);
    match removed? {
        Some(Removed::Done) => Ok(visit.see_other_with(PLACE, "passkey-removed")),
        Some(Removed::NotThere) => Err(Fault::not_found()),
        Some(Removed::Needed) => Ok(visit.see_other_with(PLACE, "passkey-needed")),
        None => Ok(visit.see_other(&format!("/confirm?back={PLACE}"))),
    }
}
