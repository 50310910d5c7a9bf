//! A call that was started here: the agent's phone rings, then the customer's.

use super::ari::{Ari, HangUp, channel_path};
use super::cause;
use super::is_up;
use super::leg::{Leg, agent_leg, customer_leg};
use super::wire::Event;
use crate::providers::{DialOrder, Placed, ProviderError, Report, Transport, refusal};
use call_ribbon_shared::call::{Fact, Outcome};
use serde_json::json;

/// Rings the agent's phone.
pub async fn ring_agent<T: Transport>(
    ari: &Ari<'_, T>,
    order: &DialOrder<'_>,
    endpoint: &str,
) -> Result<Placed, ProviderError> {
    let channel = agent_leg(order.session_id);
    let mut body = json!({
        "endpoint": endpoint,
        "app": ari.settings.app,
        // The number comes back with the event that the agent has answered.
        "appArgs": format!("agent,{},{}", order.session_id, order.to),
        // Asterisk passes it on to the customer's side.
        "callerId": ari.settings.caller_id,
        "timeout": ari.settings.ring_seconds,
        "channelId": channel,
    });
    ari.settings.name_call(&mut body, endpoint, order.session_id);
    let reply = ari.post_once("originate", "channels", body).await?;
    let known = match reply.status {
        // The name is taken: the phone rings already. Asterisk also says so if it could not dial.
        409 => ari.channel(&channel).await?.is_some(),
        _ => reply.is_success(),
    };
    if known {
        return Ok(Placed { provider_call_id: Some(channel), ..Placed::default() });
    }
    match reply.status {
        409 | 500 => Err(ProviderError::Refused {
            status: Some(reply.status),
            detail: "Asterisk cannot ring the agent's phone: no such endpoint, or it is not \
                     registered."
                .to_owned(),
        }),
        _ => Err(refusal::dial_error(ari.refusal(&reply))),
    }
}

/// Creates the customer's side when the agent has answered.
pub async fn call_customer<T: Transport>(
    ari: &Ari<'_, T>,
    session_id: &str,
    number: Option<&String>,
) -> Result<Option<Report>, ProviderError> {
    let agent = agent_leg(session_id);
    let Some(number) = number.filter(|number| !number.is_empty()) else { return Ok(None) };
    ari.make_bridge(session_id).await?;
    if !ari.add_to_bridge(session_id, &agent).await? {
        // The agent has hung up; the event of that says the rest.
        return Ok(None);
    }
    let customer = customer_leg(session_id);
    let body = json!({
        "endpoint": ari.settings.customer_endpoint(number),
        "app": ari.settings.app,
        "appArgs": format!("customer,{session_id}"),
        "channelId": customer,
        "originator": agent,
    });
    let reply = ari.post_once("create", "channels/create", body).await;
    let created = match &reply {
        Ok(reply) if reply.status == 409 => ari.channel(&customer).await?.is_some(),
        Ok(reply) => reply.is_success(),
        // It may have been created all the same.
        Err(ProviderError::TimedOut) => true,
        Err(_) => false,
    };
    if created {
        return Ok(None);
    }
    let detail = match reply {
        Ok(reply) => ari.refusal(&reply).reason(),
        Err(error) => error.reason(),
    };
    ari.hang_up(&agent, HangUp::Over).await?;
    ari.remove_bridge(session_id).await?;
    let reason = format!("the trunk cannot be used: {detail}");
    let fact = Fact::new_end(ari.transport.now(), Outcome::Failed, &reason);
    let leg = Leg::Customer(session_id);
    Ok(Some(Report { facts: vec![fact], settled: true, ..leg.report() }))
}

/// Dials the customer, whose side Asterisk has handed over.
pub async fn dial_customer<T: Transport>(
    ari: &Ari<'_, T>,
    session_id: &str,
) -> Result<Option<Report>, ProviderError> {
    let customer = customer_leg(session_id);
    let path = channel_path(&customer);
    if !ari.add_to_bridge(session_id, &customer).await? {
        return Ok(None);
    }
    // The customer sees this number. The bridge would replace it by that of the agent's side, so it
    // is set afterwards.
    let body = json!({ "variable": "CONNECTEDLINE(num)", "value": ari.settings.caller_id });
    let reply = ari.post("caller_id", &format!("{path}/variable"), body).await?;
    if reply.status == 404 {
        return Ok(None);
    }
    ari.check(&reply)?;
    let body = json!({
        "caller": agent_leg(session_id),
        "timeout": ari.settings.ring_seconds,
    });
    // A second request would dial a second time.
    let reply = ari.post_once("dial", &format!("{path}/dial"), body).await?;
    match reply.status {
        404 => Ok(None),
        _ => ari.check(&reply).map(|()| None),
    }
}

/// Ends a call that cannot be completed. What cannot be ended now is ended when its call is checked
/// next.
pub async fn give_up<T: Transport>(
    ari: &Ari<'_, T>,
    session_id: &str,
    error: &ProviderError,
) -> Report {
    for channel in [agent_leg(session_id), customer_leg(session_id)] {
        if let Err(error) = ari.hang_up(&channel, HangUp::Over).await {
            // Not a warning: a PBX could have as many written as it sends events.
            tracing::debug!(session = session_id, "a phone could not be hung up: {error}");
        }
    }
    let reason = format!("the PBX could not connect the customer: {}", error.reason());
    let fact = Fact::new_end(ari.transport.now(), Outcome::Failed, &reason);
    Report { facts: vec![fact], settled: true, ..Leg::Agent(session_id).report() }
}

/// Ends the customer's side after the agent's.
pub async fn end_by_agent<T: Transport>(
    ari: &Ari<'_, T>,
    session_id: &str,
    event: &Event,
) -> Result<Option<Report>, ProviderError> {
    if cause::is_ours(event) {
        return Ok(None);
    }
    if ari.hang_up(&customer_leg(session_id), HangUp::Over).await? {
        // The event of that says how the call ended.
        return Ok(None);
    }
    let bridged = ari.remove_bridge(session_id).await?;
    let now = ari.transport.now();
    let answered = event.channel.as_ref().is_some_and(is_up);
    if answered && !bridged {
        // The call ended with the customer's side, which took the bridge along and ended this one.
        // Asterisk does not always pass on the cause that this server gave.
        return Ok(None);
    }
    let fact = if answered {
        Fact::new_end(now, Outcome::NoAnswer, "the agent hung up")
    } else {
        cause::agent_end(event, now)
    };
    Ok(Some(Report { facts: vec![fact], settled: true, ..Leg::Agent(session_id).report() }))
}

/// Ends the agent's side after the customer's.
pub async fn end_by_customer<T: Transport>(
    ari: &Ari<'_, T>,
    session_id: &str,
    event: &Event,
) -> Result<Option<Report>, ProviderError> {
    ari.hang_up(&agent_leg(session_id), HangUp::Over).await?;
    ari.remove_bridge(session_id).await?;
    let fact = cause::customer_end(event, ari.transport.now());
    Ok(Some(Report { facts: vec![fact], settled: true, ..Leg::Customer(session_id).report() }))
}
