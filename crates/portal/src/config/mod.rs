//! The whole configuration: one TOML file, the environment above it, every value with a default.
//!
//! Invariants: an empty configuration runs (loopback, SQLite, `./data`); an unknown key is an error; all errors are
//! told at once with their places; secrets are never shown; outside the demonstration mode nothing that is meant
//! for demonstrations is accepted. Each slice owns the `Settings` of its own table; this folder composes them.
//!
//! Every value is reachable from the environment as `PRISTAN_` and its path in capitals with `__` between tables,
//! for example `PRISTAN_SERVER__DRAIN_SECONDS=5`. Beside every value `x` the key `x_file` reads it from a file.

mod checks;
mod collect;
mod demo;
mod print;
mod sections;
mod source;
#[cfg(test)]
mod tests;

pub use demo::STAND_URL;
pub use sections::{Database, Keys, Log, LogFormat, Metrics, Server, Tls, Traces};

use serde::{Deserialize, Serialize};
use source::Sources;
use std::fmt;
use std::path::{Path, PathBuf};

/// Everything a deployer can say. `Config::default()` is what an empty file means.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Demonstration mode: gateways point at the stand, `/dev/components` and metrics are open on the main port,
    /// loopback addresses have no per-address limits. Never for real people.
    pub demo: bool,
    /// Where the stand answers, in demonstration mode only.
    pub stand_url: String,
    /// Folder of the SQLite file, the key ring and uploads.
    pub data_dir: PathBuf,
    /// `[server]`: listening, limits of a connection, TLS.
    pub server: Server,
    /// `[database]`.
    pub database: Database,
    /// `[keys]`: the key ring.
    pub keys: Keys,
    /// `[log]`.
    pub log: Log,
    /// `[metrics]`: the Prometheus page.
    pub metrics: Metrics,
    /// `[traces]`: OpenTelemetry, when built with the feature `otel`.
    pub traces: Traces,
    /// `[sms]`: SMS gateways.
    pub sms: gateway::sms::SmsConfig,
    /// `[voice]`: the voice caller.
    pub voice: gateway::voice::VoiceConfig,
    /// `[mail]`: the mail server.
    pub mail: gateway::mail::MailConfig,
    /// `[push]`: notifications of browsers.
    pub push: gateway::push::PushConfig,
    /// `[brand]`: the portal's face.
    pub brand: crate::web::page::Brand,
    /// `[limits]`: limits by network address.
    pub limits: crate::limits::Settings,
    /// `[codes]`: one-time codes.
    pub codes: crate::codes::Settings,
    /// `[passwords]`: rules, cost and the hashing pool.
    pub passwords: crate::passwords::Settings,
    /// `[challenge]`: picture, sound, proof of work.
    pub challenge: crate::challenge::Settings,
    /// `[legal]`: the user agreement and the consent to data processing.
    pub legal: crate::web::legal::Settings,
    /// `[contacts]`: changing contacts.
    pub contacts: crate::contacts::Settings,
    /// `[registration]`.
    pub registration: crate::registration::Settings,
    /// `[sign_in]`: what wrong passwords lead to.
    pub sign_in: crate::signin::Settings,
    /// `[passkeys]`: passkeys and security keys.
    pub passkeys: crate::signin::methods::passkey::Settings,
    /// `[qr]`: signing in with the help of a phone.
    pub qr: crate::signin::qr::Settings,
    /// `[factors]`: second factors.
    pub factors: crate::factors::Settings,
    /// `[recovery]`.
    pub recovery: crate::recovery::Settings,
    /// `[profile]`: «Мои данные».
    pub profile: crate::profile::Settings,
    /// `[documents]`: scans of documents.
    pub documents: crate::documents::Settings,
    /// `[addresses]`: the directory of addresses.
    pub addresses: crate::profile::addresses::Settings,
    /// `[checks]`: sending profiles to the registers.
    pub checks: crate::checks::Settings,
    /// `[registers]`: the registers themselves.
    pub registers: gateway::register::RegistersConfig,
    /// `[closing]`: deleting an account, and the copy of one's data.
    pub closing: crate::closing::Settings,
    /// `[sessions]`.
    pub sessions: crate::sessions::Settings,
    /// `[live]`: streams that keep pages fresh.
    pub live: crate::web::stream::Settings,
    /// `[devices]`: devices that accounts were signed in from.
    pub devices: crate::devices::Settings,
    /// `[safety]`: the lockdown, and what owners forbid to themselves.
    pub safety: crate::safety::Settings,
    /// `[geo]`: countries of network addresses.
    pub geo: crate::devices::GeoSettings,
    /// `[staff]`: the workplace of the portal's own people.
    pub staff: crate::staff::Settings,
    /// `[review]`: staff look where no register can decide.
    pub review: crate::review::Settings,
    /// `[notifications]`: outgoing messages.
    pub notifications: crate::notifications::Settings,
    /// `[journal]`: the tree over the journal and its signed heads.
    pub journal: crate::audit::Settings,
    /// Files that secrets were read from; their permissions are checked.
    #[serde(skip)]
    secret_files: Vec<PathBuf>,
    /// Which values were given, and by whom; everything else stands at its default.
    #[serde(skip)]
    places: Vec<(String, String)>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            demo: false,
            stand_url: STAND_URL.to_owned(),
            data_dir: PathBuf::from("data"),
            server: Server::default(),
            database: Database::default(),
            keys: Keys::default(),
            log: Log::default(),
            metrics: Metrics::default(),
            traces: Traces::default(),
            sms: Default::default(),
            voice: Default::default(),
            mail: Default::default(),
            push: Default::default(),
            brand: Default::default(),
            limits: Default::default(),
            codes: Default::default(),
            passwords: Default::default(),
            challenge: Default::default(),
            legal: Default::default(),
            contacts: Default::default(),
            registration: Default::default(),
            sign_in: Default::default(),
            passkeys: Default::default(),
            qr: Default::default(),
            factors: Default::default(),
            recovery: Default::default(),
            profile: Default::default(),
            documents: Default::default(),
            addresses: Default::default(),
            checks: Default::default(),
            registers: Default::default(),
            closing: Default::default(),
            sessions: Default::default(),
            live: Default::default(),
            devices: Default::default(),
            safety: Default::default(),
            geo: Default::default(),
            staff: Default::default(),
            review: Default::default(),
            notifications: Default::default(),
            journal: Default::default(),
            secret_files: Vec::new(),
            places: Vec::new(),
        }
    }
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The value: `sms.smpp.main.port`; empty for the file as a whole.
    pub path: String,
    /// Who said it: `pristan.toml:12:5`, `environment variable PRISTAN_LISTEN`; empty when nobody did.
    pub place: String,
    /// What is wrong and what is expected. Never holds a secret.
    pub message: String,
}

