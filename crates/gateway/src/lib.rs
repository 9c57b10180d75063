//! The outside world behind small traits: one folder a kind, one folder an implementation.
//!
//! | kind | trait | implementations |
//! | --- | --- | --- |
//! | SMS | [`sms::SmsGateway`] | [`sms::smpp`] (SMPP 3.4), [`sms::memory`]; [`sms::router`] shares several out |
//! | voice call | [`voice::VoiceGateway`] | [`voice::http`], [`voice::memory`] |
//! | e-mail | [`mail::MailGateway`] | [`mail::smtp`], [`mail::memory`] |
//! | browsers | [`push::PushGateway`] | [`push::http`] (Web Push), [`push::memory`] |
//! | register | [`register::Connector`] | [`register::http`], [`register::memory`] |
//! | files | [`objects::Objects`] | [`objects::folder`], [`objects::s3`], [`objects::memory`] |
//! | malware | [`antivirus::Scanner`] | [`antivirus::clamd`], [`antivirus::memory`] |
//! | addresses | [`addresses::Directory`] | [`addresses::embedded`], [`addresses::table`] |
//!
//! A gateway maps foreign answers to our words ([`SendOutcome`], [`sms::DeliveryState`]) in one place and
//! never logs a recipient or a text. Nothing here touches the database: callers send from a job, outside
//! any transaction, and retry a [`SendOutcome::Temporary`] with the same message id.

pub mod addresses;
pub mod antivirus;
mod breaker;
mod http;
mod jwt;
pub mod mail;
pub mod objects;
mod outcome;
pub mod push;
pub mod register;
pub mod sms;
mod tls;
pub mod voice;

pub use breaker::BreakerConfig;
pub use outcome::{ConfigProblem, Health, SendOutcome};
