//! What Asterisk still has of calls that this server holds to be in progress. Events are lost while
//! no server listens.

use super::Settings;
use super::ari::{Ari, HangUp};
use super::is_up;
use super::leg::{Leg, agent_leg, customer_leg};
use super::outgoing;
use super::settings::MAX_RUNG;
use super::wire::{Bridge, Channel, event_filter};
use crate::providers::{ProviderError, Report, Transport};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{CallEnd, Fact, FactKind};
use std::collections::{HashMap, HashSet};

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
        let state = PbxState::new(&channels, &bridges);
        let mut reports = Vec::new();
        for call in running {
            reports.extend(check_call(&ari, call, &state).await?);
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

/// What Asterisk has, by name: many calls are looked up in long lists.
struct PbxState<'a> {
    channels: HashMap<&'a str, &'a Channel>,
    /// The phones that ring for a caller or talk with them, by the caller.
    rung: HashMap<&'a str, Vec<&'a Channel>>,
    /// The channels that hear each other, by call.
    bridged: HashMap<&'a str, HashSet<&'a str>>,
}

impl<'a> PbxState<'a> {
    fn new(channels: &'a [Channel], bridges: &'a [Bridge]) -> Self {
        let mut rung = HashMap::<_, Vec<_>>::new();
        for channel in channels {
            if let Leg::Rung { caller, .. } = Leg::parse(&channel.id) {
                rung.entry(caller).or_default().push(channel);
            }
        }
        let members = bridges.iter().map(|bridge| {
            (bridge.id.as_str(), bridge.channels.iter().map(String::as_str).collect())
        });
        Self {
            channels: channels.iter().map(|channel| (channel.id.as_str(), channel)).collect(),
            rung,
            bridged: members.collect(),
        }
    }

    fn channel(&self, id: &str) -> Option<&'a Channel> {
        self.channels.get(id).copied()
    }

    /// Returns the agents' phones that ring for a caller or talk with them: never more than are rung.
    fn rung_for(&self, caller: &str) -> &[&'a Channel] {
        let rung = self.rung.get(caller).map_or(&[][..], Vec::as_slice);
        rung.get(..MAX_RUNG).unwrap_or(rung)
    }

    /// Returns whether a channel is in the bridge of a call.
    fn is_bridged(&self, call: &str, channel: &str) -> bool {
        self.bridged.get(call).is_some_and(|channels| channels.contains(channel))
    }

    /// Returns whether the call has a bridge with somebody in it.
    fn is_anyone_bridged(&self, call: &str) -> bool {
        self.bridged.get(call).is_some_and(|channels| !channels.is_empty())
    }
}

async fn check_call<T: Transport>(
    ari: &Ari<'_, T>,
    call: &RunningCall,
    state: &PbxState<'_>,
) -> Result<Option<Report>, ProviderError> {
    let now = ari.transport.now();
    if let Some(Leg::Caller(caller)) = call.provider_call_id.as_deref().map(Leg::parse) {
        return check_caller(ari, caller, state).await;
    }
    let session_id = call.session_id.as_str();
    let (agent, customer) = (agent_leg(session_id), customer_leg(session_id));
    let leg = Leg::Agent(session_id);
    match (state.channel(&agent), state.channel(&customer)) {
        (None, None) if now - call.opened_at < STARTING => Ok(None),
        (None, None) => Ok(Some(lost(leg, now))),
        // The agent has hung up meanwhile.
        (None, Some(_)) => {
            ari.hang_up(&customer, HangUp::Over).await?;
            Ok(None)
        }
        (Some(_), Some(theirs)) if is_up(theirs) => Ok(Some(connected(leg, now))),
        (Some(ours), None) if is_up(ours) => {
            if state.is_anyone_bridged(session_id) {
                // The customer was dialed before, and has hung up meanwhile.
                ari.hang_up(&agent, HangUp::Over).await?;
                ari.remove_bridge(session_id).await?;
                return Ok(Some(lost(leg, now)));
            }
            outgoing::call_customer(ari, session_id, call.number.as_ref()).await
        }
        // The customer's side was created, and nobody was there to dial it.
        (Some(_), Some(theirs))
            if theirs.state == "Down" && !state.is_bridged(session_id, &customer) =>
        {
            outgoing::dial_customer(ari, session_id).await
        }
        // A phone rings, the agent's or the customer's.
        (Some(_), _) => Ok(None),
    }
}

async fn check_caller<T: Transport>(
    ari: &Ari<'_, T>,
    caller: &str,
    state: &PbxState<'_>,
) -> Result<Option<Report>, ProviderError> {
    let now = ari.transport.now();
    let phones = state.rung_for(caller);
    if state.channel(caller).is_none() {
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
    let Some(phone) = phones.iter().find(|phone| state.is_bridged(caller, &phone.id)) else {
        return Ok(None);
    };
    let Leg::Rung { agent, .. } = Leg::parse(&phone.id) else { return Ok(None) };
    Ok(Some(Report {
        agent_at_provider: vec![agent.to_owned()],
        agent_answered: true,
        ..connected(Leg::Caller(caller), now)
    }))
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
