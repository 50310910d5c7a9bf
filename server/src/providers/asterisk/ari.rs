//! Requests to Asterisk's REST interface.

use super::Settings;
use super::wire::{Bridge, Channel, Trouble};
use crate::providers::{Auth, Body, ProviderError, Reply, Request, Transport, refusal};
use crate::secret::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// What need not be encoded in a part of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Why this server ends a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// The call is over.
    Over,
    /// Another agent has answered.
    Elsewhere,
    /// No agent answers.
    Unanswered,
    /// The agent declines the call.
    Declined,
}

impl HangUp {
    fn word(self) -> &'static str {
        match self {
            Self::Over => "normal_unspecified",
            Self::Elsewhere => "answered_elsewhere",
            Self::Unanswered => "no_answer",
            Self::Declined => "busy",
        }
    }
}

/// Asterisk's REST interface, for one account.
pub struct Ari<'a, T> {
    pub settings: &'a Settings,
    pub transport: &'a T,
}

impl<T: Transport> Ari<'_, T> {
    /// Reads something.
    pub async fn get(&self, purpose: &'static str, path: &str) -> Result<Reply, ProviderError> {
        self.send(purpose, "GET", path, Body::Empty, true).await
    }

    /// Does something that may be done twice.
    pub async fn post(
        &self,
        purpose: &'static str,
        path: &str,
        body: Value,
    ) -> Result<Reply, ProviderError> {
        self.send(purpose, "POST", path, Body::Json(body), true).await
    }

    /// Does something once.
    pub async fn post_once(
        &self,
        purpose: &'static str,
        path: &str,
        body: Value,
    ) -> Result<Reply, ProviderError> {
        self.send(purpose, "POST", path, Body::Json(body), false).await
    }

    /// Undoes something.
    pub async fn delete(&self, purpose: &'static str, path: &str) -> Result<Reply, ProviderError> {
        self.send(purpose, "DELETE", path, Body::Empty, true).await
    }

    /// Replaces something.
    pub async fn put(
        &self,
        purpose: &'static str,
        path: &str,
        body: Value,
    ) -> Result<Reply, ProviderError> {
        self.send(purpose, "PUT", path, Body::Json(body), true).await
    }

    /// Replaces something secret.
    pub async fn put_secret(
        &self,
        purpose: &'static str,
        path: &str,
        body: Value,
    ) -> Result<Reply, ProviderError> {
        self.send(purpose, "PUT", path, Body::SecretJson(body), true).await
    }

    async fn send(
        &self,
        purpose: &'static str,
        method: &'static str,
        path: &str,
        body: Body,
        repeatable: bool,
    ) -> Result<Reply, ProviderError> {
        let user = Secret::new(self.settings.user.clone());
        let auth = Auth::Basic { user, password: self.settings.password.clone() };
        let url = format!("{}/{path}", self.settings.base);
        self.transport.send(Request { purpose, method, url, auth, body, repeatable }).await
    }

    /// Converts an answer that is not a success into an error.
    pub fn refusal(&self, reply: &Reply) -> ProviderError {
        let said: Trouble = serde_json::from_slice(&reply.body).unwrap_or_default();
        let words = said.message.or(said.error);
        refusal::refusal_error(reply, words.as_deref(), &self.settings.secret_values())
    }

    /// Returns an error unless the answer is a success.
    pub fn check(&self, reply: &Reply) -> Result<(), ProviderError> {
        if reply.is_success() { Ok(()) } else { Err(self.refusal(reply)) }
    }

    /// Returns an error unless a server listens to Asterisk's events: without it nobody would
    /// connect the customer, and the agent's phone would ring in vain.
    pub async fn check_connected(&self) -> Result<(), ProviderError> {
        let reply = self.get("app", &format!("applications/{}", self.settings.app)).await?;
        match reply.status {
            404 => Err(ProviderError::NotReady(
                "Call Ribbon is not connected to the events of this PBX yet; it tries every few \
                 seconds. If this stays so, compare app and ariUrl with the account and check that \
                 the PBX allows WebSockets (http.conf, res_http_websocket)."
                    .to_owned(),
            )),
            _ => self.check(&reply),
        }
    }

    /// Ends a channel; returns false if there is none.
    pub async fn hang_up(&self, channel: &str, why: HangUp) -> Result<bool, ProviderError> {
        let path = format!("{}?reason={}", channel_path(channel), why.word());
        let reply = self.delete("hangup", &path).await?;
        match reply.status {
            404 => Ok(false),
            _ => self.check(&reply).map(|()| true),
        }
    }

    /// Returns all channels.
    pub async fn channels(&self) -> Result<Vec<Channel>, ProviderError> {
        let reply = self.get("channels", "channels").await?;
        self.check(&reply)?;
        reply.json()
    }

    /// Returns a channel.
    pub async fn channel(&self, id: &str) -> Result<Option<Channel>, ProviderError> {
        let reply = self.get("channel", &channel_path(id)).await?;
        match reply.status {
            404 => Ok(None),
            _ => self.check(&reply).and_then(|()| reply.json().map(Some)),
        }
    }

    /// Returns a bridge.
    pub async fn bridge(&self, id: &str) -> Result<Option<Bridge>, ProviderError> {
        let reply = self.get("bridge", &bridge_path(id)).await?;
        match reply.status {
            404 => Ok(None),
            _ => self.check(&reply).and_then(|()| reply.json().map(Some)),
        }
    }

    /// Creates the bridge of a call, unless it is there.
    pub async fn make_bridge(&self, id: &str) -> Result<(), ProviderError> {
        if self.bridge(id).await?.is_some() {
            return Ok(());
        }
        let reply = self.post("bridge", &bridge_path(id), json!({ "type": "mixing" })).await?;
        self.check(&reply)
    }

    /// Adds a channel to a bridge; returns false if the channel is gone.
    pub async fn add_to_bridge(&self, bridge: &str, channel: &str) -> Result<bool, ProviderError> {
        let path = format!("{}/addChannel", bridge_path(bridge));
        let reply = self.post("connect", &path, super::channel_body(&[channel])).await?;
        match reply.status {
            // The channel is not there, or is over.
            400 | 409 | 422 => Ok(false),
            _ => self.check(&reply).map(|()| true),
        }
    }

    /// Removes the bridge of a call. Returns whether it existed.
    pub async fn remove_bridge(&self, id: &str) -> Result<bool, ProviderError> {
        let reply = self.delete("bridge", &bridge_path(id)).await?;
        if reply.status == 404 {
            return Ok(false);
        }
        self.check(&reply).map(|()| true)
    }
}

/// Returns the path of a channel.
pub fn channel_path(id: &str) -> String {
    format!("channels/{}", utf8_percent_encode(id, SEGMENT))
}

/// Returns the path of a bridge.
pub fn bridge_path(id: &str) -> String {
    format!("bridges/{}", utf8_percent_encode(id, SEGMENT))
}
