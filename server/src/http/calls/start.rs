//! Calls: starting them and looking at them.

use crate::app::App;
use crate::http::openapi::{
    ByBody, ByKey, CallInPath, Conflict, IdempotencyKey, NotFound, Provided, TooMany,
    Unprocessable, WithKey,
};
use crate::http::request::auth::{Keyed, KeyedBody, Read, Ribbon, RibbonOrRead};
use crate::http::request::body::id_text;
use crate::http::request::problem::Problem;
use crate::services::calls::{control, views};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::call::Agent;
use call_ribbon_shared::wire::{ActiveCalls, CallObject, CallStarted, RawValue};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body that asks for a call, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartBody {
    /// The number to call, as it is written. An extension is not dialed. Text with two numbers is
    /// refused.
    #[schema(value_type = String, required = true, pattern = r"^\+?[1-9][0-9]{2,14}$", examples("+919876543210"))]
    to: Option<String>,
    /// The agent who calls.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, where the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// Who is to carry the call; the client's own where nothing is said.
    #[schema(pattern = "^simulator$", examples("simulator"))]
    provider: Option<String>,
    /// Whom the agent calls, as the page knows it. Kept and handed back as it is.
    #[schema(value_type = Option<Object>, examples(json!({"customerId": "CUST-1001", "name": "Asha Rao"})))]
    customer_data: Option<Box<RawValue>>,
}

type StartRequest = WithKey<StartBody>;

/// The body that has a simulated call ring in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncomingBody {
    /// The number that calls.
    #[schema(value_type = String, required = true, pattern = r"^\+?[1-9][0-9]{2,14}$", examples("+919876543210"))]
    from: Option<String>,
    /// The agent for whom it rings; without one it rings for all.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, where the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
}

type IncomingRequest = WithKey<IncomingBody>;

/// Start a call
///
/// The provider is asked to make it; what becomes of it comes by the live stream. With an
/// `Idempotency-Key`, the same request again starts no second call. Under any number of
/// simultaneous starts no more calls are started than the client's limit.
#[utoipa::path(
    post,
    path = "/api/ribbon/calls",
    operation_id = "startCall",
    tag = "Calls",
    params(IdempotencyKey),
    request_body = StartRequest,
    responses(
        (status = 202, description = "The call has begun.", body = CallStarted),
        ByBody, Conflict, Unprocessable, TooMany, Provided,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn start(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Ribbon, StartBody>,
) -> Result<(StatusCode, Json<CallStarted>), Problem> {
    let body = caller.body;
    if body.customer_data.as_ref().is_some_and(|customer| !customer.get().starts_with('{')) {
        return Err(Problem::invalid("customerData", "customerData must be an object."));
    }
    let order = control::StartCall {
        to: body.to.ok_or_else(|| Problem::invalid("to", "to is missing."))?,
        agent: agent(body.agent_id, body.agent_name)?,
        provider: body.provider,
        customer: body.customer_data,
        key: caller.idempotency_key,
    };
    let started = control::start(&app, &caller.client, order).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// Have a simulated call ring in
///
/// For trying things out; it takes the way of any other call.
#[utoipa::path(
    post,
    path = "/api/ribbon/simulator/incoming",
    operation_id = "simulateIncomingCall",
    tag = "Calls",
    request_body = IncomingRequest,
    responses(
        (status = 202, description = "The call rings.", body = CallStarted),
        ByBody, Conflict, Unprocessable,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn incoming(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Ribbon, IncomingBody>,
) -> Result<(StatusCode, Json<CallStarted>), Problem> {
    let body = caller.body;
    let order = control::Incoming {
        from: body.from.ok_or_else(|| Problem::invalid("from", "from is missing."))?,
        agent: agent(body.agent_id, body.agent_name)?,
    };
    let started = control::incoming(&app, &caller.client, order).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// Calls in progress
///
/// The client's calls that are not over, the newest first.
#[utoipa::path(
    get,
    path = "/api/ribbon/active-calls",
    operation_id = "activeCalls",
    tag = "Calls",
    responses(
        (status = 200, description = "The calls in progress.", body = ActiveCalls),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn active(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
) -> Result<Json<ActiveCalls>, Problem> {
    Ok(Json(views::active_calls(&app, &caller.client).await?))
}

/// One call with its history
///
/// The call as it stands, with every fact of it in `timeline`, in the order of their times.
#[utoipa::path(
    get,
    path = "/api/ribbon/calls/{sessionId}",
    operation_id = "call",
    tag = "Calls",
    params(CallInPath),
    responses(
        (status = 200, description = "The call.", body = CallObject),
        ByKey, NotFound,
    ),
    security(("apiKey" = [])),
)]
pub async fn look_at(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
    Path(session_id): Path<String>,
) -> Result<Json<CallObject>, Problem> {
    Ok(Json(views::call_with_timeline(&app, &caller.client, &session_id).await?))
}

/// An agent as a body names one; an empty id names nobody.
pub fn agent(id: Option<String>, name: Option<String>) -> Result<Agent, Problem> {
    let id = id.filter(|id| !id.is_empty()).map(|id| id_text("agentId", id)).transpose()?;
    let name = name.filter(|name| !name.is_empty());
    Ok(Agent { id, name: name.map(|name| id_text("agentName", name)).transpose()? })
}
