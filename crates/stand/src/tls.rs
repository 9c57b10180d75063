//! Certificates of the stand's own, made anew at every start.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// An authority and a server certificate signed by it, for names of this machine.
pub struct Certificates {
    /// The authority to trust, as PEM; served at `/api/tls/ca.pem`.
    pub ca_pem: String,
    /// Accepts TLS with the server certificate.
    pub acceptor: TlsAcceptor,
}

impl Certificates {
    /// Makes both.
    ///
    /// # Errors
    /// When the cryptographic library refuses, which it has no reason to.
    pub fn make() -> io::Result<Certificates> {
        let bad = |error: rcgen::Error| io::Error::other(error.to_string());
        let ca_key = KeyPair::generate().map_err(bad)?;
        let mut ca = CertificateParams::new(Vec::new()).map_err(bad)?;
        ca.distinguished_name.push(DnType::CommonName, "Pristan stand authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca_certificate = ca.self_signed(&ca_key).map_err(bad)?;
        let issuer = Issuer::new(ca, ca_key);

        let key = KeyPair::generate().map_err(bad)?;
        let names = ["localhost", "stand", "127.0.0.1", "::1"].map(str::to_owned);
        let mut leaf = CertificateParams::new(names.to_vec()).map_err(bad)?;
        leaf.distinguished_name.push(DnType::CommonName, "Pristan stand");
        let certificate = leaf.signed_by(&key, &issuer).map_err(bad)?;

        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key)
            })
            .map_err(io::Error::other)?;
        Ok(Certificates { ca_pem: ca_certificate.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}
