//! The product: capabilities as slices, and the web shell around them.
//!
//! Slices from low to high, each calling only those before it, are listed in `docs/ARCHITECTURE.md`.

pub mod accounts;
pub mod admin;
pub mod app;
pub mod audit;
pub mod cabinet;
pub mod challenge;
pub mod checks;
pub mod closing;
pub mod codes;
pub mod config;
pub mod contacts;
pub mod ctx;
pub mod devices;
pub mod documents;
pub mod error;
pub mod factors;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod notifications;
pub mod observe;
pub mod passwords;
pub mod profile;
pub mod recovery;
pub mod registration;
pub mod review;
pub mod safety;
pub mod server;
pub mod sessions;
pub mod signin;
pub mod staff;
pub mod web;
