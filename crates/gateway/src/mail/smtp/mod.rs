//! E-mail over SMTP (RFC 5321, RFC 6409) through `lettre`: pooled connections, STARTTLS or TLS, authentication.
//!
//! Letters bear `Auto-Submitted: auto-generated` (RFC 3834), so that nobody's holiday notice answers them. They
//! are letters to one person and not list mail, so they bear no `List-…` headers.

mod letter;
mod pool;
mod wire;

use super::{MailConfig, MailGateway, MailTls, OutgoingMail};
use crate::{ConfigProblem, Health, SendOutcome, tls};
use async_trait::async_trait;
use kernel::Clock;
use letter::Sender;
use lettre::transport::smtp::authentication::Credentials;
use pool::{Failure, Pool};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use wire::Protection;

const NAME: &str = "smtp";

/// A mail server that takes our letters.
pub struct SmtpMail {
    pool: Pool,
    sender: Sender,
    clock: Arc<dyn Clock>,
    size_limit: usize,
    last_fault: Mutex<Option<String>>,
}

impl SmtpMail {
    /// A gateway with these settings; connections are made when needed.
    ///
    /// # Errors
    /// Every problem of the configuration, and a certificate file that cannot be read.
    pub fn new(config: &MailConfig, clock: Arc<dyn Clock>) -> Result<SmtpMail, Vec<ConfigProblem>> {
        let mut problems = config.problems();
        if config.host.is_empty() {
            problems.push(ConfigProblem::new("host", "expected the name of the mail server"));
        }
        let sender = Sender::new(config).map_err(|problem| problems.push(problem)).ok();
        let protection = protection(config).map_err(|problem| problems.push(problem)).ok();
        let (Some(sender), Some(protection), true) = (sender, protection, problems.is_empty()) else {
            return Err(problems);
        };
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let limits =
            (seconds(config.timeout_seconds), seconds(config.pool_idle_seconds), config.pool_size as usize);
        // Exposed to be sent to the server that asks for it, and nowhere else.
        let credentials = (!config.user.is_empty())
            .then(|| Credentials::new(config.user.clone(), config.password.expose().clone()));
        let hello_name = sender.domain().to_owned();
        let pool = Pool::new((config.host.clone(), config.port), hello_name, protection, credentials, limits);
        let size_limit = config.size_limit_bytes as usize;
        Ok(SmtpMail { pool, sender, clock, size_limit, last_fault: Mutex::default() })
    }

    /// Says goodbye on every kept connection.
    pub async fn shutdown(&self) {
        self.pool.close().await;
    }

    fn note(&self, fault: Option<String>) {
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

fn protection(config: &MailConfig) -> Result<Protection, ConfigProblem> {
    Ok(match config.tls {
        MailTls::None => Protection::None,
        MailTls::Starttls => Protection::Starttls(tls::connector(config.tls_ca_file.as_deref())?),
        MailTls::Implicit => Protection::Implicit(tls::connector(config.tls_ca_file.as_deref())?),
    })
}

#[async_trait]
impl MailGateway for SmtpMail {
    fn name(&self) -> &str {
        NAME
    }

    async fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        let (message, message_id) = match self.sender.message(mail, self.clock.now()) {
            Ok(message) => message,
            Err(reason) => return SendOutcome::permanent(reason),
        };
        let letter = message.formatted();
        if letter.len() > self.size_limit {
            return SendOutcome::permanent("the letter is larger than size_limit_bytes");
        }
        let envelope = message.envelope();
        let (Some(from), Some(to)) = (envelope.from(), envelope.to().first()) else {
            return SendOutcome::permanent("a letter without sender or recipient");
        };
        let outcome = match self.pool.send(from, to, &letter).await {
            Ok(()) => SendOutcome::Accepted { gateway: NAME.to_owned(), remote_id: message_id },
            Err(failure) => judge(&failure),
        };
        self.note(match &outcome {
            SendOutcome::Temporary { reason } => Some(reason.clone()),
            _ => None,
        });
        outcome
    }

    fn health(&self) -> Health {
        match self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(reason) => Health::Down { reason },
            None => Health::Up,
        }
    }
}

/// What a failure means. The server's own words may quote the recipient, so only its code is kept.
fn judge(failure: &Failure) -> SendOutcome {
    let error = match failure {
        Failure::TimedOut => return SendOutcome::temporary("no answer in time; outcome unknown"),
        Failure::Broken => return SendOutcome::temporary("cannot connect or connection broken"),
        Failure::Tls => return SendOutcome::temporary("TLS failed"),
        Failure::NoStarttls => return SendOutcome::temporary("the server does not offer STARTTLS"),
        Failure::Nonsense => return SendOutcome::temporary("an answer in clear that cannot be"),
        Failure::Smtp(error) => error,
    };
    match error.status().map(u16::from) {
        // The server does not accept us, which says nothing about the letter (RFC 4954 section 6).
        Some(code @ (500..=504 | 530 | 534 | 535 | 538)) => SendOutcome::temporary(format!("SMTP {code}")),
        Some(code) if error.is_permanent() => SendOutcome::permanent(format!("SMTP {code}")),
        Some(code) => SendOutcome::temporary(format!("SMTP {code}")),
        None if error.is_response() => SendOutcome::temporary("the answer made no sense; outcome unknown"),
        None if error.is_client() => SendOutcome::temporary("the server offers no way that we accept"),
        None => SendOutcome::temporary("connection broken; outcome unknown"),
    }
}
