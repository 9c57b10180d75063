//! The pages of contacts, one file a screen.

mod add;
mod code;
mod link;
mod list;
mod one;
mod taken;
mod undo;

use super::{Confirmed, Refusal};
use crate::accounts::{Contact, ContactKind};
use crate::web::page::Page;
use crate::web::routes::{Access, Routes};
use crate::web::visit::Visit;
use axum::response::Response;
use kernel::Id;

/// The list: where every way through these pages begins and ends.
const LIST: &str = "/cabinet/security/contacts";
/// Where a code is typed.
const CODE: &str = "/cabinet/security/contacts/code";
/// Where it is decided what to do about somebody's contact.
const TAKEN: &str = "/cabinet/security/contacts/taken";

/// The routes.
pub fn routes() -> Routes {
    use Access::{Anyone, SignedIn};
    Routes::default()
        .get(LIST, SignedIn, list::get)
        .get("/cabinet/security/contacts/add-phone", SignedIn, add::get_phone)
        .post("/cabinet/security/contacts/add-phone", SignedIn, add::post_phone)
        .get("/cabinet/security/contacts/add-email", SignedIn, add::get_email)
        .post("/cabinet/security/contacts/add-email", SignedIn, add::post_email)
        .get("/cabinet/security/contacts/one/{contact}", SignedIn, one::get)
        .post("/cabinet/security/contacts/one/{contact}", SignedIn, one::post)
        .get("/cabinet/security/contacts/replace/{contact}", SignedIn, add::get_replace)
        .post("/cabinet/security/contacts/replace/{contact}", SignedIn, add::post_replace)
        .get(CODE, SignedIn, code::get)
        .post(CODE, SignedIn, code::post)
        .post("/cabinet/security/contacts/code/send", SignedIn, code::send)
        .post("/cabinet/security/contacts/cancel", SignedIn, code::cancel)
        .get(TAKEN, SignedIn, taken::get)
        .post(TAKEN, SignedIn, taken::post)
        .get("/contacts/link/{token}", Anyone, link::get)
        .post("/contacts/link/{token}", Anyone, link::post)
        .get("/undo/{token}", Anyone, undo::get)
        .post("/undo/{token}", Anyone, undo::post)
}

/// The page of one contact.
fn path_of(contact: &Id<ContactKind>) -> String {
    format!("{LIST}/one/{contact}")
}

/// The page that replaces a contact.
fn replace_path(contact: &Id<ContactKind>) -> String {
    format!("{LIST}/replace/{contact}")
}

/// Why an act is refused, in words.
fn refusal_words(page: &Page, refusal: Refusal) -> String {
    let key = match refusal {
        Refusal::Held(until) => return page.tf1("contacts-refused-held", "time", page.date_time(until)),
        Refusal::Reserved(until) => {
            return page.tf1("contacts-refused-reserved", "time", page.date_time(until));
        }
        Refusal::Gone => "contacts-refused-gone",
        Refusal::Own => "contacts-refused-own",
        Refusal::TooMany => "contacts-refused-many",
        Refusal::Last => "contacts-refused-last",
        Refusal::InUse => "contacts-refused-factor",
        Refusal::Protected => "contacts-refused-protected",
    };
    page.t(key).to_owned()
}

/// What stands beside a contact about what it cannot do yet; none when it can do everything.
fn limits_words(page: &Page, contact: &Contact) -> Option<String> {
    if contact.muted {
        return Some(page.t("contacts-muted").to_owned());
    }
    (contact.held_until > page.now)
        .then(|| page.tf1("contacts-new", "time", page.date_time(contact.held_until)))
}

/// Where a right code leads; `None` when it was not right and its own page says why.
fn after(visit: &Visit, confirmed: &Confirmed) -> Option<Response> {
    Some(match confirmed {
        Confirmed::Added => visit.see_other_with(LIST, "contact-added"),
        Confirmed::Replaced => visit.see_other_with(LIST, "contact-replaced"),
        Confirmed::Taken => visit.see_other(TAKEN),
        // A form that was sent twice finds the work of its twin done.
        Confirmed::Nothing => visit.see_other(LIST),
        Confirmed::Refused(_) | Confirmed::Wrong(_) => return None,
    })
}
