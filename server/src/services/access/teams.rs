//! Teams of agents, and what their supervisors see.
//!
//! A person with the role `supervisor` sees only the agents of their teams. The extractors of
//! `http/request/auth` refuse such a person everywhere, except at addresses that limit what they
//! answer to these agents.

use super::admission::INTERVAL;
use super::credential_ref::CredentialRef;
use super::operator::Operator;
use super::role::Role;
use crate::services::ServiceError;
use crate::storage::{Store, StoreError, TeamChange, TeamOutcome, TeamRow, TeamWithMembers};
use crate::time;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most teams of a client, and the most members of a team.
const MAX_TEAMS: i64 = 200;
pub const MAX_AGENTS: usize = 500;
pub const MAX_SUPERVISORS: usize = 50;

/// The agents that a supervisor sees, or those of one team.
#[derive(Debug, Clone)]
pub struct TeamView {
    /// The supervisor's id, or the team's.
    pub id: String,
    /// The agents of all of the supervisor's teams, or of the team.
    pub agents: Arc<BTreeSet<String>>,
}

impl TeamView {
    /// Returns what a person sees; `None` if the role is not limited to teams.
    pub async fn of_person(
        store: &Store,
        client_id: &str,
        person_id: &str,
        role: Role,
    ) -> Result<Option<Self>, StoreError> {
        if role != Role::Supervisor {
            return Ok(None);
        }
        let agents = store.teams().list_supervised_agents(client_id, person_id).await?;
        let agents = Arc::new(agents.into_iter().collect());
        Ok(Some(Self { id: person_id.to_owned(), agents }))
    }

    /// Returns the agents of a team; `None` if no team is named and `seen` is not limited. A
    /// supervisor may name only a team of their own.
    pub async fn of_team(
        store: &Store,
        client_id: &str,
        seen: Option<&Self>,
        team_id: Option<&str>,
    ) -> Result<Option<Self>, ServiceError> {
        let Some(team_id) = team_id else { return Ok(seen.cloned()) };
        let is_named = |team: &TeamWithMembers| {
            team.team.team_id == team_id
                && seen.is_none_or(|seen| team.supervisors.contains(&seen.id))
        };
        let teams = store.teams().list_teams(client_id).await?;
        let team = teams.into_iter().find(is_named).ok_or_else(|| ServiceError::Invalid {
            field: "teamId",
            sentence: "teamId must be a team of this client that you see.".to_owned(),
        })?;
        let agents = Arc::new(team.agents.into_iter().collect());
        Ok(Some(Self { id: team_id.to_owned(), agents }))
    }

    /// Returns whether an agent is in one of the teams.
    pub fn has_agent(&self, agent_id: &str) -> bool {
        self.agents.contains(agent_id)
    }
}

/// Returns the agents whom the holder of a credential sees; `None`: all of the client's. A session
/// that has ended shows no agent.
pub async fn find_seen_agents(
    store: &Store,
    client_id: &str,
    credential: &CredentialRef,
) -> Result<Option<Arc<BTreeSet<String>>>, StoreError> {
    let CredentialRef::Session(session_id) = credential else { return Ok(None) };
    let found = store.people().find_session_person(client_id, session_id).await?;
    let Some((person_id, role)) = found else { return Ok(Some(Arc::default())) };
    // A role that a newer version has added is treated as the most limited one.
    let role = Role::parse(&role).unwrap_or(Role::Supervisor);
    let view = TeamView::of_person(store, client_id, &person_id, role).await?;
    Ok(view.map(|view| view.agents))
}

/// Waits until the holder of a credential sees other agents than `agents`, as after a change to a
/// team or to the person's role. `None` stands for all of the client's agents. Only the sessions of
/// people can change in this way.
pub async fn wait_for_change(
    store: Arc<Store>,
    client_id: String,
    credential: CredentialRef,
    agents: Option<Arc<BTreeSet<String>>>,
) {
    if !matches!(credential, CredentialRef::Session(_)) {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep(INTERVAL).await;
        // While the database does not answer, what was read last still holds.
        if let Ok(now) = find_seen_agents(&store, &client_id, &credential).await
            && now != agents
        {
            return;
        }
    }
}

