//! The configuration of the registers.

use super::Register;
use crate::jwt::{SigningKey, VerifyingKey};
use crate::{BreakerConfig, ConfigProblem};
use kernel::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The `[registers]` table: one table for each register. A register without an `url` is not asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistersConfig {
    /// `[registers.pension]`: the pension fund.
    pub pension: RegisterConfig,
    /// `[registers.interior]`: the interior ministry.
    pub interior: RegisterConfig,
    /// `[registers.tax]`: the tax service.
    pub tax: RegisterConfig,
}

impl RegistersConfig {
    /// The table of a register.
    pub fn of(&self, register: Register) -> &RegisterConfig {
        match register {
            Register::Pension => &self.pension,
            Register::Interior => &self.interior,
            Register::Tax => &self.tax,
        }
    }

    /// Every problem of these values, paths below `[registers]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let of = |register| {
            self.of(register).problems().into_iter().map(move |p| p.below(Register::word(register)))
        };
        Register::ALL.into_iter().flat_map(of).collect()
    }
}

/// One register: where it answers, how both sides know each other, how long it may take.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegisterConfig {
    /// Where the protocol begins, without `/v1`: `https://adapter.example/registers/pension`. Empty: not asked.
    pub url: String,
    /// What we are called in tokens: `iss` of ours, `aud` of the register's.
    pub portal_name: String,
    /// What the register is called in tokens: `aud` of ours, `iss` of the register's.
    pub register_name: String,
    /// Our private key for tokens: PEM, PKCS#8, curve P-256. Empty: no tokens, mutual TLS alone.
    pub sign_key: Secret<String>,
    /// The name of that key (`kid`), by which the register finds its public half.
    pub sign_key_id: String,
    /// The register's public keys for webhooks by their names (`kid`): PEM, curve P-256. None: webhooks are refused.
    pub register_keys: BTreeMap<String, String>,
    /// PEM file of the authorities that may sign the register's certificate; Mozilla's when absent.
    pub tls_ca_file: Option<PathBuf>,
    /// PEM file of our own certificate chain, for mutual TLS.
    pub tls_certificate_file: Option<PathBuf>,
    /// PEM file of its private key.
    pub tls_key_file: Option<PathBuf>,
    /// To reach the register, in milliseconds.
    pub connect_millis: u32,
    /// From the beginning to the first line of the answer, in milliseconds.
    pub first_byte_millis: u32,
    /// To read the rest of the answer, in milliseconds.
    pub body_millis: u32,
    /// The whole exchange, in milliseconds.
    pub total_millis: u32,
    /// Longest answer that is read, in bytes.
    pub answer_limit_bytes: u32,
    /// How many requests may be under way at a time.
    pub at_once: u32,
    /// How long a request waits for its turn before it is put off, in milliseconds.
    pub turn_millis: u32,
    /// How long a token of ours is good, in seconds; at most 60.
    pub token_seconds: u32,
    /// When to look again after 202 without a `Retry-After`, in seconds.
    pub ask_again_seconds: u32,
    /// A shorter `Retry-After` is lengthened to this, in seconds.
    pub ask_again_min_seconds: u32,
    /// A longer `Retry-After` is cut to this, in seconds.
    pub ask_again_max_seconds: u32,
    /// A webhook's token may be this old, in seconds; at most 60.
    pub webhook_age_seconds: u32,
    /// The clocks may differ by this much, in seconds.
    pub clock_skew_seconds: u32,
    /// Longest body of a webhook, in bytes.
    pub webhook_limit_bytes: u32,
    /// `[registers.….breaker]`: when the register is left alone.
    pub breaker: BreakerConfig,
}

impl Default for RegisterConfig {
    fn default() -> RegisterConfig {
        RegisterConfig {
            url: String::new(),
            portal_name: "pristan".to_owned(),
            register_name: String::new(),
            sign_key: Secret::default(),
            sign_key_id: "portal".to_owned(),
            register_keys: BTreeMap::new(),
            tls_ca_file: None,
            tls_certificate_file: None,
            tls_key_file: None,
            connect_millis: 5_000,
            first_byte_millis: 20_000,
            body_millis: 10_000,
            total_millis: 25_000,
            answer_limit_bytes: 64 * 1024,
            at_once: 16,
            turn_millis: 2_000,
            token_seconds: 60,
            ask_again_seconds: 30,
            ask_again_min_seconds: 1,
            ask_again_max_seconds: 6 * 60 * 60,
            webhook_age_seconds: 60,
            clock_skew_seconds: 5,
            webhook_limit_bytes: 64 * 1024,
            breaker: BreakerConfig::DEFAULT,
        }
    }
}

impl RegisterConfig {
    /// Whether the register is asked at all.
    pub fn is_on(&self) -> bool {
        !self.url.is_empty()
    }

    /// Whether people's data would travel unencrypted; a portal for real people refuses to start so.
    pub fn is_plain(&self) -> bool {
        self.url.starts_with("http://")
    }

