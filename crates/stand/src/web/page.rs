//! The page for people: complete without scripts.

use super::segments::{Segment, cut};
use super::text::{self, Words};
use super::{Web, text::words};
use crate::faults::{Fault, Mode};
use crate::messages::{Channel, Filter, Message, to_rfc3339};
use crate::system::Place;
use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::{Lang, Time};
use serde::Deserialize;

/// How many messages the page shows.
const SHOWN: usize = 60;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(page))
        .route("/messages/{id}", get(letter))
        .route("/messages/{id}/html", get(letter_html))
        .route("/messages/clear", post(clear))
        .route("/faults/{system}", post(set_fault))
}

#[derive(Deserialize, Default, Clone)]
struct Asked {
    #[serde(default)]
    channel: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    refresh: String,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    w: &'static Words,
    asked: Asked,
    version: u64,
    tabs: Vec<Tab>,
    items: Vec<Item>,
    systems: Vec<SystemCard>,
    modes: Vec<(&'static str, &'static str)>,
    zone: String,
}

struct Tab {
    word: &'static str,
    title: &'static str,
    current: bool,
}

/// One message as the page shows it.
struct Item {
    id: u64,
    channel: &'static str,
    to: String,
    from: String,
    subject: String,
    body: Vec<Segment>,
    has_html: bool,
    open: bool,
    clock: String,
    moment: String,
    via: &'static str,
    parts: u8,
    state: &'static str,
    state_word: &'static str,
}

struct SystemCard {
    name: &'static str,
    title: &'static str,
    protocol: &'static str,
    place: String,
    mode: &'static str,
    mode_word: &'static str,
    detail: String,
    seconds: String,
    share: u32,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage {
    w: &'static Words,
    item: Item,
}

async fn page(State(web): State<Web>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let lang = choose_lang(&asked.lang, &headers);
    let version = *web.world.messages.version().borrow();
    let filter = Filter {
        channels: Channel::from_word(&asked.channel).into_iter().collect(),
        to: Some(asked.to.trim().to_owned()).filter(|to| !to.is_empty()),
        after: 0,
        limit: Some(SHOWN),
    };
    let mut items: Vec<Item> =
        web.world.messages.find(&filter).iter().map(|message| web.item(message, lang)).collect();
    // The newest letter is open; the others wait for a click.
    if let Some(newest) = items.iter_mut().find(|item| item.has_html) {
        newest.open = true;
    }
    let page = Page {
        w: words(lang),
        version,
        tabs: tabs(&asked.channel, lang),
        items,
        systems: web.systems(lang),
        zone: web.world.config.zone.clone(),
        modes: Mode::ALL.iter().skip(1).map(|mode| (mode.word(), text::mode(*mode, lang))).collect(),
        asked,
    };
    remember_lang(&page.asked.lang, render(&page))
}

fn tabs(current: &str, lang: Lang) -> Vec<Tab> {
    let all = Tab { word: "", title: words(lang).all, current: Channel::from_word(current).is_none() };
    // Letters on paper and notifications get their row once a system of the stand brings them.
    let channels = [Channel::Sms, Channel::Call, Channel::Email].map(|channel| Tab {
        word: channel.word(),
        title: text::channel(channel, lang),
        current: channel.word() == current,
    });
    std::iter::once(all).chain(channels).collect()
}

impl Web {
    fn item(&self, message: &Message, lang: Lang) -> Item {
        let system = self.places.iter().find(|place| place.system.name() == message.gateway);
        let state = message.states.last().map_or("", |state| state.state);
        Item {
            id: message.id,
            channel: message.channel.word(),
            to: display(&message.to),
            from: message.from.clone(),
            subject: message.subject.clone().unwrap_or_default(),
            body: cut(&message.text),
            has_html: message.html.is_some(),
            open: false,
            clock: self.clock(message.at),
            moment: to_rfc3339(message.at),
            via: system.map_or(message.gateway, |place| place.system.title(lang)),
            parts: message.parts.unwrap_or(1),
            state,
            state_word: text::state(state, lang),
        }
    }

    /// The time of day, with the date when it is not today's.
    fn clock(&self, at: Time) -> String {
        let zone = TimeZone::get(&self.world.config.zone).unwrap_or(TimeZone::UTC);
        let local =
            |time: Time| Timestamp::from_microsecond(time.0).unwrap_or_default().to_zoned(zone.clone());
        let (then, now) = (local(at), local(self.world.clock.now()));
        let form = if then.date() == now.date() { "%H:%M:%S" } else { "%d.%m %H:%M" };
        then.strftime(form).to_string()
    }

