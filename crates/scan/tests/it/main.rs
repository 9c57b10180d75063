//! Everything a person, a camera or an attacker may send.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod hostile;
mod images;
mod looks;
mod marks;
mod mrz;
mod paint;
mod pdf;
mod pdf_made;
