//! A caller whom the dialplan hands over (`Stasis(…)`): agents' phones ring, and the first who
//! answers talks with the caller.

use super::ari::{Ari, HangUp, channel_path};
use super::cause;
use super::is_up;
use super::leg::{Leg, is_rung_for, rung_leg};
use super::settings::{MAX_RUNG, is_agent_name};
use super::wire::{Channel, Event};
use crate::providers::{ProviderError, Report, Transport, lenient};
use call_ribbon_shared::call::{CallEnd, Fact, FactKind, Outcome};
use serde_json::json;

/// Rings the agents whom the dialplan names, else those of the account.
pub async fn ring_agents<T: Transport>(
    ari: &Ari<'_, T>,
    channel: &Channel,
    args: &[String],
) -> Result<Option<Report>, ProviderError> {
    let named: Vec<&String> = args.iter().filter(|name| is_agent_name(name)).collect();
    let agents =
        if named.is_empty() { ari.settings.incoming_agents.iter().collect() } else { named };
    let caller = channel.id.as_str();
    // The caller hears that it rings.
    let reply = ari.post("ring", &format!("{}/ring", channel_path(caller)), json!({})).await?;
    let gone = reply.status == 404;
    let mut rung = Vec::new();
    for agent in agents.into_iter().take(MAX_RUNG) {
        if !gone && ring_agent(ari, channel, agent).await? {
            rung.push(agent.clone());
        }
    }
    let now = ari.transport.now();
    let mut report = Report {
        facts: vec![Fact::new(FactKind::Incoming, now)],
        customer_number: Some(channel.caller.number.clone())
            .filter(|number| !lenient::is_withheld(number)),
        own_numbers: vec![ari.settings.caller_id.clone(), channel.dialplan.exten.clone()],
        agent_at_provider: rung,
        began: Some(now),
        ..Leg::Caller(caller).report()
    };
    if report.agent_at_provider.is_empty() {
        // Nobody can answer.
        ari.hang_up(caller, HangUp::Unanswered).await?;
        let reason = "no agent's phone could be rung: name agents in Stasis(…) or incomingAgents";
        report.facts.push(Fact::new_end(now, Outcome::Missed, reason));
        report.settled = true;
    }
    Ok(Some(report))
}

/// Rings one agent's phone; returns false if it cannot be rung.
async fn ring_agent<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &Channel,
    agent: &str,
) -> Result<bool, ProviderError> {
    let Some(endpoint) = ari.settings.endpoint_of(agent) else { return Ok(false) };
    let leg = rung_leg(&caller.id, agent);
    let mut body = json!({
        "endpoint": endpoint,
        "app": ari.settings.app,
        "appArgs": format!("rung,{},{agent}", caller.id),
        "timeout": ari.settings.ring_seconds,
        "channelId": leg,
        "originator": caller.id,
    });
    ari.settings.name_call(&mut body, &endpoint, &caller.id);
    let shown: String = caller.caller.number.chars().filter(|c| is_plain(*c)).collect();
    if ari.settings.browser_calling.is_some() {
        // The ribbon shows the caller, or hides the number if the agent may not see it.
        body["callerId"] = json!(ari.settings.caller_id);
    } else if !shown.is_empty() {
        body["callerId"] = json!(shown);
    }
    let reply = ari.post_once("originate", "channels", body).await?;
    Ok(match reply.status {
        409 => ari.channel(&leg).await?.is_some(),
        _ => reply.is_success(),
    })
}

/// Returns whether a character of a caller's number may be shown on a phone: others would be read
/// as a name, or as the end of the text.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '+'
}

/// Connects the agent who has answered, and has the other phones stop ringing.
pub async fn connect_agent<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
    agent: &str,
) -> Result<Option<Report>, ProviderError> {
    let leg = rung_leg(caller, agent);
    if is_taken(ari, caller, &leg).await? {
        ari.hang_up(&leg, HangUp::Elsewhere).await?;
        return Ok(None);
    }
    ari.make_bridge(caller).await?;
    let answer = format!("{}/answer", channel_path(caller));
    let answered = ari.post("answer", &answer, json!({})).await?.is_success();
    let both = answered
        && ari.add_to_bridge(caller, caller).await?
        && ari.add_to_bridge(caller, &leg).await?;
    if !both {
        // One of them has hung up.
        ari.hang_up(&leg, HangUp::Over).await?;
        return Ok(None);
    }
    end_rung(ari, caller, Some(&leg), HangUp::Elsewhere).await?;
    Ok(Some(Report {
        facts: vec![Fact::new(FactKind::Connected, ari.transport.now())],
        agent_at_provider: vec![agent.to_owned()],
        agent_answered: true,
        ..Leg::Caller(caller).report()
    }))
}

/// Returns whether another agent talks with the caller.
async fn is_taken<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
    leg: &str,
) -> Result<bool, ProviderError> {
    let Some(bridge) = ari.bridge(caller).await? else { return Ok(false) };
    Ok(bridge.channels.iter().any(|other| is_rung_for(other, caller) && other != leg))
}

/// Ends the phones that ring for a caller, except one.
async fn end_rung<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
    except: Option<&str>,
    why: HangUp,
) -> Result<(), ProviderError> {
    for other in rung_channels(ari, caller).await? {
        if Some(other.id.as_str()) != except {
            ari.hang_up(&other.id, why).await?;
        }
    }
    Ok(())
}

/// Returns the phones that ring for a caller or talk with them: never more than are rung, whatever
/// else the PBX says.
pub async fn rung_channels<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
) -> Result<Vec<Channel>, ProviderError> {
    let mut channels = ari.channels().await?;
    channels.retain(|channel| is_rung_for(&channel.id, caller));
    channels.truncate(MAX_RUNG);
    Ok(channels)
}

/// Ends the caller's side if the agent who talked has hung up, or nobody is left who rings.
pub async fn end_by_agent<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
    event: &Event,
) -> Result<(), ProviderError> {
    if cause::is_ours(event) {
        return Ok(());
    }
    let talked = event.channel.as_ref().is_some_and(is_up);
    if talked {
        ari.hang_up(caller, HangUp::Over).await?;
    } else if rung_channels(ari, caller).await?.is_empty() {
        ari.hang_up(caller, HangUp::Unanswered).await?;
    }
    Ok(())
}

/// Ends the agents' side after the caller's.
pub async fn end_by_caller<T: Transport>(
    ari: &Ari<'_, T>,
    event: &Event,
) -> Result<Report, ProviderError> {
    let channel = event.channel.clone().unwrap_or_default();
    let caller = channel.id.as_str();
    end_rung(ari, caller, None, HangUp::Over).await?;
    ari.remove_bridge(caller).await?;
    // A dialplan may have answered before any agent did, so whether they talked is known by the
    // fact that they were connected.
    let end = CallEnd { reason: Some("hangup".to_owned()), ..CallEnd::default() };
    let fact = if is_up(&channel) {
        Fact::new(FactKind::Ended(end), ari.transport.now())
    } else {
        Fact::new_end(ari.transport.now(), Outcome::Missed, "nobody answered")
    };
    Ok(Report { facts: vec![fact], settled: true, ..Leg::Caller(caller).report() })
}
