//! The server engine: a bounded set of threads, each with a connection of its own.
//!
//! A thread drives its connection with a small runtime of its own, so that a statement costs one round trip to the
//! server and no hand-over between threads. Commits of different threads share the server's syncs by themselves.

mod error;
mod session;
mod thread;
mod value;

pub(crate) use session::PgSession;
pub(crate) use value::cell;

use crate::queue::Queue;
use crate::work::Work;
use crate::{Options, Running, Stats, StoreError};
use std::sync::Arc;
use tokio_postgres::config::{Config, SslMode};

/// The oldest server that the tests run on (spec 09).
const OLDEST_SERVER: i64 = 150_000;

/// Where the server is and how to reach it.
pub(crate) struct Address {
    pub config: Config,
    pub tls: Option<tokio_postgres_rustls::MakeRustlsConnect>,
    pub options: Options,
}

impl Address {
    /// Reads a `postgres://` address. The text is never shown in errors: it may hold a password.
    pub fn parse(url: &str, options: &Options) -> Result<Address, StoreError> {
        let mut config: Config =
            url.parse().map_err(|_| StoreError::bug("the PostgreSQL address is malformed"))?;
        config.connect_timeout(options.busy_timeout.to_std());
        // A server that vanishes from the network is noticed in half a minute, not in two hours.
        config.keepalives_idle(options.pg_silence.to_std());
        config.tcp_user_timeout(options.pg_silence.to_std());
        if config.get_application_name().is_none() {
            config.application_name("pristan");
        }
        let tls = match &options.pg_ca {
            Some(file) => Some(connector(file)?),
            None if config.get_ssl_mode() == SslMode::Require => {
                return Err(StoreError::bug("sslmode=require needs the authority's certificates: set pg_ca"));
            }
            None => None,
        };
        Ok(Address { config, tls, options: options.clone() })
    }
}

/// TLS that trusts exactly the authorities of one PEM file.
fn connector(file: &std::path::Path) -> Result<tokio_postgres_rustls::MakeRustlsConnect, StoreError> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let unreadable = || StoreError::bug("the PostgreSQL authority file (pg_ca) is not readable PEM");
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|_| unreadable())? {
        roots.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
    }
    if roots.is_empty() {
        return Err(unreadable());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|_| StoreError::bug("TLS cannot be set up"))?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}

/// Connects, checks the server, brings the schema up to date and starts the threads. Blocking.
pub(crate) fn start(address: Address, stats: &Arc<Stats>) -> Result<Running, StoreError> {
    let mut session = PgSession::connect(&address)?;
    check(&mut session)?;
    migrate(&mut session)?;
    drop(session);

    let queue: Arc<Queue<Box<dyn Work>>> = Arc::new(Queue::new(address.options.write_queue));
    let address = Arc::new(address);
    let mut threads = Vec::new();
    for number in 0..address.options.pg_connections.max(1) {
        let thread = thread::Thread::new(address.clone(), stats.clone());
        let served = queue.clone();
        threads.push(crate::spawn(&format!("store-pg-{number}"), move || thread.serve(&served))?);
    }
    Ok(Running { write: queue.clone(), read: queue, threads })
}

/// Refuses a server on which promises of this crate do not hold.
fn check(session: &mut PgSession) -> Result<(), StoreError> {
    let version = session.setting("server_version_num")?.parse().unwrap_or(0);
    if version < OLDEST_SERVER {
        return Err(StoreError::bug("PostgreSQL 15 or newer is needed"));
    }
    if session.setting("server_encoding")? != "UTF8" {
        return Err(StoreError::bug("the PostgreSQL database must be made with encoding UTF8"));
    }
    if session.setting("fsync")? == "off" {
        tracing::warn!(
            "the PostgreSQL server runs with fsync=off: a power cut may lose or damage everything"
        );
    }
    Ok(())
}

/// The key of the advisory lock under which one of several starting instances migrates: `pristan` in ASCII.
const LOCK: i64 = 0x0070_7269_7374_616e;

fn migrate(session: &mut PgSession) -> Result<(), StoreError> {
    // The usual start finds nothing to do and needs no lock. An empty database has no table yet, which is an error here.
    if let Ok(applied) = session.applied()
        && crate::migrate::missing(crate::migrate::steps(true)?, &applied)?.is_empty()
    {
        return Ok(());
    }
    session.batch(&format!("SET statement_timeout = 0; SELECT pg_advisory_lock({LOCK})"))?;
    session.batch(crate::migrate::TABLE)?;
    let applied = session.applied()?;
    for step in crate::migrate::missing(crate::migrate::steps(true)?, &applied)? {
        tracing::info!(migration = step.name, "applying");
        // The names and checksums come from the program itself and hold no quotes.
        let row =
            format!("INSERT INTO migration VALUES ({}, '{}', '{}')", step.version, step.name, step.checksum);
        let done = session.batch(&format!("BEGIN;\n{}\n;{row};COMMIT", step.sql));
        done.map_err(|error| StoreError::Bug(format!("migration {}: {error}", step.name)))?;
    }
    session.batch(&format!("SELECT pg_advisory_unlock({LOCK})"))
}
