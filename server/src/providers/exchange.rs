//! Requests to providers and their answers, with the interface that sends them.

use super::ProviderError;
use crate::secret::Secret;
use bytes::Bytes;
use call_ribbon_shared::Millis;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::future::Future;

/// Sends the requests of a provider's adapter. A value serves one account and one action: it masks
/// the account's secrets in the log, and logs the call that the action is about.
pub trait Transport: Send + Sync {
    /// Sends a request and returns any answer, including a refusal. A [`Request::repeatable`]
    /// request is retried after a network error, a 429 or a 5xx.
    fn send(&self, request: Request) -> impl Future<Output = Result<Reply, ProviderError>> + Send;

    /// Returns the current time.
    fn now(&self) -> Millis;

    /// Returns the stored token of this name, if it is still valid.
    fn stored_token(&self, name: &'static str) -> Option<Secret>;

    /// Stores a token for the account's further requests, until it expires.
    fn store_token(&self, name: &'static str, token: Secret, good_until: Millis);

    /// Removes a token that the provider no longer accepts.
    fn remove_token(&self, name: &'static str);
}

/// A request to a provider.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its purpose, in a word or two for the log: `connect`, `hangup`, `validate`.
    pub purpose: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole URL, without any secret in it.
    pub url: String,
    pub auth: Auth,
    pub body: Body,
    /// Whether sending it twice does no harm. A request that dials is not repeatable.
    pub repeatable: bool,
}

/// How a request authenticates.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Not at all, or in the body.
    None,
    /// `Authorization: Basic …` with user and password.
    Basic { user: Secret, password: Secret },
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// `Authorization: …`, the token alone.
    Token(Secret),
}

/// A request's body.
#[derive(Debug, Clone)]
pub enum Body {
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    Json(Value),
    /// JSON that contains a secret, as does the answer. Neither is logged.
    SecretJson(Value),
}

/// A provider's answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    pub body: Bytes,
}

impl Reply {
    /// Whether the status means success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Parses the body as JSON; an unreadable body is the provider's fault.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|_| ProviderError::Refused {
            status: Some(self.status),
            detail: "The provider's answer is not the JSON that was expected.".to_owned(),
        })
    }
}

/// Where a provider tells of its calls.
#[derive(Debug, Clone)]
pub struct EventStream<'a> {
    /// The URL of a WebSocket, with the scheme of HTTP and without any secret.
    pub url: String,
    pub user: &'a str,
    pub password: &'a Secret,
}
