//! `/cabinet`: the first page.

use crate::accounts;
use crate::checks::{self, SendingState, View, Why};
use crate::error::Error;
use crate::review;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::{Kind, Page};
use crate::web::texts::{self, Arg};
use crate::web::ui::{Button, Icon, Ladder, LinkButton, Notice, Tag, TaskList, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::body::Bytes;
use axum::response::Response;
use kernel::ids::PassportState;
use kernel::{Level, Refusal};

#[derive(Template)]
#[template(path = "cabinet/templates/home.html")]
struct HomePage {
    page: Page,
    greeting: String,
    tour: Option<Button>,
    restored: Option<Notice>,
    needs: Vec<Need>,
    under_way: Option<TaskList>,
    ladder: Ladder,
    /// The stream that tells when a check has changed, while one is under way.
    live: Option<String>,
}

/// Something that waits for the person.
struct Need {
    icon: Icon,
    title: &'static str,
    text: &'static str,
    way: LinkButton,
}

/// The page. A page drawn before is given again without a read: whatever changes on it forgets the session's place in
/// the cache, and the day is part of its key.
pub async fn get(SignedIn { visit, session }: SignedIn) -> std::result::Result<Response, Fault> {
    let key = visit.drawing_key();
    if let Some(page) = key.as_ref().and_then(|key| session.home.get(key)) {
        return Ok(visit.drawn(page));
    }
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    let read = visit.app().read(move |tx| {
        Ok((checks::view(tx, &ctx, &id)?, review::standing(tx, &ctx, &id)?.map(|(case, _)| case.state)))
    });
    let (view, case) = read.await?;
    let drawn = draw(&visit, &session, &view, case);
    let Some(key) = key else { return Ok(visit.ok(&drawn)) };
    let page = drawn.render().map_err(|error| Error::Bug(format!("template: {error}")))?;
    let page = Bytes::from(page);
    session.home.put(key, page.clone());
    Ok(visit.drawn(page))
}

fn draw(visit: &Visit, session: &Session, view: &View, case: Option<review::State>) -> HomePage {
    let page = visit.page();
    let lang = page.lang;
    let tour = (!session.tour_done).then(|| Button::new(visit.t("cabinet-tour-end")).weight(Weight::Quiet));
    HomePage {
        greeting: texts::format(lang, "cabinet-greeting", &[("name", session.person.address_name().into())]),
        tour,
        restored: session.restored.then(|| {
            Notice::new(lang, Kind::Success, texts::text(lang, "cabinet-restored-text"))
                .title(texts::text(lang, "cabinet-restored"))
        }),
        needs: needs(lang, session.level, view, case),
        under_way: under_way(&page, view, case),
        ladder: ladder(visit, &page, session.level, view),
        live: view.is_open().then(|| format!("/cabinet/profile/live?mark={}", view.mark)),
        page,
    }
}

/// The ladder: what the level stands on, or how far the way to the next one is.
fn ladder(visit: &Visit, page: &Page, level: Level, view: &View) -> Ladder {
    let mut ladder = Ladder::new(visit.lang(), Some(level));
    if let Some((sending, checks)) = view.newest.as_ref().filter(|(sending, _)| sending.ended_at.is_none()) {
        debug_assert!(sending.why == Why::Sent);
        let done = checks.iter().filter(|check| check.state.is_final()).count();
        let args = [("done", count(done)), ("all", count(checks.len()))];
        ladder = ladder.note(Level::Standard, page.tf("checks-ladder-open", &args));
    } else if level >= Level::Standard
        && let (Some(checked), Some(next)) = (
            view.evidence.iter().map(|held| held.checked_at).min(),
            view.evidence.iter().map(|held| held.recheck_at).min(),
        )
    {
        let args = [("date", page.date(checked).into()), ("next", page.date(next).into())];
        ladder = ladder.note(Level::Standard, page.tf("checks-ladder-held", &args));
    }
    match level {
        Level::Simplified => {
            ladder.action(Level::Standard, visit.t("cabinet-to-standard"), "/cabinet/profile")
        }
        Level::Standard | Level::Confirmed => ladder,
    }
}

fn count(n: usize) -> Arg {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

/// What is being checked.
fn under_way(page: &Page, view: &View, case: Option<review::State>) -> Option<TaskList> {
    let tag = || Some(Tag::new(Kind::Info, page.t("checks-state-asked")));
    match case {
        _ if view.is_open() => {
            Some(TaskList::new().task(page.t("checks-task"), "", Some("/cabinet/profile"), tag()))
        }
        Some(review::State::Waiting) => {
            Some(TaskList::new().task(page.t("review-task"), "", Some("/cabinet/review"), tag()))
        }
        _ => None,
    }
}

/// What waits for the person: the way to the next level, or what keeps them from it; a passport to be exchanged.
fn needs(lang: kernel::Lang, level: Level, view: &View, case: Option<review::State>) -> Vec<Need> {
    let t = |key| texts::text(lang, key);
    let state = view.newest.as_ref().map(|(sending, _)| sending.state);
    let need = |icon, title, text| Need {
        icon: Icon::new(icon),
        title: t(title),
        text: t(text),
        way: LinkButton::new(t("cabinet-need-profile-action"), "/cabinet/profile").weight(Weight::Accent),
    };
    let mut needs = Vec::new();
    match (state, level) {
        (Some(SendingState::Open), _) => {}
        (Some(SendingState::Stuck), _) if case == Some(review::State::Waiting) => {}
        (Some(SendingState::Stuck), _) if case == Some(review::State::Asked) => needs.push(Need {
            icon: Icon::new("document"),
            title: t("review-need-scan"),
            text: t("review-need-scan-text"),
            way: LinkButton::new(t("review-mine-upload"), "/cabinet/review").weight(Weight::Accent),
        }),
        (Some(SendingState::Doubted), _) => {
            needs.push(need("user", "checks-need-doubted", "checks-need-doubted-text"));
        }
        (Some(SendingState::Refused), _) => needs.push(Need {
            icon: Icon::new("document"),
            title: t("checks-need-refused"),
            text: t("checks-need-refused-text"),
            way: LinkButton::new(t("checks-need-refused-action"), "/cabinet/review").weight(Weight::Accent),
        }),
        (Some(SendingState::Passed), Level::Simplified) => {
            needs.push(need("user", "checks-need-ended", "checks-need-ended-text"));
        }
        (_, Level::Simplified) => {
            needs.push(need("user", "cabinet-need-profile", "cabinet-need-profile-text"));
        }
        (_, Level::Standard | Level::Confirmed) => {}
    }
    match view.passport {
        Some(Ok(PassportState::Grace)) => {
            needs.push(need("document", "checks-passport-grace", "checks-passport-grace-text"));
        }
        Some(Err(Refusal::Expired)) => {
            needs.push(need("document", "checks-passport-expired", "checks-passport-expired-text"));
        }
        _ => {}
    }
    needs
}

/// Ends the tour; it does not come back.
pub async fn end_tour(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    visit.app().write(move |tx| accounts::mark_tour_done(tx, &ctx, &id)).await?;
    visit.app().sessions().forget(&session.account);
    Ok(visit.see_other("/cabinet"))
}
