//! `/cabinet/security/restrictions`: what the owner forbids to themselves.

use super::super::store::Ban;
use super::super::{Asked, Facts, Obstacle, RULES, Restriction, Set, bans, may_lift, may_set};
use crate::error::Result;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind, Page};
use crate::web::texts;
use crate::web::ui::{Button, Notice, Tag, Weight};
use crate::web::visit::Visit;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "safety/templates/restrictions.html")]
struct BansPage {
    page: Page,
    wait: String,
    cards: Vec<Card>,
}

struct Card {
    word: &'static str,
    title: &'static str,
    text: String,
    tag: Option<Tag>,
    since: Option<String>,
    /// Why it cannot be set or lifted now.
    why_not: Option<String>,
    error: Option<Notice>,
    act: Option<Button>,
}

fn words(page: &Page, obstacle: Obstacle) -> String {
    match obstacle {
        Obstacle::Keys(needed) => page.tf1("safety-obstacle-keys", "count", needed),
        Obstacle::NoCountries => page.t("safety-obstacle-countries").to_owned(),
        Obstacle::Abroad => page.t("safety-obstacle-abroad").to_owned(),
        Obstacle::NoEmail => page.t("safety-obstacle-email").to_owned(),
    }
}

/// The card of a ban that holds.
fn held(page: &Page, card: Card, ban: &Ban, methods: &str) -> Card {
    let since = page.tf1("safety-since", "time", page.date_time(ban.set_at));
    match ban.lift_at {
        Some(until) => Card {
            tag: Some(Tag::new(Kind::Warning, page.t("safety-lifting"))),
            since: Some(page.tf1("safety-lifting-until", "time", page.date_time_zone(until))),
            act: Some(Button::new(page.t("safety-keep")).value("act", "keep")),
            ..card
        },
        None => {
            let may = may_lift(ban.restriction.rule(), methods);
            Card {
                tag: Some(Tag::new(Kind::Success, page.t("safety-on"))),
                since: Some(since),
                why_not: (!may).then(|| page.t("safety-lift-needs-key").to_owned()),
                act: may.then(|| {
                    Button::new(page.t("safety-lift")).value("act", "lift").weight(Weight::Secondary)
                }),
                ..card
            }
        }
    }
}

fn cards(
    page: &Page,
    (facts, set): (&Facts, &[Ban]),
    methods: &str,
    error: Option<(Restriction, String)>,
) -> Vec<Card> {
    let card = |rule: &'static super::super::Rule| {
        let error = error.as_ref().filter(|(ban, _)| *ban == rule.restriction);
        let card = Card {
            word: rule.word,
            title: texts::text(page.lang, rule.title),
            text: texts::text(page.lang, rule.text).to_owned(),
            tag: None,
            since: None,
            why_not: None,
            error: error.map(|(_, words)| Notice::new(page.lang, Kind::Danger, words.clone())),
            act: None,
        };
        if let Some(ban) = set.iter().find(|ban| ban.restriction == rule.restriction) {
            return held(page, card, ban, methods);
        }
        match may_set(rule, facts) {
            Ok(()) => {
                let act = Button::new(page.t("safety-set")).value("act", "set").weight(Weight::Secondary);
                Card { act: Some(act), ..card }
            }
            Err(obstacle) => Card { why_not: Some(words(page, obstacle)), ..card },
        }
    };
    RULES.iter().map(card).collect()
}

async fn draw(visit: &Visit, session: &Session, error: Option<(Restriction, String)>) -> Result<Response> {
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let read = visit
        .app()
        .read(move |tx| Ok((bans::facts(tx, &ctx, &config, &account)?, bans::list(tx, &account)?)));
    let (facts, set) = read.await?;
    let page = visit.page();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = BansPage {
        wait: page.tf1(
            "safety-restrictions-wait",
            "hours",
            visit.app().config().safety.restriction_wait_hours,
        ),
        cards: cards(&page, (&facts, &set), &session.methods, error),
        page,
    };
    Ok(visit.html(status, &template))
}

/// The page.
pub async fn get(Fresh { visit, session }: Fresh) -> std::result::Result<Response, Fault> {
    Ok(draw(&visit, &session, None).await?)
}

/// Sets a ban, asks to lift one, or keeps one that was to be lifted.
pub async fn post(
    Fresh { visit, session }: Fresh,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    fields.only(&["ban", "act"])?;
    let ban = Restriction::from_word(fields.text("ban")).ok_or_else(Fault::not_found)?;
    match fields.text("act") {
        "set" => set(&visit, &session, ban).await,
        "lift" => lift(&visit, &session, ban).await,
        "keep" => {
            let (ctx, account) = (visit.ctx().clone(), session.account.clone());
            visit.app().write(move |tx| bans::keep(tx, &ctx, &account, ban, None)).await?;
            Ok(visit.see_other_with("/cabinet/security/restrictions", "ban-kept"))
        }
        _ => Err(Fault::not_found()),
    }
}

async fn set(visit: &Visit, session: &Session, ban: Restriction) -> std::result::Result<Response, Fault> {
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    match visit.app().write(move |tx| bans::set(tx, &ctx, &config, &account, ban)).await? {
        Set::Done | Set::Already => Ok(visit.see_other_with("/cabinet/security/restrictions", "ban-set")),
        Set::Refused(obstacle) => {
            let words = words(&visit.page(), obstacle);
            Ok(draw(visit, session, Some((ban, words))).await?)
        }
    }
}

async fn lift(visit: &Visit, session: &Session, ban: Restriction) -> std::result::Result<Response, Fault> {
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), session.account.clone());
    let methods = session.methods.clone();
    let asked = visit.app().write(move |tx| bans::ask_to_lift(tx, &ctx, &config, (&account, &methods), ban));
    match asked.await? {
        Asked::Until(_) => Ok(visit.see_other_with("/cabinet/security/restrictions", "ban-lifting")),
        Asked::Nothing => Ok(visit.see_other("/cabinet/security/restrictions")),
        Asked::TooWeak => {
            let words = visit.t("safety-lift-needs-key").to_owned();
            Ok(draw(visit, session, Some((ban, words))).await?)
        }
    }
}
