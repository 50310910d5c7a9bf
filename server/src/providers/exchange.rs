//! What goes to a provider and what it answers.

use super::ProviderError;
use crate::secret::Secret;
use bytes::Bytes;
use call_ribbon_shared::Millis;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::future::Future;

/// Sends what a provider's adapter asks for. One line is for one account, and for one thing that
/// is done: it masks the account's secrets in the log, and writes there which call it was about.
pub trait Line: Send + Sync {
    /// Sends a request and hands back whatever is answered, also a refusal. Where it is
    /// [`Request::repeatable`] it is sent again after a failure of the network, a 429 or a 5xx.
    fn send(&self, request: Request) -> impl Future<Output = Result<Reply, ProviderError>> + Send;

    /// The time now.
    fn now(&self) -> Millis;

    /// A token of this name that was got from the provider before and is still good.
    fn token(&self, name: &'static str) -> Option<Secret>;

    /// Keeps a token for the account's further requests, until it is no longer good.
    fn keep_token(&self, name: &'static str, token: Secret, good_until: Millis);

    /// Forgets a token that the provider did not take any more.
    fn forget_token(&self, name: &'static str);
}

/// A request to a provider.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it is for, in a word or two of the log: `connect`, `hangup`, `validate`.
    pub purpose: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole address, without any secret in it.
    pub url: String,
    pub auth: Auth,
    pub body: Body,
    /// Whether sending it twice does no harm. What dials is not.
    pub repeatable: bool,
}

/// How a request says who sends it.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Not at all, or in the body.
    None,
    /// `Authorization: Basic …` of user and password.
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
}

/// What a provider answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    pub body: Bytes,
}

impl Reply {
    /// Whether it is a yes.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the body as JSON; what cannot be read is the provider's fault.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|_| ProviderError::Refused {
            status: Some(self.status),
            detail: "The provider's answer is not the JSON that was expected.".to_owned(),
        })
    }
}
