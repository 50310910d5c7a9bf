//! Handlers for `GET /api/ribbon/calls` and `/follow-ups`: the calls that an agent has made and
//! those that are due.

use super::filter::FilterQuery;
use crate::app::App;
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, OwnOrTeamRead, Read, Scope as _, missing_scope};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, non_empty, read_count, read_cursor, read_moment, read_switch,
};
use crate::http::request::team_query::TeamQuery;
use crate::services::calls::{history, search};
use crate::services::cursor;
use crate::storage::{FollowUpFilter, HistoryFilter, LogPosition, LogRowKey};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallHistory, FollowUps};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Calls in an answer if the query names no limit.
const CALLS: i64 = 20;
const FOLLOW_UPS: i64 = 100;
const MOST: i64 = 500;

/// The order of the list. It stands in the document only: [`FilterQuery`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the parameter in the document")]
pub struct HistoryOrder {
    /// The order. `longest` and `shortest` list only calls that have ended.
    #[param(pattern = "^(newest|oldest|longest|shortest|)$", example = "newest")]
    sort: Option<String>,
}

/// The paging of the list, beside the filters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// `all`: every filter is applied as given, and none is required; needs the scope `read`.
    /// Without it, `agentId` also includes calls that rang for all agents and were not answered,
    /// and the other filters are not accepted. If neither `agentId` nor `customerId` is given, the
    /// default is `all`; in a session it is the calls of its agent.
    #[param(pattern = "^(all)?$", example = "all")]
    list: Option<String>,
    /// How many calls; more than 500 count as 500.
    #[param(schema_with = calls_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the calls after it, in the same order.
    cursor: Option<String>,
    /// `true`: the answer also has the number of calls on all pages, if the server can count them.
    #[param(pattern = "^(true|false|1|0|)$", example = "true")]
    total: Option<String>,
}

/// The query for follow-ups.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct FollowUpQuery {
    /// Only follow-ups that this agent has to make.
    #[param(pattern = r"^[^\u0000]*$", example = "agent1")]
    agent_id: Option<String>,
    /// Only follow-ups that are due before this moment.
    #[param(value_type = Option<String>, format = DateTime, example = "2025-10-15T00:00:00Z")]
    before: Option<String>,
    /// How many; more than 500 count as 500.
    #[param(schema_with = follow_ups_kind)]
    limit: Option<String>,
}

fn calls_kind() -> Schema {
    count_kind("The number of calls to return. More than 500 counts as 500.", CALLS)
}

fn follow_ups_kind() -> Schema {
    count_kind("The number of entries to return. More than 500 counts as 500.", FOLLOW_UPS)
}

