//! Certificates of the stand's own, made anew at every start.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// An authority and a server certificate signed by it, for names of this machine.
pub struct Certificates {
    /// The authority to trust, as PEM; served at `/api/tls/ca.pem`.
    pub ca_pem: String,
    /// Accepts TLS with the server certificate.
    pub acceptor: TlsAcceptor,
    /// Accepts TLS from clients that show a certificate of the authority.
    pub mutual: TlsAcceptor,
    /// Such a certificate and its key, as PEM; served at `/api/tls/client.pem`.
    pub client_pem: String,
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

        let client_key = KeyPair::generate().map_err(bad)?;
        let mut client = CertificateParams::new(vec!["portal".to_owned()]).map_err(bad)?;
        client.distinguished_name.push(DnType::CommonName, "Pristan portal");
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client = client.signed_by(&client_key, &issuer).map_err(bad)?;

        let (chain, key) = (certificate.der(), key.serialize_der());
        Ok(Certificates {
            ca_pem: ca_certificate.pem(),
            acceptor: acceptor(chain, &key, None)?,
            mutual: acceptor(chain, &key, Some(ca_certificate.der()))?,
            client_pem: client.pem() + &client_key.serialize_pem(),
        })
    }
}

/// Accepts TLS with a certificate; with an authority, from its clients only.
fn acceptor(
    certificate: &CertificateDer<'static>,
    key: &[u8],
    clients: Option<&CertificateDer<'static>>,
) -> io::Result<TlsAcceptor> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_vec()));
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.clone()).map_err(io::Error::other)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(io::Error::other)?)
        }
    };
    let config = builder.with_single_cert(vec![certificate.clone()], key).map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
