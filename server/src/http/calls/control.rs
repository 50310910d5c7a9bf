//! Handlers for call control: `POST /api/ribbon/calls/{sessionId}/…`.

use super::start::read_agent;
use crate::app::App;
use crate::http::openapi::{ByBody, Conflict, NotFound, Provided, WithKey};
use crate::http::request::auth::{KeyedBody, OwnCalls};
use crate::http::request::bounds::{LONGEST_PHRASE, text_within};
use crate::http::request::paths::CallPath;
use crate::http::request::problem::Problem;
use crate::services::access::reach::Reach;
use crate::services::calls::control::{self, CallControl};
use crate::storage::Client;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::call::{Action, Agent};
use call_ribbon_shared::wire::CallObject;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body that answers a call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerBody {
    /// The agent who does it, if known.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
}

type AnswerRequest = WithKey<AnswerBody>;

/// The body that ends a call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HangUpBody {
    /// The agent who does it, if known.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// The reason, in the agent's or the page's own words.
    #[schema(max_length = 1000, examples("declined"))]
    reason: Option<String>,
}

type HangUpRequest = WithKey<HangUpBody>;

/// The body that holds or resumes a call.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoldBody {
    /// The agent who does it, if known.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// Whether to put the other side on hold.
    #[schema(value_type = bool, required = true, examples(true))]
    on_hold: Option<bool>,
}

type HoldRequest = WithKey<HoldBody>;

/// The body that mutes or unmutes the agent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MuteBody {
    /// The agent who does it, if known.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// Whether to mute the microphone.
    #[schema(value_type = bool, required = true, examples(true))]
    muted: Option<bool>,
}

type MuteRequest = WithKey<MuteBody>;

/// The body that sends a digit.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DtmfBody {
    /// The agent who does it, if known.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// One digit.
    #[schema(value_type = String, required = true, max_length = 1, pattern = "^[0-9*#A-Da-d]$", examples("5"))]
    digit: Option<String>,
}

type DtmfRequest = WithKey<DtmfBody>;

type Answer = Result<Json<CallObject>, Problem>;

/// Answer an incoming call
#[utoipa::path(
    post,
    path = "/api/ribbon/calls/{sessionId}/answer",
    operation_id = "answerCall",
    tag = "Calls",
    params(CallPath),
    request_body = AnswerRequest,
    responses(
        (status = 200, description = "The call after the change.", body = CallObject),
        ByBody, NotFound, Conflict, Provided,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn answer_call(
    app: State<Arc<App>>,
    path: Path<CallPath>,
    caller: KeyedBody<OwnCalls, AnswerBody>,
) -> Answer {
    let body = caller.body;
    let agent = read_agent(body.agent_id, body.agent_name)?;
    control_call(app, path, (&caller.client, &caller.reach), agent, Action::Answer, None).await
}

/// End a call
///
/// Before the call is answered, this cancels or declines it.
#[utoipa::path(
    post,
    path = "/api/ribbon/calls/{sessionId}/hangup",
    operation_id = "hangUpCall",
    tag = "Calls",
    params(CallPath),
    request_body = HangUpRequest,
    responses(
        (status = 200, description = "The call after the change.", body = CallObject),
        ByBody, NotFound, Conflict, Provided,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn hang_up_call(
    app: State<Arc<App>>,
    path: Path<CallPath>,
    caller: KeyedBody<OwnCalls, HangUpBody>,
) -> Answer {
    let body = caller.body;
    let agent = read_agent(body.agent_id, body.agent_name)?;
    let reason = body.reason.map(|reason| text_within("reason", reason, LONGEST_PHRASE));
    control_call(
        app,
        path,
        (&caller.client, &caller.reach),
        agent,
        Action::HangUp,
        reason.transpose()?,
    )
    .await
}

/// Hold or resume a call
#[utoipa::path(
    post,
    path = "/api/ribbon/calls/{sessionId}/hold",
    operation_id = "holdCall",
    tag = "Calls",
    params(CallPath),
    request_body = HoldRequest,
    responses(
        (status = 200, description = "The call after the change.", body = CallObject),
        ByBody, NotFound, Conflict, Provided,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn hold_call(
    app: State<Arc<App>>,
    path: Path<CallPath>,
    caller: KeyedBody<OwnCalls, HoldBody>,
) -> Answer {
    let body = caller.body;
    let agent = read_agent(body.agent_id, body.agent_name)?;
    let on = body.on_hold.ok_or_else(|| missing_field("onHold", "true or false"))?;
    control_call(app, path, (&caller.client, &caller.reach), agent, Action::Hold(on), None).await
}

/// Mute or unmute the agent's microphone
#[utoipa::path(
    post,
    path = "/api/ribbon/calls/{sessionId}/mute",
    operation_id = "muteCall",
    tag = "Calls",
    params(CallPath),
    request_body = MuteRequest,
    responses(
        (status = 200, description = "The call after the change.", body = CallObject),
        ByBody, NotFound, Conflict, Provided,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn mute_call(
    app: State<Arc<App>>,
    path: Path<CallPath>,
    caller: KeyedBody<OwnCalls, MuteBody>,
) -> Answer {
    let body = caller.body;
    let agent = read_agent(body.agent_id, body.agent_name)?;
    let on = body.muted.ok_or_else(|| missing_field("muted", "true or false"))?;
    control_call(app, path, (&caller.client, &caller.reach), agent, Action::Mute(on), None).await
}

/// Send a digit
#[utoipa::path(
    post,
    path = "/api/ribbon/calls/{sessionId}/dtmf",
    operation_id = "sendDigit",
    tag = "Calls",
    params(CallPath),
    request_body = DtmfRequest,
    responses(
        (status = 200, description = "The call after the change.", body = CallObject),
        ByBody, NotFound, Conflict, Provided,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn send_digit(
    app: State<Arc<App>>,
    path: Path<CallPath>,
    caller: KeyedBody<OwnCalls, DtmfBody>,
) -> Answer {
    let body = caller.body;
    let agent = read_agent(body.agent_id, body.agent_name)?;
    let text = body.digit.as_deref().unwrap_or_default();
    let mut letters = text.chars();
    let (Some(action), None) = (letters.next().and_then(Action::parse_digit), letters.next())
    else {
        return Err(missing_field("digit", "one of 0 to 9, *, #, A to D"));
    };
    control_call(app, path, (&caller.client, &caller.reach), agent, action, None).await
}

async fn control_call(
    State(app): State<Arc<App>>,
    Path(CallPath { session_id }): Path<CallPath>,
    (client, reach): (&Client, &Reach),
    agent: Agent,
    action: Action,
    reason: Option<String>,
) -> Answer {
    let reason = reason.map(|reason| reason.replace('\0', "")).filter(|reason| !reason.is_empty());
    let order = CallControl { session_id, action, agent, reason };
    Ok(Json(control::control_call(&app.telephony, client, reach, order).await?))
}

fn missing_field(field: &str, expected: &str) -> Problem {
    Problem::invalid(field, format!("{field} must be {expected}."))
}
