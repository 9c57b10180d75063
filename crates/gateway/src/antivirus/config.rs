//! The configuration of the virus scanner.

use crate::ConfigProblem;
use serde::{Deserialize, Serialize};

/// Which scanner is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// None: files are judged and rebuilt, and looked at by no scanner.
    #[default]
    None,
    /// ClamAV's daemon.
    Clamd,
}

/// The antivirus table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `none` or `clamd`.
    pub kind: Kind,
    /// The `clamd` table.
    pub clamd: ClamdConfig,
}

/// Where clamd listens and how long it may take.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClamdConfig {
    /// `unix:/run/clamav/clamd.ctl`, or a host and a port: `127.0.0.1:3310`.
    pub address: String,
    /// Whether plain documents may travel over a network to clamd, which knows no encryption; without it only a
    /// socket file and this machine's own addresses are accepted.
    pub allow_network: bool,
    /// The largest file that is sent, in bytes; not more than clamd's own `StreamMaxLength`.
    pub stream_limit_bytes: u32,
    /// The bytes go in parts of this size.
    pub chunk_bytes: u32,
    /// To reach clamd, in milliseconds.
    pub connect_millis: u32,
    /// clamd must take each part within this time, in milliseconds.
    pub chunk_millis: u32,
    /// From the last part to the whole answer, in milliseconds.
    pub answer_millis: u32,
    /// The whole exchange, in milliseconds.
    pub total_millis: u32,
    /// How many files may be looked at at a time; not more than clamd's own `MaxThreads`.
    pub at_once: u32,
    /// How long a file waits for its turn before it is put off, in milliseconds.
    pub turn_millis: u32,
}

impl Default for ClamdConfig {
    fn default() -> ClamdConfig {
        ClamdConfig {
            address: "unix:/run/clamav/clamd.ctl".to_owned(),
            allow_network: false,
            stream_limit_bytes: 25 * 1024 * 1024,
            chunk_bytes: 64 * 1024,
            connect_millis: 2_000,
            chunk_millis: 5_000,
            answer_millis: 20_000,
            total_millis: 30_000,
            at_once: 8,
            turn_millis: 5_000,
        }
    }
}

/// An address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Socket(String),
    Tcp { host: String, port: u16 },
}

impl Address {
    pub(super) fn parse(text: &str) -> Option<Address> {
        if let Some(path) = text.strip_prefix("unix:") {
            return (path.starts_with('/') && !path.contains('\0')).then(|| Address::Socket(path.to_owned()));
        }
        let (host, port) = text.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let good = |host: &str| {
            !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        };
        let host = match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().ok().map(|address| address.to_string())?,
            None => good(host).then(|| host.to_owned())?,
        };
        Some(Address::Tcp { host, port: port.parse().ok().filter(|port| *port != 0)? })
    }

    /// Whether bytes sent there stay on this machine.
    fn is_here(&self) -> bool {
        match self {
            Address::Socket(_) => true,
            Address::Tcp { host, .. } => {
                host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        }
    }
}

impl Config {
    /// Whether files are looked at by a scanner.
    pub fn is_on(&self) -> bool {
        self.kind != Kind::None
    }

    /// Every problem of these values, paths below the antivirus table.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        self.clamd.problems().into_iter().map(|problem| problem.below("clamd")).collect()
    }
}

impl ClamdConfig {
    fn problems(&self) -> Vec<ConfigProblem> {
        let table = [
            ("stream_limit_bytes", self.stream_limit_bytes, 1024, 1_073_741_824),
            ("chunk_bytes", self.chunk_bytes, 1024, 1_048_576),
            ("connect_millis", self.connect_millis, 1, 60_000),
            ("chunk_millis", self.chunk_millis, 1, 60_000),
            ("answer_millis", self.answer_millis, 1, 600_000),
            ("total_millis", self.total_millis, 1, 600_000),
            ("at_once", self.at_once, 1, 1000),
            ("turn_millis", self.turn_millis, 0, 60_000),
        ];
        let bad = table.into_iter().filter(|(_, value, low, high)| !(*low..=*high).contains(value));
        let mut found: Vec<_> = bad
            .map(|(path, _, low, high)| ConfigProblem::new(path, format!("expected {low} to {high}")))
            .collect();
        let said = match Address::parse(&self.address) {
            None => Some("expected unix:/run/clamav/clamd.ctl or a host and a port such as 127.0.0.1:3310"),
            Some(address) if !self.allow_network && !address.is_here() => {
                Some("plain documents would travel over the network; see allow_network")
            }
            Some(_) => None,
        };
        found.extend(said.map(|message| ConfigProblem::new("address", message)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(address: &str, allow_network: bool) -> Vec<String> {
        let clamd = ClamdConfig { address: address.into(), allow_network, ..ClamdConfig::default() };
        Config { clamd, ..Config::default() }.problems().into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn addresses_of_both_kinds_are_read() {
        let tcp = |host: &str, port| Some(Address::Tcp { host: host.into(), port });
        assert_eq!(Address::parse("127.0.0.1:3310"), tcp("127.0.0.1", 3310));
        assert_eq!(Address::parse("[::1]:3310"), tcp("::1", 3310));
        assert_eq!(Address::parse("unix:/a b/c"), Some(Address::Socket("/a b/c".into())));
        for bad in ["", "unix:", "unix:a", "host", "host:", ":1", "host:0", "host:99999", "::1:5", "a/b:1"] {
            assert_eq!(Address::parse(bad), None, "{bad}");
            assert_eq!(problems(bad, true), ["clamd.address"], "{bad}");
        }
    }

    #[test]
    fn plain_documents_leave_the_machine_only_when_somebody_said_so() {
        for here in ["unix:/run/clamd", "127.0.0.1:3310", "127.9.9.9:1", "[::1]:1", "localhost:3310"] {
            assert!(problems(here, false).is_empty(), "{here}");
        }
        for away in ["10.0.0.7:3310", "clamd:3310", "localhost.example:3310"] {
            assert_eq!(problems(away, false), ["clamd.address"], "{away}");
            assert!(problems(away, true).is_empty(), "{away}");
        }
    }

    #[test]
    fn limits_have_bounds() {
        let clamd = ClamdConfig { chunk_bytes: 0, at_once: 0, ..ClamdConfig::default() };
        let paths: Vec<_> =
            Config { clamd, ..Config::default() }.problems().into_iter().map(|p| p.path).collect();
        assert_eq!(paths, ["clamd.chunk_bytes", "clamd.at_once"]);
    }
}
