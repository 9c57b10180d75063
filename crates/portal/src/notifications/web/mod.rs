//! The notification centre in the browser: the feed, what goes out by which way, the browsers that are told.

mod browsers;
mod feed;
mod settings;

use crate::web::routes::{Access, Routes};

/// Where the feed is.
pub const FEED: &str = "/cabinet/notifications";
const SETTINGS: &str = "/cabinet/notifications/settings";
const BROWSERS: &str = "/cabinet/notifications/browsers";

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        .get(FEED, Access::SignedIn, feed::get)
        .get("/cabinet/notifications/live", Access::SignedIn, feed::live)
        .post("/cabinet/notifications/read", Access::SignedIn, feed::read_one)
        .post("/cabinet/notifications/read-all", Access::SignedIn, feed::read_all)
        .get(SETTINGS, Access::SignedIn, settings::get)
        .post(SETTINGS, Access::SignedIn, settings::save)
        .get(BROWSERS, Access::SignedIn, browsers::get)
        .post("/cabinet/notifications/browsers/add", Access::SignedIn, browsers::add)
        .post("/cabinet/notifications/browsers/remove", Access::SignedIn, browsers::remove)
}
