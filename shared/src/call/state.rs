//! The state of a call.

#[cfg(feature = "serde")]
mod stored;

use super::{
    Agent, AgentRole, CallEnd, Direction, Earliest, Fact, FactKind, Latest, Outcome, Phase, Sole,
    Status,
};
use crate::Millis;

/// The state that follows from the facts seen so far. [The module](super) explains why every part
/// of it is a merge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Call {
    started: Earliest<()>,
    ringing: Earliest<()>,
    incoming: Earliest<()>,
    connected: Earliest<()>,
    /// Ends that were observed.
    ended: Earliest<()>,
    /// Ends that a sweep assumed.
    given_up: Earliest<()>,
    outcome: Earliest<Outcome>,
    duration: Earliest<u32>,
    /// The same, from ends that also say that both sides talked.
    talked: Earliest<u32>,
    since_dialing: Earliest<u32>,
    reason: Earliest<String>,
    direction: Earliest<Direction>,
    phone: Earliest<String>,
    customer: Latest<String>,
    /// The id of the agent who requested the call.
    started_by: Earliest<String>,
    agent_id: Latest<String>,
    agent_name: Latest<String>,
    /// The agent who answered, according to the provider.
    answered_by: Latest<Agent>,
    /// The id of the only agent that the provider rang.
    rang: Sole<String>,
    rang_name: Latest<String>,
    muted: Latest<bool>,
    held: Latest<bool>,
}

impl Call {
    /// Applies one fact. Neither the order of facts nor repetition matters.
    pub fn apply(&mut self, fact: &Fact) {
        let at = fact.at;
        self.started.offer(fact.began.map_or(at, |began| began.min(at)), ());
        match &fact.what {
            FactKind::Noted(_) | FactKind::Digit(_) => {}
            FactKind::Initiated => {
                let agent = fact.agent.as_ref().filter(|_| fact.role == AgentRole::Named);
                if let Some(id) = agent.and_then(|agent| agent.id.as_ref()) {
                    self.started_by.offer(at, id.clone());
                }
            }
            FactKind::Ringing => self.ringing.offer(at, ()),
            FactKind::Incoming => self.incoming.offer(at, ()),
            FactKind::Connected => self.connected.offer(at, ()),
            FactKind::Muted(on) => self.muted.offer(at, *on),
            FactKind::Held(on) => self.held.offer(at, *on),
            FactKind::Ended(end) if end.outcome == Some(Outcome::Abandoned) => {
                self.given_up.offer(at, ());
            }
            FactKind::Ended(end) => {
                self.ended.offer(at, ());
                self.apply_end(end, at);
            }
        }
        if let Some(direction) = fact.direction {
            self.direction.offer(at, direction);
        }
        if let Some(phone) = fact.phone.as_ref().filter(|phone| !phone.is_empty()) {
            self.phone.offer(at, phone.clone());
        }
        if let Some(customer) = &fact.customer {
            self.customer.offer(at, customer.clone());
        }
        if let Some(agent) = &fact.agent {
            self.apply_agent(agent, fact.role, at);
        }
    }

    fn apply_end(&mut self, end: &CallEnd, at: Millis) {
        if let Some(outcome) = end.outcome {
            self.outcome.offer(at, outcome);
        }
        if let Some(seconds) = end.duration {
            match end.outcome {
                // A reported duration without a talk is not a duration.
                Some(outcome) if outcome.rules_out_talk() => {}
                Some(_) => self.talked.offer(at, seconds),
                None => self.duration.offer(at, seconds),
            }
        }
        if let Some(seconds) = end.since_dialing {
            self.since_dialing.offer(at, seconds);
        }
        if let Some(reason) = &end.reason {
            self.reason.offer(at, reason.clone());
        }
    }

    fn apply_agent(&mut self, agent: &Agent, role: AgentRole, at: Millis) {
        let Agent { id, name } = agent;
        match (role, id) {
            (AgentRole::Rang, Some(id)) => {
                self.rang.offer(id.clone());
                if let Some(name) = name {
                    self.rang_name.offer(at, name.clone());
                }
            }
            (AgentRole::Answered, Some(_)) => self.answered_by.offer(at, agent.clone()),
            (AgentRole::Named, _) => {
                if let Some(id) = id {
                    self.agent_id.offer(at, id.clone());
                }
                if let Some(name) = name {
                    self.agent_name.offer(at, name.clone());
                }
            }
            // A provider's agent without an id is not one of the client's agents.
            (AgentRole::Rang | AgentRole::Answered, None) => {}
        }
    }

    /// Forgets the other side and all data about it. Times, outcome, agent and the way the call is
    /// counted stay.
    pub fn forget_other_side(&mut self) {
        self.phone = Earliest::default();
        self.customer = Latest::default();
        self.reason = Earliest::default();
    }

