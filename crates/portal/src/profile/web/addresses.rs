//! The directory of addresses in the forms of addresses: what is offered while one types, and, without a script, a button
//! that reads the address and asks about the first part that may be several places.

use super::super::addresses::{Address, Lookup, keep_open, take};
use super::super::{Field, Section, Seen, Sent};
use super::path;
use super::section::{Shown, draw as draw_section};
use crate::limits::Taken;
use crate::web::fault::Fault;
use crate::web::form::{Fields, Form};
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{Button, Notice, Radios, Weight, Words};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use askama::filters::HtmlSafe;
use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gateway::addresses::{Directory, Fit, Id, Level, Place};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where a script asks what is offered.
pub const OFFERS: &str = "/cabinet/profile/addresses";
/// The answer «leave it as I wrote it».
const LEAVE: &str = "leave";

#[derive(Serialize)]
struct Offer {
    name: String,
    /// Where it lies.
    about: String,
    /// Other fields of the form with what this choice says of them.
    fills: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Offers {
    found: Vec<Offer>,
    /// How many, in the page's language, to be read out.
    said: String,
    /// The words before the names of fields that a choice filled in.
    filled: &'static str,
}

/// What the form holds; a field that it did not bring is empty.
fn typed(fields: &Fields, section: Section) -> Vec<(Field, String)> {
    section.fields().map(|field| (field, fields.text(field.word()).to_owned())).collect()
}

/// Where a place lies, the nearest first.
fn about(place: &Place) -> String {
    place.above.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is offered for one field of an open form; what was typed is compared and forgotten.
pub async fn offers(
    SignedIn { visit, session }: SignedIn,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let known = [Section::Registered, Section::Residence].into_iter().flat_map(Section::fields);
    fields.only(&known.map(Field::word).chain(["field"]).collect::<Vec<_>>())?;
    let field = Field::from_word(fields.text("field")).ok_or_else(Fault::not_found)?;
    let (section, address) = (field.section(), Address::of(field.section()).ok_or_else(Fault::not_found)?);
    let level = address.level(field).ok_or_else(Fault::not_found)?;
    let Some(directory) = visit.app().gateways().addresses.clone() else { return Err(Fault::not_found()) };
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let limit = visit.app().config().addresses.lookups;
    let taken = visit.app().write(move |tx| take(tx, &ctx, &account, limit)).await?;
    if let Taken::Wait { until } = taken {
        return Err(Fault::too_many(until - visit.now()));
    }
    let typed = typed(&fields, section);
    let lookup = Lookup::new(&*directory, address, &typed);
    let found: Vec<Offer> = lookup.offered(level).into_iter().map(|place| offer(&lookup, place)).collect();
    let page = visit.page();
    let said = match found.len() {
        0 => page.t("profile-places-none").to_owned(),
        count => page.tf1("profile-places-count", "count", count.to_string()),
    };
    let answer = Offers { found, said, filled: page.t("profile-places-filled") };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn offer(lookup: &Lookup<'_>, place: Place) -> Offer {
    let fills = lookup.says(&place).into_iter().map(|(field, text)| (field.word(), text)).collect();
    Offer { about: about(&place), fills, name: place.name }
}

/// The part of the form that belongs to the directory.
#[derive(Template)]
#[template(path = "profile/templates/places.html")]
struct Places {
    offers: &'static str,
    regions: Vec<String>,
    told: Option<Notice>,
    question: Option<Question>,
    /// Stands there when nothing is asked.
    find: Option<Button>,
}
impl HtmlSafe for Places {}

/// A question about one part of the address.
struct Question {
    /// The part that it is about.
    about: &'static str,
    choices: Radios,
    submit: Button,
}

/// What the button found.
enum Found {
    /// The button was not pressed.
    NotAsked,
    /// Whatever the directory knows of the address stands in the form now.
    Done,
    /// A part may be one of these places.
    Several(Field, Vec<Place>),
    /// Too many questions; come back later.
    Later,
}

/// The part of the form that belongs to the directory, as it is drawn at first; none for other sections.
pub fn places(visit: &Visit, page: &Page, section: Section) -> Option<Words> {
    draw(visit, page, section, &Found::NotAsked)
}

fn draw(visit: &Visit, page: &Page, section: Section, found: &Found) -> Option<Words> {
    Address::of(section)?;
    let directory = visit.app().gateways().addresses.as_ref()?;
    let action = format!("{}/find#places", path(section));
    let notice = |mood, key| Some(Notice::new(page.lang, mood, page.t(key)).live());
    let find = Button::new(page.t("profile-places-find")).weight(Weight::Secondary).action(action.clone());
    let (told, question) = match found {
        Found::NotAsked => (None, None),
        Found::Done => (notice(Mood::Info, "profile-places-done"), None),
        Found::Later => (notice(Mood::Warning, "profile-places-later"), None),
        Found::Several(field, choices) => (None, Some(ask(page, *field, choices, &action))),
    };
    Some(Words::html(&Places {
        offers: OFFERS,
        regions: directory.regions(),
        told,
        find: question.is_none().then_some(find),
        question,
    }))
}

fn ask(page: &Page, field: Field, places: &[Place], action: &str) -> Question {
    let label = page.tf1("profile-places-which", "field", page.t(field.label()));
    let mut choices = Radios::new(page.lang, "place").label(label);
    for place in places {
        choices = choices.option_with(place.id.to_string(), place.name.clone(), about(place), None);
    }
    choices = choices.option(LEAVE, page.t("profile-places-leave")).selected(Some(LEAVE));
    let submit =
        Button::new(page.t("profile-places-take")).weight(Weight::Secondary).action(action.to_owned());
    Question { about: field.word(), choices, submit }
}

/// Reads the address of the form with the directory: what is one place is written as the directory writes it, the first
/// part that may be several is asked about. Everything that was typed is kept.
pub async fn find(
    SignedIn { visit, session }: SignedIn,
    Path(section): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let section = Section::from_word(&section).ok_or_else(Fault::not_found)?;
    let known: Vec<&str> = section.fields().map(Field::word).chain(["place", "asked", "seen"]).collect();
    fields.only(&known)?;
    let address = Address::of(section).ok_or_else(Fault::not_found)?;
    let Some(directory) = visit.app().gateways().addresses.clone() else { return Err(Fault::not_found()) };
    let asked = Field::from_word(fields.text("asked")).and_then(|field| address.level(field));
    let (limit, picked) = (visit.app().config().addresses.lookups, fields.text("place").to_owned());
    let (before, seen) = (typed(&fields, section), Seen::read(fields.text("seen")));
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let (saved, found) = visit
        .app()
        .write(move |tx| {
            let mut typed = before.clone();
            let found = match take(tx, &ctx, &account, limit)? {
                Taken::Wait { .. } => Found::Later,
                Taken::Allowed { .. } => read(&*directory, address, &mut typed, asked, &picked),
            };
            Ok((keep_open(tx, &ctx, &account, &Sent { typed, seen: seen.clone() })?, found))
        })
        .await?;
    let places = draw(&visit, &visit.page(), section, &found);
    draw_section(&visit, &session, Shown { section, saved: &saved, open: &|_| true, places })
}

/// Writes into the address what the directory knows; stops at the first part that may be several places.
fn read(
    directory: &dyn Directory,
    address: Address,
    typed: &mut [(Field, String)],
    asked: Option<Level>,
    picked: &str,
) -> Found {
    if let (Some(level), Some(place)) = (asked, Id::parse(picked).and_then(|id| directory.place(id))) {
        write(directory, address, typed, level, place);
    }
    for (level, field) in address.parts {
        // Whoever answered was asked about this part and those before it.
        let answered = asked.is_some_and(|asked| level <= asked);
        let lookup = Lookup::new(directory, address, typed);
        match lookup.known(level) {
            Some(place) => write(directory, address, typed, level, place),
            None if answered => {}
            None => {
                let several = lookup.offered(level);
                if !several.is_empty() {
                    return Found::Several(field, several);
                }
            }
        }
    }
    Found::Done
}

/// Writes a place into its field, and what it says of others into those that are empty.
fn write(
    directory: &dyn Directory,
    address: Address,
    typed: &mut [(Field, String)],
    level: Level,
    place: Place,
) {
    // A region that is a town has another name as a town.
    let place = match level == place.level {
        true => place,
        false => {
            let as_level = directory.find(level, &[place.id], &place.name, Fit::Whole, 1);
            as_level.into_iter().find(|found| found.id == place.id).unwrap_or(place)
        }
    };
    let says = Lookup::new(directory, address, typed).says(&place);
    for (field, text) in says {
        put(typed, field, text, false);
    }
    if let Some(field) = address.field(level) {
        put(typed, field, place.name, true);
    }
}

fn put(typed: &mut [(Field, String)], field: Field, text: String, over: bool) {
    if let Some((_, old)) = typed.iter_mut().find(|(of, _)| *of == field)
        && (over || old.trim().is_empty())
    {
        *old = text;
    }
}