impl Problem {
    fn new(path: &str, place: &str, message: impl Into<String>) -> Problem {
        Problem { path: path.to_owned(), place: place.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.place, &self.path] {
            if !part.is_empty() {
                write!(f, "{part}: ")?;
            }
        }
        f.write_str(&self.message)
    }
}

impl Config {
    /// Reads the file (when there is one) and the environment, and checks everything.
    ///
    /// # Errors
    /// All problems at once: wrong syntax, unknown keys, wrong values, and what production forbids.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut sources = Sources::gather(file, env, &mut problems);
        let (mut config, secret_files) = collect::read::<Config>(&mut sources, &mut problems);
        config.secret_files = secret_files;
        config.places = sources.places();
        for (path, message) in checks::problems(&config) {
            // A value that was already refused stands at its default now: it is not told twice.
            if path.is_empty() || !problems.iter().any(|known| known.path == path) {
                problems.push(Problem::new(&path, &sources.place(&source::way(&path)), message));
            }
        }
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// The address of the database; without one it is the SQLite file in the data folder.
    pub fn database_url(&self) -> String {
        match self.database.url.expose().as_str() {
            "" => format!("sqlite:{}", self.data_dir.join("pristan.sqlite").display()),
            url => url.to_owned(),
        }
    }

    /// The file of the key ring; without a name it is `keys.json` in the data folder.
    pub fn keys_file(&self) -> PathBuf {
        self.keys.file.clone().unwrap_or_else(|| self.data_dir.join("keys.json"))
    }

    /// The file of the key that signs pushes; without a name it is `push-key.pem` in the data folder.
    pub fn push_key_file(&self) -> PathBuf {
        self.push.key_file.clone().unwrap_or_else(|| self.data_dir.join("push-key.pem"))
    }

    /// Which values were given (`server.listen`), and by whom (`pristan.toml:3:1`, a variable, the demonstration
    /// wiring); everything else stands at its default.
    pub fn places(&self) -> &[(String, String)] {
        &self.places
    }

    /// Whether people reach the portal over TLS (ours or a proxy's), so that cookies can be `Secure`.
    pub fn is_https(&self) -> bool {
        self.server.public_url.starts_with("https://")
    }

    /// The effective configuration as TOML, secrets hidden.
    pub fn print(&self) -> String {
        print::print(self)
    }
}
