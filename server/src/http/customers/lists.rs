//! Handlers for `GET /api/ribbon/customers` and `/leads`, and for giving leads to agents.

use crate::app::App;
use crate::http::analytics::span::read_zone;
use crate::http::openapi::{ByAdminBody, ByKey, NotFound, RangeEnd, count_kind, zone_kind};
use crate::http::request::auth::{
    ClientStaff, Keyed, Manage, Read, RibbonOrRead, Scope as _, missing_scope,
};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::integers::WholeNumber;
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, non_empty, read_count, read_cursor, read_search, read_switch,
};
use crate::services::analytics::dates::DateRange;
use crate::services::cursor;
use crate::services::customers::lists::{self, CustomerSort};
use crate::storage::{CustomerFilter, LeadFilter, SearchText};
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::wire::{CustomerList, LeadList, LeadStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{ArrayBuilder, Schema, Type};
use utoipa::{IntoParams, ToSchema};

/// Customers or leads per page if the query names no limit.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;
/// Leads that one request gives to an agent at most.
const MOST_ASSIGNED: usize = 500;
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
    /// `true`: only customers whose phone number another customer has, too.
    #[param(pattern = "^(true|false|)$", example = "false")]
    duplicates: Option<String>,
    /// Another order than that of the ids: `name`, `calls`, `duration` or `changed`, with `-` before it
    /// for the largest first. At most 20,000 customers are sorted.
    #[param(pattern = "^(-?(name|calls|duration|changed)|)$", example = "-calls")]
    sort: Option<String>,
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
    /// Only leads of this status: `new` (no call with its customer since it arrived), `called` (calls,
    /// but none connected) or `reached`.
    #[param(pattern = "^(new|called|reached|)$", example = "new")]
    status: Option<String>,
    /// Only leads that first arrived on this day or later, or at this time or later.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// Only leads that first arrived up to this day or time, included.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The time zone of the days; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
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
/// Ordered by id, or by `sort`, each with its number of calls. A page may be short, or empty, although more
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
    let sort = non_empty(query.sort).map(|word| read_customer_sort(&word)).transpose()?;
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
        if sort.is_some() {
            return Err(Problem::invalid("sort", "sort needs a key with the scope \"read\"."));
        }
    }
    let most = if is_session { MOST_IN_SESSION } else { MOST_ROWS };
    let filter = CustomerFilter {
        text: typed.as_deref().map(SearchText::new),
        only_duplicates: read_switch("duplicates", non_empty(query.duplicates).as_deref())?,
        after: after.unwrap_or_default(),
        most: read_count("limit", query.limit, ROWS)?.min(most),
    };
    if let Some(order) = sort {
        let found = lists::list_sorted_customers(&app.store, &caller.client, filter, order).await?;
        return Ok(Json(found));
    }
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
    let status = non_empty(query.status).map(|word| read_status(&word)).transpose()?;
    let (start, end) = (non_empty(query.start_date), non_empty(query.end_date));
    let zone = read_zone(query.timezone, &caller.client)?;
    let arrived = DateRange::parse_ends(start.as_deref(), end.as_deref(), zone)?;
    let filter = LeadFilter {
        text: typed.as_deref().map(SearchText::new),
        agent_id: non_empty(query.agent_id),
        campaign: non_empty(query.campaign),
        stage: status.map(lists::stage_of),
        from: arrived.from,
        until: arrived.until,
        before: before.unwrap_or(i64::MAX),
        most: read_count("limit", query.limit, ROWS)?.min(MOST_ROWS),
    };
    Ok(Json(lists::list_leads(&app.store, &caller.client, &filter).await?))
}

/// Leads, and the agent who gets them.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LeadAssignment)]
pub struct AssignBody {
    #[schema(schema_with = lead_ids, required = true)]
    lead_ids: Option<Vec<WholeNumber>>,
    /// The agent who gets them: one of the client's agents.
    #[schema(
        value_type = String,
        required = true,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000]*$",
        examples("agent2")
    )]
    agent_id: Option<String>,
}

fn lead_ids() -> Schema {
    ArrayBuilder::new()
        .items(ObjectBuilder::new().schema_type(Type::Integer))
        .min_items(Some(1))
        .max_items(Some(MOST_ASSIGNED))
        .description(Some("The leads, by `id` of their list."))
        .examples([json!([1, 2])])
        .into()
}

/// What became of an assignment.
#[derive(Serialize, ToSchema)]
pub struct LeadsAssigned {
    /// How many of the leads had another agent before.
    #[schema(examples(2))]
    assigned: u64,
}

/// Give leads to another agent
///
/// Leads that the agent has already, and leads that do not exist, stay as they are. When a dialer
/// sends a lead again, the lead belongs to the agent that it names then.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/leads",
    operation_id = "assignLeads",
    tag = "Administration",
    params(ClientPath),
    request_body = AssignBody,
    responses(
        (status = 200, description = "How many leads have changed.", body = LeadsAssigned),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn assign_leads(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<AssignBody>,
) -> Result<Json<LeadsAssigned>, Problem> {
    let ids = body.lead_ids.unwrap_or_default().into_iter().map(WholeNumber::get);
    let ids: Vec<i64> = ids.collect();
    if ids.is_empty() || ids.len() > MOST_ASSIGNED {
        let sentence = format!("leadIds must name 1 to {MOST_ASSIGNED} leads.");
        return Err(Problem::invalid("leadIds", sentence));
    }
    let agent_id =
        body.agent_id.ok_or_else(|| Problem::invalid("agentId", "agentId is missing."))?;
    let agent_id = body::id_text("agentId", agent_id)?;
    let operator = app.operator(caller.by());
    let assigned = lists::assign_leads(&operator, &client_id, &ids, &agent_id).await?;
    Ok(Json(LeadsAssigned { assigned }))
}

fn read_customer_sort(word: &str) -> Result<(CustomerSort, bool), Problem> {
    let name = word.strip_prefix('-');
    let sort = CustomerSort::parse(name.unwrap_or(word)).ok_or_else(|| {
        let sentence = "sort must be name, calls, duration or changed, or one of them after a -.";
        Problem::invalid("sort", sentence)
    })?;
    Ok((sort, name.is_some()))
}

fn read_status(word: &str) -> Result<LeadStatus, Problem> {
    let found = LeadStatus::ALL.into_iter().find(|status| status.as_str() == word);
    found.ok_or_else(|| {
        Problem::invalid("status", "status must be \"new\", \"called\" or \"reached\".")
    })
}
