//! `/cabinet/profile/list/…/remove`: asks, and takes an entry away.

use super::super::{Judge, items, load, today};
use super::item::target;
use super::lists::{name, path};
use super::{PROFILE, shown};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{BackLink, Button, LinkButton, SummaryList, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

#[derive(Template)]
#[template(path = "profile/templates/remove.html")]
struct RemovePage {
    page: Page,
    back: BackLink,
    title: String,
    values: SummaryList,
    action: String,
    submit: Button,
    stay: LinkButton,
}

/// The question.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Path((list, id)): Path<(String, String)>,
) -> std::result::Result<Response, Fault> {
    let target = target(&visit, &session, &list, &id)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let profile = visit.app().read(move |tx| load(tx, &ctx, &account)).await?;
    let Some(item) = profile.item(target.list, &target.id) else {
        return Ok(visit.see_other_with(PROFILE, "profile-entry-gone"));
    };
    let page = visit.page();
    let judge = Judge::of_item(&profile, target.list, &target.id, &item.values, today(visit.ctx())?);
    let rows = shown::rows(&page, &item.values, &judge, target.list.section());
    let back = path(target.list, target.id.as_str());
    Ok(visit.ok(&RemovePage {
        back: BackLink::to(page.t("profile-title"), PROFILE),
        title: page.tf1("profile-remove-title", "name", name(&page, target.list, &item.values)),
        values: rows.into_iter().fold(SummaryList::new(), |rows, (name, value)| rows.row(name, value)),
        action: format!("{back}/remove"),
        submit: Button::new(page.t("profile-remove-yes")).weight(Weight::Danger),
        stay: LinkButton::new(page.t("profile-remove-no"), PROFILE).weight(Weight::Quiet),
        page,
    }))
}

/// Takes it away; once more, nothing.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Path((list, id)): Path<(String, String)>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let target = target(&visit, &session, &list, &id)?;
    let ctx = visit.ctx().clone();
    let gone = visit
        .app()
        .write(move |tx| items::remove(tx, &ctx, &target.account, target.list, &target.id))
        .await?;
    let told = if gone { "profile-entry-removed" } else { "profile-entry-gone" };
    Ok(visit.see_other_with(PROFILE, told))
}
