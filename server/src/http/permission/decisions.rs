//! Handlers for what was decided about calls: `GET /api/ribbon/decisions` and the figures about them.

use crate::app::App;
use crate::http::analytics::span::SpanQuery;
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, Read, TeamRead};
use crate::http::request::body::id_text;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_cursor};
use crate::services::cursor;
use crate::services::permission::attempts;
use crate::services::permission::decisions::{self, ListRequest, OUTCOMES};
use crate::storage::DecisionFilter;
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{CallLimits, DecisionFigures, Decisions};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// The most rows of an answer.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// Which decisions to list. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DecisionsQuery {
    /// Only decisions with this outcome: `allowed`, `warned`, `overridden` or `refused`.
    #[param(pattern = "^(allowed|warned|overridden|refused)?$", example = "refused")]
    outcome: Option<String>,
    /// Only decisions to which a rule with this id objected.
    #[param(max_length = 200, pattern = r"^[^\u0000]*$", example = "hours")]
    rule: Option<String>,
    /// Only decisions to which a rule of this pack objected.
    #[param(max_length = 200, pattern = r"^[^\u0000]*$", example = "in-rbi-recovery")]
    pack: Option<String>,
    /// Only decisions about calls of this agent.
    #[param(max_length = 200, pattern = r"^[^\u0000]*$", example = "agent1")]
    agent_id: Option<String>,
    /// Only decisions about calls to this customer. Not together with `outcome`.
    #[param(max_length = 200, pattern = r"^[^\u0000]*$", example = "CUST-1001")]
    customer_id: Option<String>,
    /// How many decisions; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the decisions after it.
    cursor: Option<String>,
}

/// How many customers to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LimitsQuery {
    /// How many customers; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of entries to return. More than 200 counts as 200.", USUAL)
}

/// Count decisions about calls
///
/// Every call that this server was asked to dial counts once: by day, by what was decided, and by
/// each rule that objected. A range may have at most 100,000 decisions.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/decisions",
    operation_id = "decisionFigures",
    tag = "Figures",
    params(SpanQuery),
    responses(
        (status = 200, description = "The figures.", body = DecisionFigures),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_decisions(
    State(app): State<Arc<App>>,
    caller: Keyed<TeamRead>,
    QueryParams(span): QueryParams<SpanQuery>,
) -> Result<Json<DecisionFigures>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let team = caller.reach.team();
    let found = decisions::count_decisions(
        &app.store,
        &caller.client,
        team,
        (range.from, range.until),
        zone,
    )
    .await?;
    Ok(Json(found))
}

/// List decisions about calls
///
/// The latest first, with the rules that objected and the reason of an override. A page may be
/// short, or empty, although more decisions follow: a request examines a limited number of them, and
/// `nextCursor` continues from there.
#[utoipa::path(
    get,
    path = "/api/ribbon/decisions",
    operation_id = "decisions",
    tag = "Calls",
    params(SpanQuery, DecisionsQuery),
    responses(
        (status = 200, description = "A page of decisions.", body = Decisions),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_decisions(
    State(app): State<Arc<App>>,
    caller: Keyed<TeamRead>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(query): QueryParams<DecisionsQuery>,
) -> Result<Json<Decisions>, Problem> {
    let (range, _) = span.into_range(&caller.client)?;
    let outcome = non_empty(query.outcome);
    if outcome.as_deref().is_some_and(|outcome| !OUTCOMES.contains(&outcome)) {
        let sentence = "outcome must be \"allowed\", \"warned\", \"overridden\" or \"refused\".";
        return Err(Problem::invalid("outcome", sentence));
    }
    let id = |field: &'static str, text: Option<String>| {
        non_empty(text).map(|text| id_text(field, text)).transpose()
    };
    let filter = match (outcome, id("customerId", query.customer_id)?) {
        (Some(_), Some(_)) => {
            let sentence = "customerId and outcome cannot be combined; send one of them.";
            return Err(Problem::invalid("customerId", sentence));
        }
        (Some(outcome), None) => DecisionFilter::Outcome(outcome),
        (None, Some(customer)) => DecisionFilter::Customer(customer),
        (None, None) => DecisionFilter::All,
    };
    let asked = ListRequest {
        filter,
        range: (range.from, range.until),
        rule: id("rule", query.rule)?,
        pack: id("pack", query.pack)?,
        agent_id: id("agentId", query.agent_id)?,
        before: read_cursor(query.cursor, cursor::read_decision)?,
        most: read_most(query.limit)?,
    };
    let team = caller.reach.team();
    Ok(Json(decisions::list_decisions(&app.store, &caller.client, team, asked).await?))
}

/// List customers near a limit on attempts
///
/// The rules of the client's packs that limit attempts, and the customers who were called most often:
/// what each rule counts if the last call to the customer were made again now. The customers with the
/// fewest attempts left come first. Of the latest 100,000 calls and the 200 most called customers of
/// the time of each rule; `truncated` says whether others may be near a limit.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/call-limits",
    operation_id = "callLimits",
    tag = "Figures",
    params(LimitsQuery),
    responses(
        (status = 200, description = "The limits and the customers.", body = CallLimits),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_call_limits(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(query): QueryParams<LimitsQuery>,
) -> Result<Json<CallLimits>, Problem> {
    let most = read_most(query.limit)?;
    Ok(Json(attempts::list_call_limits(&app.store, &caller.client, app.now(), most).await?))
}

fn read_most(limit: Option<String>) -> Result<usize, Problem> {
    let most = read_count("limit", limit, USUAL)?.min(MOST);
    Ok(usize::try_from(most).unwrap_or(usize::MAX))
}
