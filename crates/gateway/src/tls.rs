//! The client side of TLS, the same for every protocol.

use crate::ConfigProblem;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Settings that trust the authorities of a PEM file, or Mozilla's when none is given.
///
/// # Errors
/// A problem at `tls_ca_file` when the file cannot be read or holds no certificate.
pub(crate) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, ConfigProblem> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let bad = |message: String| ConfigProblem::new("tls_ca_file", message);
            let text =
                std::fs::read(path).map_err(|error| bad(format!("cannot be read ({})", error.kind())))?;
            for certificate in CertificateDer::pem_slice_iter(&text) {
                let certificate = certificate.map_err(|_| bad("is not a PEM file".to_owned()))?;
                roots.add(certificate).map_err(|_| bad("holds a broken certificate".to_owned()))?;
            }
            if roots.is_empty() {
                return Err(bad("holds no certificate".to_owned()));
            }
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let versions = builder.with_safe_default_protocol_versions();
    let versions = versions.map_err(|_| ConfigProblem::new("tls", "no protocol version is available"))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// A connector with these settings.
///
/// # Errors
/// As [`client_config`].
pub(crate) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, ConfigProblem> {
    Ok(TlsConnector::from(Arc::new(client_config(ca_file)?)))
}
