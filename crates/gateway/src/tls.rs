//! The client side of TLS, the same for every protocol.

use crate::ConfigProblem;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Settings that trust the authorities of a PEM file, or Mozilla's when none is given.
///
/// # Errors
/// A problem at `tls_ca_file` when the file cannot be read or holds no certificate.
pub(crate) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, ConfigProblem> {
    identified_config(ca_file, None)
}

/// The same, and the client shows a certificate of its own (mutual TLS): PEM files of a chain and of its key.
///
/// # Errors
/// As [`client_config`], and problems at `tls_certificate_file` and `tls_key_file`.
pub(crate) fn identified_config(
    ca_file: Option<&Path>,
    identity: Option<(&Path, &Path)>,
) -> Result<ClientConfig, ConfigProblem> {
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
    let trusting = versions.with_root_certificates(roots);
    let Some((chain, key)) = identity else { return Ok(trusting.with_no_client_auth()) };
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(chain).and_then(|certificates| certificates.collect());
    let chain = chain.ok().filter(|chain: &Vec<CertificateDer<'static>>| !chain.is_empty());
    let chain = chain
        .ok_or_else(|| ConfigProblem::new("tls_certificate_file", "expected a PEM file with certificates"))?;
    let bad_key =
        || ConfigProblem::new("tls_key_file", "expected a PEM file with the key of the certificate");
    let key = PrivateKeyDer::from_pem_file(key).map_err(|_| bad_key())?;
    trusting.with_client_auth_cert(chain, key).map_err(|_| bad_key())
}

/// A connector with these settings.
///
/// # Errors
/// As [`client_config`].
pub(crate) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, ConfigProblem> {
    Ok(TlsConnector::from(Arc::new(client_config(ca_file)?)))
}
