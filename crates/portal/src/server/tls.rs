//! Own TLS: rustls with ring, TLS 1.2 and 1.3 (checklist 10.5), the certificate read again on SIGHUP.

use crate::config;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;

/// Gives out the acceptor of the present certificate.
#[derive(Clone)]
pub(super) struct Acceptor(Arc<RwLock<TlsAcceptor>>);

impl Acceptor {
    /// Reads certificate and key; afterwards again at every SIGHUP, keeping the old pair when the new one is bad.
    pub fn load(files: &config::Tls) -> io::Result<Acceptor> {
        let acceptor = Acceptor(Arc::new(RwLock::new(read(files)?)));
        #[cfg(unix)]
        acceptor.clone().reload_on_hangup(files.clone())?;
        Ok(acceptor)
    }

    pub fn current(&self) -> TlsAcceptor {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[cfg(unix)]
    fn reload_on_hangup(self, files: config::Tls) -> io::Result<()> {
        let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                match read(&files) {
                    Ok(fresh) => {
                        *self.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                        tracing::info!("the certificate was read again");
                    }
                    Err(error) => {
                        tracing::error!(error = %error, "the new certificate is not used; the old one stays")
                    }
                }
            }
        });
        Ok(())
    }
}

fn read(files: &config::Tls) -> io::Result<TlsAcceptor> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| bad(&files.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| bad(&files.key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(&files.certificate, &error))?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| bad(&files.certificate, &error))?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(server)))
}

fn bad(file: &Path, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{} cannot be used: {error}", file.display()))
}
