//! `/cabinet/notifications/browsers`: the browsers that are told, and the button that adds this one.

use super::{BROWSERS, SETTINGS};
use crate::audit::{self, Chain, Event};
use crate::notifications::push::{self, Added, BrowserId};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::Page;
use crate::web::ui::{BackLink, Button, EmptyState, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::response::Response;
use gateway::push::{Subscription, SubscriptionFault};

#[derive(Template)]
#[template(path = "notifications/templates/browsers.html")]
struct BrowsersPage {
    page: Page,
    back: BackLink,
    /// Our public key for the browser; without one nobody is told this way.
    key: String,
    rows: Vec<Row>,
    empty: Option<EmptyState>,
    add: Button,
}

struct Row {
    id: String,
    agent: String,
    since: String,
    used: String,
    remove: Button,
}

/// The page.
pub async fn get(SignedIn { visit, session }: SignedIn) -> Result<Response, Fault> {
    let Some(key) = visit.app().gateways().push.as_ref().map(|push| push.public_key().to_owned()) else {
        return Err(Fault::not_found());
    };
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let listed = visit.app().read(move |tx| push::list(tx, &ctx, &account)).await?;
    let page = visit.page();
    let rows: Vec<Row> = listed
        .into_iter()
        .map(|row| Row {
            agent: match row.agent.is_empty() {
                true => page.t("notifications-browser-unknown").to_owned(),
                false => row.agent,
            },
            since: page.tf1("notifications-browser-since", "time", page.date_time(row.since)),
            used: row
                .used_at
                .map(|at| page.tf1("notifications-browser-used", "time", page.date_time(at)))
                .unwrap_or_default(),
            remove: Button::new(page.t("notifications-browser-remove")).weight(Weight::Quiet),
            id: row.id.to_string(),
        })
        .collect();
    let empty = EmptyState::new(
        "device",
        page.t("notifications-browsers-none"),
        page.t("notifications-browsers-none-text"),
    );
    Ok(visit.ok(&BrowsersPage {
        back: BackLink::to(page.t("notifications-settings-title"), SETTINGS),
        empty: rows.is_empty().then_some(empty),
        add: Button::new(page.t("notifications-browser-add")).weight(Weight::Accent),
        key,
        rows,
        page,
    }))
}

/// Takes what the browser handed over to the page's script.
pub async fn add(SignedIn { visit, session }: SignedIn, Form(fields): Form) -> Result<Response, Fault> {
    fields.only(&["endpoint", "p256dh", "auth"])?;
    if visit.app().gateways().push.is_none() {
        return Err(Fault::not_found());
    }
    let config = &visit.app().config().push;
    let (endpoint, point, auth) = (fields.text("endpoint"), fields.text("p256dh"), fields.text("auth"));
    let subscription = match Subscription::new(config, endpoint, point, auth) {
        Ok(subscription) => subscription,
        // No person types these: a script of ours was kept from its work, or it was not ours.
        Err(SubscriptionFault::Endpoint) => return Ok(visit.see_other_with(BROWSERS, "push-strange")),
        Err(SubscriptionFault::Keys) => return Err(Fault::bad_request("keys of a browser")),
    };
    let (ctx, session, most) = (visit.ctx().clone(), session, config.browsers);
    let added = visit
        .app()
        .write(move |tx| {
            let account = &session.account;
            let added = push::add(tx, &ctx, account, session.id.as_str(), &subscription, most)?;
            if let Added::Done(id) = &added {
                let event = Event::PushAdded { browser: id.to_string() };
                audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
            }
            Ok(added)
        })
        .await?;
    let flash = match added {
        Added::Done(_) | Added::Already => "push-added",
        Added::Full => "push-full",
    };
    Ok(visit.see_other_with(BROWSERS, flash))
}

/// Tells a browser no more.
pub async fn remove(SignedIn { visit, session }: SignedIn, Form(fields): Form) -> Result<Response, Fault> {
    fields.only(&["browser"])?;
    let id = BrowserId::parse(fields.text("browser")).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let removed = visit
        .app()
        .write(move |tx| {
            let removed = push::remove(tx, &account, &id)?;
            if removed {
                let event = Event::PushRemoved { browser: id.to_string() };
                audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
            }
            Ok(removed)
        })
        .await?;
    if !removed {
        return Err(Fault::not_found());
    }
    Ok(visit.see_other_with(BROWSERS, "push-removed"))
}
