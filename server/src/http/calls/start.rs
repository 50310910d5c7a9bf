//! Handlers that start calls and show them.

use super::logs::list_response;
use crate::app::App;
use crate::http::openapi::{
    ByBody, ByKey, Conflict, IdempotencyKey, NotFound, Provided, Unprocessable, WithKey,
};
use crate::http::request::auth::{Keyed, KeyedBody, OwnCalls, OwnOrTeamRead, TeamRead};
use crate::http::request::body::id_text;
use crate::http::request::bounds::{
    LARGEST_CUSTOMER_DATA, LONGEST_PHRASE, check_bytes, text_within,
};
use crate::http::request::paths::CallPath;
use crate::http::request::problem::Problem;
use crate::permission::Overriding;
use crate::services::calls::{control, pieces, views};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use call_ribbon_shared::call::Agent;
use call_ribbon_shared::wire::{ActiveCalls, CallObject, CallStarted, RawValue};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body that starts a call, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartBody {
    /// The number to call, in any notation. An extension is not dialed. A text with two numbers is
    /// refused.
    #[schema(value_type = String, required = true, max_length = 600, pattern = r"^\+?[1-9][0-9]{2,14}$", examples("+919876543210"))]
    to: Option<String>,
    /// The agent who calls.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// The provider to use; if missing, the client's default.
    #[schema(max_length = 200, pattern = "^simulator$", examples("simulator"))]
    provider: Option<String>,
    /// The customer, as the page knows it: at most 64 KiB as JSON. Stored and returned unchanged.
    #[schema(value_type = Option<Object>, examples(json!({"customerId": "CUST-1001", "name": "Asha Rao"})))]
    customer_data: Option<Box<RawValue>>,
    /// Calls although a rule forbids it, if the rule permits that.
    #[schema(nullable = false)]
    r#override: Option<OverrideBody>,
}

/// A rule to be overridden.
#[derive(Deserialize, ToSchema)]
struct OverrideBody {
    /// The rule's id, such as `asked-times`; if missing, every rule that the caller may override. An
    /// agent may override some rules, the client itself (a key with the scope `read` and no session)
    /// some more.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("asked-times"))]
    rule: Option<String>,
    /// The reason, which is stored with the decision.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 1000, pattern = r"^[^\u0000]*\S[^\u0000]*$", examples("The customer asked for a call at noon."))]
    reason: Option<String>,
}

type StartRequest = WithKey<StartBody>;

/// The body that simulates an incoming call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IncomingBody {
    /// The caller's number.
    #[schema(value_type = String, required = true, max_length = 600, pattern = r"^\+?[1-9][0-9]{2,14}$", examples("+919876543210"))]
    from: Option<String>,
    /// The agent for whom it rings; if missing, it rings for all.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
}

type IncomingRequest = WithKey<IncomingBody>;

