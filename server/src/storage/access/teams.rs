//! Stores teams of agents, and the supervisors who see only their teams.

use super::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{StoreError, TeamStore};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// The condition that an agent is in the team `$of`, or in a team of the supervisor `$of`; true if
/// that is empty. `$1` is the client. No id of a team is one of a person.
macro_rules! in_teams_of {
    ($of:literal, $agent:literal) => {
        concat!(
            "(",
            $of,
            " = '' OR EXISTS (SELECT a.agent_id FROM team_agents a
              WHERE a.client_id = $1 AND a.team_id = ",
            $of,
            " AND a.agent_id = ",
            $agent,
            ") OR EXISTS (SELECT a.agent_id FROM team_supervisors s
              JOIN team_agents a ON a.client_id = s.client_id AND a.team_id = s.team_id
              WHERE s.client_id = $1 AND s.person_id = ",
            $of,
            " AND a.agent_id = ",
            $agent,
            "))"
        )
    };
}

pub(in crate::storage) use in_teams_of;

/// A team.
#[derive(Debug, Clone, FromRow)]
pub struct TeamRow {
    pub team_id: String,
    pub name: String,
    pub created_at: Millis,
}

/// A team with its members.
#[derive(Debug, Clone)]
pub struct TeamWithMembers {
    pub team: TeamRow,
    /// Agents' ids, in order.
    pub agents: Vec<String>,
    /// Ids of people, in order.
    pub supervisors: Vec<String>,
}

/// A change to a team; `None` leaves a part as it is.
#[derive(Debug, Clone, Default)]
pub struct TeamChange {
    pub name: Option<String>,
    pub agents: Option<Vec<String>>,
    pub supervisors: Option<Vec<String>>,
}

/// The result of a change.
#[derive(Debug)]
pub enum TeamOutcome {
    Done,
    /// The client or the team does not exist.
    Unknown,
    /// The client has the maximum number of teams.
    TooMany,
    /// This id is not that of a person with the role `supervisor`.
    NotSupervisor(String),
}

/// A member of a team, as stored.
#[derive(FromRow)]
struct MemberRow {
    team_id: String,
    member_id: String,
}