/// List calls, filtered by any of their data
///
/// Each call includes its notes, disposition and follow-up. A page may be short, or empty, although
/// more calls follow: each request examines a limited number of calls, and `nextCursor` continues
/// from there.
///
/// With the scope `read`, all of the client's calls can be listed. Without it a session is needed
/// (`X-Session-Token`): it lists the calls of its own agent, or with `customerId` the calls of that one
/// customer with any agent, newest first.
#[utoipa::path(
    get,
    path = "/api/ribbon/calls",
    operation_id = "callHistory",
    tag = "Calls",
    params(FilterQuery, TeamQuery, HistoryOrder, HistoryQuery),
    responses(
        (status = 200, description = "A page of calls.", body = CallHistory),
        ByKey,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn list_calls(
    State(app): State<Arc<App>>,
    caller: Keyed<OwnOrTeamRead>,
    QueryParams(filter): QueryParams<FilterQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<HistoryQuery>,
) -> Result<Json<CallHistory>, Problem> {
    let most = read_count("limit", query.limit, CALLS)?.min(MOST);
    let counts = read_switch("total", query.total.as_deref())?;
    let all = match non_empty(query.list).as_deref() {
        None => false,
        Some("all") => true,
        Some(_) => return Err(Problem::invalid("list", "list must be \"all\", or be left out.")),
    };
    let customer_id = non_empty(filter.customer_id.clone());
    let mut agent_id = non_empty(filter.agent_id.clone());
    let is_supervisor = caller.reach.team().is_some();
    let own_agent = if is_supervisor { None } else { caller.reach.only_agent()? };
    if all && own_agent.is_some() {
        return Err(missing_scope(Read::ANY_OF));
    }
    // A session may read the calls of one customer with every agent, since its agent is about to
    // speak with that customer.
    if own_agent.is_some() && (agent_id.is_some() || customer_id.is_none()) {
        agent_id = caller.reach.acting_agent(agent_id)?;
    }
    if all || is_supervisor || (agent_id.is_none() && customer_id.is_none()) {
        let mut search = filter.into_search(&caller.client)?;
        search.limit_to_team(team.into_view(&app, &caller.client, &caller.reach).await?.as_ref());
        let by_length = search.filter.sort.is_by_length();
        let after = read_cursor(query.cursor, |text| cursor::read_spot(text, by_length))?;
        return Ok(Json(
            search::search_calls(
                &app.store,
                &app.telephony.accounts,
                &caller.client,
                search,
                after,
                most,
                counts,
            )
            .await?,
        ));
    }
    if let Some(field) = filter.beyond_ribbon().or(team.given()) {
        let sentence = format!("{field} requires list=all.");
        return Err(Problem::invalid(field, sentence));
    }
    let status = non_empty(filter.status).map(|word| {
        Status::parse(&word).map(Status::as_str).ok_or_else(|| {
            let sentence = "status must be active, completed, missed, failed, no_answer, busy or \
                            abandoned; several values require list=all.";
            Problem::invalid("status", sentence)
        })
    });
    let after = read_cursor(query.cursor, |text| match cursor::read_place(text) {
        Some(LogPosition { at, key: LogRowKey::Call(call_sid) }) => Some((at, call_sid)),
        _ => None,
    });
    let (before, call_sid) = after?.unwrap_or((Millis::MAX, String::new()));
    let filter = HistoryFilter {
        agent_id,
        customer_id,
        status: status.transpose()?.unwrap_or_default(),
        before,
        call_sid,
        most,
    };
    Ok(Json(history::list_calls(&app.store, &caller.client, filter).await?))
}

/// List follow-ups
///
/// Calls with an open follow-up, and follow-ups without a call, by due date. A follow-up is done when a later call with that
/// customer, by any agent, is in progress or both sides talked in it, or when it is set to null.
/// Follow-ups that are more than ninety days overdue are not listed.
///
/// With the scope `read`, all agents' follow-ups can be listed; a session lists those of its own
/// agent.
#[utoipa::path(
    get,
    path = "/api/ribbon/follow-ups",
    operation_id = "followUps",
    tag = "Calls",
    params(FollowUpQuery, TeamQuery),
    responses(
        (status = 200, description = "The calls to follow up.", body = FollowUps),
        ByKey,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn list_follow_ups(
    State(app): State<Arc<App>>,
    caller: Keyed<OwnOrTeamRead>,
    QueryParams(query): QueryParams<FollowUpQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
) -> Result<Json<FollowUps>, Problem> {
    let before = read_moment("before", query.before);
    let most = read_count("limit", query.limit, FOLLOW_UPS)?.min(MOST);
    let named = non_empty(query.agent_id);
    // A supervisor may name an agent, but need not.
    let agent_id = if caller.reach.team().is_some() {
        if named.is_some() {
            caller.reach.check_call(named.as_deref())?;
        }
        named
    } else {
        caller.reach.acting_agent(named)?
    };
    if agent_id.is_some() && caller.reach.team().is_none() && team.given().is_some() {
        let sentence = "teamId and agentId cannot be given together.";
        return Err(Problem::invalid("teamId", sentence));
    }
    let team = team.into_view(&app, &caller.client, &caller.reach).await?;
    let filter = FollowUpFilter {
        agent_id,
        team: team.map(|team| team.id),
        from: app.now().saturating_sub(history::SHOWN_FOR),
        before: before?.unwrap_or(Millis::MAX),
        most,
    };
    Ok(Json(history::list_follow_ups(&app.store, &caller.client, &filter).await?))
}
