//! The portal's gateways against the stand, over the real protocols.

mod api;
mod mail;
mod scripted;
mod sms;
mod sms_faults;
mod support;
mod voice;