impl TeamStore<'_> {
    /// Returns the agents of all teams of a supervisor.
    pub async fn list_supervised_agents(
        self,
        client_id: &str,
        person_id: &str,
    ) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT DISTINCT a.agent_id FROM team_supervisors s
             JOIN team_agents a ON a.client_id = s.client_id AND a.team_id = s.team_id
             WHERE s.client_id = $1 AND s.person_id = $2"
        )
        .bind(client_id)
        .bind(person_id)
        .fetch_all(db))?)
    }

    /// Returns all teams of a client, in the order of their names.
    pub async fn list_teams(self, client_id: &str) -> Result<Vec<TeamWithMembers>, StoreError> {
        let teams: Vec<TeamRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT team_id, name, created_at FROM teams WHERE client_id = $1
             ORDER BY name, team_id"
        )
        .bind(client_id)
        .fetch_all(db))?;
        let agents: Vec<MemberRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT team_id, agent_id AS member_id FROM team_agents WHERE client_id = $1
             ORDER BY team_id, agent_id"
        )
        .bind(client_id)
        .fetch_all(db))?;
        let supervisors: Vec<MemberRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT team_id, person_id AS member_id FROM team_supervisors WHERE client_id = $1
             ORDER BY team_id, person_id"
        )
        .bind(client_id)
        .fetch_all(db))?;
        let of_team = |rows: &[MemberRow], team_id: &str| {
            let own = rows.iter().filter(|row| row.team_id == team_id);
            own.map(|row| row.member_id.clone()).collect()
        };
        let with_members = |team: TeamRow| TeamWithMembers {
            agents: of_team(&agents, &team.team_id),
            supervisors: of_team(&supervisors, &team.team_id),
            team,
        };
        Ok(teams.into_iter().map(with_members).collect())
    }

    /// Creates a team unless the client already has `most`.
    pub async fn create_team(
        self,
        client_id: &str,
        team: &TeamRow,
        members: &TeamChange,
        most: i64,
        stamp: Stamp<'_>,
    ) -> Result<TeamOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(TeamOutcome::Unknown);
            }
            let had: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM teams WHERE client_id = $1"
            )
            .bind(client_id)
            .fetch_one(db))?;
            if had >= most {
                return Ok(TeamOutcome::TooMany);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO teams (client_id, team_id, name, created_at) VALUES ($1, $2, $3, $4)"
            )
            .bind(client_id)
            .bind(&team.team_id)
            .bind(&team.name)
            .bind(team.created_at)
            .execute(db))?;
            if let Some(person) = set_members(&mut tx, client_id, &team.team_id, members).await? {
                return Ok(TeamOutcome::NotSupervisor(person));
            }
            insert_audit(&mut tx, client_id, "team.created", Some(&team.team_id), stamp).await?;
            tx.commit().await?;
            Ok(TeamOutcome::Done)
        })
    }

    /// Changes a team.
    pub async fn change_team(
        self,
        client_id: &str,
        team_id: &str,
        change: &TeamChange,
        stamp: Stamp<'_>,
    ) -> Result<TeamOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(TeamOutcome::Unknown);
            }
            let done = query_tx!(tx, |db| {
                sqlx::query(
                "UPDATE teams SET name = COALESCE($3, name) WHERE client_id = $1 AND team_id = $2"
            )
            .bind(client_id)
            .bind(team_id)
            .bind(&change.name)
            .execute(db)
            })?;
            if done.rows_affected() == 0 {
                return Ok(TeamOutcome::Unknown);
            }
            if let Some(person) = set_members(&mut tx, client_id, team_id, change).await? {
                return Ok(TeamOutcome::NotSupervisor(person));
            }
            insert_audit(&mut tx, client_id, "team.changed", Some(team_id), stamp).await?;
            tx.commit().await?;
            Ok(TeamOutcome::Done)
        })
    }

    /// Deletes a team. Returns false if it does not exist.
    pub async fn delete_team(
        self,
        client_id: &str,
        team_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            let none = TeamChange {
                agents: Some(Vec::new()),
                supervisors: Some(Vec::new()),
                ..TeamChange::default()
            };
            set_members(&mut tx, client_id, team_id, &none).await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "DELETE FROM teams WHERE client_id = $1 AND team_id = $2"
            )
            .bind(client_id)
            .bind(team_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_audit(&mut tx, client_id, "team.removed", Some(team_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }
}

/// Replaces the members that a change names. Returns the first id that is not a supervisor's.
async fn set_members(
    tx: &mut Tx,
    client_id: &str,
    team_id: &str,
    change: &TeamChange,
) -> Result<Option<String>, sqlx::Error> {
    if let Some(agents) = &change.agents {
        query_tx!(*tx, |db| sqlx::query(
            "DELETE FROM team_agents WHERE client_id = $1 AND team_id = $2"
        )
        .bind(client_id)
        .bind(team_id)
        .execute(db))?;
        for agent_id in agents {
            query_tx!(*tx, |db| sqlx::query(
                "INSERT INTO team_agents (client_id, team_id, agent_id) VALUES ($1, $2, $3)
                 ON CONFLICT (client_id, team_id, agent_id) DO NOTHING"
            )
            .bind(client_id)
            .bind(team_id)
            .bind(agent_id)
            .execute(db))?;
        }
    }
    if let Some(supervisors) = &change.supervisors {
        query_tx!(*tx, |db| sqlx::query(
            "DELETE FROM team_supervisors WHERE client_id = $1 AND team_id = $2"
        )
        .bind(client_id)
        .bind(team_id)
        .execute(db))?;
        for person_id in supervisors {
            let done = query_tx!(*tx, |db| sqlx::query(
                "INSERT INTO team_supervisors (client_id, team_id, person_id)
                 SELECT p.client_id, $2, p.person_id FROM people p
                 WHERE p.client_id = $1 AND p.person_id = $3 AND p.role = 'supervisor'
                 ON CONFLICT (client_id, team_id, person_id) DO UPDATE
                    SET person_id = excluded.person_id"
            )
            .bind(client_id)
            .bind(team_id)
            .bind(person_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(Some(person_id.clone()));
            }
        }
    }
    Ok(None)
}
