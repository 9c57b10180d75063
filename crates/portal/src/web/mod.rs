//! The web shell: pages, texts, components, public files.

pub mod assets;
pub mod format;
pub mod home;
pub mod page;
pub mod texts;
pub mod ui;
