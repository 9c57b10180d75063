//! «Мои данные» with what is being checked, the button that sends, and the address that registers answer to.

mod hook;
mod live;
mod overview;
mod send;
mod shown;

use crate::web::routes::{Access, Routes};

/// The page of everything.
const PROFILE: &str = "/cabinet/profile";

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get(PROFILE, Access::SignedIn, overview::get)
        .get("/cabinet/profile/live", Access::SignedIn, live::get)
        .post("/cabinet/profile/send", Access::SignedIn, send::post)
        .post("/hooks/registers/{register}", Access::Program, hook::post)
}
