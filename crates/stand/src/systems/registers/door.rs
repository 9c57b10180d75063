//! The registers behind mutual TLS, on a port of their own.

use super::Kind;
use super::checks::{Trust, routes};
use crate::system::{Place, System, World};
use crate::tls::Certificates;
use crate::{connection, listen};
use axum::Router;
use kernel::Lang;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Lets in whoever has a certificate of the stand's authority; `GET /api/tls/client.pem` gives one out.
pub struct MutualDoor {
    acceptor: TlsAcceptor,
}

impl MutualDoor {
    /// A door with these certificates.
    pub fn new(certificates: &Certificates) -> MutualDoor {
        MutualDoor { acceptor: certificates.mutual.clone() }
    }
}

#[async_trait::async_trait]
impl System for MutualDoor {
    fn name(&self) -> &'static str {
        "registers_mtls"
    }

    fn title(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ru => "Реестры по взаимному TLS",
            Lang::En => "Registers over mutual TLS",
        }
    }

    fn protocol(&self) -> &'static str {
        "HTTPS, JSON, mTLS"
    }

    fn place(&self) -> Place {
        Place::Port(4)
    }

    async fn serve(&self, world: World, listener: TcpListener) {
        let of = |kind| routes(&world, kind, Trust::Certificate);
        let app = Kind::ALL.into_iter().fold(Router::new(), |app, kind| app.merge(of(kind)));
        let acceptor = self.acceptor.clone();
        listen::accept(world.clone(), self.name(), listener, move |stream, _| {
            let (app, acceptor) = (app.clone(), acceptor.clone());
            async move { connection::serve_tls(app, acceptor, stream).await }
        })
        .await;
    }
}
