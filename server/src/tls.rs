//! Answering by HTTPS: the server's certificate, which may be changed while it runs.

use crate::config::TlsSettings;
use call_ribbon_shared::Millis;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// Milliseconds before a certificate's end from which on it is worth a warning.
const SOON: Millis = 14 * 24 * 3600 * 1000;

/// Why the server cannot answer by HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Only one of the two is set.
    #[error("tls_cert and tls_key belong together: set both of them, or none")]
    Half,
    /// A file cannot be read, or holds nothing of the kind.
    #[error("the file {file:?} holds no {what} in PEM that could be read")]
    Read {
        /// What it was to hold.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// What was found out.
        source: pem::Error,
    },
    /// The file has no certificate.
    #[error("the file {0:?} holds no certificate in PEM")]
    NoCertificate(PathBuf),
    /// The two are not of each other.
    #[error("the key in {key:?} is not that of the certificate in {cert:?}")]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// They cannot be used for something else.
    #[error("the certificate in {cert:?} and its key cannot be used")]
    Unusable {
        /// The certificate's file.
        cert: PathBuf,
        /// What was found out.
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

/// When a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// For a while yet: until then.
    Good(Millis),
    /// It ends soon.
    EndsSoon(Millis),
    /// It has ended.
    Ended(Millis),
    /// It has not begun.
    NotYet(Millis),
    /// It does not say so in a way that is understood here.
    Unknown,
}

impl Tls {
    /// Reads certificate and key; `None` where the server is to answer by HTTP.
    pub fn load(settings: &TlsSettings) -> Result<Option<Self>, TlsError> {
        match (&settings.tls_cert, &settings.tls_key) {
            (None, None) => Ok(None),
            (Some(cert), Some(key)) => {
                let now = RwLock::new(read(cert, key)?);
                Ok(Some(Self { cert: cert.clone(), key: key.clone(), now }))
            }
            _ => Err(TlsError::Half),
        }
    }

    /// Reads both anew, for the connections that come from now on. Where they are not good, those
    /// that were read before stay.
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = read(&self.cert, &self.key)?;
        // Nothing in here can stop halfway, so what a panic elsewhere left behind is whole.
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// What shakes hands with the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&now))
    }

    /// When the certificate is good, as it stands in its file.
    pub fn validity(&self, now: Millis) -> Validity {
        validity(&self.cert, now).unwrap_or(Validity::Unknown)
    }
}

fn read(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(cert)?;
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

/// The certificates of a file, the server's own first.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let what = "certificate";
    let unread = |source| TlsError::Read { what, file: file.to_owned(), source };
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(unread)?.collect();
    let all = all.map_err(unread)?;
    if all.is_empty() {
        return Err(TlsError::NoCertificate(file.to_owned()));
    }
    Ok(all)
}

/// When the first certificate of a file is good.
fn validity(file: &Path, now: Millis) -> Result<Validity, TlsError> {
    let all = certificates(file)?;
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