    fn systems(&self, lang: Lang) -> Vec<SystemCard> {
        let card = |place: &crate::Running| {
            let name = place.system.name();
            let fault = self.world.faults.get(name);
            SystemCard {
                name,
                title: place.system.title(lang),
                protocol: place.system.protocol(),
                place: match place.system.place() {
                    Place::Port(_) => place.address.to_string(),
                    Place::Path(path) => format!("{}{path}", place.address),
                },
                mode: fault.mode.word(),
                mode_word: text::mode(fault.mode, lang),
                detail: detail(&fault, lang),
                seconds: fault.seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
                share: (fault.share.unwrap_or(1.0) * 100.0).round() as u32,
            }
        };
        self.places.iter().map(card).collect()
    }
}

async fn letter(State(web): State<Web>, Path(id): Path<u64>, headers: HeaderMap) -> Response {
    let lang = choose_lang("", &headers);
    match web.world.messages.get(id) {
        Some(message) => render(&LetterPage { w: words(lang), item: web.item(&message, lang) }),
        None => (StatusCode::NOT_FOUND, words(lang).not_found).into_response(),
    }
}

/// The letter itself, shut into a sandbox: no scripts, no forms, nothing loaded from elsewhere; links open a new tab.
async fn letter_html(State(web): State<Web>, Path(id): Path<u64>) -> Response {
    const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
        style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
    let Some(html) = web.world.messages.get(id).and_then(|message| message.html) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Html(format!("{html}<base target=\"_blank\">")).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn clear(State(web): State<Web>) -> Redirect {
    web.world.messages.clear();
    Redirect::to("/")
}

#[derive(Deserialize)]
struct FaultForm {
    mode: Mode,
    #[serde(default)]
    seconds: String,
    #[serde(default)]
    share: String,
}

async fn set_fault(
    State(web): State<Web>,
    Path(system): Path<String>,
    Form(form): Form<FaultForm>,
) -> Response {
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    let fault = Fault {
        mode: form.mode,
        seconds: number(&form.seconds),
        share: number(&form.share).filter(|percent| *percent < 100.0).map(|percent| percent / 100.0),
    };
    let Some(name) = web.name_of(&system) else { return StatusCode::NOT_FOUND.into_response() };
    if let Some(problem) = fault.problem() {
        return (StatusCode::UNPROCESSABLE_ENTITY, problem).into_response();
    }
    web.switch(name, fault);
    Redirect::to(&format!("/#{name}")).into_response()
}

pub(super) fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The language asked for, else the remembered one, else the browser's, else Russian.
pub(super) fn choose_lang(asked: &str, headers: &HeaderMap) -> Lang {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let remembered = header(COOKIE).split("; ").find_map(|pair| pair.strip_prefix("stand_lang="));
    let preferred =
        header(ACCEPT_LANGUAGE).split(',').find_map(|range| Lang::from_tag(range.trim().get(..2)?));
    Lang::from_tag(asked).or(remembered.and_then(Lang::from_tag)).or(preferred).unwrap_or_default()
}

pub(super) fn remember_lang(asked: &str, mut response: Response) -> Response {
    if let Some(lang) = Lang::from_tag(asked)
        && let Ok(cookie) =
            HeaderValue::from_str(&format!("stand_lang={}; Path=/; SameSite=Lax; HttpOnly", lang.tag()))
    {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// How a fault is limited: the length of a delay, the share of requests.
fn detail(fault: &Fault, lang: Lang) -> String {
    let seconds = fault.seconds.filter(|_| fault.mode == Mode::Delay);
    let seconds =
        seconds.map(|seconds| format!("{}\u{a0}{}", decimal(seconds, lang), words(lang).second_unit));
    let share = fault.share.filter(|share| *share < 1.0).map(|share| format!("{:.0}\u{a0}%", share * 100.0));
    seconds.into_iter().chain(share).collect::<Vec<_>>().join(", ")
}

/// A number with the decimal sign of the language.
fn decimal(number: f64, lang: Lang) -> String {
    match lang {
        Lang::Ru => number.to_string().replace('.', ","),
        Lang::En => number.to_string(),
    }
}

/// A Russian mobile number as people write it; everything else as it is.
fn display(to: &str) -> String {
    match to.strip_prefix("+7") {
        Some(rest) if rest.len() == 10 && rest.is_ascii() => {
            format!("+7 {} {}-{}-{}", &rest[..3], &rest[3..6], &rest[6..8], &rest[8..])
        }
        _ => to.to_owned(),
    }
}
