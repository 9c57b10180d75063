//! Listening: sockets, connections, limits of a connection, TLS, an orderly stop.
//!
//! Invariants: a slow, silent or greedy client costs bounded memory and bounded time; when a bound is reached the
//! next one is told 503 at once; after a stop was asked for, requests in work finish within the drain time.
//! What is asked and answered is none of this folder's business: that is the [`Gate`] and the router behind it.

mod body;
mod gate;
mod stall;
mod stop;
#[cfg(test)]
mod tests;
mod tls;

pub use body::SlowBody;
pub use gate::{Gate, Readiness};
pub use stop::{Stop, Stopper};

use crate::config;
use crate::limits::Network;
use axum::extract::ConnectInfo;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use stall::StallGuard;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// A socket that is bound already: people who come now wait in the system's queue instead of being refused.
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    settings: Arc<config::Server>,
    tls: Option<tls::Acceptor>,
}

impl Bound {
    /// Binds `settings.listen` and reads the certificate when there is one.
    ///
    /// # Errors
    /// The address is taken or not ours; the certificate or key cannot be used.
    pub async fn bind(settings: &config::Server) -> io::Result<Bound> {
        let tls = settings.tls.as_ref().map(tls::Acceptor::load).transpose()?;
        let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
            io::Error::new(error.kind(), format!("{} cannot be listened on: {error}", settings.listen))
        })?;
        let address = listener.local_addr()?;
        Ok(Bound { listener, address, settings: Arc::new(settings.clone()), tls })
    }

    /// The address in use; tells the port when 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, then lets the requests in work finish for at most the drain time.
    pub async fn serve(self, gate: Gate, stop: Stop) {
        let graceful = GracefulShutdown::new();
        let places = Places::new(&self.settings);
        let mut until = stop.clone();
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = until.asked() => break,
            };
            match accepted {
                Ok((stream, peer)) => self.take(stream, peer, &gate, &places, &graceful),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Mostly «too many open files»: it passes when connections end.
                    tracing::error!(error = %error, "no connection can be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        let Bound { listener, settings, .. } = self;
        drop(listener);
        let left = graceful.count();
        tracing::info!(connections = left, "stopping: no new connections, requests in work go on");
        if timeout(settings.drain_time().to_std(), graceful.shutdown()).await.is_err() {
            tracing::warn!(drain_seconds = settings.drain_seconds, "some requests did not finish in time");
        }
    }

    fn take(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        gate: &Gate,
        places: &Places,
        graceful: &GracefulShutdown,
    ) {
        let _ = stream.set_nodelay(true); // answers are written whole; waiting for more would only delay them
        let Some(place) = places.take(peer.ip()) else {
            metrics::counter!("connections_refused_total").increment(1);
            if self.tls.is_none() {
                tokio::spawn(refuse(stream));
            }
            return;
        };
        let connection =
            Connection { gate: gate.clone(), settings: Arc::clone(&self.settings), peer, _place: place };
        let watcher = graceful.watcher();
        match &self.tls {
            None => {
                tokio::spawn(connection.serve(stream, watcher));
            }
            Some(acceptor) => {
                let acceptor = acceptor.current();
                tokio::spawn(async move {
                    let shaking =
                        timeout(connection.settings.header_time().to_std(), acceptor.accept(stream));
                    if let Ok(Ok(stream)) = shaking.await {
                        connection.serve(stream, watcher).await;
                    }
                });
            }
        }
    }
}

/// One accepted connection and the place it holds.
struct Connection {
    gate: Gate,
    settings: Arc<config::Server>,
    peer: SocketAddr,
    _place: Place,
}

impl Connection {
    async fn serve<S>(self, stream: S, watcher: hyper_util::server::graceful::Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let settings = &self.settings;
        let io = StallGuard::new(stream, Duration::from_secs(settings.answer_idle_seconds.into()));
        let gate = self.gate.for_connection();
        let peer = self.peer;
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let gate = gate.clone();
            async move { Ok::<_, std::convert::Infallible>(gate.answer(request).await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(settings.header_time().to_std())
            .max_headers(settings.header_count as usize)
            .max_header_size(settings.header_bytes as usize)
            .max_buf_size((settings.header_bytes as usize).max(16 * 1024))
            .half_close(false)
            .serve_connection(TokioIo::new(io), service);
        // An error here is the client's: gone, too slow, or not speaking HTTP. It was answered as far as possible.
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error = %error, "a connection ended early");
        }
    }
}

/// Connections of each subscriber.
type BySubscriber = Arc<Mutex<HashMap<IpAddr, u32>>>;

/// How many connections there are, in all and by subscriber.
struct Places {
    all: Arc<Semaphore>,
    by_subscriber: BySubscriber,
    per_subscriber: u32,
    proxies: Vec<Network>,
}

/// A place among the connections; given back when dropped.
struct Place {
    _one: OwnedSemaphorePermit,
    subscriber: Option<(IpAddr, BySubscriber)>,
}

impl Places {
    fn new(settings: &config::Server) -> Places {
        Places {
            all: Arc::new(Semaphore::new(settings.connections as usize)),
            by_subscriber: Arc::default(),
            per_subscriber: settings.connections_per_address,
            proxies: settings.trusted_proxies.clone(),
        }
    }

    fn take(&self, address: IpAddr) -> Option<Place> {
        let one = Arc::clone(&self.all).try_acquire_owned().ok()?;
        if self.proxies.iter().any(|proxy| proxy.contains(address)) {
            return Some(Place { _one: one, subscriber: None });
        }
        let subscriber = subscriber(address);
        let mut counts = self.by_subscriber.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(subscriber).or_insert(0);
        if *count >= self.per_subscriber {
            return None;
        }
        *count += 1;
        Some(Place { _one: one, subscriber: Some((subscriber, Arc::clone(&self.by_subscriber))) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((subscriber, counts)) = &self.subscriber else { return };
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(subscriber) {
            *count -= 1;
            if *count == 0 {
                counts.remove(subscriber);
            }
        }
    }
}

/// What one subscriber holds: a whole IPv4 address, the /64 of an IPv6 one.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// Tells a client without a place to come again, without reading what it says.
async fn refuse(mut stream: TcpStream) {
    const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _ = timeout(Duration::from_secs(1), stream.write_all(ANSWER)).await;
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
