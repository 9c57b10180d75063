//! A small pool over `lettre`'s connections.
//!
//! `lettre`'s own pool is not used for two reasons: its time limit covers only the opening of a connection, and a
//! send that is cut off by a limit of ours goes back into the pool with an answer still under way, so that the next
//! letter takes that answer for its own and is lost. Here a connection is kept only after a letter that was
//! accepted; everything else closes it.

use super::wire::{self, Protection};
use lettre::Address;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// Where and how letters are handed over.
pub(super) struct Pool {
    pub(super) server: (String, u16),
    pub(super) hello_name: String,
    pub(super) protection: Protection,
    pub(super) credentials: Option<Credentials>,
    /// Limit of each answer.
    pub(super) time_limit: Duration,
    pub(super) idle_limit: Duration,
    places: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// Why a letter was not taken.
pub(super) enum Failure {
    TimedOut,
    /// Cannot connect, or the connection broke before TLS began.
    Broken,
    /// TLS failed: not trusted, wrong name, no common version.
    Tls,
    /// The server does not offer STARTTLS.
    NoStarttls,
    /// An answer in clear that cannot be.
    Nonsense,
    Smtp(smtp::Error),
}

impl From<smtp::Error> for Failure {
    fn from(error: smtp::Error) -> Failure {
        Failure::Smtp(error)
    }
}

impl Pool {
    pub(super) fn new(
        server: (String, u16),
        hello_name: String,
        protection: Protection,
        credentials: Option<Credentials>,
        (time_limit, idle_limit, size): (Duration, Duration, usize),
    ) -> Pool {
        let (places, idle) = (Semaphore::new(size), Mutex::default());
        Pool { server, hello_name, protection, credentials, time_limit, idle_limit, places, idle }
    }

    /// Hands one letter over; waits for a free place first.
    pub(super) async fn send(&self, from: &Address, to: &Address, letter: &[u8]) -> Result<(), Failure> {
        // The semaphore is never closed.
        let Ok(_place) = self.places.acquire().await else { return Err(Failure::TimedOut) };
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.open().await?,
        };
        let mail = Mail::new(Some(from.clone()), Vec::new());
        self.limited(connection.command(mail)).await?;
        self.limited(connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        self.limited(connection.command(Data)).await?;
        self.limited(connection.message(letter)).await?;
        self.idle().push(Idle { connection, since: Instant::now() });
        Ok(())
    }

    /// Closes the kept connections with a farewell.
    pub(super) async fn close(&self) {
        let kept = std::mem::take(&mut *self.idle());
        for mut idle in kept {
            let _ = self.limited(idle.connection.quit()).await;
        }
    }

    /// A kept connection that still answers.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let Idle { mut connection, since } = self.idle().pop()?;
            if since.elapsed() <= self.idle_limit
                && timeout(self.time_limit, connection.test_connected()).await.unwrap_or(false)
            {
                return Some(connection);
            }
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Failure> {
        let (host, port) = (self.server.0.as_str(), self.server.1);
        let stream = self.limited(wire::open(host, port, &self.hello_name, &self.protection)).await?;
        let hello_name = ClientId::Domain(self.hello_name.clone());
        let mut connection =
            self.limited(AsyncSmtpConnection::connect_with_transport(stream, &hello_name)).await?;
        if let Some(credentials) = &self.credentials {
            self.limited(connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    async fn limited<T, E: Into<Failure>>(
        &self,
        step: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        match timeout(self.time_limit, step).await {
            Ok(result) => result.map_err(Into::into),
            Err(_) => Err(Failure::TimedOut),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
