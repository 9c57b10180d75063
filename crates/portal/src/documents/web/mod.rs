//! `/cabinet/documents`: scans, their upload with and without scripts, their files.

mod file;
mod overview;
mod remove;
mod send;
mod tus;

use crate::web::routes::{Access, Routes};

/// The page of the scans.
pub const PAGE: &str = "/cabinet/documents";
/// Where uploads by pieces begin.
const UPLOADS: &str = "/cabinet/documents/uploads";

/// The routes.
pub fn routes() -> Routes {
    const ONE: &str = "/cabinet/documents/uploads/{upload}";
    Routes::default()
        .get(PAGE, Access::SignedIn, overview::get)
        .post("/cabinet/documents/slot/{slot}", Access::SignedIn, send::post)
        .get("/cabinet/documents/scan/{scan}/{part}", Access::SignedIn, file::get)
        .post("/cabinet/documents/scan/{scan}/remove", Access::SignedIn, remove::post)
        .options(UPLOADS, Access::SignedIn, tus::options)
        .post(UPLOADS, Access::SignedIn, tus::create)
        .head(ONE, Access::SignedIn, tus::head)
        .patch(ONE, Access::SignedIn, tus::patch)
        .delete(ONE, Access::SignedIn, tus::delete)
}
