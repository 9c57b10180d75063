//! The product: capabilities as slices, and the web shell around them.

pub mod challenge;
pub mod web;
