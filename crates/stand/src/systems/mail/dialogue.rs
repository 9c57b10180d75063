//! The SMTP dialogue as a state machine: one line in, one answer out. No I/O; safe on any octets.

use super::{LARGEST_LETTER, PASSWORD, USER};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::secret::same;

/// The most recipients of one letter (RFC 5321 section 4.5.3.1.8).
const MOST_RECIPIENTS: usize = 100;

/// What the session is to do after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Read the next line.
    Continue,
    /// Read a letter up to the line with a dot.
    ReadLetter,
    /// Begin TLS.
    StartTls,
    /// Close.
    Close,
}

/// Where the dialogue stands.
#[derive(Default)]
pub(super) struct Dialogue {
    greeted: bool,
    encrypted: bool,
    sender: Option<String>,
    recipients: Vec<String>,
    login: Login,
}

/// A login under way.
#[derive(Default)]
enum Login {
    #[default]
    No,
    Plain,
    User,
    Password(String),
}

type Answer = (String, Then);

fn say(text: &str) -> Answer {
    (format!("{text}\r\n"), Then::Continue)
}

impl Dialogue {
    /// The same after TLS began: everything said before is forgotten (RFC 3207 section 4.2).
    pub(super) fn encrypted() -> Dialogue {
        Dialogue { encrypted: true, ..Dialogue::default() }
    }

