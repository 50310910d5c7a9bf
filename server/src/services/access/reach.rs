//! Which agents' calls a caller may read and act on.
//!
//! A key with the scope `read`, and staff, have all of the client's calls. A key without it stands in
//! pages for everyone to read, so it has only the calls of the agent for whom a session was opened.

use super::credential_ref::CredentialRef;
use super::teams::TeamView;
use super::tickets::{Claims, Purpose, TokenSigner};
use crate::services::{ServiceError, SessionFault};
use crate::storage::Client;
use call_ribbon_shared::Millis;

/// How many earlier agents of a page a session keeps.
const MOST_FORMER: usize = 4;

/// The session that `init` opened for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSession {
    pub agent_id: String,
    /// The agents that the same page named before, the latest first. Their calls may still be
    /// finished: a page may name the next agent while notes of the last one are unsaved.
    pub former: Vec<String>,
    /// Whether an agent token proved who the agent is.
    pub proven: bool,
    /// Whether the agent may not see phone numbers.
    pub hides_numbers: bool,
}

/// The agents' calls that a caller may read and act on.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Whether the calls of all agents are included.
    all: bool,
    /// The agents that a supervisor sees. `all` is then false.
    team: Option<TeamView>,
    /// Whether even then an agent can be named only in that agent's session.
    names_own: bool,
    session: Result<AgentSession, SessionFault>,
}

impl AgentSession {
    /// Reads a session token that was issued for this key of this client.
    pub fn read_token(
        signer: &TokenSigner,
        token: &str,
        client: &Client,
        key_id: &str,
        now: Millis,
    ) -> Option<Self> {
        let Claims { client_id, agent_id, credential, former, proven, hides_numbers, .. } =
            signer.read_claims(token, Purpose::Session, now)?;
        let is_own =
            client_id == client.id && credential == CredentialRef::ApiKey(key_id.to_owned());
        let is_own = is_own && (proven || !client.require_agent_token);
        agent_id.filter(|_| is_own).map(|agent_id| Self { agent_id, former, proven, hides_numbers })
    }

    /// Returns the former agents of a session that follows this one.
    pub fn former_for(self, agent_id: &str) -> Vec<String> {
        let all = [self.agent_id].into_iter().chain(self.former);
        all.filter(|former| former != agent_id).take(MOST_FORMER).collect()
    }
}

impl Reach {
    /// Returns the reach of staff: all agents, or those of a supervisor's teams.
    pub fn of_staff(team: Option<TeamView>) -> Self {
        Self { all: team.is_none(), team, names_own: false, session: Err(SessionFault::Missing) }
    }

    /// Returns the reach of a client's key: `reads` is whether it has the scope `read`.
    pub fn of_key(
        client: &Client,
        reads: bool,
        session: Result<AgentSession, SessionFault>,
    ) -> Self {
        Self { all: reads, team: None, names_own: client.require_agent_token, session }
    }

    /// Returns whether the client itself asks, by a key with the scope `read` and without a session.
    pub fn is_client_itself(&self) -> bool {
        self.all && self.session.is_err()
    }

    /// Returns the session, if the request has one.
    pub fn session(&self) -> Option<&AgentSession> {
        self.session.as_ref().ok()
    }

    /// Returns the agents of a supervisor's teams; `None` for all other callers.
    pub fn team(&self) -> Option<&TeamView> {
        self.team.as_ref()
    }

    /// Refuses a caller that has neither all calls nor a session.
    pub fn check_any(&self) -> Result<(), ServiceError> {
        if self.all { Ok(()) } else { self.own_session().map(drop) }
    }

    /// Returns the only agent whose calls are in reach; `None` if all are.
    ///
    /// A supervisor is refused: a caller that asks for one agent does not know about teams.
    pub fn only_agent(&self) -> Result<Option<&str>, ServiceError> {
        if self.team.is_some() {
            return Err(outside_teams());
        }
        if self.all { Ok(None) } else { Ok(Some(&self.own_session()?.agent_id)) }
    }

    /// Refuses a call of another agent. A call without an agent belongs to all of them, such as one
    /// that rings for every agent.
    ///
    /// A supervisor has no call without an agent: it is of no team.
    pub fn check_call(&self, agent_id: Option<&str>) -> Result<(), ServiceError> {
        if self.all {
            return Ok(());
        }
        if let Some(team) = &self.team {
            let is_own = agent_id.is_some_and(|agent| team.has_agent(agent));
            return if is_own { Ok(()) } else { Err(outside_teams()) };
        }
        let AgentSession { agent_id: own, former, .. } = self.own_session()?;
        match agent_id {
            Some(agent) if agent != own && !former.iter().any(|one| one == agent) => {
                Err(ServiceError::OtherAgent("This call belongs to another agent."))
            }
            _ => Ok(()),
        }
    }

    /// Returns the agent for whom something is done: the named one, who must be in reach, else the
    /// session's. A supervisor is refused, as by [`Self::only_agent`].
    pub fn acting_agent(&self, named: Option<String>) -> Result<Option<String>, ServiceError> {
        if self.all && !(self.names_own && named.is_some()) {
            return Ok(named);
        }
        if self.team.is_some() {
            return Err(outside_teams());
        }
        let own = &self.own_session()?.agent_id;
        if named.is_some_and(|named| named != *own) {
            let sentence =
                "agentId must be the agent of this session; call init to change the agent.";
            return Err(ServiceError::OtherAgent(sentence));
        }
        Ok(Some(own.clone()))
    }

    /// Refuses an event that names an agent, if the client's agents have to prove who they are and
    /// this is not the session's.
    pub fn check_logged(&self, agent_id: Option<&str>) -> Result<(), ServiceError> {
        let Some(agent_id) = agent_id.filter(|_| self.names_own) else { return Ok(()) };
        let AgentSession { agent_id: own, former, .. } = self.own_session()?;
        if agent_id == own || former.iter().any(|one| one == agent_id) {
            return Ok(());
        }
        Err(ServiceError::OtherAgent("The event names another agent than this session's."))
    }

    fn own_session(&self) -> Result<&AgentSession, ServiceError> {
        self.session.as_ref().map_err(|fault| ServiceError::NoSession(*fault))
    }
}

fn outside_teams() -> ServiceError {
    ServiceError::OtherAgent("This is not limited to agents of your teams.")
}
