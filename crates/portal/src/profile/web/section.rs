//! `/cabinet/profile/section/…`: one section as a form.

use super::super::addresses::note;
use super::super::{Field, Fields, Judge, Kind, Place, Profile, Saved, Section, load, save, today};
use super::form::{self, Drawn, Source};
use super::{CHECK, PROFILE, addresses, choice, path, title};
use crate::sessions::Session;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::fresh::Fresh;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{
    BackLink, Button, Checkbox, DateField, Notice, Radios, TextArea, TextField, Weight, Words,
};
use crate::web::visit::{SignedIn, Visit};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use kernel::ids::PassportState;

#[derive(Template)]
#[template(path = "profile/templates/section.html")]
struct SectionPage {
    page: Page,
    back: BackLink,
    title: &'static str,
    lead: &'static str,
    advice: Option<Notice>,
    action: String,
    check: &'static str,
    form: Drawn,
    /// Confirmed values are hidden: how they are shown.
    held: Option<Notice>,
    places: Option<Words>,
    submit: Button,
}

/// The words under the title.
pub fn lead(page: &Page, section: Section) -> &'static str {
    page.t(match section {
        Section::Personal => "profile-personal-lead",
        Section::Document => "profile-document-lead",
        Section::Numbers => "profile-numbers-lead",
        Section::Registered => "profile-registered-lead",
        Section::Residence => "profile-residence-lead",
        Section::Further => "profile-further-lead",
        Section::Child => "profile-child-lead",
        Section::Vehicle => "profile-vehicle-lead",
    })
}

/// The key of a field's word of help.
fn hint(field: Field, citizen: bool) -> Option<&'static str> {
    Some(match field {
        Field::BirthPlace => "profile-birth-place-hint",
        Field::DocumentNumber if citizen => "profile-document-number-hint",
        Field::DocumentNumber => "profile-document-number-other-hint",
        Field::ChildCertificate => "profile-birth-certificate-hint",
        Field::ChildIssuedBy => "profile-child-issued-by-hint",
        Field::ChildSnils => "profile-child-snils-hint",
        Field::VehicleName => "profile-vehicle-name-hint",
        Field::IssuedBy => "profile-issued-by-hint",
        Field::Division => "profile-division-hint",
        Field::Snils => "profile-snils-hint",
        Field::Inn => "profile-inn-hint",
        Field::RegisteredPostcode | Field::ResidencePostcode => "profile-postcode-hint",
        Field::RegisteredCity | Field::ResidenceCity => "profile-city-hint",
        Field::RegisteredHouse | Field::ResidenceHouse => "profile-house-hint",
        Field::Country => "profile-country-hint",
        Field::DrivingLicence => "profile-licence-hint",
        Field::TravelPassport => "profile-travel-hint",
        Field::OmsPolicy => "profile-oms-hint",
        Field::MilitaryId => "profile-military-hint",
        Field::Plate => "profile-plate-hint",
        Field::Vin => "profile-vin-hint",
        Field::Certificate => "profile-certificate-hint",
        _ => return None,
    })
}

/// What browsers fill in by themselves (WCAG 1.3.5).
fn autocomplete(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Surname => "family-name",
        Field::FirstName => "given-name",
        Field::Patronymic => "additional-name",
        Field::BirthDate => "bday",
        Field::ResidencePostcode => "postal-code",
        Field::ResidenceRegion => "address-level1",
        Field::ResidenceCity => "address-level2",
        _ => return None,
    })
}

/// A field of the form as it stands.
pub fn draw_field(
    page: &Page,
    values: &Fields,
    judge: &Judge<'_>,
    field: Field,
    error: Option<&str>,
) -> Words {
    let lang = page.lang;
    let typed = values.typed(field);
    let label = page.t(field.label());
    let help = hint(field, values.against().citizen).map_or("", |key| page.t(key));
    let optional = !judge.is_needed(field) && judge.applies(field);
    match field.kind() {
        Kind::Choice(words) => {
            let mut radios = Radios::new(lang, field.word()).label(label).selected(Some(&typed)).error(error);
            for word in words {
                radios = radios.option(*word, choice(page, field, word).unwrap_or(word));
            }
            Words::html(&radios)
        }
        Kind::Tick => {
            let ticked =
                Checkbox::new(lang, field.word()).label(label).checked(!typed.is_empty()).error(error);
            Words::html(&ticked)
        }
        Kind::Date => {
            let mut date =
                DateField::new(lang, field.word()).label(label).value(&typed).error(error).optional(optional);
            if let Some(token) = autocomplete(field) {
                date = date.autocomplete(token);
            }
            Words::html(&date)
        }
        Kind::Line if matches!(field, Field::IssuedBy | Field::ChildIssuedBy | Field::BirthPlace) => {
            let area = TextArea::new(lang, field.word()).label(label).hint(help).value(&typed).rows(2);
            Words::html(&area.maxlength(kernel::line::MAX_LINE).error(error))
        }
        _ => Words::html(&draw_text(page, field, label, help, &typed).error(error).optional(optional)),
    }
}