    /// Answers one line.
    pub(super) fn line(&mut self, line: &str) -> Answer {
        if !matches!(self.login, Login::No) {
            return self.login_line(line);
        }
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello(true),
            "HELO" => self.hello(false),
            "STARTTLS" if self.encrypted => say("503 5.5.1 TLS is active"),
            "STARTTLS" => ("220 2.0.0 Go ahead\r\n".to_owned(), Then::StartTls),
            "AUTH" => self.auth(rest),
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "DATA" if self.recipients.is_empty() => say("503 5.5.1 RCPT first"),
            "DATA" => ("354 End with a dot\r\n".to_owned(), Then::ReadLetter),
            "RSET" => {
                self.reset();
                say("250 2.0.0 Forgotten")
            }
            "NOOP" => say("250 2.0.0 Ok"),
            "VRFY" => say("252 2.5.0 Cannot tell"),
            "QUIT" => ("221 2.0.0 Bye\r\n".to_owned(), Then::Close),
            _ => say("500 5.5.2 Unknown command"),
        }
    }

    /// The recipients of the letter that was read; the next letter begins anew.
    pub(super) fn take_recipients(&mut self) -> Vec<String> {
        self.sender = None;
        std::mem::take(&mut self.recipients)
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    fn hello(&mut self, extended: bool) -> Answer {
        self.greeted = true;
        self.reset();
        if !extended {
            return say("250 stand");
        }
        let starttls = if self.encrypted { "" } else { "250-STARTTLS\r\n" };
        let answer = format!(
            "250-stand\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-SIZE {LARGEST_LETTER}\r\n{starttls}250 AUTH PLAIN LOGIN\r\n"
        );
        (answer, Then::Continue)
    }

    fn mail(&mut self, rest: &str) -> Answer {
        if !self.greeted {
            return say("503 5.5.1 EHLO first");
        }
        let Some((address, parameters)) = path(rest, "FROM:") else {
            return say("501 5.5.4 MAIL FROM:<address>");
        };
        let size = parameters
            .split(' ')
            .find_map(|word| word.to_ascii_uppercase().strip_prefix("SIZE=")?.parse::<u64>().ok());
        if size.is_some_and(|size| size > LARGEST_LETTER as u64) {
            return say("552 5.3.4 Too large");
        }
        self.sender = Some(address);
        self.recipients.clear();
        say("250 2.1.0 Ok")
    }

    fn rcpt(&mut self, rest: &str) -> Answer {
        if self.sender.is_none() {
            return say("503 5.5.1 MAIL first");
        }
        match path(rest, "TO:") {
            Some((address, _)) if address.contains('@') => {
                if self.recipients.len() >= MOST_RECIPIENTS {
                    return say("452 4.5.3 Too many recipients");
                }
                if address.to_ascii_lowercase().starts_with("nobody@") {
                    return say("550 5.1.1 No such box");
                }
                self.recipients.push(address);
                say("250 2.1.5 Ok")
            }
            _ => say("501 5.1.3 RCPT TO:<address>"),
        }
    }

    fn auth(&mut self, rest: &str) -> Answer {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        match (mechanism.to_ascii_uppercase().as_str(), initial) {
            ("PLAIN", "") => {
                self.login = Login::Plain;
                say("334 ")
            }
            ("PLAIN", initial) => plain(initial),
            ("LOGIN", "") => {
                self.login = Login::User;
                say("334 VXNlcm5hbWU6")
            }
            ("LOGIN", user) => {
                self.login = Login::Password(decode(user).unwrap_or_default());
                say("334 UGFzc3dvcmQ6")
            }
            _ => say("504 5.5.4 PLAIN or LOGIN"),
        }
    }

    fn login_line(&mut self, line: &str) -> Answer {
        match std::mem::take(&mut self.login) {
            _ if line == "*" => say("501 5.7.0 Cancelled"),
            Login::No | Login::Plain => plain(line),
            Login::User => {
                self.login = Login::Password(decode(line).unwrap_or_default());
                say("334 UGFzc3dvcmQ6")
            }
            Login::Password(user) => judge(&user, &decode(line).unwrap_or_default()),
        }
    }
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// RFC 4616: authorisation identity, login and password with zero octets between.
fn plain(text: &str) -> Answer {
    let decoded = decode(text).unwrap_or_default();
    let mut fields = decoded.split('\0').skip(1);
    let (user, password) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
    judge(user, password)
}

fn judge(user: &str, password: &str) -> Answer {
    let right = same(user.as_bytes(), USER.as_bytes()) & same(password.as_bytes(), PASSWORD.as_bytes());
    say(if right { "235 2.7.0 Welcome" } else { "535 5.7.8 Wrong login" })
}

/// `FROM:<address> parameters` as address and parameters.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(String, &'a str)> {
    let head = rest.get(..keyword.len())?;
    let tail = rest[keyword.len()..].trim_start();
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, parameters) = tail.strip_prefix('<')?.split_once('>')?;
    (address.len() <= 320).then(|| (address.to_owned(), parameters.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(lines: &[&str]) -> Vec<String> {
        let mut dialogue = Dialogue::default();
        lines.iter().map(|line| dialogue.line(line).0[..3].to_owned()).collect()
    }

    #[test]
    fn keeps_the_order_of_commands() {
        assert_eq!(
            codes(&["MAIL FROM:<a@b>", "EHLO x", "RCPT TO:<a@b>", "DATA", "mail from:<a@b> SIZE=5"]),
            ["503", "250", "503", "503", "250"]
        );
        assert_eq!(
            codes(&[
                "EHLO x",
                "MAIL FROM:<> SIZE=99999999999",
                "MAIL FROM:<>",
                "RCPT TO:<nobody@x>",
                "RCPT TO:x",
                "RCPT TO:<a@b>",
                "DATA"
            ]),
            ["250", "552", "250", "550", "501", "250", "354"]
        );
    }

    #[test]
    fn logins_are_checked() {
        let right = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
        let wrong = STANDARD.encode(format!("\0{USER}\0x"));
        assert_eq!(
            codes(&[
                "EHLO x",
                &format!("AUTH PLAIN {right}"),
                &format!("AUTH PLAIN {wrong}"),
                "AUTH PLAIN",
                "*"
            ]),
            ["250", "235", "535", "334", "501"]
        );
        assert_eq!(
            codes(&["AUTH LOGIN", &STANDARD.encode(USER), &STANDARD.encode(PASSWORD)]),
            ["334", "334", "235"]
        );
        assert_eq!(codes(&["AUTH CRAM-MD5"]), ["504"]);
    }

    proptest! {
        #[test]
        fn no_line_does_harm(lines in proptest::collection::vec("(AUTH |MAIL |RCPT |)(PLAIN |LOGIN |FROM:|TO:|)<?.{0,30}>?", 1..8)) {
            let mut dialogue = Dialogue::default();
            for line in lines {
                let (answer, _) = dialogue.line(&line);
                prop_assert!(answer.ends_with("\r\n"));
            }
        }
    }
}
