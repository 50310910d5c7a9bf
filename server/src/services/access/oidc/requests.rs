//! Sends the requests to the provider.

use crate::outgoing::{self, AddressError, OutgoingClient};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::pin::Pin;

/// Bytes of an answer that are read; those of known providers have a tenth of it.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// Why the provider did not answer. No variant repeats the address, which may contain a code.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The guard of outgoing requests refuses the address.
    #[error("its address {0}")]
    Refused(AddressError),
    /// No answer came in time.
    #[error("it could not be reached")]
    Unreachable,
    /// The answer is longer than any known one.
    #[error("its answer is longer than 256 KiB")]
    TooLong,
}

/// Sends requests by the server's own client, which has the guard of addresses and the time-outs.
pub struct ProviderRequests<'a>(pub &'a OutgoingClient);

impl<'c> AsyncHttpClient<'c> for ProviderRequests<'_> {
    type Error = RequestError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, RequestError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(self.0, request))
    }
}

async fn send(http: &OutgoingClient, request: HttpRequest) -> Result<HttpResponse, RequestError> {
    let (parts, body) = request.into_parts();
    let asked =
        http.request(parts.method, &parts.uri.to_string()).map_err(RequestError::Refused)?;
    let response = asked.headers(parts.headers).body(body).send().await;
    let mut response = response.map_err(|error| network_error(&error))?;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| network_error(&error))? {
        if body.len() + part.len() > MAX_ANSWER_BYTES {
            return Err(RequestError::TooLong);
        }
        body.extend_from_slice(&part);
    }
    let mut answer = HttpResponse::new(body);
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    Ok(answer)
}

fn network_error(error: &reqwest::Error) -> RequestError {
    outgoing::refusal(error).map_or(RequestError::Unreachable, RequestError::Refused)
}
