//! `/cabinet/profile/section/…`: one section as a form.

use super::super::addresses::note;
use super::super::{Fault as Mistake, Field, Judge, Kind, Profile, Section, load, save, today};
use super::{CHECK, PROFILE, addresses, choice, path, title};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::{Kind as Mood, Page};
use crate::web::ui::{
    BackLink, Button, Checkbox, DateField, ErrorSummary, Errors, Notice, Radios, TextArea, TextField, Weight,
    Words,
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
    summary: Option<ErrorSummary>,
    advice: Option<Notice>,
    action: String,
    check: &'static str,
    fields: Vec<Words>,
    places: Option<Words>,
    submit: Button,
}

fn lead(page: &Page, section: Section) -> &'static str {
    page.t(match section {
        Section::Personal => "profile-personal-lead",
        Section::Document => "profile-document-lead",
        Section::Numbers => "profile-numbers-lead",
        Section::Registered => "profile-registered-lead",
        Section::Residence => "profile-residence-lead",
        Section::Further => "profile-further-lead",
        Section::Vehicle => "profile-vehicle-lead",
    })
}

/// The key of a field's word of help.
fn hint(field: Field, citizen: bool) -> Option<&'static str> {
    Some(match field {
        Field::BirthPlace => "profile-birth-place-hint",
        Field::DocumentNumber if citizen => "profile-document-number-hint",
        Field::DocumentNumber => "profile-document-number-other-hint",
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
fn draw_field(page: &Page, profile: &Profile, judge: &Judge<'_>, field: Field, error: Option<&str>) -> Words {
    let lang = page.lang;
    let typed = profile.typed(field);
    let label = page.t(field.label());
    let help = hint(field, profile.against().citizen).map_or("", |key| page.t(key));
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
        Kind::Line if matches!(field, Field::IssuedBy | Field::BirthPlace) => {
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
        | Kind::Certificate => text.maxlength(32).width(12).exact(),
        Kind::Vin => text.maxlength(32).width(20).exact(),
        _ if matches!(field, Field::RegisteredRegion | Field::ResidenceRegion) => {
            text.maxlength(kernel::line::MAX_LINE).suggestions("regions")
        }
        Kind::Name => text.maxlength(kernel::name::MAX_NAME),
        _ => text.maxlength(kernel::line::MAX_LINE),
    }
}

/// The form; `mistakes` are told only after it was sent. `places` is what the directory of addresses adds, when it was
/// asked.
pub(super) fn draw(
    visit: &Visit,
    section: Section,
    profile: &Profile,
    mistakes: &[Mistake],
    places: Option<Words>,
) -> std::result::Result<Response, Fault> {
    let page = visit.page();
    let judge = Judge::new(profile, today(visit.ctx())?);
    let mut errors = Errors::new();
    for (field, key) in mistakes {
        errors.add(field.word(), page.t(key));
    }
    let fields = section
        .fields()
        .map(|field| draw_field(&page, profile, &judge, field, errors.get(field.word())))
        .collect();
    let grace = section == Section::Document && judge.passport() == Ok(PassportState::Grace);
    let template = SectionPage {
        back: BackLink::to(page.t("profile-title"), PROFILE),
        title: title(&page, section),
        lead: lead(&page, section),
        summary: errors.summary(page.lang),
        advice: grace.then(|| Notice::new(page.lang, Mood::Warning, page.t("profile-passport-grace"))),
        action: path(section),
        check: CHECK,
        fields,
        places: places.or_else(|| addresses::places(visit, &page, section)),
        submit: Button::new(page.t("profile-save")).weight(Weight::Accent),
        page,
    };
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(visit.html(status, &template))
}

/// The form as it was left.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Path(section): Path<String>,
) -> std::result::Result<Response, Fault> {
    let section = Section::from_word(&section).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let profile = visit.app().read(move |tx| load(tx, &ctx, &account)).await?;
    draw(&visit, section, &profile, &[], None)
}

/// Keeps the form; with something to mend it is shown again and says what.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Path(section): Path<String>,
    Form(fields): Form,
) -> std::result::Result<Response, Fault> {
    let section = Section::from_word(&section).ok_or_else(Fault::not_found)?;
    let known: Vec<&str> = section.fields().map(Field::word).collect();
    fields.only(&known)?;
    let typed: Vec<(Field, String)> =
        section.fields().map(|field| (field, fields.text(field.word()).to_owned())).collect();
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let directory = visit.app().gateways().addresses.clone();
    let kept = visit.app().write(move |tx| {
        let kept = save(tx, &ctx, &account, section, &typed)?;
        if let Some(directory) = &directory {
            note(tx, &ctx, &account, &**directory, section)?;
        }
        Ok(kept)
    });
    let (profile, mistakes) = kept.await?;
    visit.app().sessions().forget(&session.account);
    if mistakes.is_empty() {
        Ok(visit.see_other_with(PROFILE, "profile-kept"))
    } else {
        draw(&visit, section, &profile, &mistakes, None)
    }
}
