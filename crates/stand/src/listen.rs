//! Accepting connections, with the fault "outage" in the one place where it belongs.

use crate::system::World;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The most connections one system holds at a time; more are dropped.
const MOST_CONNECTIONS: usize = 256;

/// Serves every connection with `serve` until dropped. During an outage new connections are reset and open ones
/// are cut.
pub async fn accept<F, S>(world: World, system: &'static str, listener: TcpListener, serve: S)
where
    F: Future<Output = ()> + Send + 'static,
    S: Fn(TcpStream, SocketAddr) -> F,
{
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
        };
        let Ok((stream, peer)) = accepted else { continue };
        if world.faults.is_away(system) || open.len() >= MOST_CONNECTIONS {
            reset(stream);
            continue;
        }
        let _ = stream.set_nodelay(true);
        let served = serve(stream, peer);
        let faults = world.faults.clone();
        open.spawn(async move {
            tokio::select! {
                () = served => {}
                () = faults.away(system) => {}
            }
        });
    }
}

/// Ends a connection with a reset instead of a farewell.
pub fn reset(stream: TcpStream) {
    let _ = stream.set_zero_linger();
}