/// Start a call
///
/// The call is judged by the client's rules: one that is not permitted gets a 403 with the code
/// `call_not_permitted` and the whole `decision`. The server asks the provider to make the call; its progress arrives on the live stream. A
/// request repeated with the same `Idempotency-Key` starts no second call. The client's limit on
/// calls holds even if many calls are started at the same time.
#[utoipa::path(
    post,
    path = "/api/ribbon/calls",
    operation_id = "startCall",
    tag = "Calls",
    params(IdempotencyKey),
    request_body = StartRequest,
    responses(
        (status = 202, description = "The new call.", body = CallStarted),
        ByBody, Conflict, Unprocessable, Provided,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn start_call(
    State(app): State<Arc<App>>,
    caller: KeyedBody<OwnCalls, StartBody>,
) -> Result<(StatusCode, Json<CallStarted>), Problem> {
    let body = caller.body;
    if body.customer_data.as_ref().is_some_and(|customer| !customer.get().starts_with('{')) {
        return Err(Problem::invalid("customerData", "customerData must be an object."));
    }
    if let Some(customer) = &body.customer_data {
        check_bytes("customerData", customer, LARGEST_CUSTOMER_DATA)?;
    }
    let by_admin = caller.reach.is_client_itself();
    let overriding = body.r#override.map(|asked| read_override(asked, by_admin)).transpose()?;
    let order = control::StartCall {
        to: body.to.ok_or_else(|| Problem::invalid("to", "to is missing."))?,
        agent: read_agent(body.agent_id, body.agent_name)?,
        reach: caller.reach,
        provider: body.provider,
        customer: body.customer_data,
        overriding,
        key: caller.idempotency_key,
    };
    let started = control::start_call(&app.telephony, &caller.client, order).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// Simulate an incoming call
///
/// For trials and tests; it is processed like any other call and counts against the plan. A client
/// whose calls the simulator may not carry gets a 409. One key may simulate 60 calls at once, and one
/// more each second.
#[utoipa::path(
    post,
    path = "/api/ribbon/simulator/incoming",
    operation_id = "simulateIncomingCall",
    tag = "Calls",
    request_body = IncomingRequest,
    responses(
        (status = 202, description = "The incoming call.", body = CallStarted),
        ByBody, Conflict, Unprocessable,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn simulate_incoming(
    State(app): State<Arc<App>>,
    caller: KeyedBody<OwnCalls, IncomingBody>,
) -> Result<(StatusCode, Json<CallStarted>), Problem> {
    app.incoming_limit
        .check_rate(caller.key_id, app.now())
        .inspect_err(|_| app.metrics.count_rate_limited("incoming"))?;
    let body = caller.body;
    let order = control::SimulatedIncoming {
        from: body.from.ok_or_else(|| Problem::invalid("from", "from is missing."))?,
        agent: read_agent(body.agent_id, body.agent_name)?,
        reach: caller.reach,
    };
    let started = control::simulate_incoming(&app.telephony, &caller.client, order).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// List calls in progress
///
/// The client's calls that have not ended, newest first.
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
pub async fn list_active_calls(
    State(app): State<Arc<App>>,
    caller: Keyed<TeamRead>,
) -> Result<Response, Problem> {
    let team = caller.reach.team();
    Ok(list_response(pieces::active_calls(&app.store, &caller.client, team).await?))
}

/// Get a call and its history
///
/// The call's current state, with all of its facts in `timeline`, ordered by time.
#[utoipa::path(
    get,
    path = "/api/ribbon/calls/{sessionId}",
    operation_id = "call",
    tag = "Calls",
    params(CallPath),
    responses(
        (status = 200, description = "The call.", body = CallObject),
        ByKey, NotFound,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn show_call(
    State(app): State<Arc<App>>,
    caller: Keyed<OwnOrTeamRead>,
    Path(CallPath { session_id }): Path<CallPath>,
) -> Result<Json<CallObject>, Problem> {
    Ok(Json(
        views::call_with_timeline(&app.store, &caller.client, &caller.reach, &session_id).await?,
    ))
}

fn read_override(asked: OverrideBody, by_admin: bool) -> Result<Overriding, Problem> {
    let field = "override.reason";
    let reason = asked.reason.filter(|reason| !reason.trim().is_empty());
    let missing = || Problem::invalid(field, "override.reason is missing; say why you call.");
    let reason = text_within(field, reason.ok_or_else(missing)?, LONGEST_PHRASE)?;
    if reason.contains('\0') {
        return Err(Problem::invalid(field, "override.reason must not contain a NUL character."));
    }
    let rule = asked.rule.filter(|rule| !rule.is_empty());
    let rule = rule.map(|rule| id_text("override.rule", rule)).transpose()?;
    Ok(Overriding { rule, reason, by_admin })
}

/// Reads the agent that a body names; an empty id means no agent.
pub fn read_agent(id: Option<String>, name: Option<String>) -> Result<Agent, Problem> {
    let id = id.filter(|id| !id.is_empty()).map(|id| id_text("agentId", id)).transpose()?;
    let name = name.filter(|name| !name.is_empty());
    Ok(Agent { id, name: name.map(|name| id_text("agentName", name)).transpose()? })
}
