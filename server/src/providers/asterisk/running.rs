//! What Asterisk still has of calls that this server holds to be in progress. Events are lost while
//! no server listens.

use super::Settings;
use super::ari::{Ari, HangUp};
use super::is_up;
use super::leg::{Leg, agent_leg, customer_leg, is_rung_for};
use super::outgoing;
use super::wire::{Bridge, Channel, event_filter};
use crate::providers::{ProviderError, Report, Transport};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{CallEnd, Fact, FactKind};

/// How long a call may have no channel after it was started, in milliseconds: the request to dial
/// may be on its way.
const STARTING: Millis = 15_000;
const LOST: &str = "the PBX no longer has the call";

/// A call that is in progress as far as this server knows.
#[derive(Debug, Clone)]
pub struct RunningCall {
    pub session_id: String,
    pub provider_call_id: Option<String>,
    /// The number to dial.
    pub number: Option<String>,
    pub opened_at: Millis,
}

impl Settings {
    /// Has Asterisk send only the events of interest.
    pub async fn prepare_events(&self, transport: &impl Transport) -> Result<(), ProviderError> {
        let ari = Ari { settings: self, transport };
        let path = format!("applications/{}/eventFilter", self.app);
        let reply = ari.put("filter", &path, event_filter()).await?;
        // Releases before 16.5 have no filter: they send more.
        if reply.status == 404 { Ok(()) } else { ari.check(&reply) }
    }

    /// Compares calls with what Asterisk has, does what was left undone, and reports the rest.
    pub async fn check_running(
        &self,
        transport: &impl Transport,
        running: &[RunningCall],
    ) -> Result<Vec<Report>, ProviderError> {
        if running.is_empty() {
            return Ok(Vec::new());
        }
        let ari = Ari { settings: self, transport };
        let channels = ari.channels().await?;
        let reply = ari.get("bridges", "bridges").await?;
        ari.check(&reply)?;
        let bridges: Vec<Bridge> = reply.json()?;
        let mut reports = Vec::new();
        for call in running {
            reports.extend(check_call(&ari, call, &channels, &bridges).await?);
        }
        Ok(reports)
    }

    /// Returns how a call stands that has been silent for long.
    pub async fn look_up_call(
        &self,
        transport: &impl Transport,
        provider_call_id: &str,
    ) -> Result<Option<Report>, ProviderError> {
        let leg = Leg::parse(provider_call_id);
        let call = RunningCall {
            session_id: leg.call().to_owned(),
            provider_call_id: Some(provider_call_id.to_owned()),
            number: None,
            opened_at: 0,
        };
        let reports = self.check_running(transport, &[call]).await?;
        Ok(Some(reports.into_iter().next().unwrap_or_else(|| leg.report())))
    }
}

async fn check_call<T: Transport>(
    ari: &Ari<'_, T>,
    call: &RunningCall,
    channels: &[Channel],
    bridges: &[Bridge],
) -> Result<Option<Report>, ProviderError> {
    let now = ari.transport.now();
    if let Some(Leg::Caller(caller)) = call.provider_call_id.as_deref().map(Leg::parse) {
        return check_caller(ari, caller, channels, bridges).await;
    }
    let session_id = call.session_id.as_str();
    let (agent, customer) = (agent_leg(session_id), customer_leg(session_id));
    let leg = Leg::Agent(session_id);
    match (find_channel(channels, &agent), find_channel(channels, &customer)) {
        (None, None) if now - call.opened_at < STARTING => Ok(None),
        (None, None) => Ok(Some(lost(leg, now))),
        // The agent has hung up meanwhile.
        (None, Some(_)) => {
            ari.hang_up(&customer, HangUp::Over).await?;
            Ok(None)
        }
        (Some(_), Some(theirs)) if is_up(theirs) => Ok(Some(connected(leg, now))),
        (Some(ours), None) if is_up(ours) => {
            if !bridged(bridges, session_id).is_empty() {
                // The customer was dialed before, and has hung up meanwhile.
                ari.hang_up(&agent, HangUp::Over).await?;
                ari.remove_bridge(session_id).await?;
                return Ok(Some(lost(leg, now)));
            }
            outgoing::call_customer(ari, session_id, call.number.as_ref()).await
        }
        // A phone rings, the agent's or the customer's.
        (Some(_), _) => Ok(None),
    }
}

async fn check_caller<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
    channels: &[Channel],
    bridges: &[Bridge],
) -> Result<Option<Report>, ProviderError> {
    let now = ari.transport.now();
    let phones = rung_phones(channels, caller);
    if find_channel(channels, caller).is_none() {
        for phone in phones {
            ari.hang_up(&phone.id, HangUp::Over).await?;
        }
        ari.remove_bridge(caller).await?;
        return Ok(Some(lost(Leg::Caller(caller), now)));
    }
    if phones.is_empty() {
        ari.hang_up(caller, HangUp::Unanswered).await?;
        return Ok(None);
    }
    let talking = bridged(bridges, caller);
    let Some(phone) = phones.into_iter().find(|phone| talking.contains(&phone.id)) else {
        return Ok(None);
    };
    let Leg::Rung { agent, .. } = Leg::parse(&phone.id) else { return Ok(None) };
    Ok(Some(Report {
        agent_at_provider: vec![agent.to_owned()],
        agent_answered: true,
        ..connected(Leg::Caller(caller), now)
    }))
}

fn find_channel<'a>(channels: &'a [Channel], id: &str) -> Option<&'a Channel> {
    channels.iter().find(|channel| channel.id == id)
}

/// Returns the agents' phones that ring for a caller or talk with them.
fn rung_phones<'a>(channels: &'a [Channel], caller: &str) -> Vec<&'a Channel> {
    channels.iter().filter(|channel| is_rung_for(&channel.id, caller)).collect()
}

/// Returns the channels that hear each other in a call.
fn bridged<'a>(bridges: &'a [Bridge], call: &str) -> &'a [String] {
    let bridge = bridges.iter().find(|bridge| bridge.id == call);
    bridge.map_or(&[], |bridge| bridge.channels.as_slice())
}

fn connected(leg: Leg<'_>, now: Millis) -> Report {
    Report { facts: vec![Fact::new(FactKind::Connected, now)], ..leg.report() }
}

/// Reports an end of which neither time nor reason is known. Whether they talked is known by the
/// facts before it.
fn lost(leg: Leg<'_>, now: Millis) -> Report {
    let end = CallEnd { reason: Some(LOST.to_owned()), ..CallEnd::default() };
    Report { facts: vec![Fact::new(FactKind::Ended(end), now)], settled: true, ..leg.report() }
}