/// A team as the client's staff sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Team)]
pub struct TeamShown {
    #[schema(examples("team_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub team_id: String,
    #[schema(examples("Early reminders"))]
    pub name: String,
    /// The agents' ids, in order.
    #[schema(examples(json!(["agent1", "agent2"])))]
    pub agent_ids: Vec<String>,
    /// The ids of the people who supervise the team, in order.
    #[schema(examples(json!(["person_0199d7d2c5e07c3f9a3be2b1f0c44a10"])))]
    pub supervisor_ids: Vec<String>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
}

/// All teams of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamList {
    /// In the order of their names.
    pub teams: Vec<TeamShown>,
}

/// Lists a client's teams; for a supervisor, only the supervisor's own.
pub async fn list_teams(
    operator: &Operator<'_>,
    client_id: &str,
    view: Option<&TeamView>,
) -> Result<TeamList, ServiceError> {
    let found = operator.store.clients().find_client(client_id).await?;
    found.ok_or_else(ServiceError::unknown_client)?;
    let teams = operator.store.teams().list_teams(client_id).await?.into_iter();
    let is_seen =
        |team: &TeamWithMembers| view.is_none_or(|view| team.supervisors.contains(&view.id));
    Ok(TeamList { teams: teams.filter(is_seen).map(show_team).collect() })
}

/// Creates a team.
pub async fn create_team(
    operator: &Operator<'_>,
    client_id: &str,
    name: String,
    members: TeamChange,
) -> Result<TeamShown, ServiceError> {
    let team = TeamRow {
        team_id: operator.ids.new_id("team", operator.now),
        name,
        created_at: operator.now,
    };
    let teams = operator.store.teams();
    let outcome = teams.create_team(client_id, &team, &members, MAX_TEAMS, operator.stamp());
    check_outcome(outcome.await?, ServiceError::unknown_client)?;
    find_team(operator, client_id, &team.team_id).await
}

/// Changes a team.
pub async fn change_team(
    operator: &Operator<'_>,
    client_id: &str,
    team_id: &str,
    change: TeamChange,
) -> Result<TeamShown, ServiceError> {
    let outcome =
        operator.store.teams().change_team(client_id, team_id, &change, operator.stamp()).await?;
    check_outcome(outcome, unknown_team)?;
    find_team(operator, client_id, team_id).await
}

/// Removes a team and returns it as it was.
pub async fn remove_team(
    operator: &Operator<'_>,
    client_id: &str,
    team_id: &str,
) -> Result<TeamShown, ServiceError> {
    let team = find_team(operator, client_id, team_id).await?;
    if !operator.store.teams().delete_team(client_id, team_id, operator.stamp()).await? {
        return Err(unknown_team());
    }
    Ok(team)
}

async fn find_team(
    operator: &Operator<'_>,
    client_id: &str,
    team_id: &str,
) -> Result<TeamShown, ServiceError> {
    let mut teams = operator.store.teams().list_teams(client_id).await?.into_iter();
    let found = teams.find(|team| team.team.team_id == team_id);
    found.map(show_team).ok_or_else(unknown_team)
}

fn check_outcome(outcome: TeamOutcome, unknown: fn() -> ServiceError) -> Result<(), ServiceError> {
    match outcome {
        TeamOutcome::Done => Ok(()),
        TeamOutcome::Unknown => Err(unknown()),
        TeamOutcome::TooMany => Err(ServiceError::Conflict(format!(
            "There are already {MAX_TEAMS} teams; remove one that is no longer needed."
        ))),
        TeamOutcome::NotSupervisor(person_id) => Err(ServiceError::Invalid {
            field: "supervisorIds",
            sentence: format!(
                "supervisorIds names {person_id}, which is not a person with the role supervisor."
            ),
        }),
    }
}

fn unknown_team() -> ServiceError {
    ServiceError::Unknown("There is no such team.".to_owned())
}

fn show_team(row: TeamWithMembers) -> TeamShown {
    TeamShown {
        team_id: row.team.team_id,
        name: row.team.name,
        agent_ids: row.agents,
        supervisor_ids: row.supervisors,
        created_at: time::format(row.team.created_at),
    }
}
