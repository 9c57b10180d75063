//! E-mail to people.

mod config;
pub mod memory;
pub mod smtp;

pub use config::{MailConfig, MailTls};

use crate::{ConfigProblem, Health, SendOutcome};
use async_trait::async_trait;
use kernel::{Clock, Lang};
use std::sync::Arc;

/// One letter to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Our own id of the letter; the Message-ID is made from it, so that a repeat is recognised.
    pub id: String,
    /// The recipient's address, local part as typed and an ASCII domain.
    pub to: String,
    /// The subject, without line breaks.
    pub subject: String,
    /// The letter as plain text; always there.
    pub text: String,
    /// The same letter as HTML, when it has a designed form.
    pub html: Option<String>,
    /// The language it is written in.
    pub lang: Lang,
}

impl std::fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingMail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A way to send letters.
#[async_trait]
pub trait MailGateway: Send + Sync {
    /// The name given in the configuration.
    fn name(&self) -> &str;

    /// Hands one letter over to the mail server.
    async fn send(&self, mail: &OutgoingMail) -> SendOutcome;

    /// Whether it can take letters now.
    fn health(&self) -> Health;
}

/// The configured mail gateway, or none when `host` is empty. Letters are dated by `clock`.
///
/// # Errors
/// Every problem of the configuration.
pub fn open(
    config: &MailConfig,
    clock: Arc<dyn Clock>,
) -> Result<Option<Arc<dyn MailGateway>>, Vec<ConfigProblem>> {
    if !config.is_on() {
        return Ok(None);
    }
    Ok(Some(Arc::new(smtp::SmtpMail::new(config, clock)?)))
}
