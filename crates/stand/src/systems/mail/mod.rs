//! A mail server that takes letters for everybody: SMTP with STARTTLS, AUTH and size limits (RFC 5321, 3207, 4954,
//! 1870), on the main port + 3.
//!
//! A login is not needed; a wrong one is refused. `pristan` / `demo-mail` is right. The authority to trust for
//! STARTTLS is served at `/api/tls/ca.pem`.

mod dialogue;
mod session;

use crate::listen;
use crate::messages::{Arrival, Channel};
use crate::system::{Place, System, World};
use crate::tls::Certificates;
use async_trait::async_trait;
use kernel::Lang;
use mail_parser::{Address, MessageParser};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The name in addresses.
pub const NAME: &str = "mail";

/// The login that is right.
pub const USER: &str = "pristan";

/// Its password.
pub const PASSWORD: &str = "demo-mail";

/// The largest letter in bytes.
pub const LARGEST_LETTER: usize = 10 * 1024 * 1024;

/// How much of a letter's text is kept, in characters.
const KEPT_TEXT: usize = 200_000;

/// The mail server.
pub struct MailServer {
    acceptor: TlsAcceptor,
}

impl MailServer {
    /// A server with these certificates.
    pub fn new(certificates: &Certificates) -> MailServer {
        MailServer { acceptor: certificates.acceptor.clone() }
    }
}

#[async_trait]
impl System for MailServer {
    fn name(&self) -> &'static str {
        NAME
    }

    fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ru => "Почтовый сервер",
            Lang::En => "Mail server",
        }
    }

    fn protocol(&self) -> &'static str {
        "SMTP, STARTTLS"
    }

    fn place(&self) -> Place {
        Place::Port(3)
    }

    async fn serve(&self, world: World, listener: TcpListener) {
        let acceptor = self.acceptor.clone();
        let served = world.clone();
        listen::accept(world, NAME, listener, move |stream, _| {
            session::serve(served.clone(), acceptor.clone(), stream)
        })
        .await;
    }
}

/// Puts a letter into the boxes of its recipients.
fn deliver(world: &World, recipients: &[String], raw: &[u8], times: usize) {
    let parsed = MessageParser::default().parse(raw);
    let text = |text: Option<std::borrow::Cow<'_, str>>| {
        text.map(|text| text.chars().take(KEPT_TEXT).collect::<String>())
    };
    let (from, subject, plain, html) = match &parsed {
        Some(letter) => (
            letter.from().map(sender).unwrap_or_default(),
            letter.subject().unwrap_or_default().to_owned(),
            text(letter.body_text(0)).unwrap_or_default(),
            // Only what was sent as HTML: the parser would make it from plain text too.
            text(letter.body_html(0).filter(|_| letter.html_body.iter().any(|part| is_html(letter, *part)))),
        ),
        None => (
            String::new(),
            String::new(),
            String::from_utf8_lossy(raw).chars().take(KEPT_TEXT).collect(),
            None,
        ),
    };
    for to in recipients {
        for _ in 0..times {
            let arrival = Arrival {
                channel: Channel::Email,
                to: to.clone(),
                from: from.clone(),
                subject: Some(subject.clone()),
                text: plain.trim_end().to_owned(),
                html: html.clone(),
                gateway: NAME,
                parts: None,
            };
            world.messages.arrive(arrival, "delivered");
        }
    }
}

fn is_html(letter: &mail_parser::Message<'_>, part: u32) -> bool {
    letter.parts.get(part as usize).is_some_and(|part| matches!(part.body, mail_parser::PartType::Html(_)))
}

fn sender(address: &Address<'_>) -> String {
    let Some(first) = address.first() else { return String::new() };
    match (first.name(), first.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Faults;
    use crate::messages::{Filter, Messages};
    use kernel::{RngSource, SystemClock};
    use std::sync::Arc;

    fn delivered(raw: &[u8]) -> crate::messages::Message {
        let clock = Arc::new(SystemClock);
        let faults = Faults::new(clock.clone(), RngSource::seeded(1));
        let config = Arc::<crate::StandConfig>::default();
        let world = World {
            messages: Messages::new(clock.clone()),
            registers: crate::systems::registers::Registers::new(&config, faults.clone()).unwrap(),
            faults,
            config,
            clock,
            rng: RngSource::seeded(1),
        };
        deliver(&world, &["ivan@example.org".to_owned()], raw, 1);
        world.messages.find(&Filter::default()).remove(0)
    }

    #[test]
    fn plain_letters_have_no_html() {
        let letter = delivered("From: a@b.example\r\nSubject: Hi\r\n\r\nText\r\n".as_bytes());
        assert_eq!(
            (letter.subject.as_deref(), letter.text.as_str(), letter.html),
            (Some("Hi"), "Text", None)
        );
    }

    #[test]
    fn encoded_parts_are_decoded() {
        let raw = "From: =?utf-8?b?0J/RgNC40YHRgtCw0L3RjA==?= <p@b.example>\r\nSubject: =?utf-8?q?=D0=9A=D0=BE=D0=B4?=\r\n\
            MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\
            Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D0=9A=D0=BE=D0=B4 1\r\n\
            --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>1</p>\r\n--b--\r\n";
        let letter = delivered(raw.as_bytes());
        assert_eq!(letter.from, "Пристань <p@b.example>");
        assert_eq!((letter.subject.as_deref(), letter.text.as_str()), (Some("Код"), "Код 1"));
        assert_eq!(letter.html.as_deref().map(str::trim), Some("<p>1</p>"));
    }
}
