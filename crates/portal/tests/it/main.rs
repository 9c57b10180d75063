//! The portal through its whole router: real cookies, forms, templates and SQL; each scenario on SQLite, and on
//! PostgreSQL where it is installed.

mod people;
mod registration;
