//! Sends one HTTP request.

use crate::outgoing::{self, AddressError, OutgoingClient};
use crate::providers::{Auth, Body, ProviderError, Reply, Request};
use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};

/// Bytes of an answer that are read; no known answer comes near.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Sends a request and reads the whole answer.
pub async fn send_request(
    http: &OutgoingClient,
    request: &Request,
) -> Result<Reply, ProviderError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| ProviderError::NotReady(format!("{} is not a method.", request.method)))?;
    let mut asked = http.request(method, &request.url).map_err(refused_address)?;
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
        Body::Json(value) | Body::SecretJson(value) => asked.json(value),
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
    if let Some(refused) = outgoing::refusal(error) {
        refused_address(refused)
    } else if error.is_connect() {
        let said = std::error::Error::source(error).map(innermost_cause).unwrap_or_default();
        ProviderError::Unreachable(format!("No connection: {said}."))
    } else if error.is_builder() {
        ProviderError::NotReady("The account's address is not valid.".to_owned())
    } else {
        // It was sent, at least in part, and no complete answer came back.
        ProviderError::TimedOut
    }
}

/// Says that nothing was sent because the account's address is refused.
fn refused_address(refused: AddressError) -> ProviderError {
    ProviderError::NotReady(format!(
        "The address of this account's provider {refused}, so nothing was sent; an administrator \
         can correct it, or the server's operator can allow its network \
         (allow_private_addresses)."
    ))
}

/// Returns the innermost cause, which holds the operating system's message.
fn innermost_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(deeper) = error.source() {
        error = deeper;
    }
    error.to_string()
}