    /// Returns the phase that the call has reached.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.ended_at().is_some() {
            Phase::Ended
        } else if self.connected.at().is_some() {
            Phase::Connected
        } else if self.incoming.at().is_some() || self.direction() == Direction::Inbound {
            Phase::Incoming
        } else if self.ringing.at().is_some() {
            Phase::Ringing
        } else {
            Phase::Dialing
        }
    }

    /// Returns the call's status for records.
    ///
    /// A talk that took place outweighs a reported "missed", "busy" or "no answer", which another
    /// agent's phone may have reported for the same call. A failure takes precedence in any case.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.ended.at().is_none() {
            return if self.given_up.at().is_some() { Status::Abandoned } else { Status::Active };
        }
        match (self.outcome.get(), self.was_connected()) {
            (Some(Outcome::Failed), _) => Status::Failed,
            (_, true) => Status::Completed,
            (Some(Outcome::Busy), _) => Status::Busy,
            (Some(Outcome::Missed), _) => Status::Missed,
            _ if self.direction() == Direction::Inbound => Status::Missed,
            _ => Status::NoAnswer,
        }
    }

    /// Returns whether both sides ever talked: a connection was observed, or the end reports a
    /// duration.
    #[must_use]
    pub fn was_connected(&self) -> bool {
        self.connected.at().is_some() || self.reported_duration().is_some_and(|seconds| seconds > 0)
    }

    /// Returns the seconds of talk: as reported by the end, else from connected to the end, else 0.
    /// `None` while the call is not over.
    #[must_use]
    pub fn duration(&self) -> Option<u32> {
        let ended = self.ended_at()?;
        if let Some(seconds) = self.reported_duration() {
            return Some(seconds);
        }
        let talked = self.connected.at().map_or(0, |connected| (ended - connected).max(0) / 1000);
        Some(u32::try_from(talked).unwrap_or(u32::MAX))
    }

    /// Returns the duration that an end reports. The time since dialing counts only if nothing
    /// better is known and no outcome rules a talk out.
    fn reported_duration(&self) -> Option<u32> {
        let connected = self.connected.at().is_some();
        let no_talk = self.outcome.get().is_some_and(|outcome| outcome.rules_out_talk());
        let dialed = self.since_dialing.get().filter(|_| !connected && !no_talk);
        self.talked.get().or(self.duration.get()).or(dialed).copied()
    }

    /// Returns when the call began: the earliest time known.
    #[must_use]
    pub fn started_at(&self) -> Option<Millis> {
        self.started.at()
    }

    /// Returns when both sides began to talk.
    #[must_use]
    pub fn connected_at(&self) -> Option<Millis> {
        self.connected.at()
    }

    /// Returns when the call ended. An observed end outweighs one that a sweep assumed.
    #[must_use]
    pub fn ended_at(&self) -> Option<Millis> {
        self.ended.at().or(self.given_up.at())
    }

    /// Returns why it ended, if reported.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.get().map(String::as_str)
    }

    /// Returns the direction: as reported, else inbound if it rang as inbound or was missed.
    #[must_use]
    pub fn direction(&self) -> Direction {
        let rang_in = self.incoming.at().is_some() || self.outcome.get() == Some(&Outcome::Missed);
        self.direction.get().copied().unwrap_or(if rang_in {
            Direction::Inbound
        } else {
            Direction::Outbound
        })
    }

    /// Returns the other side's number.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.phone.get().map(String::as_str)
    }

    /// Returns the customer with the business context, as JSON text, from the latest fact that had
    /// one.
    #[must_use]
    pub fn customer(&self) -> Option<&str> {
        self.customer.get().map(String::as_str)
    }

    /// Returns the time of that fact.
    #[must_use]
    pub fn customer_at(&self) -> Option<Millis> {
        self.customer.at()
    }

    /// Returns the id of the agent who requested an outbound call. The call may belong to another
    /// agent by now.
    #[must_use]
    pub fn started_by(&self) -> Option<&str> {
        let goes_out = self.direction() == Direction::Outbound;
        self.started_by.get().map(String::as_str).filter(|_| goes_out)
    }

    /// Returns the id of the agent to whom the call belongs.
    ///
    /// For an inbound call: the agent who answered according to the provider; else the last agent
    /// that a page or the server named; else the agent that the provider rang, if it rang only one.
    /// For an outbound call, the agent that a page or the server named comes first: that agent
    /// requested it, and two agents may share a telephone.
    #[must_use]
    pub fn agent_id(&self) -> Option<&str> {
        let answered = self.answered_by.get().and_then(|agent| agent.id.as_deref());
        let named = self.agent_id.get().map(String::as_str);
        let known = match self.direction() {
            Direction::Inbound => answered.or(named),
            Direction::Outbound => named.or(answered),
        };
        known.or(self.rang.get().map(String::as_str))
    }

    /// Returns the name of the agent to whom the call belongs.
    #[must_use]
    pub fn agent_name(&self) -> Option<&str> {
        let named = self.agent_name.get().map(String::as_str);
        let Some(id) = self.agent_id() else { return named };
        let answered = self.answered_by.get().filter(|agent| agent.id.as_deref() == Some(id));
        let answered = answered.and_then(|agent| agent.name.as_deref());
        if self.agent_id.get().is_some_and(|named| named == id) {
            return named.or(answered);
        }
        let rang = self.rang.get().filter(|rang| *rang == id).and(self.rang_name.get());
        answered.or(rang.map(String::as_str))
    }

    /// Returns whether the agent's microphone is muted.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.phase() == Phase::Connected && self.muted.get() == Some(&true)
    }

    /// Returns whether the other side is on hold.
    #[must_use]
    pub fn is_on_hold(&self) -> bool {
        self.phase() == Phase::Connected && self.held.get() == Some(&true)
    }
}
