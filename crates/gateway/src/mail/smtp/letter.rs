//! One letter as a MIME message (RFC 5322, RFC 2045). No I/O.

use crate::ConfigProblem;
use crate::mail::{MailConfig, OutgoingMail};
use kernel::Time;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::{Duration, UNIX_EPOCH};

/// Who writes, the same for every letter.
pub(super) struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    domain: String,
}

impl Sender {
    pub(super) fn new(config: &MailConfig) -> Result<Sender, ConfigProblem> {
        let address = |text: &str, path: &str| {
            text.parse::<Mailbox>()
                .map_err(|_| ConfigProblem::new(path, "expected an address such as Name <box@example.org>"))
        };
        let from = address(&config.from, "from")?;
        let reply_to = match config.reply_to.as_str() {
            "" => None,
            text => Some(address(text, "reply_to")?),
        };
        let domain = match config.hello_name.as_str() {
            "" => from.email.domain().to_owned(),
            name => name.to_owned(),
        };
        Ok(Sender { from, reply_to, domain })
    }

    /// The name we introduce ourselves with.
    pub(super) fn domain(&self) -> &str {
        &self.domain
    }

    /// The message and its Message-ID, which is made from our id so that a repeat is recognised.
    ///
    /// # Errors
    /// A reason in words, without the address or the text.
    pub(super) fn message(&self, mail: &OutgoingMail, now: Time) -> Result<(Message, String), String> {
        // Each would end a header and begin another (CWE-93).
        if [&mail.subject, &mail.to, &mail.id].iter().any(|text| text.chars().any(char::is_control)) {
            return Err("a line break or control character in a header".to_owned());
        }
        let to: Address = mail.to.parse().map_err(|_| "the recipient is not an address".to_owned())?;
        let token: String =
            mail.id.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        if token.is_empty() || token != mail.id {
            return Err("the id does not fit a Message-ID".to_owned());
        }
        let message_id = format!("<{token}@{}>", self.domain);
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .date(UNIX_EPOCH + Duration::from_micros(now.0.max(0) as u64))
            .message_id(Some(message_id.clone()))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Content-Language"),
                mail.lang.tag().to_owned(),
            ));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(mail.text.clone());
        let built = match &mail.html {
            None => builder.singlepart(text),
            Some(html) => {
                let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(html.clone());
                // Both parts are encoded so that no line of theirs can begin with two hyphens and this.
                let parts = MultiPart::alternative().boundary(format!("=_{token}"));
                builder.multipart(parts.singlepart(text).singlepart(html))
            }
        };
        Ok((built.map_err(|_| "the letter cannot be built".to_owned())?, message_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Lang;

    fn mail() -> OutgoingMail {
        OutgoingMail {
            id: "msg-1".into(),
            to: "ivan@example.org".into(),
            subject: "Код подтверждения".into(),
            text: "Код 123456\n--=_msg-1\n".into(),
            html: Some("<p>Код <b>123456</b></p>".into()),
            lang: Lang::Ru,
        }
    }

    fn sender() -> Sender {
        Sender::new(&MailConfig {
            from: "Пристань <no-reply@pristan.example>".into(),
            ..MailConfig::default()
        })
        .expect("a good address")
    }

    #[test]
    fn a_letter_has_its_headers_and_both_forms() {
        let (message, id) = sender().message(&mail(), Time(0)).expect("built");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        assert_eq!(id, "<msg-1@pristan.example>");
        assert!(text.is_ascii());
        for line in [
            "Message-ID: <msg-1@pristan.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Language: ru\r\n",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n",
            "multipart/alternative",
            "text/plain; charset=utf-8",
            "text/html; charset=utf-8",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        assert_eq!(text.matches("\r\n--=_msg-1").count(), 3, "the text cannot forge a boundary");
        assert_eq!(message.formatted(), sender().message(&mail(), Time(0)).expect("built").0.formatted());
    }

    #[test]
    fn nothing_typed_can_add_a_header() {
        for change in [
            |mail: &mut OutgoingMail| mail.subject.push_str("\r\nBcc: eve@example.org"),
            |mail: &mut OutgoingMail| mail.to.push_str("\nBcc: eve@example.org"),
            |mail: &mut OutgoingMail| mail.to.push_str(",eve@example.org"),
            |mail: &mut OutgoingMail| mail.id.push_str(">\r\nX: y"),
            |mail: &mut OutgoingMail| mail.id.push('>'),
        ] {
            let mut bad = mail();
            change(&mut bad);
            assert!(sender().message(&bad, Time(0)).is_err());
        }
    }
}
