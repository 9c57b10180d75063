//! The played systems, one folder each.

pub mod mail;
pub mod push;
pub mod registers;
pub mod sms_centre;
pub mod voice;

use crate::system::System;
use crate::tls::Certificates;
use std::sync::Arc;

/// Every system of the stand. A new one is registered by one line here.
pub fn all(certificates: &Certificates) -> Vec<Arc<dyn System>> {
    vec![
        Arc::new(sms_centre::SmsCentre::A),
        Arc::new(sms_centre::SmsCentre::B),
        Arc::new(mail::MailServer::new(certificates)),
        Arc::new(voice::Voice::default()),
        Arc::new(push::PushService::default()),
        Arc::new(registers::Played(registers::Kind::Pension)),
        Arc::new(registers::Played(registers::Kind::Interior)),
        Arc::new(registers::Played(registers::Kind::Tax)),
        Arc::new(registers::MutualDoor::new(certificates)),
    ]
}
