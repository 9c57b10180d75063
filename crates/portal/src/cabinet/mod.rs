//! The cabinet: what needs the person, what is under way, the ladder of levels; their data; their password.
//!
//! Later capabilities add their own rows to the first page and their own pages beside these.

mod home;
mod password;
pub mod security;

use crate::web::routes::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/cabinet", Access::SignedIn, home::get)
        .post("/cabinet/tour", Access::SignedIn, home::end_tour)
        .get("/cabinet/security", Access::SignedIn, security::get)
        .get("/cabinet/security/password", Access::SignedIn, password::get)
        .post("/cabinet/security/password", Access::SignedIn, password::change_password)
}
