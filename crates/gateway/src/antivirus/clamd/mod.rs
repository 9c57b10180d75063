//! ClamAV's daemon over a socket file or TCP: the command `zINSTREAM`, as clamd(8) describes it.
//!
//! Parts of bounded size, each with its length before it; a length of zero ends the file; one answer that ends with a
//! zero byte. Every phase has its time limit, and whatever is not a whole answer is no verdict.

mod answer;
#[cfg(test)]
mod tests;

pub use answer::verdict;

use super::config::Address;
use super::{ClamdConfig, Config, Scanner, Verdict};
use crate::{ConfigProblem, Health};
use async_trait::async_trait;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// A clamd.
pub struct ClamdScanner {
    address: Address,
    limits: ClamdConfig,
    turns: Semaphore,
    last_fault: Mutex<Option<String>>,
}

impl ClamdScanner {
    /// A scanner with these settings; nothing is sent yet.
    ///
    /// # Errors
    /// Every problem of the configuration.
    pub fn new(config: &Config) -> Result<ClamdScanner, Vec<ConfigProblem>> {
        let problems = config.problems();
        let limits = config.clamd.clone();
        match Address::parse(&limits.address) {
            Some(address) if problems.is_empty() => {
                let turns = Semaphore::new(limits.at_once as usize);
                Ok(ClamdScanner { address, limits, turns, last_fault: Mutex::default() })
            }
            _ => Err(problems),
        }
    }

    async fn exchange(&self, bytes: &[u8]) -> Result<Verdict, &'static str> {
        match &self.address {
            Address::Socket(path) => self.talk(self.reach(UnixStream::connect(path)).await?, bytes).await,
            Address::Tcp { host, port } => {
                self.talk(self.reach(TcpStream::connect((host.as_str(), *port))).await?, bytes).await
            }
        }
    }

    async fn reach<S>(
        &self,
        connecting: impl Future<Output = std::io::Result<S>>,
    ) -> Result<S, &'static str> {
        match timeout(millis(self.limits.connect_millis), connecting).await {
            Ok(connected) => connected.map_err(|_| "clamd cannot be reached"),
            Err(_) => Err("clamd cannot be reached in time"),
        }
    }

    async fn talk(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        bytes: &[u8],
    ) -> Result<Verdict, &'static str> {
        let (mut from, mut to) = tokio::io::split(stream);
        let sent = self.send(&mut to, bytes).await;
        if sent == Err(SLOW) {
            return Err(SLOW);
        }
        // A clamd that has seen enough answers and hangs up before everything is sent: its answer counts.
        let reading = timeout(millis(self.limits.answer_millis), answer_of(&mut from)).await;
        let answer = reading.map_err(|_| "no whole answer in time")??;
        if answer.is_empty() {
            return Err(sent.err().unwrap_or("the connection ended without an answer"));
        }
        Ok(match (sent, verdict(&answer)) {
            (Err(_), Verdict::Clean) => Verdict::unavailable("clean, said before everything was sent"),
            (_, verdict) => verdict,
        })
    }

    async fn send(&self, to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), &'static str> {
        self.write(to, b"zINSTREAM\0", &[]).await?;
        for part in bytes.chunks(self.limits.chunk_bytes as usize) {
            self.write(to, &(part.len() as u32).to_be_bytes(), part).await?;
        }
        self.write(to, &0u32.to_be_bytes(), &[]).await
    }

    async fn write(
        &self,
        to: &mut (impl AsyncWrite + Unpin),
        head: &[u8],
        part: &[u8],
    ) -> Result<(), &'static str> {
        let writing = async {
            to.write_all(head).await?;
            to.write_all(part).await?;
            to.flush().await
        };
        match timeout(millis(self.limits.chunk_millis), writing).await {
            Ok(written) => written.map_err(|_| "the connection broke while sending"),
            Err(_) => Err(SLOW),
        }
    }
}

/// What comes until the closing zero byte or the end of the connection.
async fn answer_of(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, &'static str> {
    let mut answer = Vec::with_capacity(64);
    let mut part = [0; 256];
    while !answer.contains(&0) {
        match from.read(&mut part).await {
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(part.get(..count).unwrap_or_default()),
        }
        if answer.len() > answer::LONGEST {
            return Err("the answer is too long");
        }
    }
    Ok(answer)
}

/// Nothing will come of waiting for an answer then.
const SLOW: &str = "clamd does not take the file in time";

fn millis(millis: u32) -> Duration {
    Duration::from_millis(millis.into())
}

#[async_trait]
impl Scanner for ClamdScanner {
    async fn inspect(&self, bytes: &[u8]) -> Verdict {
        if bytes.len() > self.limits.stream_limit_bytes as usize {
            return Verdict::unavailable("the file is larger than stream_limit_bytes");
        }
        let Ok(Ok(_turn)) = timeout(millis(self.limits.turn_millis), self.turns.acquire()).await else {
            return Verdict::unavailable("as many files are looked at as may be");
        };
        let verdict = match timeout(millis(self.limits.total_millis), self.exchange(bytes)).await {
            Ok(outcome) => outcome.unwrap_or_else(Verdict::unavailable),
            Err(_) => Verdict::unavailable("no verdict in time"),
        };
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = match &verdict {
            Verdict::Unavailable { reason } => Some(reason.clone()),
            _ => None,
        };
        verdict
    }

    fn health(&self) -> Health {
        match self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            Some(reason) => Health::Down { reason },
            None => Health::Up,
        }
    }
}
