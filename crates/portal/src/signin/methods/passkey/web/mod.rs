//! The screens of keys: signing in by one, and the owner's list of them.

mod add;
mod list;
mod sign_in;

use crate::web::routes::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/sign-in/passkey", Access::Anyone, sign_in::get)
        .post("/sign-in/passkey", Access::Anyone, sign_in::post)
        .get("/cabinet/security/passkeys", Access::SignedIn, list::get)
        .post("/cabinet/security/passkeys", Access::SignedIn, list::post)
        .get("/cabinet/security/passkeys/new", Access::SignedIn, add::get)
        .post("/cabinet/security/passkeys/new", Access::SignedIn, add::post)
}
