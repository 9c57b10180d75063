//! The tables of the running process: listening, storage, keys, logs, metrics, traces.
//! Seconds and bytes are in the names; where a number comes from stands beside it.

use crate::limits::Network;
use kernel::{Secret, Span};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

/// `[server]`: how requests come in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people use; links in messages begin with it, cookies and origin checks follow it (checklist 10.3).
    pub public_url: String,
    /// Host names that are answered besides that of `public_url`.
    pub hosts: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed (checklist 10.4).
    pub trusted_proxies: Vec<Network>,
    /// Own TLS; without it a proxy ends TLS or the portal is a laptop's.
    pub tls: Option<Tls>,
    /// A request line and its headers must have arrived within this time; also the longest idle time between two
    /// requests of one connection (checklist 10.2: 10 s).
    pub header_seconds: u32,
    /// Request line and headers together, bytes (checklist 9.4: 32 KiB).
    pub header_bytes: u32,
    /// How many headers a request may have (checklist 9.4: 100).
    pub header_count: u32,
    /// An ordinary body, bytes (checklist 9.4: 1 MiB).
    pub body_bytes: u64,
    /// A body with files, bytes (checklist 9.4: 10 MiB); nothing larger is read by any route.
    pub upload_bytes: u64,
    /// A body must go on at least this often (checklist 10.2).
    pub body_idle_seconds: u32,
    /// A body that is slower than this on average is cut off, bytes per second (checklist 10.2).
    pub body_bytes_per_second: u32,
    /// A reader of an answer that takes nothing for this long is dropped.
    pub answer_idle_seconds: u32,
    /// Connections at one time; the next ones are told 503 at once.
    pub connections: u32,
    /// Connections at one time from one address (IPv6: one /64); trusted proxies are exempt.
    pub connections_per_address: u32,
    /// Requests in work at one time; the next ones are told 503 at once (checklist 13.7).
    pub requests: u32,
    /// How long requests in work may go on after a stop was asked for.
    pub drain_seconds: u32,
    /// Threads for requests; 0 takes one per core.
    pub threads: u32,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://localhost:8080".to_owned(),
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            tls: None,
            header_seconds: 10,
            header_bytes: 32 * 1024,
            header_count: 100,
            body_bytes: 1024 * 1024,
            upload_bytes: 32 * 1024 * 1024,
            body_idle_seconds: 10,
            body_bytes_per_second: 1024,
            answer_idle_seconds: 30,
            connections: 10_000,
            connections_per_address: 1_000,
            requests: 2_000,
            drain_seconds: 30,
            threads: 0,
        }
    }
}

/// `[server.tls]`: certificate and key, PEM. Read again on SIGHUP.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and the chain above it.
    pub certificate: PathBuf,
    /// The private key; readable by its owner only.
    pub key: PathBuf,
}

/// `[database]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; empty means `pristan.sqlite` in the data folder.
    pub url: Secret<String>,
    /// SQLite: connections that only read.
    pub readers: u32,
    /// PostgreSQL: connections of this instance.
    pub connections: u32,
    /// PostgreSQL: a PEM file of the authorities that may sign the server's certificate; without it there is no TLS.
    pub ca: Option<PathBuf>,
    /// Changes that may wait for the writer; the next ones are told 503 at once.
    pub write_queue: u32,
}

impl Default for Database {
    fn default() -> Database {
        Database { url: Secret::default(), readers: 4, connections: 16, ca: None, write_queue: 4096 }
    }
}

/// `[keys]`: where the key ring lives.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The key ring's file, made at the first start with mode 0600; without a name `keys.json` in the data folder.
    pub file: Option<PathBuf>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people at a terminal.
    Text,
}

/// `[log]`: what is written to standard error.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `json` or `text`.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,portal=debug`.
    pub level: String,
    /// Whether each request is a line.
    pub requests: bool,
}

impl Default for Log {
    fn default() -> Log {
        Log { format: LogFormat::Json, level: "info".to_owned(), requests: true }
    }
}

/// `[metrics]`: the page for Prometheus. Closed unless it has an address of its own (checklist 10.10);
/// in demonstration mode it is on the main port too.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// A separate address, for example `127.0.0.1:9090`.
    pub listen: Option<SocketAddr>,
    /// When not empty, asked for as `Authorization: Bearer …`.
    pub token: Secret<String>,
}

/// `[traces]`: OpenTelemetry over OTLP/HTTP; needs a build with the cargo feature `otel`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Traces {
    /// The collector, for example `http://127.0.0.1:4318/v1/traces`; empty sends nothing.
    pub endpoint: String,
    /// The share of requests that is traced, 0 to 1.
    pub share: f64,
}

impl Default for Traces {
    fn default() -> Traces {
        Traces { endpoint: String::new(), share: 0.1 }
    }
}

impl Server {
    /// See [`Server::header_seconds`].
    pub fn header_time(&self) -> Span {
        Span::seconds(self.header_seconds.into())
    }

    /// See [`Server::drain_seconds`].
    pub fn drain_time(&self) -> Span {
        Span::seconds(self.drain_seconds.into())
    }

    /// The host of [`Server::public_url`] without the port, lower-case; empty when the address is not one.
    pub fn public_host(&self) -> String {
        let Ok(uri) = self.public_url.parse::<axum::http::Uri>() else { return String::new() };
        uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase()
    }
}
