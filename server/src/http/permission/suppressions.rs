//! Handlers for the numbers that must not be called:
//! `/api/admin/clients/{clientId}/suppressions`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::bounds::{refuse_nul, text_within};
use crate::http::request::paths::{ClientPath, SuppressionPath};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, non_empty, read_count, read_cursor, read_search,
};
use crate::services::access::role::Role;
use crate::services::cursor;
use crate::services::permission::client_with_numbers;
use crate::services::permission::import::read_time;
use crate::services::permission::lists::{
    self, EntryOrder, ListFilter, MAX_REASON_CHARS, MAX_VALUE_CHARS,
};
use crate::storage::{Client, SuppressionState};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{Suppression, Suppressions};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::{IntoParams, ToSchema};

/// The most entries of a page.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuppressionQuery {
    /// Only entries whose number is, or begins with, this. Removed entries are among them. A caller
    /// who sees no full numbers has to give a full number.
    #[param(max_length = 200, example = "+919876543210")]
    number: Option<String>,
    /// Which entries to return, without `number`.
    #[param(schema_with = state_kind)]
    state: Option<String>,
    /// Only entries from this source, such as `staff` or `registry:in-preference`.
    #[param(
        max_length = 80,
        pattern = r"^(agent|customer|staff|import|registry:[A-Za-z0-9_.-]+)?$",
        example = "registry:in-preference"
    )]
    source: Option<String>,
    /// How many entries; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the entries after it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of entries to return. More than 200 counts as 200.", USUAL)
}

fn state_kind() -> Schema {
    let kind =
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["listed", "removed", ""]));
    kind.default(Some("listed".into())).into()
}

/// A number that must not be called.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewSuppressionBody {
    /// The number, in any notation.
    #[schema(
        value_type = String,
        required = true,
        min_length = 1,
        max_length = 600,
        examples("+919876543210")
    )]
    phone_number: Option<String>,
    /// What is forbidden: `all` calls, those for one `purpose`, or those about one `account`.
    #[schema(
        max_length = 20,
        pattern = "^(all|purpose|account)$",
        default = "all",
        examples("all")
    )]
    scope: Option<String>,
    /// Which purpose or account.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("sales"))]
    scope_value: Option<String>,
    /// Why the number must not be called.
    #[schema(max_length = 500, pattern = r"^[^\u0000]*$", examples("Asked in writing"))]
    reason: Option<String>,
    /// Its source: `customer`, `staff`, `import`, or `registry:` and the registry's name.
    #[schema(
        max_length = 80,
        pattern = r"^(customer|staff|import|registry:[A-Za-z0-9_.-]+)$",
        default = "staff",
        examples("customer")
    )]
    source: Option<String>,
    /// Since when: a time, or a day of the client's time zone. If missing, since now.
    #[schema(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?$",
        examples("2025-10-12T10:30:00Z")
    )]
    since: Option<String>,
    /// Until when. If missing, without end.
    #[schema(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?$",
        examples("2026-10-12")
    )]
    until: Option<String>,
}

/// Why an entry is removed.
#[derive(Deserialize, ToSchema)]
pub struct RemovalBody {
    /// The reason. It stays with the entry.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 500, pattern = r"^[^\u0000]*\S[^\u0000]*$", examples("Entered by mistake"))]
    reason: Option<String>,
}

impl RemovalBody {
    /// Reads the reason.
    pub fn into_reason(self) -> Result<String, Problem> {
        short_text("reason", self.reason, MAX_REASON_CHARS)?.ok_or_else(|| {
            Problem::invalid("reason", "reason is missing; say why, it stays with the entry.")
        })
    }
}

/// List numbers that must not be called
///
/// The latest entries first; with `number`, in the order of numbers. Removed entries say who removed
/// them and why.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/suppressions",
    operation_id = "suppressions",
    tag = "Administration",
    params(ClientPath, SuppressionQuery),
    responses(
        (status = 200, description = "A page of entries.", body = Suppressions),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_suppressions(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    QueryParams(query): QueryParams<SuppressionQuery>,
) -> Result<Json<Suppressions>, Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    let most = read_count("limit", query.limit, USUAL)?.min(MOST);
    let state = match non_empty(query.state).as_deref().unwrap_or("listed") {
        "listed" => SuppressionState::Listed,
        "removed" => SuppressionState::Removed,
        _ => return Err(Problem::invalid("state", "state must be \"listed\" or \"removed\".")),
    };
    let after = read_cursor(query.cursor, cursor::read_customer)?;
    let filter = match read_search("number", query.number.as_deref())? {
        // Otherwise a caller who sees no numbers could find them digit by digit.
        Some(text) => {
            ListFilter::Number { text, is_exact: caller.role().is_some_and(Role::hides_numbers) }
        }
        None => ListFilter::State(state),
    };
    let source = non_empty(query.source);
    if source.as_deref().is_some_and(|source| source != "agent" && !lists::is_source(source)) {
        return Err(wrong_source());
    }
    let (source, after) = (source.as_deref(), after.as_deref());
    let list = lists::list_entries(&app.store, &client, &numbers, filter, source, after, most);
    Ok(Json(list.await?))
}

