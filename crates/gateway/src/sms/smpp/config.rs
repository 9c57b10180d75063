//! The configuration of one SMPP connection.

use crate::ConfigProblem;
use kernel::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One table `[sms.smpp.<name>]`. Defaults follow SMPP 3.4 section 7.2 and what operators ask for in practice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmppConfig {
    /// Share of the messages relative to the other gateways; 0 keeps it only as a reserve.
    pub weight: u32,
    /// Name or address of the SMS centre.
    pub host: String,
    /// TCP port; 2775 is registered with IANA for SMPP, 3550 with TLS.
    pub port: u16,
    /// Whether the connection is TLS from the first byte.
    pub tls: bool,
    /// PEM file with the authorities to trust instead of the built-in ones; only with `tls`.
    pub tls_ca_file: Option<PathBuf>,
    /// Login, at most 15 ASCII characters (`system_id`).
    pub system_id: String,
    /// Password, at most 8 ASCII characters (`password`).
    pub password: Secret<String>,
    /// Kind of our system, at most 12 ASCII characters; mostly empty (`system_type`).
    pub system_type: String,
    /// Sender shown on the phone: at most 11 Latin letters and digits, or a number.
    pub source: String,
    /// Bind, submit and enquire answers must arrive within this many seconds.
    pub response_timeout_seconds: u32,
    /// Opening the connection must succeed within this many seconds.
    pub connect_timeout_seconds: u32,
    /// A quiet connection is asked whether it lives after this many seconds.
    pub enquire_link_seconds: u32,
    /// How many submissions may be without an answer at a time; operators give 10 to 100.
    pub window: u32,
    /// How many messages may wait for a place in the window; more are refused at once.
    pub queue: u32,
    /// Parts per second at most, by our own token bucket; 0 means no limit of ours.
    pub parts_per_second: u32,
    /// Longest text in parts; longer ones are refused for good.
    pub max_parts: u8,
    /// How often one message is offered again after `ESME_RTHROTTLED` or a full queue.
    pub throttle_retries: u32,
    /// First pause before connecting again, in milliseconds; doubles, with jitter.
    pub reconnect_min_millis: u32,
    /// Longest pause before connecting again, in milliseconds.
    pub reconnect_max_millis: u32,
    /// Whether to ask for delivery receipts.
    pub receipts: bool,
}

impl Default for SmppConfig {
    fn default() -> SmppConfig {
        SmppConfig {
            weight: 50,
            host: "127.0.0.1".to_owned(),
            port: 2775,
            tls: false,
            tls_ca_file: None,
            system_id: String::new(),
            password: Secret::new(String::new()),
            system_type: String::new(),
            source: "Pristan".to_owned(),
            response_timeout_seconds: 10,
            connect_timeout_seconds: 10,
            enquire_link_seconds: 30,
            window: 10,
            queue: 1000,
            parts_per_second: 50,
            max_parts: 8,
            throttle_retries: 4,
            reconnect_min_millis: 250,
            reconnect_max_millis: 30_000,
            receipts: true,
        }
    }
}

impl SmppConfig {
    /// Every problem of these values, paths below the gateway's table.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        let mut check = |good: bool, path: &str, message: &str| {
            if !good {
                found.push(ConfigProblem::new(path, message));
            }
        };
        check(!self.host.is_empty(), "host", "expected the name or address of the SMS centre");
        check(self.port != 0, "port", "expected 1 to 65535");
        check(
            octets(&self.system_id, 15) && !self.system_id.is_empty(),
            "system_id",
            "expected 1 to 15 ASCII characters",
        );
        check(octets(self.password.expose(), 8), "password", "expected at most 8 ASCII characters");
        check(octets(&self.system_type, 12), "system_type", "expected at most 12 ASCII characters");
        check(
            valid_source(&self.source),
            "source",
            "expected 1 to 11 Latin letters and digits, or up to 15 digits",
        );
        check(self.tls || self.tls_ca_file.is_none(), "tls_ca_file", "only has a meaning with tls = true");
        check(
            (1..=120).contains(&self.response_timeout_seconds),
            "response_timeout_seconds",
            "expected 1 to 120",
        );
        check(
            (1..=120).contains(&self.connect_timeout_seconds),
            "connect_timeout_seconds",
            "expected 1 to 120",
        );
        check((1..=3600).contains(&self.enquire_link_seconds), "enquire_link_seconds", "expected 1 to 3600");
        check((1..=1000).contains(&self.window), "window", "expected 1 to 1000");
        check((1..=100_000).contains(&self.queue), "queue", "expected 1 to 100000");
        check((1..=32).contains(&self.max_parts), "max_parts", "expected 1 to 32");
        check(self.throttle_retries <= 20, "throttle_retries", "expected 0 to 20");
        check(self.reconnect_min_millis >= 1, "reconnect_min_millis", "expected at least 1");
        check(
            self.reconnect_max_millis >= self.reconnect_min_millis,
            "reconnect_max_millis",
            "expected at least reconnect_min_millis",
        );
        found
    }
}

fn octets(value: &str, longest: usize) -> bool {
    value.len() <= longest && value.bytes().all(|byte| byte.is_ascii_graphic())
}

fn valid_source(source: &str) -> bool {
    let digits = source.trim_start_matches('+');
    let number = !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let name = (1..=11).contains(&source.len())
        && source.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -._".contains(&byte));
    number || name
}
