//! The TLS listener: a test authority, one good certificate, and the bad ones a client must refuse.
//!
//! Some clients refuse an http authority, and some attach tokens to https hosts only. The certificate names
//! Microsoft's own hosts, so a client that resolves them to us needs no other change than to trust the authority.

use std::{io, sync::Arc};

use serde::{Deserialize, Serialize};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};

use crate::world::Shared;

/// The authority that clients must trust, PEM.
pub const TEST_AUTHORITY: &str = include_str!("../fixtures/tls-authority.pem");

/// Which certificate the TLS listener shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsCertificate {
    /// Valid for every name the emulator answers to.
    #[default]
    Good,
    /// Expired in 2021.
    Expired,
    /// For `other.example`.
    WrongName,
    /// Signed by itself.
    SelfSigned,
}

#[derive(Debug)]
struct Certificates {
    shared: Shared,
    good: Arc<CertifiedKey>,
    expired: Arc<CertifiedKey>,
    wrong_name: Arc<CertifiedKey>,
    self_signed: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(match self.shared.lock().tls_certificate {
            TlsCertificate::Good => &self.good,
            TlsCertificate::Expired => &self.expired,
            TlsCertificate::WrongName => &self.wrong_name,
            TlsCertificate::SelfSigned => &self.self_signed,
        }))
    }
}

/// An acceptor that follows the switch of the world.
///
/// # Errors
/// Never for the committed certificates.
pub(crate) fn acceptor(shared: Shared) -> io::Result<TlsAcceptor> {
    let certificates = Certificates {
        shared,
        good: certified(include_bytes!("../fixtures/tls-good.pem"))?,
        expired: certified(include_bytes!("../fixtures/tls-expired.pem"))?,
        wrong_name: certified(include_bytes!("../fixtures/tls-wrong-name.pem"))?,
        self_signed: certified(include_bytes!("../fixtures/tls-self-signed.pem"))?,
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(certificates));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certified(pem: &[u8]) -> io::Result<Arc<CertifiedKey>> {
    let chain = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(io::Error::other)?;
    let key = aws_lc_rs::sign::any_supported_type(&key)
        .map_err(|problem: rustls::Error| io::Error::other(problem))?;
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}
