//! Ends a call. Smartflo requires its own id of the call, which may be unknown: an account's answer
//! may have given another id, or been lost.

use super::wire::{Answer, LiveCall};
use super::{Settings, access, reply_error};
use crate::providers::{Auth, Body, OngoingCall, ProviderError, Reply, Request, Transport};
use serde_json::json;

/// The digits by which two spellings of a number are compared: India's national numbers.
const NATIONAL_DIGITS: usize = 10;

/// Has Smartflo end a call.
pub async fn hang_up(
    settings: &Settings,
    transport: &impl Transport,
    underway: &OngoingCall<'_>,
) -> Result<(), ProviderError> {
    if let Some(call_id) = underway.provider_call_id {
        let reply = request_hang_up(settings, transport, call_id).await?;
        match check_reply(settings, &reply) {
            // The request may not accept this id; the list has the one it does.
            Err(ProviderError::Refused { status: Some(200 | 400 | 404 | 422), .. }) => {}
            done => return done,
        }
    }
    let call_id = find_live_call_id(settings, transport, underway).await?;
    if underway.provider_call_id == Some(call_id.as_str()) {
        let detail = "Smartflo lists the call as live but does not end it.".to_owned();
        return Err(ProviderError::Refused { status: None, detail });
    }
    let reply = request_hang_up(settings, transport, &call_id).await?;
    check_reply(settings, &reply)
}

async fn request_hang_up(
    settings: &Settings,
    transport: &impl Transport,
    call_id: &str,
) -> Result<Reply, ProviderError> {
    let request = Request {
        purpose: "hangup",
        method: "POST",
        url: settings.api_url("call/hangup"),
        auth: Auth::None,
        body: Body::Json(json!({ "call_id": call_id })),
        // A finished call stays finished.
        repeatable: true,
    };
    access::send_authenticated(settings, transport, request).await
}

fn check_reply(settings: &Settings, reply: &Reply) -> Result<(), ProviderError> {
    // The body of a success is not needed, so invalid JSON counts as success as well.
    let answer: Answer = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.is_success() && !answer.is_refusal() {
        return Ok(());
    }
    Err(reply_error(settings, reply))
}

/// Returns Smartflo's id of a live call.
async fn find_live_call_id(
    settings: &Settings,
    transport: &impl Transport,
    underway: &OngoingCall<'_>,
) -> Result<String, ProviderError> {
    let reply =
        access::send_authenticated(settings, transport, settings.live_calls_request("live_calls"))
            .await?;
    if !reply.is_success() {
        return Err(reply_error(settings, &reply));
    }
    let calls = LiveCall::parse_list(reply.json()?);
    let ours = [Some(underway.session_id), underway.provider_call_id];
    let named = calls.iter().find(|call| {
        let names = [&call.custom_identifier, &call.ref_id, &call.uuid, &call.call_id];
        names.into_iter().flatten().any(|name| ours.contains(&Some(name.as_str())))
    });
    let found = named.or_else(|| find_by_number(&calls, underway.call.phone()?));
    found.and_then(|call| call.call_id.clone()).ok_or_else(|| {
        let detail =
            "Smartflo does not list this call as live: it is over, or not set up yet.".to_owned();
        ProviderError::Refused { status: None, detail }
    })
}

/// Returns the only live call with this number; with several it is unknown which is meant.
fn find_by_number<'a>(live: &'a [LiveCall], number: &str) -> Option<&'a LiveCall> {
    let wanted = national_digits(number);
    let has_it = |call: &&LiveCall| {
        let numbers = [&call.customer_number, &call.destination];
        let mut numbers = numbers.into_iter().flatten().flat_map(|numbers| numbers.split(','));
        numbers.any(|number| national_digits(number) == wanted)
    };
    let mut with_it = live.iter().filter(has_it);
    with_it.next().filter(|_| with_it.next().is_none() && !wanted.is_empty())
}

/// Returns the last digits of a number, without any country prefix.
fn national_digits(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.get(digits.len().saturating_sub(NATIONAL_DIGITS)..).unwrap_or_default().to_owned()
}