/// Enter a number that must not be called
///
/// Calls to it are refused from now on. If the same is entered already, its reason and end are
/// replaced.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/suppressions",
    operation_id = "addSuppression",
    tag = "Administration",
    params(ClientPath),
    request_body = NewSuppressionBody,
    responses(
        (status = 201, description = "The entry.", body = Suppression),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn add_suppression(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewSuppressionBody>,
) -> Result<(StatusCode, Json<Suppression>), Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
    let source = non_empty(body.source).unwrap_or_else(|| "staff".to_owned());
    if !lists::is_source(&source) {
        return Err(wrong_source());
    }
    let number = non_empty(body.phone_number).ok_or_else(|| missing("phoneNumber"))?;
    let order = EntryOrder {
        number: text_within("phoneNumber", number, 600)?,
        scope: non_empty(body.scope).unwrap_or_else(|| "all".to_owned()),
        scope_value: short_text("scopeValue", body.scope_value, MAX_VALUE_CHARS)?,
        reason: short_text("reason", body.reason, MAX_REASON_CHARS)?,
        source,
        since: time_or_day("since", body.since, &client)?,
        until: time_or_day("until", body.until, &client)?,
    };
    let operator = app.operator(caller.by());
    let made = lists::add_entry(&operator, &client, &numbers, order).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Remove a number from those that must not be called
///
/// The entry stays as history, with who removed it, when and why.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/suppressions/{entryId}/remove",
    operation_id = "removeSuppression",
    tag = "Administration",
    params(SuppressionPath),
    request_body = RemovalBody,
    responses(
        (status = 200, description = "The removed entry.", body = Suppression),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_suppression(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(SuppressionPath { client_id, entry_id }): Path<SuppressionPath>,
    JsonBody(body): JsonBody<RemovalBody>,
) -> Result<Json<Suppression>, Problem> {
    let reason = body.into_reason()?;
    let operator = app.operator(caller.by());
    Ok(Json(lists::remove_entry(&operator, &client_id, &entry_id, &reason).await?))
}

/// Export the numbers that must not be called
///
/// As CSV, with the columns that an import reads. Streamed, of any size. Each export is an entry of
/// the client's audit log.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/suppressions/export",
    operation_id = "exportSuppressions",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The file.", content((String = "text/csv"))),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn export_suppressions(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Response, Problem> {
    let operator = app.operator(caller.by());
    let pieces = lists::export_entries(&app.store, &operator, &client_id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"do-not-call.csv\""),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Returns the error for an unknown source.
pub fn wrong_source() -> Problem {
    let sentence = "source must be \"customer\", \"staff\", \"import\", or \"registry:\" and a name \
                    of letters, digits, _, - and dots.";
    Problem::invalid("source", sentence)
}

/// Reads a short text without NUL characters; an empty one counts as missing.
pub fn short_text(
    field: &str,
    text: Option<String>,
    most: usize,
) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned());
    let read = |text: String| {
        refuse_nul(field, &text)?;
        text_within(field, text, most)
    };
    non_empty(text).map(read).transpose()
}

/// Reads a time, or a day of the client's time zone.
pub fn time_or_day(
    field: &str,
    text: Option<String>,
    client: &Client,
) -> Result<Option<Millis>, Problem> {
    let read = |text: String| {
        // In a query string a plus sign is a space.
        read_time(&text.trim().replace(' ', "+"), client).ok_or_else(|| {
            let sentence =
                format!("{field} is not a time; write it like 2025-10-12T10:30:00Z or 2025-10-12.");
            Problem::invalid(field, sentence)
        })
    };
    non_empty(text).map(read).transpose()
}
