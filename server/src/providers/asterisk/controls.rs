//! The agent's controls.

use super::Settings;
use super::ari::{Ari, HangUp, bridge_path, channel_path};
use super::incoming::rung_channels;
use super::is_up;
use super::leg::{Leg, agent_leg, customer_leg};
use crate::providers::{OngoingCall, ProviderError, Transport, simulator};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Fact, Phase};
use serde_json::json;

/// The channels of a call, of which some may not be there.
struct Sides {
    /// The name of the bridge.
    call: String,
    customer: String,
    agent: Option<String>,
}

impl Settings {
    /// Acts on a call.
    pub async fn control_call(
        &self,
        transport: &impl Transport,
        underway: &OngoingCall<'_>,
        action: Action,
        now: Millis,
    ) -> Result<Fact, ProviderError> {
        let ari = Ari { settings: self, transport };
        let sides = find_sides(&ari, underway).await?;
        match action {
            Action::Answer => return Err(ProviderError::CannotDo),
            Action::HangUp => hang_up(&ari, &sides, underway.call.phase()).await?,
            Action::Mute(on) => mute(&ari, &sides, on).await?,
            Action::Hold(on) => hold(&ari, &sides, on).await?,
            Action::Digit(digit) => send_digit(&ari, &sides, digit).await?,
        }
        Ok(simulator::Simulator::control_fact(underway.call, action, now))
    }
}

async fn find_sides<T: Transport>(
    ari: &Ari<'_, T>,
    underway: &OngoingCall<'_>,
) -> Result<Sides, ProviderError> {
    let name = underway.provider_call_id.map(Leg::parse);
    if let Some(Leg::Caller(caller)) = name {
        let rung = rung_channels(ari, caller).await?;
        let agent = rung.into_iter().find(is_up).map(|channel| channel.id);
        return Ok(Sides { call: caller.to_owned(), customer: caller.to_owned(), agent });
    }
    Ok(Sides {
        call: underway.session_id.to_owned(),
        customer: customer_leg(underway.session_id),
        agent: Some(agent_leg(underway.session_id)),
    })
}

async fn hang_up<T: Transport>(
    ari: &Ari<'_, T>,
    sides: &Sides,
    phase: Phase,
) -> Result<(), ProviderError> {
    let why = if phase == Phase::Incoming { HangUp::Declined } else { HangUp::Over };
    let customer = ari.hang_up(&sides.customer, why).await?;
    let agent = match &sides.agent {
        Some(agent) => ari.hang_up(agent, HangUp::Over).await?,
        None => false,
    };
    if customer || agent {
        return Ok(());
    }
    Err(over())
}

async fn mute<T: Transport>(
    ari: &Ari<'_, T>,
    sides: &Sides,
    on: bool,
) -> Result<(), ProviderError> {
    let path =
        format!("{}/mute?direction=in", channel_path(sides.agent.as_deref().ok_or_else(over)?));
    let reply = if on {
        ari.post("mute", &path, json!({})).await?
    } else {
        ari.delete("unmute", &path).await?
    };
    if reply.status == 404 { Err(over()) } else { ari.check(&reply) }
}

/// Puts the customer on hold: they leave the bridge, so that neither side hears the other, and hear
/// music if the PBX has any.
async fn hold<T: Transport>(
    ari: &Ari<'_, T>,
    sides: &Sides,
    on: bool,
) -> Result<(), ProviderError> {
    let music = format!("{}/moh", channel_path(&sides.customer));
    if !on {
        let reply = ari.delete("unhold", &music).await?;
        if reply.status == 404 {
            return Err(over());
        }
        ari.check(&reply)?;
        let back = ari.add_to_bridge(&sides.call, &sides.customer).await?;
        return if back { Ok(()) } else { Err(over()) };
    }
    let leave = format!("{}/removeChannel", bridge_path(&sides.call));
    let reply = ari.post("hold", &leave, super::channel_body(&[&sides.customer])).await?;
    match reply.status {
        404 | 400 | 409 => return Err(over()),
        // The channel is in no bridge: it is held already.
        422 => {}
        _ => ari.check(&reply)?,
    }
    let reply = ari.post("hold", &music, json!({})).await?;
    if reply.status == 404 { Err(over()) } else { ari.check(&reply) }
}

async fn send_digit<T: Transport>(
    ari: &Ari<'_, T>,
    sides: &Sides,
    digit: char,
) -> Result<(), ProviderError> {
    let path = format!("{}/dtmf", channel_path(&sides.customer));
    // In the body: digits may be a secret, and addresses are logged. Sent once: a repetition would
    // be another digit.
    let body = json!({ "dtmf": digit.to_string() });
    let reply = ari.post_once("dtmf", &path, body).await?;
    if reply.status == 404 { Err(over()) } else { ari.check(&reply) }
}

fn over() -> ProviderError {
    let detail = "The PBX no longer has this call: it is over.".to_owned();
    ProviderError::Refused { status: None, detail }
}
