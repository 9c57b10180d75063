//! The portal's gateways against the stand, over the real protocols.

mod api;
mod mail;
mod push;
mod registers;
mod registers_api;
mod registers_faults;
mod registers_hooks;
mod registers_trust;
mod registry;
mod scripted;
mod sms;
mod sms_faults;
mod support;
mod voice;
