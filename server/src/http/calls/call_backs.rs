//! Handlers for the queue of missed calls to call back, and for the work of staff on it and on
//! follow-ups.

use crate::app::App;
use crate::http::openapi::{ByAdminBody, ByKey, Conflict, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, Keyed, Supervise, TeamRead};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::paths::ClientCallPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_moment};
use crate::http::request::team_query::TeamQuery;
use crate::ids::LONGEST_ID;
use crate::services::access::teams::TeamView;
use crate::services::calls::call_backs::{self, CallBackRequest};
use crate::storage::QueueChange;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::CallBacks;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{IntoParams, PartialSchema, ToSchema};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How far back missed calls are listed if the query does not say it, and at most.
const USUAL_TIME: Millis = 7 * DAY;
const LONGEST_TIME: Millis = 90 * DAY;
/// Callers in an answer if the query names no limit.
const CALLERS: i64 = 100;
const MOST_CALLERS: i64 = 500;

/// The query for call backs.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CallBackQuery {
    /// Only callers whom this agent has to call back.
    #[param(pattern = r"^[^\u0000]*$", example = "agent1")]
    agent_id: Option<String>,
    /// `open`, the default: only callers who wait for a call. `all`: also callers who were called
    /// back, and those marked as done.
    #[param(pattern = "^(open|all)?$", example = "open")]
    state: Option<String>,
    /// Only calls that began at this moment or later. By default, calls of the last seven days; at
    /// most, of the last ninety.
    #[param(value_type = Option<String>, format = DateTime, example = "2025-10-05T00:00:00Z")]
    since: Option<String>,
    /// How many callers; more than 500 count as 500.
    #[param(schema_with = callers_kind)]
    limit: Option<String>,
}

fn callers_kind() -> Schema {
    count_kind("The number of callers to return. More than 500 counts as 500.", CALLERS)
}

/// A change to a missed call or a follow-up. At least one field is needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueBody {
    agent_id: Option<String>,
    done: Option<bool>,
}

/// The same for a missed call, in the document.
pub struct CallBackChange;

/// The same for a follow-up, in the document.
pub struct FollowUpChange;

impl PartialSchema for CallBackChange {
    fn schema() -> RefOr<Schema> {
        let what = "`true`: nobody has to make the call any more. `false` opens it again.";
        change_schema(what, &[true, false])
    }
}

impl ToSchema for CallBackChange {
    fn name() -> Cow<'static, str> {
        "CallBackChange".into()
    }
}

impl PartialSchema for FollowUpChange {
    fn schema() -> RefOr<Schema> {
        let what =
            "`true`: nobody has to make the call any more. A follow-up that is done is gone.";
        change_schema(what, &[true])
    }
}

impl ToSchema for FollowUpChange {
    fn name() -> Cow<'static, str> {
        "FollowUpChange".into()
    }
}

/// Describes a change: an agent, `done` with one of these values, or both. A field may be null, but
/// not each.
fn change_schema(what_done: &str, done: &[bool]) -> RefOr<Schema> {
    let agent = || ObjectBuilder::new().schema_type(Type::String);
    let done_or_null = done.iter().map(|value| Some(*value)).chain([None]);
    let all = ObjectBuilder::new()
        .property(
            "agentId",
            agent()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .min_length(Some(1))
                .max_length(Some(LONGEST_ID))
                .pattern(Some(r"^[^\u0000]*$"))
                .description(Some("The agent who has to make the call from now on."))
                .examples(["agent2"]),
        )
        .property(
            "done",
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Boolean, Type::Null]))
                .enum_values(Some(done_or_null.map(|value| json!(value))))
                .description(Some(what_done)),
        );
    let done = ObjectBuilder::new().schema_type(Type::Boolean);
    let given = AnyOfBuilder::new()
        .item(ObjectBuilder::new().required("agentId").property("agentId", agent()))
        .item(ObjectBuilder::new().required("done").property("done", done));
    AllOfBuilder::new()
        .item(all)
        .item(given)
        .description(Some("A change to the queue. At least one field is needed."))
        .into()
}

/// The changed call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueChanged {
    /// The server's id of the call.
    #[schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    session_id: String,
}

