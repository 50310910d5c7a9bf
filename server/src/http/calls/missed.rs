//! Handler for `GET /api/ribbon/missed-calls`: the callers whom an agent has to call back.

use crate::app::App;
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, OwnOrRead};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_moment};
use crate::services::calls::missed;
use crate::storage::MissedFilter;
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::MissedCalls;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How far back calls are listed if the query does not say it.
const USUAL_TIME: Millis = 7 * DAY;
/// How far back calls are listed at most.
const LONGEST_TIME: Millis = 90 * DAY;
/// Callers in an answer if the query names no limit.
const CALLERS: i64 = 50;
const MOST: i64 = 500;

/// The query for missed calls.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct MissedQuery {
    /// The agent; in a session, its agent is the default.
    #[param(pattern = r"^[^\u0000]*$", example = "agent1")]
    agent_id: Option<String>,
    /// Only calls that began at this moment or later. By default, calls of the last seven days; at
    /// most, of the last ninety.
    #[param(value_type = Option<String>, format = DateTime, example = "2025-10-15T00:00:00Z")]
    since: Option<String>,
    /// How many callers; more than 500 count as 500.
    #[param(schema_with = callers_kind)]
    limit: Option<String>,
}

fn callers_kind() -> Schema {
    count_kind("The number of callers to return. More than 500 counts as 500.", CALLERS)
}

/// List missed calls to call back
///
/// The callers of an agent's missed calls, including calls that rang for every agent and calls that
/// staff have given to the agent: each number once, with the number of its missed calls and the
/// latest of them. A call that was given to another agent is not listed. A caller is no longer listed
/// once a later call with that number or that customer, by any agent, is in progress or both sides
/// talked in it. Calls that the agent declined and callers who withheld their number are not listed.
///
/// A session lists the calls of its own agent. With the scope `read`, any agent's calls can be
/// listed, and `agentId` is required.
#[utoipa::path(
    get,
    path = "/api/ribbon/missed-calls",
    operation_id = "missedCalls",
    tag = "Calls",
    params(MissedQuery),
    responses(
        (status = 200, description = "The callers to call back.", body = MissedCalls),
        ByKey,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn list_missed_calls(
    State(app): State<Arc<App>>,
    caller: Keyed<OwnOrRead>,
    QueryParams(query): QueryParams<MissedQuery>,
) -> Result<Json<MissedCalls>, Problem> {
    let now = app.now();
    let since = read_moment("since", query.since)?.unwrap_or(now - USUAL_TIME);
    let most = read_count("limit", query.limit, CALLERS)?.min(MOST);
    let agent_id = caller.reach.acting_agent(non_empty(query.agent_id))?;
    let agent_id = agent_id.ok_or_else(|| Problem::invalid("agentId", "agentId is missing."))?;
    let filter = MissedFilter { agent_id, since: since.max(now - LONGEST_TIME), most };
    Ok(Json(missed::list_missed_callers(&app.store, &caller.client, filter).await?))
}
