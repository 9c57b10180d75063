//! `/admin/connectors` and `/admin/configuration`.

use super::desk::{Desk, Place};
use super::gate::AtDesk;
use super::overview::number;
use crate::error::Result;
use crate::staff::store;
use crate::web::fault::Fault;
use crate::web::page::{Kind, Page};
use crate::web::ui::{Table, Tag, Words};
use crate::web::visit::Visit;
use askama::Template;
use axum::response::Response;
use gateway::Health;
use kernel::Time;

#[derive(Template)]
#[template(path = "staff/templates/connectors.html")]
struct ConnectorsPage {
    desk: Desk,
    page: Page,
    table: Table,
    errors: Table,
    counted: String,
}

/// One way out of the portal.
struct Connector {
    name: String,
    channel: &'static str,
    word: &'static str,
    health: Option<Health>,
    breaker_open: bool,
    share: String,
}

/// The page of connectors.
pub async fn connectors(desk: AtDesk) -> std::result::Result<Response, Fault> {
    let read: Result<_> = desk.visit.app().read(store::figures).await;
    let (figures, at) = read?;
    let visit = &desk.visit;
    let frame = Desk::new(&desk, Place::Connectors);
    let page = frame.page.clone();
    let mut table = Table::new(visit.t("staff-connectors"))
        .column(visit.t("staff-connector"))
        .column(visit.t("staff-channel"))
        .column(visit.t("staff-status"))
        .column(visit.t("staff-pause"))
        .numbers(visit.t("staff-share"))
        .numbers(visit.t("staff-message-sent"))
        .numbers(visit.t("staff-message-delivered"))
        .numbers(visit.t("staff-message-failed"));
    for connector in connectors_of(visit) {
        let count = |state: &str| {
            let name = format!("gateway/{}/{state}", connector.name);
            number(figures.get(&name).map_or(0, |counted| counted.value))
        };
        let breaker = if connector.breaker_open { "staff-pause-on" } else { "staff-pause-off" };
        table = table.row([
            Words::from(connector.name.clone()),
            connector.channel.into(),
            Words::html(&health(visit, connector.health.as_ref())),
            visit.t(breaker).into(),
            connector.share.clone().into(),
            count("sent").into(),
            count("delivered").into(),
            count("failed").into(),
        ]);
    }
    let mut errors = Table::new(visit.t("staff-last-errors"))
        .none(visit.t("staff-no-errors"))
        .column(visit.t("staff-channel"))
        .column(visit.t("staff-log-time"))
        .column(visit.t("staff-jobs-reason"));
    for connector in CHANNELS {
        let (word, key) = connector;
        if let Some(error) = figures.get(&format!("error/{word}")) {
            errors =
                errors.row([visit.t(key).to_owned(), page.date_time(Time(error.value)), error.words.clone()]);
        }
    }
    let counted = match at {
        Some(at) => page.tf1("staff-counted", "time", page.date_time(at)),
        None => visit.t("staff-counted-not-yet").to_owned(),
    };
    Ok(visit.ok(&ConnectorsPage { table, errors, counted, desk: frame, page }))
}

const CHANNELS: [(&str, &str); 3] =
    [("sms", "staff-channel-sms"), ("call", "staff-channel-call"), ("email", "staff-channel-email")];

fn connectors_of(visit: &Visit) -> Vec<Connector> {
    let gateways = visit.app().gateways();
    let mut found = Vec::new();
    let sms = visit.t("staff-channel-sms");
    for status in gateways.sms.iter().flat_map(|sms| sms.status()) {
        found.push(Connector {
            name: status.name,
            channel: sms,
            word: "sms",
            health: Some(status.health),
            breaker_open: status.breaker_open,
            share: format!("{} / {}", status.effective_weight, status.weight),
        });
    }
    let single = |name: &str, word, health| Connector {
        name: name.to_owned(),
        channel: visit.t(if word == "call" { "staff-channel-call" } else { "staff-channel-email" }),
        word,
        health: Some(health),
        breaker_open: false,
        share: "—".to_owned(),
    };
    found.extend(gateways.voice.iter().map(|voice| single(voice.name(), "call", voice.health())));
    found.extend(gateways.mail.iter().map(|mail| single(mail.name(), "email", mail.health())));
    // A channel without any connector is said, too.
    for (word, key) in CHANNELS {
        if !found.iter().any(|known| known.word == word) {
            found.push(Connector {
                name: "—".to_owned(),
                channel: visit.t(key),
                word,
                health: None,
                breaker_open: false,
                share: "—".to_owned(),
            });
        }
    }
    found
}

fn health(visit: &Visit, health: Option<&Health>) -> Tag {
    match health {
        Some(Health::Up) => Tag::new(Kind::Success, visit.t("staff-health-up")),
        Some(Health::Degraded { reason }) => {
            Tag::new(Kind::Warning, format!("{}: {reason}", visit.t("staff-health-degraded")))
        }
        Some(Health::Down { reason }) => {
            Tag::new(Kind::Danger, format!("{}: {reason}", visit.t("staff-health-down")))
        }
        None => Tag::plain(visit.t("staff-health-none")),
    }
}

#[derive(Template)]
#[template(path = "staff/templates/configuration.html")]
struct ConfigurationPage {
    desk: Desk,
    page: Page,
    places: Table,
    given: bool,
    text: String,
}

/// The page of the configuration: what holds now, secrets hidden, and who said it.
pub async fn configuration(desk: AtDesk) -> Response {
    let visit = &desk.visit;
    let frame = Desk::new(&desk, Place::Configuration);
    let config = visit.app().config();
    let mut places = Table::new(visit.t("staff-config-given"))
        .column(visit.t("staff-config-value"))
        .column(visit.t("staff-config-place"));
    for (value, place) in config.places() {
        places = places.row([value.clone(), place.clone()]);
    }
    let given = !config.places().is_empty();
    let template =
        ConfigurationPage { places, given, text: config.print(), page: frame.page.clone(), desk: frame };
    visit.ok(&template)
}