/// List missed calls, and whether the callers were called back
///
/// Missed calls of all agents, grouped by number: how many there were, who has to call back, and the
/// call in which somebody spoke with the caller. Calls that an agent declined and callers who
/// withheld their number are left out.
#[utoipa::path(
    get,
    path = "/api/ribbon/call-backs",
    operation_id = "callBacks",
    tag = "Calls",
    params(CallBackQuery, TeamQuery),
    responses(
        (status = 200, description = "The callers, and how soon they were called back.", body = CallBacks),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_call_backs(
    State(app): State<Arc<App>>,
    caller: Keyed<TeamRead>,
    QueryParams(query): QueryParams<CallBackQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
) -> Result<Json<CallBacks>, Problem> {
    let now = app.now();
    let since = read_moment("since", query.since)?.unwrap_or(now - USUAL_TIME);
    let most = read_count("limit", query.limit, CALLERS)?.min(MOST_CALLERS);
    let all = match non_empty(query.state).as_deref() {
        None | Some("open") => false,
        Some("all") => true,
        Some(_) => {
            return Err(Problem::invalid("state", "state must be \"open\" or \"all\"."));
        }
    };
    let wanted = CallBackRequest {
        agent_id: non_empty(query.agent_id),
        team: team.into_view(&app, &caller.client, &caller.reach).await?,
        since: since.max(now - LONGEST_TIME),
        all,
        most: usize::try_from(most).unwrap_or(usize::MAX),
    };
    Ok(Json(call_backs::list_call_backs(&app.store, &caller.client, wanted).await?))
}

/// Mark a missed call as done, or reassign it
///
/// Applies to all missed calls from its number up to this call.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/call-backs/{sessionId}",
    operation_id = "changeCallBack",
    tag = "Administration",
    params(ClientCallPath),
    request_body = CallBackChange,
    responses(
        (status = 200, description = "The missed call.", body = QueueChanged),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_call_back(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Supervise>,
    Path(ClientCallPath { client_id, session_id }): Path<ClientCallPath>,
    JsonBody(body): JsonBody<QueueBody>,
) -> Result<Json<QueueChanged>, Problem> {
    let change = read_change(body, caller.team())?;
    let operator = app.operator(caller.by());
    call_backs::change_call_back(&operator, &client_id, &session_id, &change).await?;
    Ok(Json(QueueChanged { session_id }))
}

/// Mark a follow-up as done, or reassign it
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/follow-ups/{sessionId}",
    operation_id = "changeFollowUp",
    tag = "Administration",
    params(ClientCallPath),
    request_body = FollowUpChange,
    responses(
        (status = 200, description = "The call that had the follow-up.", body = QueueChanged),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_follow_up(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Supervise>,
    Path(ClientCallPath { client_id, session_id }): Path<ClientCallPath>,
    JsonBody(body): JsonBody<QueueBody>,
) -> Result<Json<QueueChanged>, Problem> {
    let change = read_change(body, caller.team())?;
    if change.done == Some(false) {
        let sentence =
            "done must be true for a follow-up; set a new follow-up on the call instead.";
        return Err(Problem::invalid("done", sentence));
    }
    let operator = app.operator(caller.by());
    call_backs::change_follow_up(&operator, &client_id, &session_id, &change).await?;
    Ok(Json(QueueChanged { session_id }))
}

/// Reads a change. A supervisor may give calls only to agents of their teams.
fn read_change(body: QueueBody, team: Option<&TeamView>) -> Result<QueueChange, Problem> {
    let agent_id = body.agent_id.map(|id| body::id_text("agentId", id)).transpose()?;
    if let (Some(team), Some(agent_id)) = (team, &agent_id)
        && !team.has_agent(agent_id)
    {
        return Err(Problem::invalid("agentId", "agentId must be an agent of your teams."));
    }
    if agent_id.is_none() && body.done.is_none() {
        return Err(Problem::invalid("done", "Send done, agentId, or both."));
    }
    let supervisor = team.map(|team| team.id.clone());
    Ok(QueueChange { agent_id, done: body.done, supervisor })
}
