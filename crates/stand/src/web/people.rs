//! The pages of the people whom the registers know: look somebody up, pick one, let something happen. Complete
//! without scripts.

use super::Web;
use super::page::{choose_lang, remember_lang, render};
use super::people_text::{PeopleWords, people_words};
use super::text::{Words, words};
use crate::systems::registers::{Outcome, Person, Registers, Sex, Wanted};
use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::Lang;
use serde::Deserialize;

/// How many people a page shows.
const SHOWN: usize = 24;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/people", get(list).post(make))
        .route("/people/{id}", get(one))
        .route("/people/{id}/events", post(event))
}

/// What can happen to a person: type and reason, in the order of `PeopleWords::event_titles`.
const EVENTS: [(&str, Option<&str>); 8] = [
    ("death", None),
    ("name_change", None),
    ("document_invalid", Some("declared_invalid")),
    ("document_invalid", Some("lost")),
    ("document_invalid", Some("stolen")),
    ("document_invalid", Some("replaced")),
    ("document_invalid", Some("expired")),
    ("document_invalid", Some("holder_died")),
];

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    from: u32,
    #[serde(default)]
    lang: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct List {
    w: &'static Words,
    p: &'static PeopleWords,
    asked: Asked,
    outcomes: Vec<(&'static str, &'static str)>,
    people: Vec<Row>,
    next: Option<u32>,
}

struct Row {
    id: u32,
    name: String,
    born: String,
    numbers: String,
    outcome: &'static str,
    good: bool,
}

#[derive(Template)]
#[template(path = "person.html")]
struct One {
    w: &'static Words,
    p: &'static PeopleWords,
    id: u32,
    name: String,
    good: bool,
    outcome: &'static str,
    values: Vec<(&'static str, String)>,
    differences: Vec<(&'static str, String)>,
    events: Vec<(usize, &'static str)>,
    sent: bool,
}

async fn list(State(web): State<Web>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let lang = choose_lang(&asked.lang, &headers);
    let people = web.world.registers.people();
    let mut found = people.find(Outcome::from_word(&asked.outcome), &asked.text, asked.from, SHOWN + 1);
    let next = found.get(SHOWN).map(|person| person.id);
    found.truncate(SHOWN);
    let page = List {
        w: words(lang),
        p: people_words(lang),
        outcomes: Outcome::all().map(|outcome| (outcome.word(), outcome.title(lang))).collect(),
        people: found.into_iter().map(|person| row(person, lang)).collect(),
        next,
        asked,
    };
    remember_lang(&page.asked.lang, render(&page))
}

fn row(person: &Person, lang: Lang) -> Row {
    Row {
        id: person.id,
        name: name(person),
        born: person.birth_date.dmy(),
        numbers: format!("{} · {}", person.passport(), person.snils.as_str()),
        outcome: person.outcome.title(lang),
        good: person.outcome == Outcome::Match,
    }
}

fn name(person: &Person) -> String {
    let parts = [Some(&person.surname), Some(&person.first_name), person.patronymic.as_ref()];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[derive(Deserialize, Default)]
struct AskedOne {
    #[serde(default)]
    lang: String,
    sent: Option<String>,
}

async fn one(
    State(web): State<Web>,
    Path(id): Path<u32>,
    Query(asked): Query<AskedOne>,
    headers: HeaderMap,
) -> Response {
    let lang = choose_lang(&asked.lang, &headers);
    let p = people_words(lang);
    let people = web.world.registers.people();
    let Some(person) = people.get(id) else { return (StatusCode::NOT_FOUND, p.nobody).into_response() };
    let page = One {
        w: words(lang),
        p,
        id,
        name: name(person),
        good: person.outcome == Outcome::Match,
        outcome: person.outcome.title(lang),
        values: values(person, p),
        differences: differences(person, p),
        events: p.event_titles.iter().copied().enumerate().collect(),
        sent: asked.sent.is_some(),
    };
    remember_lang(&asked.lang, render(&page))
}

/// The fields in the order of `PeopleWords::fields`, under the names that the registers use.
const FIELDS: [&str; 13] = [
    "surname",
    "first_name",
    "patronymic",
    "sex",
    "birth_date",
    "birth_place",
    "series",
    "number",
    "issued_on",
    "issued_by",
    "division_code",
    "snils",
    "inn",
];

fn values(person: &Person, p: &'static PeopleWords) -> Vec<(&'static str, String)> {
    let or_none = |text: Option<&str>| text.unwrap_or(p.none).to_owned();
    let values = [
        person.surname.clone(),
        person.first_name.clone(),
        or_none(person.patronymic.as_deref()),
        if person.sex == Sex::Male { p.male } else { p.female }.to_owned(),
        person.birth_date.dmy(),
        person.birth_place.clone(),
        person.series.clone(),
        person.number.clone(),
        person.issued_on.dmy(),
        person.issued_by.clone(),
        person.division_code.as_str().to_owned(),
        person.snils.as_str().to_owned(),
        or_none(person.inn.as_ref().map(|inn| inn.as_str())),
    ];
    p.fields.into_iter().zip(values).collect()
}

fn differences(person: &Person, p: &'static PeopleWords) -> Vec<(&'static str, String)> {
    let title =
        |field: &str| FIELDS.iter().position(|known| *known == field).and_then(|n| p.fields.get(n).copied());
    let shown = |value: String| match (value.as_str(), kernel::Date::parse_iso(&value)) {
        ("male", _) => p.male.to_owned(),
        ("female", _) => p.female.to_owned(),
        ("", _) => p.none.to_owned(),
        (_, Ok(day)) => day.dmy(),
        _ => value,
    };
    let all = Registers::differences(person).into_iter();
    all.filter_map(|(field, value)| Some((title(field)?, shown(value)))).collect()
}

#[derive(Deserialize)]
struct NewForm {
    outcome: String,
}

async fn make(State(web): State<Web>, Form(form): Form<NewForm>) -> Response {
    let outcome = Outcome::from_word(&form.outcome).unwrap_or_default();
    let wanted = Wanted { outcome, ..Default::default() };
    match web.world.registers.people().make(wanted) {
        Ok(person) => Redirect::to(&format!("/people/{}", person.id)).into_response(),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, why).into_response(),
    }
}

#[derive(Deserialize)]
struct EventForm {
    event: usize,
}

async fn event(State(web): State<Web>, Path(id): Path<u32>, Form(form): Form<EventForm>) -> Response {
    let Some((kind, reason)) = EVENTS.get(form.event) else { return StatusCode::BAD_REQUEST.into_response() };
    match web.world.registers.happen(id, kind, *reason) {
        Ok(_) => Redirect::to(&format!("/people/{id}?sent=1")).into_response(),
        Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, why).into_response(),
    }
}
