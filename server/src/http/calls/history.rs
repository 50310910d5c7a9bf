//! `GET /api/ribbon/calls` and `/follow-ups`: what an agent looks back on, and forward to.

use super::filter::FilterQuery;
use super::logs::{count, unreadable_query};
use crate::app::App;
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, Read, RibbonOrRead};
use crate::http::request::problem::Problem;
use crate::services::calls::{history, search};
use crate::services::cursor;
use crate::storage::{HistoryFilter, Key, Place};
use crate::time;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallHistory, FollowUps};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Calls in an answer.
const CALLS: i64 = 20;
const FOLLOW_UPS: i64 = 100;
const MOST: i64 = 500;

/// What of the list is asked for, beside which calls they are.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// `all`: every filter is taken as it stands, and none is needed; needs the scope `read`.
    /// Without it, `agentId` also brings the calls that rang for everybody and nobody answered,
    /// and the other filters are not taken. Where neither `agentId` nor `customerId` is named, it
    /// is `all`.
    #[param(pattern = "^(all)?$", example = "all")]
    list: Option<String>,
    /// How many calls; more than 500 count as 500.
    #[param(schema_with = calls_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the calls after it, in the same order.
    cursor: Option<String>,
}

/// The query for follow-ups.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct FollowUpQuery {
    /// Only those of this agent's calls.
    #[param(pattern = r"^[^\u0000]*$", example = "agent1")]
    agent_id: Option<String>,
    /// Only those that are due before this moment.
    #[param(value_type = Option<String>, format = DateTime, example = "2025-10-15T00:00:00Z")]
    before: Option<String>,
    /// How many; more than 500 count as 500.
    #[param(schema_with = follow_ups_kind)]
    limit: Option<String>,
}

fn calls_kind() -> Schema {
    count_kind("How many calls; more than 500 count as 500.", CALLS)
}

fn follow_ups_kind() -> Schema {
    count_kind("How many; more than 500 count as 500.", FOLLOW_UPS)
}

/// Calls, by whatever is known of them
///
/// Each with its notes, disposition and follow-up. A page may be short, or empty, although more
/// calls follow: a request looks at so many calls and no more, and `nextCursor` goes on from there.
///
/// A key with the scope `ribbon` alone lists an agent's or a customer's calls, the newest first:
/// `agentId`, `customerId` or both must be given.
#[utoipa::path(
    get,
    path = "/api/ribbon/calls",
    operation_id = "callHistory",
    tag = "Calls",
    params(FilterQuery, HistoryQuery),
    responses(
        (status = 200, description = "A page of calls.", body = CallHistory),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn calls(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
    reader: Result<Keyed<Read>, Problem>,
    filter: Result<Query<FilterQuery>, QueryRejection>,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Result<Json<CallHistory>, Problem> {
    let Query(filter) = filter.map_err(|_| unreadable_query())?;
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let most = count("limit", query.limit, CALLS)?.min(MOST);
    let all = match said(query.list).as_deref() {
        None => false,
        Some("all") => true,
        Some(_) => return Err(Problem::invalid("list", "list must be \"all\", or not there.")),
    };
    let (agent_id, customer_id) = (said(filter.agent_id.clone()), said(filter.customer_id.clone()));
    if all || (agent_id.is_none() && customer_id.is_none()) {
        let reader = reader.map_err(|problem| {
            if all {
                return problem;
            }
            let sentence = "agentId or customerId must be given.";
            Problem::invalid("agentId", sentence)
        })?;
        let search = filter.read(&reader.client)?;
        let by_length = search.filter.sort.is_by_length();
        let after = said(query.cursor)
            .map(|text| cursor::read_spot(&text, by_length).ok_or_else(wrong_cursor));
        let after = after.transpose()?;
        return Ok(Json(search::calls(&app, &reader.client, search, after, most).await?));
    }
    if let Some(field) = filter.beyond_ribbon() {
        let sentence = format!("{field} is taken with list=all only.");
        return Err(Problem::invalid(field, sentence));
    }
    let status = said(filter.status).map(|word| {
        Status::parse(&word).map(Status::as_str).ok_or_else(|| {
            let sentence = "status must be active, completed, missed, failed, no_answer, busy or \
                            abandoned; several are taken with list=all only.";
            Problem::invalid("status", sentence)
        })
    });
    let after = said(query.cursor).map(|text| match cursor::read(&text) {
        Some(Place { at, key: Key::Call(call_sid) }) => Ok((at, call_sid)),
        _ => Err(wrong_cursor()),
    });
    let (before, call_sid) = after.transpose()?.unwrap_or((Millis::MAX, String::new()));
    let filter = HistoryFilter {
        agent_id,
        customer_id,
        status: status.transpose()?.unwrap_or_default(),
        before,
        call_sid,
        most,
    };
    Ok(Json(history::calls(&app, &caller.client, filter).await?))
}

fn wrong_cursor() -> Problem {
    Problem::invalid("cursor", "cursor is not one of such a list.")
}

/// Whom to call again
///
/// The calls whose follow-up is open, by when it is due. It is done once there is a later call
/// with that customer in which both sides talked, or which goes on, whoever makes it; and when it
/// is set to null. One that is due for ninety days is not shown any more.
#[utoipa::path(
    get,
    path = "/api/ribbon/follow-ups",
    operation_id = "followUps",
    tag = "Calls",
    params(FollowUpQuery),
    responses(
        (status = 200, description = "The calls to follow up.", body = FollowUps),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn follow_ups(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
    query: Result<Query<FollowUpQuery>, QueryRejection>,
) -> Result<Json<FollowUps>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let before = query.before.map(|text| {
        // In a query string a plus sign is a space.
        time::parse(&text.replace(' ', "+")).ok_or_else(|| {
            let sentence = "before is not a time; write it like 2025-10-12T10:30:00Z.";
            Problem::invalid("before", sentence)
        })
    });
    let most = count("limit", query.limit, FOLLOW_UPS)?.min(MOST);
    let (agent_id, before) = (said(query.agent_id), before.transpose()?);
    Ok(Json(history::follow_ups(&app, &caller.client, agent_id, before, most).await?))
}

/// An empty field of a query is as good as none.
pub fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
