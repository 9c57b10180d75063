//! The pages: links of notices, the lockdown, the owner's bans.

mod link;
mod lockdown;
mod restrictions;

use crate::web::routes::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/n/{token}", Access::Anyone, link::get)
        .post("/n/{token}", Access::Anyone, link::post)
        .get("/account-closed", Access::Anyone, link::closed)
        .get("/cabinet/security/lockdown", Access::SignedIn, lockdown::get)
        .post("/cabinet/security/lockdown", Access::SignedIn, lockdown::post)
        .get("/cabinet/security/restrictions", Access::SignedIn, restrictions::get)
        .post("/cabinet/security/restrictions", Access::SignedIn, restrictions::post)
}
