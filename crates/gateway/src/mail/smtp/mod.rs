//! E-mail over SMTP (RFC 5321, RFC 6409) through `lettre`: pooled connections, STARTTLS or TLS, authentication.
//!
//! Letters bear `Auto-Submitted: auto-generated` (RFC 3834), so that nobody's holiday notice answers them. They
//! are letters to one person and not list mail, so they bear no `List-…` headers.

mod letter;

use super::{MailConfig, MailGateway, MailTls, OutgoingMail};
use crate::{ConfigProblem, Health, SendOutcome};
use async_trait::async_trait;
use kernel::Clock;
use letter::Sender;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

const NAME: &str = "smtp";

/// One letter needs about this many answers of the server; the whole is limited to as many time limits.
const ANSWERS_A_LETTER: u32 = 4;

/// A mail server that takes our letters.
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
    clock: Arc<dyn Clock>,
    whole_limit: Duration,
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
        let tls = tls(config).map_err(|problem| problems.push(problem)).ok();
        let (Some(sender), Some(tls), true) = (sender, tls, problems.is_empty()) else {
            return Err(problems);
        };
        let time_limit = Duration::from_secs(config.timeout_seconds.into());
        let pool = PoolConfig::new()
            .max_size(config.pool_size)
            .idle_timeout(Duration::from_secs(config.pool_idle_seconds.into()));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
            .port(config.port)
            .tls(tls)
            .timeout(Some(time_limit))
            .hello_name(ClientId::Domain(sender.domain().to_owned()))
            .pool_config(pool);
        if !config.user.is_empty() {
            // Exposed to be sent to the server that asks for it, and nowhere else.
            builder =
                builder.credentials(Credentials::new(config.user.clone(), config.password.expose().clone()));
        }
        Ok(SmtpMail {
            transport: builder.build(),
            sender,
            clock,
            whole_limit: time_limit * ANSWERS_A_LETTER,
            size_limit: config.size_limit_bytes as usize,
            last_fault: Mutex::default(),
        })
    }

    fn note(&self, fault: Option<String>) {
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

fn tls(config: &MailConfig) -> Result<Tls, ConfigProblem> {
    if config.tls == MailTls::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.tls_ca_file {
        let bad = |message: String| ConfigProblem::new("tls_ca_file", message);
        let pem = std::fs::read(path).map_err(|error| bad(format!("cannot be read ({})", error.kind())))?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| bad("holds no certificate".to_owned()))?;
        parameters = parameters.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    let parameters = parameters.build().map_err(|_| ConfigProblem::new("host", "is no name for TLS"))?;
    Ok(match config.tls {
        MailTls::Implicit => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
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
        if message.formatted().len() > self.size_limit {
            return SendOutcome::permanent("the letter is larger than size_limit_bytes");
        }
        let outcome = match timeout(self.whole_limit, self.transport.send(message)).await {
            Ok(Ok(_)) => SendOutcome::Accepted { gateway: NAME.to_owned(), remote_id: message_id },
            Ok(Err(error)) => judge(&error),
            Err(_) => SendOutcome::temporary("no answer in time; outcome unknown"),
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
fn judge(error: &smtp::Error) -> SendOutcome {
    let code = error.status().map(u16::from);
    match code {
        // The server does not accept us, which says nothing about the letter (RFC 4954 section 6).
        Some(code @ (500..=504 | 530 | 534 | 535 | 538)) => SendOutcome::temporary(format!("SMTP {code}")),
        Some(code) if error.is_permanent() => SendOutcome::permanent(format!("SMTP {code}")),
        Some(code) => SendOutcome::temporary(format!("SMTP {code}")),
        None if error.is_timeout() => SendOutcome::temporary("no answer in time; outcome unknown"),
        None if error.is_tls() => SendOutcome::temporary("TLS failed"),
        None if error.is_response() => SendOutcome::temporary("the answer made no sense; outcome unknown"),
        None if error.is_client() => SendOutcome::temporary("the server offers no way that we accept"),
        None => SendOutcome::temporary("cannot connect or connection broken"),
    }
}
