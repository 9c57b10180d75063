//! The web shell: pages, texts, components, public files.

pub mod assets;
pub mod components;
pub mod format;
pub mod legal;
pub mod mail;
pub mod page;
pub mod pages;
pub mod preferences;
pub mod pwa;
pub mod texts;
pub mod ui;
