//! What tests of several crates share; a development dependency only.

#![allow(clippy::expect_used, clippy::unwrap_used)] // a test that cannot set itself up ends there

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "authenticator")]
pub mod authenticator;
pub mod cluster;
pub mod db;