fn draw_text(page: &Page, field: Field, label: &'static str, help: &'static str, typed: &str) -> TextField {
    let mut text = TextField::new(page.lang, field.word()).label(label).hint(help).value(typed);
    if let Some(token) = autocomplete(field) {
        text = text.autocomplete(token);
    }
    match field.kind() {
        Kind::Snils | Kind::Division | Kind::Postcode | Kind::Inn => {
            text.inputmode("numeric").maxlength(24).width(12).exact()
        }
        Kind::Oms => text.inputmode("numeric").maxlength(24).width(12).exact(),
        Kind::DocumentNumber
        | Kind::Licence
        | Kind::Travel
        | Kind::Military
        | Kind::Plate
        | Kind::BirthCertificate
        | Kind::Certificate => text.maxlength(32).width(12).exact(),
        Kind::Vin => text.maxlength(32).width(20).exact(),
        _ if matches!(field, Field::RegisteredRegion | Field::ResidenceRegion) => {
            text.maxlength(kernel::line::MAX_LINE).suggestions("regions")
        }
        Kind::Name => text.maxlength(kernel::name::MAX_NAME),
        _ => text.maxlength(kernel::line::MAX_LINE),
    }
}

/// What a form of a section is drawn from.
pub(super) struct Shown<'a> {
    pub section: Section,
    pub saved: &'a Saved,
    /// Whether a confirmed value may be shown whole.
    pub open: &'a dyn Fn(Field) -> bool,
    /// What the directory of addresses adds, when it was asked.
    pub places: Option<Words>,
}

/// The form; what went wrong is told only after it was sent.
pub(super) fn draw(
    visit: &Visit,
    session: &Session,
    shown: Shown<'_>,
) -> std::result::Result<Response, Fault> {
    let Shown { section, saved, open, places } = shown;
    let page = visit.page();
    let profile = &saved.profile;
    let judge = Judge::new(profile, today(visit.ctx())?);
    let source = Source {
        section,
        place: Place::of(&session.account),
        stored: profile,
        values: profile,
        judge: &judge,
        mistakes: &saved.faults,
        asked: &saved.asked,
        open,
    };
    let form = form::draw(&page, visit.ctx(), &source);
    let grace = section == Section::Document && judge.passport() == Ok(PassportState::Grace);
    let held = form.held.then(|| {
        Notice::new(page.lang, Mood::Info, page.t("profile-held-text"))
            .title(page.t("profile-held"))
            .action(page.t("profile-held-show"), format!("{}/open", path(section)))
    });
    let template = SectionPage {
        back: BackLink::to(page.t("profile-title"), PROFILE),
        title: title(&page, section),
        lead: lead(&page, section),
        advice: grace.then(|| Notice::new(page.lang, Mood::Warning, page.t("profile-passport-grace"))),
        action: path(section),
        check: CHECK,
        form,
        held,
        places: places.or_else(|| addresses::places(visit, &page, section)),
        submit: Button::new(page.t("profile-save")).weight(Weight::Accent),
        page,
    };
    let good = saved.faults.is_empty() && saved.asked.is_empty();
    let status = if good { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.html(status, &template))
}

async fn left(
    visit: Visit,
    session: &Session,
    section: &str,
    open: bool,
) -> std::result::Result<Response, Fault> {
    let section = Section::from_word(section).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let profile: Profile = visit.app().read(move |tx| load(tx, &ctx, &account)).await?;
    let saved = Saved { profile, faults: Vec::new(), asked: Vec::new() };
    draw(&visit, session, Shown { section, saved: &saved, open: &|_| open, places: None })
}

/// The form as it was left; confirmed values are masked.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Path(section): Path<String>,
) -> std::result::Result<Response, Fault> {
    left(visit, &session, &section, false).await
}

/// The form with confirmed values whole, to be corrected: for whoever gave a factor just now.
pub async fn open(
    Fresh { visit, session }: Fresh,
    Path(section): Path<String>,
) -> std::result::Result<Response, Fault> {
    left(visit, &session, &section, true).await
}

/// Keeps the form; with something to mend it is shown again and says what.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Path(section): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let section = Section::from_word(&section).ok_or_else(Fault::not_found)?;
    let sent = super::sent(&fields, section)?;
    let (ctx, account, what) = (visit.ctx().clone(), session.account.clone(), sent.clone());
    let directory = visit.app().gateways().addresses.clone();
    let kept = visit.app().write(move |tx| {
        let saved = save(tx, &ctx, &account, section, &what)?;
        if let Some(directory) = &directory {
            note(tx, &ctx, &account, &**directory, section)?;
        }
        Ok(saved)
    });
    let saved = kept.await?;
    visit.app().sessions().forget(&session.account);
    if saved.faults.is_empty() && saved.asked.is_empty() {
        return Ok(visit.see_other_with(PROFILE, "profile-kept"));
    }
    // What the form brought whole is shown whole again, and nothing else is.
    let brought = |field: Field| sent.typed.iter().any(|(of, text)| *of == field && !text.is_empty());
    let same = |field: Field| {
        let typed = sent.typed.iter().find(|(of, _)| *of == field).map_or("", |(_, text)| text.as_str());
        field.read(typed, saved.profile.against()).is_ok_and(|text| text == saved.profile.text(field))
    };
    let open = |field: Field| brought(field) && same(field);
    draw(&visit, &session, Shown { section, saved: &saved, open: &open, places: None })
}
