//! «Мои данные»: the page of everything, a page for each section, and the check of one field while it is typed.

mod addresses;
mod check;
mod section;

use super::{Field, Section};
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};

/// The page of everything; `checks` draws it, with what is being checked.
const PROFILE: &str = "/cabinet/profile";
/// Where one field is checked.
const CHECK: &str = "/cabinet/profile/check";

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .post(CHECK, Access::SignedIn, check::post)
        .get("/cabinet/profile/section/{section}", Access::SignedIn, section::get)
        .post("/cabinet/profile/section/{section}", Access::SignedIn, section::post)
        .post("/cabinet/profile/section/{section}/find", Access::SignedIn, addresses::find)
        .post(addresses::OFFERS, Access::SignedIn, addresses::offers)
}

/// The form of a section.
pub fn path(section: Section) -> String {
    format!("{PROFILE}/section/{}", section.word())
}

/// The title of a section.
pub fn title(page: &Page, section: Section) -> &'static str {
    page.t(match section {
        Section::Personal => "profile-personal",
        Section::Document => "profile-document",
        Section::Numbers => "profile-numbers",
        Section::Registered => "profile-registered",
        Section::Residence => "profile-residence",
        Section::Further => "profile-further",
        Section::Vehicle => "profile-vehicle",
    })
}

/// The words of a value that is a choice; others stand as they are.
pub fn choice(page: &Page, field: Field, value: &str) -> Option<&'static str> {
    let key = match (field, value) {
        (Field::Sex, "m") => "profile-sex-m",
        (Field::Sex, "f") => "profile-sex-f",
        (Field::Citizenship, "rus") => "profile-citizenship-rus",
        (Field::Citizenship, "other") => "profile-citizenship-other",
        (Field::Citizenship, "none") => "profile-citizenship-none",
        (Field::DocumentKind, "passport_rf") => "profile-document-passport-rf",
        (Field::DocumentKind, "foreign_passport") => "profile-document-foreign-passport",
        (Field::DocumentKind, "residence_permit") => "profile-document-residence-permit",
        (Field::DocumentKind, "refugee") => "profile-document-refugee",
        (Field::DocumentKind, "temporary_id") => "profile-document-temporary-id",
        _ => return None,
    };
    Some(page.t(key))
}
