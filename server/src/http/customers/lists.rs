//! Handlers for `GET /api/ribbon/customers` and `/leads`.

use crate::app::App;
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, Read, RibbonOrRead, Scope as _, missing_scope};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, non_empty, read_count, read_cursor, read_search,
};
use crate::services::cursor;
use crate::services::customers::lists;
use crate::storage::{CustomerFilter, LeadFilter, SearchText};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{CustomerList, LeadList};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Customers or leads per page if the query names no limit.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;
/// Customers that a session finds at most, and the characters that it has to search for.
const MOST_IN_SESSION: i64 = 10;
const LEAST_IN_SESSION: usize = 3;

/// The query for customers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomersQuery {
    /// Only customers whose name, company or id contains this text, ignoring case, or whose number
    /// contains its digits. A text that is a customer's whole id, or the whole number of some
    /// customers, finds only those.
    #[param(pattern = r"^[^\u0000]*$", max_length = 200, example = "rao")]
    search: Option<String>,
    /// How many; more than 500 count as 500.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the customers after it.
    cursor: Option<String>,
}

/// The query for leads.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct LeadsQuery {
    /// Only leads whose name, e-mail address, dialer's id or customer's id contains this text,
    /// ignoring case, or whose number contains its digits.
    #[param(pattern = r"^[^\u0000]*$", max_length = 200, example = "rao")]
    search: Option<String>,
    /// Only leads of this agent.
    #[param(pattern = r"^[^\u0000]*$", example = "agent1")]
    agent_id: Option<String>,
    /// Only leads of this campaign.
    #[param(pattern = r"^[^\u0000]*$", example = "renewals")]
    campaign: Option<String>,
    /// How many; more than 500 count as 500.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the leads after it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of entries to return. More than 500 counts as 500.", ROWS)
}

/// List a client's customers
///
/// Ordered by id, each with its number of calls. A page may be short, or empty, although more
/// customers follow: a search examines a limited number of customers, and `nextCursor` continues
/// from there.
///
/// This needs the scope `read`. Without it, a session of an agent who has proved who they are
/// (`agentToken`) may search: at least three characters, and at most ten customers are returned. The
/// key of a page, which everybody can read there, finds nobody.
#[utoipa::path(
    get,
    path = "/api/ribbon/customers",
    operation_id = "customers",
    tag = "Customers",
    params(CustomersQuery),
    responses(
        (status = 200, description = "A page of customers.", body = CustomerList),
        ByKey,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = [])),
)]
pub async fn list_customers(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
    QueryParams(query): QueryParams<CustomersQuery>,
) -> Result<Json<CustomerList>, Problem> {
    let typed = read_search("search", query.search.as_deref())?;
    let after = read_cursor(query.cursor, cursor::read_customer)?;
    let is_session = !matches!(caller.reach.only_agent(), Ok(None));
    if is_session {
        if !caller.reach.session().is_some_and(|session| session.proven) {
            return Err(missing_scope(Read::ANY_OF));
        }
        if typed.as_ref().is_none_or(|typed| typed.chars().count() < LEAST_IN_SESSION) {
            let sentence = "search must have at least 3 characters.";
            return Err(Problem::invalid("search", sentence));
        }
        if after.is_some() {
            return Err(Problem::invalid("cursor", "cursor needs a key with the scope \"read\"."));
        }
    }
    let most = if is_session { MOST_IN_SESSION } else { MOST_ROWS };
    let filter = CustomerFilter {
        text: typed.as_deref().map(SearchText::new),
        after: after.unwrap_or_default(),
        most: read_count("limit", query.limit, ROWS)?.min(most),
    };
    let found = lists::list_customers(
        &app.store,
        &app.telephony.accounts,
        &caller.client,
        typed.as_deref(),
        filter,
    )
    .await?;
    let next_cursor = found.next_cursor.filter(|_| !is_session);
    Ok(Json(CustomerList { next_cursor, ..found }))
}

/// List a client's leads
///
/// Latest first, each with the number of calls with its customer. A page may be short, or empty,
/// although more leads follow: a search examines a limited number of leads, and `nextCursor`
/// continues from there.
#[utoipa::path(
    get,
    path = "/api/ribbon/leads",
    operation_id = "leads",
    tag = "Leads",
    params(LeadsQuery),
    responses(
        (status = 200, description = "A page of leads.", body = LeadList),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_leads(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(query): QueryParams<LeadsQuery>,
) -> Result<Json<LeadList>, Problem> {
    let typed = read_search("search", query.search.as_deref())?;
    let before = read_cursor(query.cursor, cursor::read_lead)?;
    let filter = LeadFilter {
        text: typed.as_deref().map(SearchText::new),
        agent_id: non_empty(query.agent_id),
        campaign: non_empty(query.campaign),
        before: before.unwrap_or(i64::MAX),
        most: read_count("limit", query.limit, ROWS)?.min(MOST_ROWS),
    };
    Ok(Json(lists::list_leads(&app.store, &caller.client, &filter).await?))
}
