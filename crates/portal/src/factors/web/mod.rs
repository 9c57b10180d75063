//! `/cabinet/security/factors`.

use crate::web::routes::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
}
