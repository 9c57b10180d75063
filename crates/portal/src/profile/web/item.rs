//! `/cabinet/profile/list/…`: one entry of a list as a form, new or known; `/cabinet/profile/add/…` begins one.

use super::super::items::{self, Refused, Saved, Target};
use super::super::{Fault as Mistake, Field, Fields, ItemId, Judge, List, Profile, load, today};
use super::form::{self, Drawn, Source};
use super::lists::{name, path};
use super::section::lead;
use super::{PROFILE, title};
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{BackLink, Button, LinkButton, Notice, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "profile/templates/item.html")]
struct ItemPage {
    page: Page,
    back: BackLink,
    title: String,
    lead: &'static str,
    notice: Option<Notice>,
    action: String,
    form: Drawn,
    submit: Button,
    remove: Option<LinkButton>,
}

/// The entry that an address names.
pub fn target(visit: &Visit, session: &Session, list: &str, id: &str) -> std::result::Result<Target, Fault> {
    let list = List::from_word(list).ok_or_else(Fault::not_found)?;
    let id = ItemId::parse(id).ok_or_else(Fault::not_found)?;
    let most = list.most(&visit.app().config().profile);
    Ok(Target { account: session.account.clone(), list, id, most })
}

/// Begins a new entry: it has an identifier from the first, so that the form sent twice adds it once.
pub async fn add(
    SignedIn { visit, session }: SignedIn,
    Path(list): Path<String>,
) -> std::result::Result<Response, Fault> {
    let list = List::from_word(&list).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let profile = visit.app().read(move |tx| load(tx, &ctx, &account)).await?;
    if profile.items(list).len() >= list.most(&visit.app().config().profile) {
        return Ok(visit.see_other_with(PROFILE, "profile-full"));
    }
    Ok(visit.see_other(&path(list, fresh(&visit).as_str())))
}

fn fresh(visit: &Visit) -> ItemId {
    ItemId::new(visit.now(), &mut visit.ctx().rng())
}

/// What came of a form, as it is drawn.
struct Shown<'a> {
    target: &'a Target,
    profile: &'a Profile,
    /// What stands in the form; what is stored when nothing else.
    values: Option<&'a Fields>,
    mistakes: &'a [Mistake],
    asked: &'a [(Field, String)],
    notice: Option<&'static str>,
}

fn draw(visit: &Visit, shown: &Shown<'_>) -> std::result::Result<Response, Fault> {
    let page = visit.page();
    let Target { list, id, .. } = shown.target;
    let stored = shown.profile.item(*list, id).map(|item| item.values.clone());
    let known = stored.is_some();
    let stored = stored.unwrap_or_default();
    let values = shown.values.unwrap_or(&stored);
    let judge = Judge::of_item(shown.profile, *list, id, values, today(visit.ctx())?);
    let source = Source {
        section: list.section(),
        place: shown.target.place(),
        stored: &stored,
        values,
        judge: &judge,
        mistakes: shown.mistakes,
        asked: shown.asked,
        open: &|_| true,
    };
    let title = if known { name(&page, *list, &stored) } else { title(&page, list.section()).to_owned() };
    let remove = LinkButton::new(page.tf1("profile-remove", "name", title.clone()), {
        format!("{}/remove", path(*list, id.as_str()))
    });
    let template = ItemPage {
        back: BackLink::to(page.t("profile-title"), PROFILE),
        lead: lead(&page, list.section()),
        notice: shown.notice.map(|key| Notice::new(page.lang, Mood::Warning, page.t(key))),
        action: path(*list, id.as_str()),
        form: form::draw(&page, visit.ctx(), &source),
        submit: Button::new(page.t("profile-save")).weight(Weight::Accent),
        remove: known.then(|| remove.weight(Weight::Quiet)),
        title,
        page,
    };
    let good = shown.mistakes.is_empty() && shown.asked.is_empty() && shown.notice.is_none();
    let status = if good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.html(status, &template))
}

/// The form as it was left; an empty one for an entry that is not there yet.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Path((list, id)): Path<(String, String)>,
) -> std::result::Result<Response, Fault> {
    let target = target(&visit, &session, &list, &id)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let profile = visit.app().read(move |tx| load(tx, &ctx, &account)).await?;
    match target.refused(&profile) {
        Some(Refused::Removed) => Ok(visit.see_other_with(PROFILE, "profile-entry-gone")),
        Some(Refused::Full) => Ok(visit.see_other_with(PROFILE, "profile-full")),
        None => {
            let nothing = Shown {
                target: &target,
                profile: &profile,
                values: None,
                mistakes: &[],
                asked: &[],
                notice: None,
            };
            draw(&visit, &nothing)
        }
    }
}

/// Keeps the form; with something to mend it is shown again and says what.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Path((list, id)): Path<(String, String)>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let target = target(&visit, &session, &list, &id)?;
    let sent = super::sent(&fields, target.list.section())?;
    let (ctx, to, what) = (visit.ctx().clone(), target.clone(), sent.clone());
    let saved = visit.app().write(move |tx| items::save(tx, &ctx, &to, &what)).await?;
    match saved {
        Ok(Saved { faults, asked, .. }) if faults.is_empty() && asked.is_empty() => {
            Ok(visit.see_other_with(PROFILE, "profile-entry-kept"))
        }
        Ok(Saved { profile, faults, asked }) => draw(
            &visit,
            &Shown {
                target: &target,
                profile: &profile,
                values: None,
                mistakes: &faults,
                asked: &asked,
                notice: None,
            },
        ),
        Err(refused) => again(&visit, target, refused, &sent.typed).await,
    }
}

/// Nothing could be put there: what was typed is shown again, and the person decides.
async fn again(
    visit: &Visit,
    mut target: Target,
    refused: Refused,
    typed: &[(Field, String)],
) -> std::result::Result<Response, Fault> {
    let (ctx, account) = (visit.ctx().clone(), target.account.clone());
    let profile = visit.app().read(move |tx| load(tx, &ctx, &account)).await?;
    let mut values = Fields::default();
    typed.iter().for_each(|(field, text)| values.keep_draft(*field, text));
    if refused == Refused::Removed {
        target.id = fresh(visit);
    }
    let notice = match refused {
        Refused::Removed => "profile-entry-removed-meanwhile",
        Refused::Full => "profile-entry-no-room",
    };
    let shown = Shown {
        target: &target,
        profile: &profile,
        values: Some(&values),
        mistakes: &[],
        asked: &[],
        notice: Some(notice),
    };
    draw(visit, &shown)
}
