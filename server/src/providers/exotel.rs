//! Exotel: the agent's phone rings first, then the customer's (click-to-call). With browser calling
//! the agent's browser rings (`browser.rs`).
//!
//! The facts are from Exotel's pages on making a call, on call details and on status callbacks
//! (developer.exotel.com). It has no API for hanging up, holding or muting such a call.

pub mod browser;
mod convert;
mod settings;
mod wire;
mod word;

#[cfg(test)]
mod tests;

pub use settings::{SECRET_FIELDS, Settings};

use super::settings::is_path_segment;
use super::{
    Auth, Body, BrowserAccess, DialOrder, Placed, ProviderError, Reply, Report, Request, Transport,
    Unreadable, WebhookRequest, refusal,
};
use call_ribbon_shared::Millis;
use convert::Clock;
use serde_json::Value;

/// The provider's name in the API.
pub const NAME: &str = "exotel";
/// The voice's name in the API: calls are heard on the agent's phone.
pub const VOICE: &str = "exotel";
/// The controls of this voice.
pub const FEATURES: &[&str] = &["call"];
/// The most characters of the custom field that Exotel returns.
const MAX_CUSTOM_FIELD_CHARS: usize = 128;

impl Settings {
    /// Has Exotel ring the agent's phone, then the customer's.
    pub async fn start_call(
        &self,
        transport: &impl Transport,
        order: &DialOrder<'_>,
    ) -> Result<Placed, ProviderError> {
        if let Some(browser) = &self.browser_calling {
            return self.start_in_browser(browser, transport, order).await;
        }
        let Some(agent) = order.agent.phone.as_deref().filter(|phone| !phone.is_empty()) else {
            return Err(ProviderError::NotReady(
                "This agent has no phone number, which Exotel rings first; \
                 an administrator can enter it with the agent."
                    .to_owned(),
            ));
        };
        let custom: String = order.session_id.chars().take(MAX_CUSTOM_FIELD_CHARS).collect();
        let mut form = vec![
            ("From", agent.to_owned()),
            ("To", order.to.to_owned()),
            ("CallerId", self.caller_id.clone()),
            ("CustomField", custom),
        ];
        if let Some(callback) = order.callback {
            form.push(("StatusCallback", callback.to_owned()));
            form.push(("StatusCallbackEvents[0]", "terminal".to_owned()));
            form.push(("StatusCallbackEvents[1]", "answered".to_owned()));
            form.push(("StatusCallbackContentType", "application/json".to_owned()));
        }
        if let Some(record) = self.record {
            form.push(("Record", record.to_string()));
        }
        let form = form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let reply = transport
            .send(Request {
                purpose: "connect",
                method: "POST",
                url: self.api_url("Calls/connect.json"),
                auth: self.basic_auth(),
                body: Body::Form(form),
                // It dials.
                repeatable: false,
            })
            .await?;
        let call = self.parse_answer(&reply).map_err(refusal::dial_error)?.call;
        if call.sid.is_none() && call.status.is_none() {
            let detail = "Exotel's answer does not contain a call id.".to_owned();
            return Err(ProviderError::Unclear { status: reply.status, detail });
        }
        let clock = Clock { zone: self.zone, received_at: transport.now() };
        let (provider_call_id, raw_status) = (call.sid.clone(), call.status.clone());
        Ok(Placed {
            provider_call_id,
            facts: convert::convert_lookup(call, clock).facts,
            raw_status,
        })
    }

    /// Returns the name of its voice.
    pub fn voice_name(&self) -> &'static str {
        if self.browser_calling.is_some() { browser::VOICE } else { VOICE }
    }

    /// Returns what a browser needs to take calls; `None` if the agent's phone takes them.
    pub async fn browser_access(
        &self,
        transport: &impl Transport,
    ) -> Result<Option<BrowserAccess>, ProviderError> {
        match &self.browser_calling {
            Some(browser) => self.access_for_browser(browser, transport).await.map(Some),
            None => Ok(None),
        }
    }

    /// Asks for the state of a call; `None` if Exotel does not know the call.
    pub async fn look_up_call(
        &self,
        transport: &impl Transport,
        call_sid: &str,
    ) -> Result<Option<Report>, ProviderError> {
        // It becomes part of the URL, and came from outside.
        if !is_path_segment(call_sid) {
            return Ok(None);
        }
        let path = format!("Calls/{call_sid}.json?details=true");
        let reply = self.send_get(transport, "look_up", &path).await?;
        if reply.status == 404 {
            return Ok(None);
        }
        let call = self.parse_answer(&reply)?.call;
        let clock = Clock { zone: self.zone, received_at: transport.now() };
        Ok(Some(convert::convert_lookup(call, clock)))
    }

    /// Requests one past call, which any account that may make calls may do.
    pub async fn check_credentials(&self, transport: &impl Transport) -> Result<(), ProviderError> {
        let reply = self.send_get(transport, "validate", "Calls.json?PageSize=1").await?;
        let why = match reply.status {
            // A new token proves the browser's part.
            200..300 => return self.browser_access(transport).await.map(|_| ()),
            401 | 403 => "Exotel did not accept the API key and token; check both, and accountSid.",
            404 => "Exotel does not know this account; check accountSid and baseUrl.",
            _ => return Err(self.reply_error(&reply)),
        };
        Err(ProviderError::Refused { status: Some(reply.status), detail: why.to_owned() })
    }

    /// Parses a webhook of Exotel.
    pub fn read_callback(
        &self,
        delivered: &WebhookRequest,
        received_at: Millis,
    ) -> Result<Report, Unreadable> {
        let fields = Value::Object(delivered.parse_fields()?);
        let callback: wire::Callback = serde_json::from_value(fields)
            .map_err(|error| Unreadable::from_json_error("The callback", &error))?;
        if callback.call_sid.is_none() {
            return Err(Unreadable("The callback names no call: CallSid is missing.".to_owned()));
        }
        Ok(convert::convert_callback(callback, Clock { zone: self.zone, received_at }))
    }

    async fn send_get(
        &self,
        transport: &impl Transport,
        purpose: &'static str,
        path: &str,
    ) -> Result<Reply, ProviderError> {
        let request = Request {
            purpose,
            method: "GET",
            url: self.api_url(path),
            auth: self.basic_auth(),
            body: Body::Empty,
            repeatable: true,
        };
        transport.send(request).await
    }

    fn api_url(&self, path: &str) -> String {
        format!("{}/v1/Accounts/{}/{path}", self.base, self.account_sid)
    }

    fn basic_auth(&self) -> Auth {
        Auth::Basic { user: self.api_key.clone(), password: self.api_token.clone() }
    }

    /// Parses a successful answer.
    fn parse_answer(&self, reply: &Reply) -> Result<wire::Answer, ProviderError> {
        if reply.is_success() { reply.json() } else { Err(self.reply_error(reply)) }
    }

    fn reply_error(&self, reply: &Reply) -> ProviderError {
        let answer: wire::Answer = serde_json::from_slice(&reply.body).unwrap_or_default();
        refusal::refusal_error(
            reply,
            answer.rest_exception.message.as_deref(),
            &self.secret_values(),
        )
    }
}
