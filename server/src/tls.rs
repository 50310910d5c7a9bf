//! HTTPS: the server's certificate, which can be reloaded while it runs.

use crate::config::TlsSettings;
use call_ribbon_shared::Millis;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// Milliseconds before a certificate's expiry from which a warning is due.
const SOON: Millis = 14 * 24 * 3600 * 1000;

/// Why the server cannot serve HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Only one of certificate and key is set.
    #[error("tls_cert and tls_key belong together: set both or neither")]
    Half,
    /// A file cannot be read, or does not contain what it should.
    #[error("the file {file:?} contains no {what} in PEM that can be read")]
    Read {
        /// What it should contain.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// The error.
        source: pem::Error,
    },
    /// The file has no certificate.
    #[error("the file {0:?} contains no certificate in PEM")]
    NoCertificate(PathBuf),
    /// The certificate and the key do not match.
    #[error("the key in {key:?} is not that of the certificate in {cert:?}")]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// They cannot be used for another reason.
    #[error("the certificate in {cert:?} and its key cannot be used")]
    Unusable {
        /// The certificate's file.
        cert: PathBuf,
        /// The error.
        source: rustls::Error,
    },
}

/// The server's certificate with its key.
#[derive(Debug)]
pub struct Tls {
    cert: PathBuf,
    key: PathBuf,
    now: RwLock<Arc<ServerConfig>>,
}

/// The validity of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Valid until this time, which is not soon.
    Good(Millis),
    /// It expires soon.
    EndsSoon(Millis),
    /// It has expired.
    Ended(Millis),
    /// It is not valid yet.
    NotYet(Millis),
    /// Its validity cannot be parsed.
    Unknown,
}

impl Tls {
    /// Reads certificate and key; `None` if the server serves HTTP.
    pub fn load(settings: &TlsSettings) -> Result<Option<Self>, TlsError> {
        match (&settings.tls_cert, &settings.tls_key) {
            (None, None) => Ok(None),
            (Some(cert), Some(key)) => {
                let now = RwLock::new(read_config(cert, key)?);
                Ok(Some(Self { cert: cert.clone(), key: key.clone(), now }))
            }
            _ => Err(TlsError::Half),
        }
    }

    /// Reads both again, for new connections. If they are invalid, the previous ones stay.
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = read_config(&self.cert, &self.key)?;
        // Nothing here can stop halfway, so the value is intact even after a panic elsewhere.
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// Returns the acceptor for the TLS handshake of the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&now))
    }

    /// Returns the validity of the certificate, as its file states it.
    pub fn validity(&self, now: Millis) -> Validity {
        read_validity(&self.cert, now).unwrap_or(Validity::Unknown)
    }
}

fn read_config(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = read_certificates(cert)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::Read {
        what: "private key",
        file: key.to_owned(),
        source,
    })?;
    let unusable = |source| match source {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { cert: cert.to_owned(), key: key.to_owned() }
        }
        source => TlsError::Unusable { cert: cert.to_owned(), source },
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Reads the certificates of a file, the server's own first.
fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let what = "certificate";
    let unread = |source| TlsError::Read { what, file: file.to_owned(), source };
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(unread)?.collect();
    let all = all.map_err(unread)?;
    if all.is_empty() {
        return Err(TlsError::NoCertificate(file.to_owned()));
    }
    Ok(all)
}

/// Returns the validity of the first certificate of a file.
fn read_validity(file: &Path, now: Millis) -> Result<Validity, TlsError> {
    let all = read_certificates(file)?;
    let read = all.first().and_then(|first| x509_parser::parse_x509_certificate(first).ok());
    let Some((_, certificate)) = read else { return Ok(Validity::Unknown) };
    let times = certificate.validity();
    let begin = times.not_before.timestamp().saturating_mul(1000);
    let end = times.not_after.timestamp().saturating_mul(1000);
    Ok(match () {
        () if now < begin => Validity::NotYet(begin),
        () if now > end => Validity::Ended(end),
        () if now > end - SOON => Validity::EndsSoon(end),
        () => Validity::Good(end),
    })
}