    /// Every problem of these values, paths below the register's table. Certificate files are read when the
    /// connector opens.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found = Vec::new();
        self.numbers(&mut found);
        found.extend(self.breaker.problems().into_iter().map(|problem| problem.below("breaker")));
        self.keys(&mut found);
        let mut say = |path: &str, message: &str| found.push(ConfigProblem::new(path, message));
        if self.tls_certificate_file.is_some() != self.tls_key_file.is_some() {
            say("tls_key_file", "expected both tls_certificate_file and tls_key_file, or neither");
        }
        if !self.is_on() {
            return found;
        }
        if !super::http::is_base(&self.url) {
            say(
                "url",
                "expected an address such as https://adapter.example/registers/pension, without ? and #",
            );
        }
        if self.sign_key.expose().is_empty() && self.tls_certificate_file.is_none() {
            say("sign_key", "expected sign_key or tls_certificate_file: the register must know who asks");
        }
        found
    }

    fn numbers(&self, found: &mut Vec<ConfigProblem>) {
        let day = 86_400;
        let table = [
            ("connect_millis", self.connect_millis, 1, 60_000),
            ("first_byte_millis", self.first_byte_millis, 1, 120_000),
            ("body_millis", self.body_millis, 1, 120_000),
            ("total_millis", self.total_millis, 1, 120_000),
            ("answer_limit_bytes", self.answer_limit_bytes, 1024, 1_048_576),
            ("at_once", self.at_once, 1, 1000),
            ("turn_millis", self.turn_millis, 0, 60_000),
            ("token_seconds", self.token_seconds, 1, 60),
            ("ask_again_min_seconds", self.ask_again_min_seconds, 1, day),
            (
                "ask_again_max_seconds",
                self.ask_again_max_seconds,
                self.ask_again_min_seconds.clamp(1, day),
                day,
            ),
            ("ask_again_seconds", self.ask_again_seconds, 1, day),
            ("webhook_age_seconds", self.webhook_age_seconds, 1, 60),
            ("clock_skew_seconds", self.clock_skew_seconds, 0, 60),
            ("webhook_limit_bytes", self.webhook_limit_bytes, 1024, 1_048_576),
        ];
        for (path, value, low, high) in table {
            if !(low..=high).contains(&value) {
                found.push(ConfigProblem::new(path, format!("expected {low} to {high}")));
            }
        }
    }

    /// Names and keys of tokens.
    fn keys(&self, found: &mut Vec<ConfigProblem>) {
        let mut say = |path: &str, message: &str| found.push(ConfigProblem::new(path, message));
        let key = self.sign_key.expose(); // read to see whether it is a key
        let tokens = !key.is_empty() || !self.register_keys.is_empty();
        if !key.is_empty()
            && let Err(message) = SigningKey::from_pem(key, &self.sign_key_id)
        {
            say("sign_key", message);
        }
        let names = [("portal_name", &self.portal_name), ("register_name", &self.register_name)];
        for (path, name) in names {
            if tokens && !is_name(name) {
                say(path, "expected 1 to 100 visible ASCII characters");
            }
        }
        if tokens && self.portal_name == self.register_name {
            say("register_name", "must differ from portal_name: a token must not fit both ways");
        }
        if !key.is_empty() && !is_name(&self.sign_key_id) {
            say("sign_key_id", "expected 1 to 100 visible ASCII characters");
        }
        for (id, pem) in &self.register_keys {
            if let Err(message) = VerifyingKey::from_pem(pem) {
                say(&format!("register_keys.{id}"), message);
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::tests::{PRIVATE, PUBLIC};

    fn good() -> RegisterConfig {
        RegisterConfig {
            url: "https://adapter.example/registers/pension".into(),
            register_name: "pension".into(),
            sign_key: Secret::new(PRIVATE.into()),
            register_keys: BTreeMap::from([("r1".to_owned(), PUBLIC.to_owned())]),
            ..RegisterConfig::default()
        }
    }

    fn paths(config: RegisterConfig) -> Vec<String> {
        config.problems().into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn nothing_configured_is_no_problem_and_asks_nobody() {
        let config = RegistersConfig::default();
        assert!(config.problems().is_empty() && Register::ALL.iter().all(|one| !config.of(*one).is_on()));
        assert_eq!(paths(good()), [""; 0]);
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let bad = RegisterConfig {
            register_name: "pristan".into(),
            register_keys: BTreeMap::from([("r1".to_owned(), "key".to_owned())]),
            tls_key_file: Some("key.pem".into()),
            token_seconds: 61,
            ask_again_max_seconds: 0,
            breaker: BreakerConfig { failures: 0, ..BreakerConfig::DEFAULT },
            ..good()
        };
        let config = RegistersConfig { tax: bad, ..RegistersConfig::default() };
        let paths: Vec<_> = config.problems().into_iter().map(|problem| problem.path).collect();
        let expected = [
            "tax.token_seconds",
            "tax.ask_again_max_seconds",
            "tax.breaker.failures",
            "tax.register_name",
            "tax.register_keys.r1",
            "tax.tls_key_file",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn a_register_must_know_who_asks_and_addresses_carry_nothing_else() {
        assert_eq!(paths(RegisterConfig { sign_key: Secret::default(), ..good() }), ["sign_key"]);
        for url in [
            "adapter.example",
            "ftp://a.example",
            "https://a.example/?x=1",
            "https://a.example/#x",
            "https:///x",
        ] {
            assert_eq!(paths(RegisterConfig { url: url.into(), ..good() }), ["url"], "{url}");
        }
        assert!(RegisterConfig { url: "http://a.example".into(), ..good() }.is_plain() && !good().is_plain());
    }

    #[test]
    fn a_printed_configuration_holds_no_key() {
        let printed = format!("{:?}{}", good(), serde_json::to_string(&good()).unwrap());
        assert!(!printed.contains("BEGIN PRIVATE KEY") && printed.contains("(hidden)"));
    }
}
