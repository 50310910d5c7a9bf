//! Handlers for teams of agents: `/api/admin/clients/{clientId}/teams`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, ViewTeams};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::paths::{ClientPath, TeamPath};
use crate::http::request::problem::Problem;
use crate::ids::LONGEST_ID;
use crate::services::access::teams::{self, MAX_AGENTS, MAX_SUPERVISORS, TeamList, TeamShown};
use crate::storage::TeamChange;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// A new team.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewTeam)]
pub struct NewTeamBody {
    #[schema(
        value_type = String,
        required = true,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000]*$",
        examples("Early reminders")
    )]
    name: Option<String>,
    #[schema(schema_with = agent_list)]
    agent_ids: Option<Vec<String>>,
    #[schema(schema_with = supervisor_list)]
    supervisor_ids: Option<Vec<String>>,
}

/// A change to a team. Fields that are missing stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TeamChange)]
pub struct TeamBody {
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000]*$",
        examples("Early reminders")
    )]
    name: Option<String>,
    #[schema(schema_with = agent_list)]
    agent_ids: Option<Vec<String>>,
    #[schema(schema_with = supervisor_list)]
    supervisor_ids: Option<Vec<String>>,
}

fn agent_list() -> Schema {
    let description = "The ids of all of its agents. An agent may be in several teams.";
    id_list(description, MAX_AGENTS).examples([json!(["agent1", "agent2"])]).into()
}

fn supervisor_list() -> Schema {
    let description = "The ids of the people who see it; each has the role `supervisor`.";
    id_list(description, MAX_SUPERVISORS).examples([json!([])]).into()
}

fn id_list(description: &str, most: usize) -> ArrayBuilder {
    let id = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST_ID))
        .pattern(Some(r"^[^\u0000]*$"));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(id)
        .max_items(Some(most))
        .description(Some(description))
}

/// List the client's teams
///
/// A supervisor sees only the teams that they supervise.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/teams",
    operation_id = "teams",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The teams.", body = TeamList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_teams(
    State(app): State<Arc<App>>,
    caller: ClientStaff<ViewTeams>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<TeamList>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(teams::list_teams(&operator, &client_id, caller.team()).await?))
}

/// Create a team
///
/// A person with the role `supervisor` sees the calls, the figures, the live stream, the follow-ups
/// and the exports of the agents of their teams, and nothing else of the client. A client has at
/// most 200 teams.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/teams",
    operation_id = "createTeam",
    tag = "Administration",
    params(ClientPath),
    request_body = NewTeamBody,
    responses(
        (status = 201, description = "The team.", body = TeamShown),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_team(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewTeamBody>,
) -> Result<(StatusCode, Json<TeamShown>), Problem> {
    let NewTeamBody { name, agent_ids, supervisor_ids } = body;
    let mut change = read_change(TeamBody { name, agent_ids, supervisor_ids })?;
    let name = change.name.take().ok_or_else(|| Problem::invalid("name", "name is missing."))?;
    let made = teams::create_team(&app.operator(caller.by()), &client_id, name, change).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Change a team
///
/// Lists replace the team's members.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/teams/{teamId}",
    operation_id = "changeTeam",
    tag = "Administration",
    params(TeamPath),
    request_body = TeamBody,
    responses(
        (status = 200, description = "The changed team.", body = TeamShown),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_team(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(TeamPath { client_id, team_id }): Path<TeamPath>,
    JsonBody(body): JsonBody<TeamBody>,
) -> Result<Json<TeamShown>, Problem> {
    let change = read_change(body)?;
    let operator = app.operator(caller.by());
    Ok(Json(teams::change_team(&operator, &client_id, &team_id, change).await?))
}

/// Remove a team
///
/// Its agents and supervisors stay; the supervisors no longer see these agents.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/teams/{teamId}",
    operation_id = "removeTeam",
    tag = "Administration",
    params(TeamPath),
    responses(
        (status = 200, description = "The removed team.", body = TeamShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_team(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(TeamPath { client_id, team_id }): Path<TeamPath>,
) -> Result<Json<TeamShown>, Problem> {
    Ok(Json(teams::remove_team(&app.operator(caller.by()), &client_id, &team_id).await?))
}

fn read_change(body: TeamBody) -> Result<TeamChange, Problem> {
    Ok(TeamChange {
        name: body.name.map(|name| body::id_text("name", name)).transpose()?,
        agents: read_ids("agentIds", body.agent_ids, MAX_AGENTS)?,
        supervisors: read_ids("supervisorIds", body.supervisor_ids, MAX_SUPERVISORS)?,
    })
}

fn read_ids(
    field: &str,
    ids: Option<Vec<String>>,
    most: usize,
) -> Result<Option<Vec<String>>, Problem> {
    let Some(ids) = ids else { return Ok(None) };
    if ids.len() > most {
        return Err(Problem::invalid(field, format!("{field} must have at most {most} ids.")));
    }
    let checked = ids.into_iter().enumerate();
    let checked = checked.map(|(place, id)| body::id_text(&format!("{field}[{place}]"), id));
    checked.collect::<Result<_, _>>().map(Some)
}
