//! Tests HTTPS, with certificates that the tests generate.

use crate::support::process::{program_in, run_to_end};
use crate::support::{KEY, Server};
use call_ribbon_server::config::Config;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const PATIENCE: Duration = Duration::from_secs(15);

/// Writes a certificate for localhost and its key to files.
pub struct Pair {
    folder: TempDir,
    der: CertificateDer<'static>,
}

impl Pair {
    pub fn new() -> Self {
        Self::until(2999)
    }

    fn until(year: i32) -> Self {
        let folder = TempDir::new().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let cert = params.self_signed(&key).unwrap();
        let pair = Self { folder, der: cert.der().clone() };
        fs::write(pair.cert(), cert.pem()).unwrap();
        fs::write(pair.key(), key.serialize_pem()).unwrap();
        pair
    }

    fn cert(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    pub fn set(&self, config: &mut Config) {
        config.tls.tls_cert = Some(self.cert());
        config.tls.tls_key = Some(self.key());
    }

    /// Does a TLS handshake that trusts only this certificate.
    pub async fn connect(
        &self,
        server: &Server,
        alpn: &[u8],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![alpn.to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, socket(server).await).await
    }
}

async fn socket(server: &Server) -> TcpStream {
    TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap()
}

async fn config_over(mut stream: TlsStream<TcpStream>) -> String {
    let request = format!(
        "GET /api/ribbon/config HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {KEY}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn requests_are_answered_by_https() {
    let pair = Pair::new();
    let server = Server::start_with_settings(|config| pair.set(config)).await;
    assert_eq!(server.app.scheme(), "https");
    // Handshakes that never complete delay no other connection.
    let mut silent = Vec::new();
    for _ in 0..50 {
        let mut socket = socket(&server).await;
        socket.write_all(&[22, 3, 1]).await.unwrap();
        silent.push(socket);
    }
    let answer = config_over(pair.connect(&server, b"http/1.1").await.unwrap()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    // HTTP/2, up to its first frame: the server's settings.
    let mut stream = pair.connect(&server, b"h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame[3], 4, "the kind of frame");
    // A client without TLS gets no answer.
    let mut plain = socket(&server).await;
    plain.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, plain.read_to_end(&mut answer)).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains("healthy"));
}

#[tokio::test]
async fn a_handshake_has_its_time() {
    let pair = Pair::new();
    let change = |config: &mut Config| {
        pair.set(config);
        config.limits.header_timeout = 1;
    };
    let server = Server::start_with_settings(change).await;
    for begun in [&b""[..], &[22, 3, 1]] {
        let mut socket = socket(&server).await;
        socket.write_all(begun).await.unwrap();
        let mut bytes = Vec::new();
        let read = socket.read_to_end(&mut bytes);
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("the connection stays open");
    }
}

#[tokio::test]
async fn a_certificate_is_changed_while_the_server_runs() {
    let (old, new) = (Pair::new(), Pair::new());
    let server = Server::start_with_settings(|config| old.set(config)).await;
    fs::copy(new.cert(), old.cert()).unwrap();
    // A truncated file is invalid: the previous certificate stays.
    server.app.reload_certificate();
    assert!(old.connect(&server, b"http/1.1").await.is_ok());
    fs::copy(new.key(), old.key()).unwrap();
    server.app.reload_certificate();
    assert!(old.connect(&server, b"http/1.1").await.is_err());
    let answer = config_over(new.connect(&server, b"http/1.1").await.unwrap()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said() {
    let (pair, other, ended) = (Pair::new(), Pair::new(), Pair::until(2021));
    let nowhere = pair.folder.path().join("nowhere.pem");
    for (cert, key, wanted) in [
        (pair.cert(), other.key(), "is not that of the certificate in"),
        (nowhere.clone(), pair.key(), "nowhere.pem\" contains no certificate"),
        (pair.key(), pair.key(), "contains no certificate in PEM"),
        (pair.cert(), pair.cert(), "contains no private key in PEM"),
        (ended.cert(), ended.key(), "renew it: it expired at 2021-01-01T00:00:00Z"),
    ] {
        let mut command = program_in(pair.folder.path());
        command.args(["doctor", "--listen", "127.0.0.1:0"]);
        command.arg("--tls-cert").arg(&cert).arg("--tls-key").arg(&key);
        let done = run_to_end(command).await;
        let said = String::from_utf8(done.stdout).unwrap();
        let line = said.lines().find(|line| line.contains("certificate:")).unwrap();
        assert!(line.starts_with("problem ") && line.contains(wanted), "{line}");
        assert!(!said.contains("PRIVATE KEY"), "{said}");
    }
    let mut command = program_in(pair.folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]).arg("--tls-cert").arg(pair.cert());
    let done = run_to_end(command).await;
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(!done.status.success() && said.contains("belong together"), "{said}");
}
