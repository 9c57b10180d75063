//! `/cabinet`: the first page.

use crate::accounts;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::texts;
use crate::web::ui::{Button, Icon, Ladder, LinkButton, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::response::Response;
use kernel::Level;

#[derive(Template)]
#[template(path = "cabinet/templates/home.html")]
struct HomePage {
    page: Page,
    greeting: String,
    tour: Option<Button>,
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

/// The page. Everything on it is known from the session: no read.
pub async fn get(SignedIn { visit, session }: SignedIn) -> Response {
    let page = visit.page();
    let lang = page.lang;
    let tour = (!session.tour_done).then(|| Button::new(visit.t("cabinet-tour-end")).weight(Weight::Quiet));
    let template = HomePage {
        greeting: texts::format(lang, "cabinet-greeting", &[("name", session.person.address_name().into())]),
        tour,
        needs: needs(lang, session.level),
        ladder: Ladder::new(lang, Some(session.level)).action(Level::Standard, visit.t("cabinet-to-standard"), "/cabinet/profile"),
        page,
    };
    visit.ok(&template)
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
pub async fn end_tour(SignedIn { visit, session }: SignedIn, Form(fields): Form) -> std::result::Result<Response, Fault> {
    fields.only(&[])?;
    let (ctx, id) = (visit.ctx().clone(), session.account.clone());
    visit.app().write(move |tx| accounts::mark_tour_done(tx, &ctx, &id)).await?;
    visit.app().sessions().forget(&session.account);
    Ok(visit.see_other("/cabinet"))
}
