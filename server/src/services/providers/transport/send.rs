//! Sends one HTTP request.

use crate::providers::{Auth, Body, ProviderError, Reply, Request};
use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, redirect};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// Time-out for connecting to a provider.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read; no known answer comes near.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Why the HTTP client could not be created.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// TLS could not be set up.
    #[error("the machine's TLS could not be set up for requests to telephony providers")]
    Tls(#[from] rustls::Error),
    /// The client could not be built.
    #[error("requests to telephony providers could not be set up")]
    Client(#[from] reqwest::Error),
}

/// Creates an HTTP client with this time-out for each request.
pub fn build_client(patience: Duration) -> Result<Client, TransportError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!("a root certificate of this machine could not be read: {error}");
    }
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(patience)
        .connect_timeout(CONNECT_TIMEOUT.min(patience))
        // An account's credentials go to the configured URL and to no other.
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("call-ribbon/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// Sends a request and reads the whole answer.
pub async fn send_request(http: &Client, request: &Request) -> Result<Reply, ProviderError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| ProviderError::NotReady(format!("{} is not a method.", request.method)))?;
    let mut asked = http.request(method, &request.url);
    asked = match &request.auth {
        Auth::None => asked,
        Auth::Basic { user, password } => asked.basic_auth(user.expose(), Some(password.expose())),
        Auth::Bearer(token) => asked.bearer_auth(token.expose()),
        Auth::Token(token) => {
            let mut value = HeaderValue::from_str(token.expose()).map_err(|_| {
                ProviderError::NotReady(
                    "The account's token contains characters that no header allows.".to_owned(),
                )
            })?;
            value.set_sensitive(true);
            asked.header(AUTHORIZATION, value)
        }
    };
    asked = match &request.body {
        Body::Empty => asked,
        Body::Form(fields) => asked.form(fields),
        Body::Json(value) => asked.json(value),
    };
    let response = asked.send().await.map_err(|error| network_error(&error))?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|seconds| seconds.trim().parse().ok());
    Ok(Reply { status, retry_after, body: read_body(response).await? })
}

/// Reads an answer's body, up to a bound.
async fn read_body(mut response: Response) -> Result<Bytes, ProviderError> {
    let mut body = BytesMut::new();
    while let Some(part) = response.chunk().await.map_err(|error| network_error(&error))? {
        if body.len() + part.len() > MAX_ANSWER_BYTES {
            return Err(ProviderError::Refused {
                status: Some(response.status().as_u16()),
                detail: "The provider's answer is longer than one mebibyte.".to_owned(),
            });
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// Converts a network error: it matters whether the request may have arrived. The error's own text
/// is not passed on, because it contains the URL.
fn network_error(error: &reqwest::Error) -> ProviderError {
    if error.is_connect() {
        let said = std::error::Error::source(error).map(innermost_cause).unwrap_or_default();
        ProviderError::Unreachable(format!("No connection: {said}."))
    } else if error.is_builder() {
        ProviderError::NotReady("The account's address is not valid.".to_owned())
    } else {
        // It was sent, at least in part, and no complete answer came back.
        ProviderError::TimedOut
    }
}

/// Returns the innermost cause, which holds the operating system's message.
fn innermost_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(deeper) = error.source() {
        error = deeper;
    }
    error.to_string()
}
