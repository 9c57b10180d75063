//! One HTTP connection that a handler may cut or fill with nonsense, so that faults are real on the wire.

use axum::Router;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// The header of a request must arrive within this time.
const HEADER_TIME: Duration = Duration::from_secs(10);

/// The handler's end of its connection; an extension of every request.
#[derive(Clone)]
pub struct Connection(mpsc::Sender<Break>);

#[derive(Clone, Copy)]
enum Break {
    Cut,
    Garbage,
}

impl Connection {
    /// Ends the connection without an answer.
    pub async fn cut(&self) -> Response {
        self.end(Break::Cut).await
    }

    /// Answers with octets that are not HTTP and ends the connection.
    pub async fn garbage(&self) -> Response {
        self.end(Break::Garbage).await
    }

    async fn end(&self, how: Break) -> Response {
        let _ = self.0.send(how).await;
        std::future::pending().await // the connection's task drops this request
    }
}

/// Serves one connection.
pub async fn serve(app: Router, stream: TcpStream) {
    let (sender, mut breaks) = mpsc::channel(1);
    let app = app.layer(axum::Extension(Connection(sender)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let how = tokio::select! {
        _ = &mut connection => return,
        Some(how) = breaks.recv() => how,
    };
    let mut stream = connection.into_parts().io.into_inner();
    if matches!(how, Break::Garbage) {
        let _ = stream.write_all(b"\x16\x03\x01 what \xff\xfe\r\n\r\n").await;
        let _ = stream.shutdown().await;
        return;
    }
    crate::listen::reset(stream);
}
