//! Keeps one session alive: connects, binds, and after a loss tries again with growing, jittered pauses.

use super::session::{Session, Stream, Submission};
use super::{LinkState, Shared};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

pub(super) async fn run(
    shared: Arc<Shared>,
    tls: Option<TlsConnector>,
    mut submissions: mpsc::Receiver<Submission>,
    mut stop: watch::Receiver<bool>,
) {
    let shortest = Duration::from_millis(shared.config.reconnect_min_millis.into());
    let longest = Duration::from_millis(shared.config.reconnect_max_millis.into());
    let mut pause = shortest;
    let mut told: Option<String> = None;
    while !*stop.borrow() {
        let reason = match open(&shared, tls.as_ref()).await {
            Ok(session) => {
                shared.set_link(LinkState::Bound);
                tracing::info!(gateway = %shared.name, "SMS centre connected");
                told = None;
                let ended = session.run(&mut submissions, &mut stop).await;
                if ended.was_useful {
                    pause = shortest;
                }
                if ended.asked_to_stop {
                    shared.set_link(LinkState::Away(ended.reason));
                    break;
                }
                ended.reason
            }
            Err(reason) => reason,
        };
        // Every attempt of a long outage has the same reason; once is enough.
        if told.as_ref() != Some(&reason) {
            tracing::warn!(gateway = %shared.name, %reason, "SMS centre away");
            told = Some(reason.clone());
        }
        shared.set_link(LinkState::Away(reason));
        // Senders that wait for a place in a session that is gone are to try another gateway now.
        while submissions.try_recv().is_ok() {}
        let rest = shared.jittered(pause);
        pause = (pause * 2).min(longest);
        let _ = timeout(rest, stop.wait_for(|stop| *stop)).await;
    }
    shared.set_link_if_bound_away("closed by us");
}

async fn open<'a>(shared: &'a Shared, tls: Option<&TlsConnector>) -> Result<Session<'a>, String> {
    let config = &shared.config;
    let connecting = async {
        let tcp = TcpStream::connect((config.host.as_str(), config.port))
            .await
            .map_err(|error| format!("cannot connect ({:?})", error.kind()))?;
        let _ = tcp.set_nodelay(true);
        let Some(tls) = tls else { return Ok(Box::new(tcp) as Box<dyn Stream>) };
        let name =
            ServerName::try_from(config.host.clone()).map_err(|_| "host is no name for TLS".to_owned())?;
        let stream =
            tls.connect(name, tcp).await.map_err(|error| format!("TLS failed ({:?})", error.kind()))?;
        Ok::<_, String>(Box::new(stream) as Box<dyn Stream>)
    };
    let stream = timeout(Duration::from_secs(config.connect_timeout_seconds.into()), connecting)
        .await
        .map_err(|_| "cannot connect (timed out)".to_owned())??;
    Session::bind(shared, stream).await
}
