//! `/cabinet`: the first page.

use crate::accounts;
use crate::error::Error;
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::{Kind, Page};
use crate::web::texts;
use crate::web::ui::{Button, Icon, Ladder, LinkButton, Notice, Weight};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use kernel::Level;

#[derive(Template)]
#[template(path = "cabinet/templates/home.html")]
struct HomePage {
    page: Page,
    greeting: String,
    tour: Option<Button>,
    restored: Option<Notice>,
    needs: Vec<Need>,
    ladder: Ladder,
}

/// Something that waits for the person.
struct Need {
    icon: Icon,
    title: &'static str,
    text: &'static str,
    way: LinkButton,
}

/// The page. Everything on it is known from the session: no read, and a page drawn before is given again.
pub async fn get(SignedIn { visit, session }: SignedIn) -> Response {
    let Some(key) = visit.drawing_key() else { return visit.ok(&draw(&visit, &session)) };
    if let Some(page) = session.home.get(&key) {
        return visit.drawn(page);
    }
    match draw(&visit, &session).render() {
        Ok(page) => {
            let page = Bytes::from(page);
            session.home.put(key, page.clone());
            visit.drawn(page)
        }
        Err(error) => Fault::from(Error::Bug(format!("template: {error}"))).into_response(),
    }
}

fn draw(visit: &Visit, session: &Session) -> HomePage {
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
        needs: needs(lang, session.level),
        ladder: ladder(visit, session.level),
        page,
    }
}

/// The ladder; with the way to the standard level as long as it is ahead.
fn ladder(visit: &Visit, level: Level) -> Ladder {
    let ladder = Ladder::new(visit.lang(), Some(level));
    match level {
        Level::Simplified => {
            ladder.action(Level::Standard, visit.t("cabinet-to-standard"), "/cabinet/profile")
        }
        Level::Standard | Level::Confirmed => ladder,
    }
}

fn needs(lang: kernel::Lang, level: Level) -> Vec<Need> {
    let t = |key| texts::text(lang, key);
    let mut needs = Vec::new();
    if level == Level::Simplified {
        needs.push(Need {
            icon: Icon::new("user"),
            title: t("cabinet-need-profile"),
            text: t("cabinet-need-profile-text"),
            way: LinkButton::new(t("cabinet-need-profile-action"), "/cabinet/profile").weight(Weight::Accent),
        });
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
