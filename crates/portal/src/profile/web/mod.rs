//! «Мои данные»: the page of everything, a page for each section and each entry of a list, and the check of one field
//! while it is typed.

mod addresses;
mod check;
mod form;
mod item;
pub mod lists;
mod remove;
mod section;
pub mod shown;

use super::{Field, Section, Seen, Sent};
use crate::web::fault::Fault;
use crate::web::form::Fields;
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};

/// The page of everything; `checks` draws it, with what is being checked.
const PROFILE: &str = "/cabinet/profile";
/// Where one field is checked.
const CHECK: &str = "/cabinet/profile/check";

/// The routes.
pub fn routes() -> Routes {
    const ENTRY: &str = "/cabinet/profile/list/{list}/{item}";
    Routes::default()
        .post(CHECK, Access::SignedIn, check::post)
        .get("/cabinet/profile/section/{section}", Access::SignedIn, section::get)
        .post("/cabinet/profile/section/{section}", Access::SignedIn, section::post)
        .post("/cabinet/profile/section/{section}/find", Access::SignedIn, addresses::find)
        .post(addresses::OFFERS, Access::SignedIn, addresses::offers)
        .get("/cabinet/profile/section/{section}/open", Access::SignedIn, section::open)
        .get("/cabinet/profile/add/{list}", Access::SignedIn, item::add)
        .get(ENTRY, Access::SignedIn, item::get)
        .post(ENTRY, Access::SignedIn, item::post)
        .post("/cabinet/profile/list/{list}/{item}/check", Access::SignedIn, check::post_item)
        .get("/cabinet/profile/list/{list}/{item}/remove", Access::SignedIn, remove::get)
        .post("/cabinet/profile/list/{list}/{item}/remove", Access::SignedIn, remove::post)
}

/// The form of a section.
pub fn path(section: Section) -> String {
    format!("{PROFILE}/section/{}", section.word())
}

/// The form of a section as it was sent.
fn sent(fields: &Fields, section: Section) -> std::result::Result<Sent, Fault> {
    let mut known: Vec<&str> = section.fields().map(Field::word).collect();
    known.push("seen");
    fields.only(&known)?;
    let brought = section.fields().filter(|field| fields.has(field.word()));
    let typed = brought.map(|field| (field, fields.text(field.word()).to_owned())).collect();
    Ok(Sent { typed, seen: Seen::read(fields.text("seen")) })
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
        Section::Child => "profile-child",
        Section::Vehicle => "profile-vehicle",
    })
}

/// The words of a value that is a choice; others stand as they are.
pub fn choice(page: &Page, field: Field, value: &str) -> Option<&'static str> {
    let key = match (field, value) {
        (Field::Sex | Field::ChildSex, "m") => "profile-sex-m",
        (Field::Sex | Field::ChildSex, "f") => "profile-sex-f",
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
