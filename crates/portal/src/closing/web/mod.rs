//! `/cabinet/security/data`: the copy of one's data, and the way out.

mod data;
mod delete;

use crate::web::routes::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    use Access::{Anyone, SignedIn};
    Routes::default()
        .get("/cabinet/security/data", SignedIn, data::get)
        .post("/cabinet/security/data", SignedIn, data::take)
        .get("/cabinet/security/delete", SignedIn, delete::get)
        .post("/cabinet/security/delete", SignedIn, delete::post)
        .get("/goodbye", Anyone, delete::goodbye)
}
