//! Calls: starting them and looking at them.

use super::auth::{Keyed, KeyedBody, Read, Ribbon, RibbonOrRead};
use super::body::id_text;
use super::problem::Problem;
use crate::app::App;
use crate::services::{calls, reading};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::call::Agent;
use call_ribbon_shared::wire::{ActiveCalls, CallObject, CallStarted, RawValue};
use serde::Deserialize;
use std::sync::Arc;

/// The body that asks for a call, beside key and domain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartBody {
    to: Option<String>,
    agent_id: Option<String>,
    agent_name: Option<String>,
    provider: Option<String>,
    customer_data: Option<Box<RawValue>>,
}

/// The body that has a simulated call ring in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncomingBody {
    from: Option<String>,
    agent_id: Option<String>,
    agent_name: Option<String>,
}

/// `POST /api/ribbon/calls`.
pub async fn start(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Ribbon, StartBody>,
) -> Result<(StatusCode, Json<CallStarted>), Problem> {
    let body = caller.body;
    if body.customer_data.as_ref().is_some_and(|customer| !customer.get().starts_with('{')) {
        return Err(Problem::invalid("customerData", "customerData must be an object."));
    }
    let order = calls::StartCall {
        to: body.to.ok_or_else(|| Problem::invalid("to", "to is missing."))?,
        agent: agent(body.agent_id, body.agent_name)?,
        provider: body.provider,
        customer: body.customer_data,
        key: caller.idempotency_key,
    };
    let started = calls::start(&app, &caller.client, order).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// `POST /api/ribbon/simulator/incoming`.
pub async fn incoming(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Ribbon, IncomingBody>,
) -> Result<(StatusCode, Json<CallStarted>), Problem> {
    let body = caller.body;
    let order = calls::Incoming {
        from: body.from.ok_or_else(|| Problem::invalid("from", "from is missing."))?,
        agent: agent(body.agent_id, body.agent_name)?,
    };
    let started = calls::incoming(&app, &caller.client, order).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// `GET /api/ribbon/active-calls`.
pub async fn active(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
) -> Result<Json<ActiveCalls>, Problem> {
    Ok(Json(reading::active_calls(&app, &caller.client).await?))
}

/// `GET /api/ribbon/calls/{sessionId}`.
pub async fn look_at(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
    Path(session_id): Path<String>,
) -> Result<Json<CallObject>, Problem> {
    Ok(Json(reading::call_with_timeline(&app, &caller.client, &session_id).await?))
}

/// An agent as a body names one; an empty id names nobody.
pub fn agent(id: Option<String>, name: Option<String>) -> Result<Agent, Problem> {
    let id = id.filter(|id| !id.is_empty()).map(|id| id_text("agentId", id)).transpose()?;
    let name = name.filter(|name| !name.is_empty());
    Ok(Agent { id, name: name.map(|name| id_text("agentName", name)).transpose()? })
}
