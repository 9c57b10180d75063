//! One HTTP connection that a handler may cut or fill with nonsense, so that faults are real on the wire.

use axum::Router;
use axum::body::Bytes;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// The header of a request must arrive within this time.
const HEADER_TIME: Duration = Duration::from_secs(10);

/// The handler's end of its connection; an extension of every request.
#[derive(Clone)]
pub struct Connection(mpsc::Sender<Break>);

#[derive(Clone)]
enum Break {
    Cut,
    Raw(Bytes),
}

impl Connection {
    /// Ends the connection without an answer.
    pub async fn cut(&self) -> Response {
        self.end(Break::Cut).await
    }

    /// Answers with octets that are not HTTP and ends the connection.
    pub async fn garbage(&self) -> Response {
        self.raw(Bytes::from_static(b"\x16\x03\x01 what \xff\xfe\r\n\r\n")).await
    }

    /// Answers with these very octets and ends the connection.
    pub async fn raw(&self, octets: Bytes) -> Response {
        self.end(Break::Raw(octets)).await
    }

    async fn end(&self, how: Break) -> Response {
        let _ = self.0.send(how).await;
        std::future::pending().await // the connection's task drops this request
    }
}

/// Serves one connection.
pub async fn serve(app: Router, stream: TcpStream) {
    if let Some(stream) = exchange(app, stream).await {
        crate::listen::reset(stream);
    }
}

/// Serves one connection behind TLS; one that is cut ends without a farewell.
pub async fn serve_tls(app: Router, acceptor: TlsAcceptor, stream: TcpStream) {
    if let Ok(Ok(stream)) = timeout(HEADER_TIME, acceptor.accept(stream)).await {
        drop(exchange(app, stream).await);
    }
}

/// Serves until the end; gives the stream back when it is to be cut.
async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(app: Router, stream: S) -> Option<S> {
    let (sender, mut breaks) = mpsc::channel(1);
    let app = app.layer(axum::Extension(Connection(sender)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let how = tokio::select! {
        _ = &mut connection => return None,
        Some(how) = breaks.recv() => how,
    };
    let mut stream = connection.into_parts().io.into_inner();
    match how {
        Break::Cut => Some(stream),
        Break::Raw(octets) => {
            let _ = stream.write_all(&octets).await;
            let _ = stream.shutdown().await;
            None
        }
    }
}
