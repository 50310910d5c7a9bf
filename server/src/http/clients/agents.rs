//! Handlers for a client's agents: `/api/admin/clients/{clientId}/agents`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict, NotFound, Unprocessable};
use crate::http::request::auth::{ClientStaff, Manage, View, ViewTeams};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::paths::{AgentPath, ClientPath};
use crate::http::request::problem::Problem;
use crate::patch::Patch;
use crate::services::clients::agents::{self, AgentList, AgentShown};
use crate::storage::AgentChange;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new agent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewAgent {
    /// The agent's id in the client's own systems.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("agent7"))]
    agent_id: Option<String>,
    /// The agent's name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    name: Patch<String>,
    /// The agent's id in the client's dialer.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("vicidial_user_7"))]
    dialer_user_id: Patch<String>,
    /// The agent's own phone, which click-to-call rings first: E.164.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 16, pattern = r"^\+[1-9][0-9]{6,14}$", examples("+919811122233"))]
    phone: Patch<String>,
    /// The agent's id at the telephony provider: a user id, or the number of an agent.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("ravi.kumar"))]
    provider_user_id: Patch<String>,
}

/// A change to an agent; fields that are missing stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentBody {
    /// May be given, but not changed.
    #[schema(ignore)]
    agent_id: Option<String>,
    /// The agent's name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    name: Patch<String>,
    /// The agent's id in the client's dialer.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("vicidial_user_7"))]
    dialer_user_id: Patch<String>,
    /// The agent's own phone, which click-to-call rings first: E.164.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 16, pattern = r"^\+[1-9][0-9]{6,14}$", examples("+919811122233"))]
    phone: Patch<String>,
    /// The agent's id at the telephony provider: a user id, or the number of an agent.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("ravi.kumar"))]
    provider_user_id: Patch<String>,
}

/// Create an agent
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/agents",
    operation_id = "createAgent",
    tag = "Administration",
    params(ClientPath),
    request_body = NewAgent,
    responses(
        (status = 201, description = "The agent.", body = AgentShown),
        ByAdminBody, NotFound, Conflict, Unprocessable,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_agent(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewAgent>,
) -> Result<(StatusCode, Json<AgentShown>), Problem> {
    let agent_id =
        body.agent_id.ok_or_else(|| Problem::invalid("agentId", "agentId is missing."))?;
    let agent_id = body::id_text("agentId", agent_id)?;
    let change = read_change(body.name, body.dialer_user_id, body.phone, body.provider_user_id)?;
    let made =
        agents::create_agent(&app.operator(caller.by()), &client_id, &agent_id, change).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List a client's agents
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/agents",
    operation_id = "agents",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The agents.", body = AgentList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_agents(
    State(app): State<Arc<App>>,
    caller: ClientStaff<ViewTeams>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<AgentList>, Problem> {
    Ok(Json(agents::list_agents(&app.operator(caller.by()), &client_id, caller.team()).await?))
}

/// Get an agent
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/agents/{agentId}",
    operation_id = "agent",
    tag = "Administration",
    params(AgentPath),
    responses(
        (status = 200, description = "The agent.", body = AgentShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_agent(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(AgentPath { client_id, agent_id }): Path<AgentPath>,
) -> Result<Json<AgentShown>, Problem> {
    Ok(Json(agents::find_agent(&app.operator(caller.by()), &client_id, &agent_id).await?))
}

/// Change an agent
///
/// Fields that are missing stay as they are. The id cannot be changed: the agent's calls refer to
/// it.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/agents/{agentId}",
    operation_id = "changeAgent",
    tag = "Administration",
    params(AgentPath),
    request_body = AgentBody,
    responses(
        (status = 200, description = "The changed agent.", body = AgentShown),
        ByAdminBody, NotFound, Conflict, Unprocessable,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_agent(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(AgentPath { client_id, agent_id }): Path<AgentPath>,
    JsonBody(body): JsonBody<AgentBody>,
) -> Result<Json<AgentShown>, Problem> {
    if body.agent_id.as_ref().is_some_and(|named| *named != agent_id) {
        return Err(Problem::invalid("agentId", "agentId cannot be changed."));
    }
    let change = read_change(body.name, body.dialer_user_id, body.phone, body.provider_user_id)?;
    Ok(Json(agents::change_agent(&app.operator(caller.by()), &client_id, &agent_id, change).await?))
}

/// Remove an agent
///
/// The agent's calls stay.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/agents/{agentId}",
    operation_id = "removeAgent",
    tag = "Administration",
    params(AgentPath),
    responses(
        (status = 200, description = "The removed agent.", body = AgentShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_agent(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(AgentPath { client_id, agent_id }): Path<AgentPath>,
) -> Result<Json<AgentShown>, Problem> {
    Ok(Json(agents::remove_agent(&app.operator(caller.by()), &client_id, &agent_id).await?))
}

fn read_change(
    name: Patch<String>,
    dialer_user_id: Patch<String>,
    phone: Patch<String>,
    provider_user_id: Patch<String>,
) -> Result<AgentChange, Problem> {
    let id = |field, id: Patch<String>| id.try_map(|id| body::id_text(field, id));
    Ok(AgentChange {
        name: id("name", name)?,
        dialer_user_id: id("dialerUserId", dialer_user_id)?,
        phone: phone.try_map(|phone| agents::parse_phone("phone", &phone))?,
        provider_user_id: id("providerUserId", provider_user_id)?,
    })
}
