//! Exotel calls heard in the agent's browser.
//!
//! Exotel rings the browser over SIP and, once it has answered, the customer. The browser runs
//! Exotel's own SDK (`widget/voice`), which needs a token and the agent's id at Exotel; this module
//! gets the token and has the calls made. The facts are from Exotel's pages on its integrations
//! (developer.exotel.com, "Create Authentication Token") and from the source of its SDK, version
//! 1.2.2, which makes the very request that is made here.

#[cfg(test)]
mod tests;

use super::Settings;
use super::settings::BrowserCalling;
use crate::providers::{
    Auth, Body, BrowserAccess, DialOrder, Placed, ProviderError, Reply, Request, Transport, refusal,
};
use crate::secret::Secret;
use call_ribbon_shared::Millis;
use serde::Deserialize;
use serde_json::{Value, json};

/// The voice's name in the API.
pub const VOICE: &str = "exotel-browser";
/// The controls of this voice; all but the first are carried out by the page.
pub const FEATURES: &[&str] = &["call", "answer", "hangup", "mute", "hold", "dtmf"];
/// The name under which the token is stored.
const TOKEN: &str = "exotel-integrations";
/// Exotel's tokens are valid for 90 days. A token given to a browser must stay valid for its whole
/// shift.
const TOKEN_LIFETIME: Millis = (90 - 2) * 24 * 60 * 60 * 1000;
/// Possible names of the call's id in Exotel's answer, which Exotel does not document.
const CALL_ID_FIELDS: &[&str] = &["CallSid", "call_sid", "callSid", "Sid", "sid"];

/// The envelope of answers of Exotel's integrations.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    /// A refusal may have the HTTP status 200, and then says so here.
    #[serde(default)]
    code: u16,
    #[serde(default)]
    error: Value,
    #[serde(default)]
    data: Value,
}

/// The required part of an agent's entry at Exotel.
#[derive(Debug, Deserialize)]
struct Mapping {
    customer_id: String,
}

impl Settings {
    /// Has Exotel ring the agent's browser, then the customer.
    pub(super) async fn start_in_browser(
        &self,
        browser: &BrowserCalling,
        transport: &impl Transport,
        order: &DialOrder<'_>,
    ) -> Result<Placed, ProviderError> {
        let Some(user) = order.agent.provider_user_id.as_deref().filter(|user| !user.is_empty())
        else {
            return Err(ProviderError::NotReady(
                "This agent has no user at Exotel, whose browser it rings; an administrator can \
                 enter the provider's user id with the agent."
                    .to_owned(),
            ));
        };
        let customer_id = match &browser.customer_id {
            Some(known) => known.clone(),
            None => self.customer_id(browser, transport, user).await?,
        };
        let body = json!({
            "customer_id": customer_id,
            "app_id": browser.app_id,
            "to": order.to,
            "user_id": user,
        });
        let request = Request {
            purpose: "outbound_call",
            method: "POST",
            url: browser.integrations_url("call/outbound_call"),
            auth: Auth::None,
            body: Body::Json(body),
            // It dials.
            repeatable: false,
        };
        let reply = self.send_with_token(browser, transport, request).await?;
        let data = self.parse_data(&reply).map_err(refusal::dial_error)?;
        Ok(Placed { provider_call_id: find_call_id(&data), ..Placed::default() })
    }

    /// Returns what Exotel's SDK needs to ring this agent's browser.
    pub(super) async fn access_for_browser(
        &self,
        browser: &BrowserCalling,
        transport: &impl Transport,
    ) -> Result<BrowserAccess, ProviderError> {
        let token = match transport.stored_token(TOKEN) {
            Some(token) => token,
            None => self.request_token(browser, transport).await?,
        };
        Ok(BrowserAccess { token, leg_connects: !browser.callbacks })
    }

