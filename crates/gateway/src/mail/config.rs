//! The configuration of e-mail.

use crate::ConfigProblem;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Plain, then STARTTLS, which must be offered (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314), usually port 465.
    Implicit,
    /// No protection; only for a server on the same machine.
    None,
}

/// The `[mail]` table. With an empty `host` no letter is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// Name of the mail server.
    pub host: String,
    /// TCP port; 587 is submission (RFC 6409), 465 submission with TLS (RFC 8314).
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// PEM file with the authorities to trust instead of the built-in ones.
    pub tls_ca_file: Option<PathBuf>,
    /// Login; empty means without.
    pub user: String,
    /// Password of the login.
    pub password: Secret<String>,
    /// The sender as people see it: `Пристань <no-reply@example.org>`.
    pub from: String,
    /// Where answers go; empty means nowhere.
    pub reply_to: String,
    /// The name we introduce ourselves with and the right part of Message-IDs; empty takes the domain of `from`.
    pub hello_name: String,
    /// Each command must be answered within this many seconds.
    pub timeout_seconds: u32,
    /// How many connections are kept at most.
    pub pool_size: u32,
    /// A kept connection that was idle this many seconds is closed.
    pub pool_idle_seconds: u32,
    /// Largest letter in bytes after encoding.
    pub size_limit_bytes: u32,
}

impl Default for MailConfig {
    fn default() -> MailConfig {
        MailConfig {
            host: String::new(),
            port: 587,
            tls: MailTls::Starttls,
            tls_ca_file: None,
            user: String::new(),
            password: Secret::new(String::new()),
            from: "Пристань <no-reply@localhost>".to_owned(),
            reply_to: String::new(),
            hello_name: String::new(),
            timeout_seconds: 15,
            pool_size: 4,
            pool_idle_seconds: 60,
            size_limit_bytes: 10 * 1024 * 1024,
        }
    }
}

impl MailConfig {
    /// Whether letters can be sent at all.
    pub fn is_on(&self) -> bool {
        !self.host.is_empty()
    }

    /// Every problem of these values, paths below `[mail]`; addresses are checked by the gateway when it is made.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let mut check = |good: bool, path: &str, message: &str| {
            if !good {
                found.push(ConfigProblem::new(path, message));
            }
        };
        check(self.port != 0, "port", "expected 1 to 65535");
        check(
            self.user.is_empty() == self.password.expose().is_empty(),
            "password",
            "give both user and password, or neither",
        );
        check(
            !has_break(&self.from) && self.from.contains('@'),
            "from",
            "expected an address such as Name <box@example.org>",
        );
        check(
            self.reply_to.is_empty() || (self.reply_to.contains('@') && !has_break(&self.reply_to)),
            "reply_to",
            "expected an address or nothing",
        );
        check(!self.hello_name.bytes().any(|b| !b.is_ascii_graphic()), "hello_name", "expected a host name");
        check((1..=300).contains(&self.timeout_seconds), "timeout_seconds", "expected 1 to 300");
        check((1..=100).contains(&self.pool_size), "pool_size", "expected 1 to 100");
        check((1..=3600).contains(&self.pool_idle_seconds), "pool_idle_seconds", "expected 1 to 3600");
        check(self.size_limit_bytes >= 16 * 1024, "size_limit_bytes", "expected at least 16384");
        found
    }
}

fn has_break(text: &str) -> bool {
    text.contains(['\r', '\n', '\0'])
}
