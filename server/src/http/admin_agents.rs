//! A client's agents, by the admin token: `/api/admin/clients/{clientId}/agents`.

use super::auth::Admin;
use super::body::{self, JsonBody};
use super::problem::Problem;
use crate::app::App;
use crate::patch::Patch;
use crate::services::agents::{self, AgentList, AgentShown};
use crate::storage::AgentChange;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;

/// An agent as far as it is named.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentBody {
    agent_id: Option<String>,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    dialer_user_id: Patch<String>,
}

/// `POST /api/admin/clients/{clientId}/agents`.
pub async fn create(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
    JsonBody(mut body): JsonBody<AgentBody>,
) -> Result<(StatusCode, Json<AgentShown>), Problem> {
    let agent_id = body.agent_id.take();
    let agent_id = agent_id.ok_or_else(|| Problem::invalid("agentId", "agentId is missing."))?;
    let agent_id = body::id_text("agentId", agent_id)?;
    let made = agents::create(&app.operator(), &client_id, &agent_id, change(body)?).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `GET /api/admin/clients/{clientId}/agents`.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
) -> Result<Json<AgentList>, Problem> {
    Ok(Json(agents::list(&app.operator(), &client_id).await?))
}

/// `GET /api/admin/clients/{clientId}/agents/{agentId}`.
pub async fn look_at(
    State(app): State<Arc<App>>,
    _: Admin,
    Path((client_id, agent_id)): Path<(String, String)>,
) -> Result<Json<AgentShown>, Problem> {
    Ok(Json(agents::look_at(&app.operator(), &client_id, &agent_id).await?))
}

/// `PATCH /api/admin/clients/{clientId}/agents/{agentId}`. An agent's id stays: its calls have it.
pub async fn patch(
    State(app): State<Arc<App>>,
    _: Admin,
    Path((client_id, agent_id)): Path<(String, String)>,
    JsonBody(body): JsonBody<AgentBody>,
) -> Result<Json<AgentShown>, Problem> {
    if body.agent_id.as_ref().is_some_and(|named| *named != agent_id) {
        return Err(Problem::invalid("agentId", "agentId cannot be changed."));
    }
    Ok(Json(agents::change(&app.operator(), &client_id, &agent_id, change(body)?).await?))
}

/// `DELETE /api/admin/clients/{clientId}/agents/{agentId}`.
pub async fn remove(
    State(app): State<Arc<App>>,
    _: Admin,
    Path((client_id, agent_id)): Path<(String, String)>,
) -> Result<Json<AgentShown>, Problem> {
    Ok(Json(agents::remove(&app.operator(), &client_id, &agent_id).await?))
}

fn change(body: AgentBody) -> Result<AgentChange, Problem> {
    Ok(AgentChange {
        name: body.name.try_map(|name| body::id_text("name", name))?,
        dialer_user_id: body.dialer_user_id.try_map(|id| body::id_text("dialerUserId", id))?,
    })
}
