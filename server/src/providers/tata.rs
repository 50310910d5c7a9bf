//! Tata Smartflo: the agent's phone rings first, then the customer's (click-to-call).
//!
//! The facts are from Smartflo's pages on click to call, live calls, hang-up and webhooks
//! (docs.smartflo.tatatelebusiness.com). The format of a request and the field with the call's id
//! in an answer differ by account, so both variants are supported.

mod access;
mod convert;
mod hang_up;
mod settings;
mod wire;

#[cfg(test)]
mod tests;

pub use settings::{SECRET_FIELDS, Settings};

use super::{
    AgentContact, Auth, Body, DialOrder, OngoingCall, Placed, ProviderError, Reply, Report,
    Request, Transport, Unreadable, WebhookRequest, refusal, simulator,
};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Fact};
use serde_json::{Value, json};
use settings::RequestShape;

/// The provider's name in the API.
pub const NAME: &str = "tata";
/// The voice's name in the API: calls are heard on the agent's phone.
pub const VOICE: &str = "tata";
/// The controls of this voice.
pub const FEATURES: &[&str] = &["call", "hangup"];

impl Settings {
    /// Has Smartflo ring the agent, then the customer.
    pub async fn start_call(
        &self,
        transport: &impl Transport,
        order: &DialOrder<'_>,
    ) -> Result<Placed, ProviderError> {
        let request = Request {
            purpose: "click_to_call",
            method: "POST",
            url: self.api_url("click_to_call"),
            auth: Auth::None,
            body: Body::Json(self.call_body(order)?),
            // It dials.
            repeatable: false,
        };
        let reply = access::send_authenticated(self, transport, request).await?;
        if !reply.is_success() {
            return Err(refusal::dial_error(reply_error(self, &reply)));
        }
        let answer: wire::Answer = reply.json().map_err(refusal::dial_error)?;
        if answer.is_refusal() {
            return Err(reply_error(self, &reply));
        }
        // If the account returns the server's own id, it adds nothing.
        let theirs = answer.find_call_id().filter(|name| *name != order.session_id);
        Ok(Placed {
            provider_call_id: theirs.map(str::to_owned),
            facts: Vec::new(),
            raw_status: answer.message,
        })
    }

    /// Ends a call; Smartflo has no other controls.
    pub async fn control_call(
        &self,
        transport: &impl Transport,
        underway: &OngoingCall<'_>,
        action: Action,
        now: Millis,
    ) -> Result<Fact, ProviderError> {
        if action != Action::HangUp {
            return Err(ProviderError::CannotDo);
        }
        hang_up::hang_up(self, transport, underway).await?;
        Ok(simulator::Simulator::control_fact(underway.call, action, now))
    }

    /// Requests the live calls, which any account that may make calls may do.
    pub async fn check_credentials(&self, transport: &impl Transport) -> Result<(), ProviderError> {
        let reply =
            access::send_authenticated(self, transport, self.live_calls_request("validate"))
                .await?;
        let why = match reply.status {
            200..300 => return Ok(()),
            401 | 403 => "Smartflo did not accept the API token; make a new one in its portal.",
            404 => "Smartflo's API is not at that address; check apiEndpoint.",
            _ => return Err(reply_error(self, &reply)),
        };
        Err(ProviderError::Refused { status: Some(reply.status), detail: why.to_owned() })
    }

    /// Parses a webhook of Smartflo.
    pub fn read_callback(
        &self,
        delivered: &WebhookRequest,
        received_at: Millis,
    ) -> Result<Report, Unreadable> {
        let fields = Value::Object(delivered.parse_fields()?);
        let hook: wire::Webhook = serde_json::from_value(fields)
            .map_err(|error| Unreadable::from_json_error("The webhook", &error))?;
        let report = convert::convert_webhook(hook, self.zone, received_at);
        if report.provider_call_id.is_none() && report.session_id.is_none() {
            return Err(Unreadable(
                "The webhook names no call: call_id, uuid, ref_id and custom_identifier are missing."
                    .to_owned(),
            ));
        }
        Ok(report)
    }

    fn call_body(&self, order: &DialOrder<'_>) -> Result<Value, ProviderError> {
        let agent = agent_number(order.agent);
        let names = |mut body: Value| {
            body["custom_identifier"] = json!(order.session_id);
            body["ref_id"] = json!(order.session_id);
            body
        };
        match (self.shape, agent) {
            (RequestShape::ClickToCall, Some(agent)) => Ok(names(json!({
                "agent_number": agent,
                "destination_number": order.to,
                "caller_id": self.phone_number,
                // Does not wait for the agent to answer; the synchronous mode is switched off.
                "async": 1,
            }))),
            (RequestShape::ClickToCall, None) => Err(ProviderError::NotReady(
                "This agent has no number at Smartflo, which is rung first; \
                 an administrator can enter it with the agent."
                    .to_owned(),
            )),
            (RequestShape::FromTo, agent) => Ok(names(json!({
                "from": agent.unwrap_or(&self.phone_number),
                "to": order.to,
                "account_id": self.account_id,
            }))),
        }
    }

    fn live_calls_request(&self, purpose: &'static str) -> Request {
        Request {
            purpose,
            method: "GET",
            url: self.api_url("live_calls"),
            auth: Auth::None,
            body: Body::Empty,
            repeatable: true,
        }
    }

    fn api_url(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.base)
    }
}

/// Returns Smartflo's own number of an agent, else that of the agent's phone.
fn agent_number(agent: &AgentContact) -> Option<&str> {
    let said = |number: &'_ &String| !number.is_empty();
    let own = agent.provider_user_id.as_ref().filter(said);
    own.or(agent.phone.as_ref().filter(said)).map(String::as_str)
}

fn reply_error(settings: &Settings, reply: &Reply) -> ProviderError {
    let answer: wire::Answer = serde_json::from_slice(&reply.body).unwrap_or_default();
    refusal::refusal_error(reply, answer.own_words(), &settings.secret_values())
}
