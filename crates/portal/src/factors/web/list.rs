//! The list: factors with their state, devices that are trusted.

use super::super::{self as factors, FactorId, Kind, Removed, TrustedKind};
use super::{NAME_MOST, PAGE, name_of, too_weak};
use crate::error::Result;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind as Weightiness, Page};
use crate::web::ui::{Button, ErrorSummary, Errors, Notice, TextField, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Id;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "factors/templates/list.html")]
struct ListPage {
    page: Page,
    summary: Option<ErrorSummary>,
    notice: Option<Notice>,
    rows: Vec<Row>,
    low_codes: Option<Notice>,
    has_codes: bool,
    may_add_app: bool,
    may_add_sms: bool,
    devices: Vec<Device>,
}

struct Row {
    id: String,
    kind: &'static str,
    name: String,
    since: String,
    used: String,
    weak: bool,
    is_codes: bool,
    rename: Option<TextField>,
    open: bool,
    save: Button,
    remove: Button,
}

struct Device {
    id: String,
    agent: String,
    address: String,
    until: String,
    end: Button,
}

/// A name that was refused, to be shown again.
struct Refused {
    id: String,
    typed: String,
    words: String,
}

async fn draw(visit: &Visit, session: &Arc<Session>, refused: Option<Refused>) -> Result<Response> {
    let (ctx, config, id) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let (all, left, required, trusted) = visit
        .app()
        .read(move |tx| {
            let all = factors::list(tx, &ctx, &id)?;
            let left = factors::codes_left(tx, &id)?;
            let required = factors::required(tx, &ctx, &config, &id)?;
            Ok((all, left, required, factors::trusted(tx, &ctx, &id)?))
        })
        .await?;
    let page = visit.page();
    let settings = &visit.app().config().factors;
    let has = |kind: Kind| all.iter().any(|factor| factor.kind == kind);
    let second = all.iter().any(|factor| factor.kind != Kind::RecoveryCodes);
    let apps = all.iter().filter(|factor| factor.kind == Kind::Totp).count();
    let mut errors = Errors::new();
    if let Some(refused) = &refused {
        errors.add(format!("name-{}", refused.id), refused.words.as_str());
    }
    let notice = match (second, required) {
        (false, true) => Some(("factors-must", Weightiness::Warning)),
        (false, false) => Some(("factors-none", Weightiness::Info)),
        (true, _) => None,
    };
    let template = ListPage {
        summary: errors.summary(page.lang),
        notice: notice.map(|(key, kind)| Notice::new(page.lang, kind, page.t(key))),
        low_codes: (has(Kind::RecoveryCodes) && left <= settings.recovery_low).then(|| {
            Notice::new(page.lang, Weightiness::Warning, page.tf1("factors-codes-low", "left", left))
                .action(page.t("factors-codes-make"), "/cabinet/security/factors/codes")
        }),
        has_codes: has(Kind::RecoveryCodes),
        may_add_app: i64::try_from(apps).is_ok_and(|apps| apps < settings.applications),
        may_add_sms: !has(Kind::Sms),
        rows: all.into_iter().map(|factor| row(&page, factor, left, refused.as_ref())).collect(),
        devices: trusted.into_iter().map(|device| drawn(&page, device)).collect(),
        page,
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(visit.html(status, &template))
}

fn row(page: &Page, factor: factors::Factor, left: u32, refused: Option<&Refused>) -> Row {
    let is_codes = factor.kind == Kind::RecoveryCodes;
    let id = factor.id.to_string();
    let mine = refused.filter(|refused| refused.id == id);
    let typed = mine.map_or(factor.name.as_str(), |refused| refused.typed.as_str());
    let field = TextField::new(page.lang, "name")
        .id(format!("name-{id}"))
        .label(page.t("factors-name"))
        .value(typed)
        .autocomplete("off")
        .maxlength(NAME_MOST)
        .error(mine.map(|refused| refused.words.as_str()));
    let used = match factor.used_at {
        _ if is_codes => page.tf1("factors-codes-left", "left", left),
        Some(at) => page.tf1("factors-used", "time", page.date_time(at)),
        None => page.t("factors-never-used").to_owned(),
    };
    Row {
        kind: page.t(factor.kind.name_key()),
        name: if is_codes { page.t("factors-kind-recovery-codes").to_owned() } else { factor.name },
        since: page.tf1("factors-since", "date", page.date(factor.created_at)),
        used,
        weak: factor.kind == Kind::Sms,
        is_codes,
        rename: (!is_codes).then_some(field),
        open: mine.is_some(),
        save: Button::new(page.t("factors-save")).weight(Weight::Secondary),
        remove: Button::new(page.t("factors-remove")).weight(Weight::Danger),
        id,
    }
}

fn drawn(page: &Page, device: factors::Trusted) -> Device {
    let agent = match device.device.agent {
        agent if agent.is_empty() => page.t("sessions-unknown-device").to_owned(),
        agent => agent,
    };
    Device {
        id: device.id.to_string(),
        agent,
        address: device.device.address,
        until: page.tf1("factors-trusted-until", "date", page.date(device.expires_at)),
        end: Button::new(page.t("factors-distrust")).weight(Weight::Quiet),
    }
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    Ok(draw(&visit, &session, None).await?)
}

/// Gives a factor another name.
pub async fn rename(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["factor", "name"])?;
    let id = FactorId::parse(fields.text("factor")).ok_or_else(Fault::not_found)?;
    let typed = fields.text("name");
    let name = match name_of(&visit, typed) {
        Ok(name) => name,
        Err(words) => {
            let refused = Refused { id: id.to_string(), typed: typed.to_owned(), words };
            return Ok(draw(&visit, &session, Some(refused)).await?);
        }
    };
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let done = visit.app().write(move |tx| factors::rename(tx, &ctx, &account, &id, &name)).await?;
    if done { Ok(visit.see_other_with(PAGE, "factor-renamed")) } else { Err(Fault::not_found()) }
}

/// Removes a factor.
pub async fn remove(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["factor"])?;
    let id = FactorId::parse(fields.text("factor")).ok_or_else(Fault::not_found)?;
    if let Some(elsewhere) = too_weak(&visit, &session, PAGE).await? {
        return Ok(elsewhere);
    }
    let (ctx, config, own) = (visit.ctx().clone(), visit.app().config_arc(), session.clone());
    let removed = visit
        .app()
        .write(move |tx| factors::remove(tx, &ctx, &config, &own.account, Some(&own.id), &id))
        .await?;
    visit.app().sessions().forget(&session.account);
    match removed {
        Removed::Done => Ok(visit.see_other_with(PAGE, "factor-removed")),
        Removed::Needed => Ok(visit.see_other_with(PAGE, "factor-needed")),
        Removed::NotThere => Err(Fault::not_found()),
    }
}

/// Ends the trust of a device: less is asked of the person for that than for giving it.
pub async fn distrust(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["device"])?;
    let id = Id::<TrustedKind>::parse(fields.text("device")).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let ended = visit.app().write(move |tx| factors::distrust(tx, &ctx, &account, &id)).await?;
    if ended { Ok(visit.see_other_with(PAGE, "device-distrusted")) } else { Err(Fault::not_found()) }
}
