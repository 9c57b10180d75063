//! The journal in the browser: what everybody may check, and what its owner reads.

mod csv;
mod owner;
mod public;
mod query;

use crate::web::routes::{Access, Routes};

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get("/journal", Access::Anyone, public::page)
        .get("/journal/keys", Access::Anyone, public::keys)
        .get("/journal/heads/latest", Access::Anyone, public::latest)
        .get("/journal/heads/{size}", Access::Anyone, public::of_size)
        .get("/journal/consistency", Access::Anyone, public::consistency)
        .get("/cabinet/security/journal", Access::SignedIn, owner::get)
        .post("/cabinet/security/journal/csv", Access::SignedIn, owner::save_csv)
        .post("/cabinet/security/journal/proof", Access::SignedIn, owner::save_proof)
}