    /// Returns Exotel's id of its customer, which each agent's entry contains.
    async fn customer_id(
        &self,
        browser: &BrowserCalling,
        transport: &impl Transport,
        user: &str,
    ) -> Result<String, ProviderError> {
        let user: String = form_urlencoded::byte_serialize(user.as_bytes()).collect();
        let request = Request {
            purpose: "usermapping",
            method: "GET",
            url: browser.integrations_url(&format!("usermapping?user_id={user}")),
            auth: Auth::None,
            body: Body::Empty,
            repeatable: true,
        };
        let reply = self.send_with_token(browser, transport, request).await?;
        let mapping = serde_json::from_value(self.parse_data(&reply)?);
        let mapping: Mapping = mapping.map_err(|_| ProviderError::Refused {
            status: Some(reply.status),
            detail: "Exotel does not say which customer this agent belongs to; enter \
                     browserCalling.customerId."
                .to_owned(),
        })?;
        Ok(mapping.customer_id)
    }

    /// Sends a request with the account's token. If the token is no longer accepted, a new one is
    /// requested, once. That cannot dial twice: a request refused with a 401 was not carried out.
    async fn send_with_token(
        &self,
        browser: &BrowserCalling,
        transport: &impl Transport,
        request: Request,
    ) -> Result<Reply, ProviderError> {
        if let Some(token) = transport.stored_token(TOKEN) {
            let reply =
                transport.send(Request { auth: Auth::Token(token), ..request.clone() }).await?;
            if reply.status != 401 {
                return Ok(reply);
            }
            transport.remove_token(TOKEN);
        }
        let token = self.request_token(browser, transport).await?;
        transport.send(Request { auth: Auth::Token(token), ..request }).await
    }

    async fn request_token(
        &self,
        browser: &BrowserCalling,
        transport: &impl Transport,
    ) -> Result<Secret, ProviderError> {
        let reply = transport
            .send(Request {
                purpose: "token",
                method: "POST",
                url: browser.integrations_url("token"),
                auth: Auth::None,
                body: Body::Json(json!({
                    "Id": browser.app_id,
                    "Secret": browser.app_secret.expose(),
                    "Entity": "app",
                })),
                repeatable: true,
            })
            .await?;
        if matches!(reply.status, 400 | 401 | 403) {
            let detail = "Exotel did not accept browserCalling's appId and appSecret; check both.";
            return Err(ProviderError::Refused {
                status: Some(reply.status),
                detail: detail.to_owned(),
            });
        }
        let data = self.parse_data(&reply)?;
        let Some(token) = data.as_str().filter(|token| !token.is_empty()) else {
            let detail = "Exotel's answer does not contain a token.".to_owned();
            return Err(ProviderError::Refused { status: Some(reply.status), detail });
        };
        let token = Secret::new(token);
        transport.store_token(TOKEN, token.clone(), transport.now() + TOKEN_LIFETIME);
        Ok(token)
    }

    /// Returns the data of a successful answer.
    fn parse_data(&self, reply: &Reply) -> Result<Value, ProviderError> {
        let envelope: Option<Envelope> = serde_json::from_slice(&reply.body).ok();
        match envelope {
            Some(envelope) if reply.is_success() && envelope.code < 400 => Ok(envelope.data),
            Some(envelope) => {
                let status = if reply.is_success() { envelope.code } else { reply.status };
                let reply = Reply { status, ..reply.clone() };
                let words = refusal_reason(&envelope.error);
                Err(refusal::refusal_error(&reply, words.as_deref(), &self.secret_values()))
            }
            None if reply.is_success() => reply.json::<Envelope>().map(|envelope| envelope.data),
            None => Err(refusal::refusal_error(reply, None, &self.secret_values())),
        }
    }
}

impl BrowserCalling {
    fn integrations_url(&self, path: &str) -> String {
        format!("{}/v2/integrations/{path}", self.base)
    }
}

/// Returns why Exotel refused: a text, or an object that contains one.
fn refusal_reason(error: &Value) -> Option<String> {
    let inner = error.as_object().into_iter().flat_map(|object| {
        ["description", "message", "Message", "Description"].map(|name| object.get(name))
    });
    let text = error.as_str().or_else(|| inner.flatten().find_map(Value::as_str));
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns Exotel's id of the call, wherever the answer has it.
fn find_call_id(data: &Value) -> Option<String> {
    let object = data.as_object()?;
    let own = CALL_ID_FIELDS.iter().find_map(|name| object.get(*name)?.as_str());
    let own = own.filter(|name| !name.is_empty()).map(str::to_owned);
    own.or_else(|| object.values().find_map(find_call_id))
}
