//! Handlers for the times at which customers do not want to be called:
//! `/api/admin/clients/{clientId}/quiet-times`, and `/api/ribbon/quiet-times` for the client's own
//! server.

use super::consents::read_person;
use super::suppressions::{RemovalBody, short_text, time_or_day};
use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, ByBody, Conflict, NotFound, WithKey, count_kind};
use crate::http::request::auth::{ClientStaff, KeyedBody, Manage, View, Write};
use crate::http::request::body::{JsonBody, customer_text, id_text};
use crate::http::request::bounds::{check_count, text_within};
use crate::http::request::paths::{ClientPath, ClientQuietTimePath, QuietTimePath};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_cursor};
use crate::services::cursor;
use crate::services::permission::client_with_numbers;
use crate::services::permission::lists::MAX_REASON_CHARS;
use crate::services::permission::quiet_times::{self, KINDS, QuietTimeOrder};
use crate::storage::{Actor, Client, WEEKLY};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::wire::{QuietTime, QuietTimes};
use serde::Deserialize;
use serde_json::json;
use std::borrow::Cow;
use std::sync::Arc;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// The most entries of a page.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct QuietTimeQuery {
    /// Only entries about this number.
    #[param(max_length = 200, example = "+919876543210")]
    number: Option<String>,
    /// Only entries about this customer.
    #[param(max_length = 200, example = "CUST-1001")]
    customer_id: Option<String>,
    /// How many entries; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the entries after it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of entries to return. More than 200 counts as 200.", USUAL)
}

/// A time at which a customer does not want to be called.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewQuietTimeBody {
    /// The number, in any notation. If missing, the time holds for every number of the customer.
    #[schema(max_length = 600, examples("+919876543210"))]
    phone_number: Option<String>,
    /// The customer. If missing, the time holds for the number alone; with both, for each.
    #[schema(
        max_length = 200,
        pattern = r"^([^\u0000]*[^\s\u0000][^\u0000]*)?$",
        examples("CUST-1001")
    )]
    customer_id: Option<String>,
    /// `weekly`: a time of the week. The others are occasions, which hold from `since` to `until`.
    #[schema(
        max_length = 20,
        pattern = "^(weekly|bereavement|calamity|wedding|festival|other)$",
        default = "weekly",
        examples("weekly")
    )]
    kind: Option<String>,
    /// The days on which a weekly time begins: 1 is Monday, 7 is Sunday. If missing, every day.
    #[schema(schema_with = weekday_list)]
    weekdays: Option<Vec<i64>>,
    /// When a weekly time begins, as `hh:mm` by the clocks where the customer is.
    #[schema(max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", examples("09:00"))]
    from: Option<String>,
    /// The first minute after it. If it is before `from`, it is of the next day; `00:00` and `24:00`
    /// are the end of the day.
    #[schema(
        max_length = 5,
        pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        examples("17:00")
    )]
    to: Option<String>,
    /// Since when it holds: a time, or the beginning of a day of the client's time zone. If missing,
    /// since now.
    #[schema(max_length = 40, examples("2025-10-12T10:30:00Z"))]
    since: Option<String>,
    /// Until when: a time, or the beginning of a day. If missing, a weekly time has no end; an
    /// occasion needs one, at most 366 days after `since`.
    #[schema(max_length = 40, examples("2099-10-12"))]
    until: Option<String>,
    /// What was said, or why.
    #[schema(max_length = 500, pattern = r"^[^\u0000]*$", examples("Works nights"))]
    reason: Option<String>,
    /// The call in which it was said.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000]*$",
        examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")
    )]
    session_id: Option<String>,
}

fn weekday_list() -> Schema {
    let day = ObjectBuilder::new().schema_type(Type::Integer);
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(day.minimum(Some(1)).maximum(Some(7)))
        .min_items(Some(1))
        .max_items(Some(7))
        .description(Some(
            "The days on which a weekly time begins: 1 is Monday, 7 is Sunday. If missing, every day.",
        ))
        .examples([json!([1, 2, 3, 4, 5])])
        .into()
}

/// Describes the body of [`report_quiet_time`], which has a key and so a name of its own.
struct ReportBody;

impl PartialSchema for ReportBody {
    fn schema() -> RefOr<Schema> {
        NewQuietTimeBody::schema()
    }
}

impl ToSchema for ReportBody {
    fn name() -> Cow<'static, str> {
        "ReportedQuietTimeBody".into()
    }
}

/// Describes the body of [`take_back_quiet_time`].
struct TakeBackBody;

impl PartialSchema for TakeBackBody {
    fn schema() -> RefOr<Schema> {
        RemovalBody::schema()
    }
}

impl ToSchema for TakeBackBody {
    fn name() -> Cow<'static, str> {
        "TakenBackQuietTimeBody".into()
    }
}

type QuietTimeRequest = WithKey<ReportBody>;
type RemovalRequest = WithKey<TakeBackBody>;

impl NewQuietTimeBody {
    fn into_order(self, client: &Client) -> Result<QuietTimeOrder, Problem> {
        let number = non_empty(self.phone_number);
        let customer_id = non_empty(self.customer_id);
        let session_id = non_empty(self.session_id);
        let kind = non_empty(self.kind).unwrap_or_else(|| WEEKLY.to_owned());
        if !KINDS.contains(&kind.as_str()) {
            let sentence = "kind must be \"weekly\", \"bereavement\", \"calamity\", \"wedding\", \
                            \"festival\" or \"other\".";
            return Err(Problem::invalid("kind", sentence));
        }
        Ok(QuietTimeOrder {
            number: number.map(|number| text_within("phoneNumber", number, 600)).transpose()?,
            customer_id: customer_id.map(|id| customer_text("customerId", id)).transpose()?,
            kind,
            weekdays: self.weekdays.map(read_weekdays).transpose()?,
            from: clock_minute("from", self.from)?,
            to: clock_minute("to", self.to)?,
            since: time_or_day("since", self.since, client)?,
            until: time_or_day("until", self.until, client)?,
            reason: short_text("reason", self.reason, MAX_REASON_CHARS)?,
            session_id: session_id.map(|id| id_text("sessionId", id)).transpose()?,
        })
    }
}

fn read_weekdays(days: Vec<i64>) -> Result<Vec<u8>, Problem> {
    check_count("weekdays", &days, 7)?;
    let read = |day: i64| u8::try_from(day).ok().filter(|day| (1..=7).contains(day));
    days.into_iter().map(read).collect::<Option<_>>().ok_or_else(|| {
        Problem::invalid("weekdays", "weekdays must be days from 1 (Monday) to 7 (Sunday).")
    })
}

/// Reads a time of day, as minutes after midnight; `24:00` is 1440.
fn clock_minute(field: &str, text: Option<String>) -> Result<Option<u16>, Problem> {
    let Some(text) = non_empty(text) else { return Ok(None) };
    let two = |digits: &str| {
        let is_two = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_two)
    };
    let read = || {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute) = (two(hour)?, two(minute)?);
        let whole = hour * 60 + minute;
        (minute < 60 && whole <= 1440).then_some(whole)
    };
    let sentence = || format!("{field} must be a time of day as hh:mm, such as 09:00 or 24:00.");
    read().map(Some).ok_or_else(|| Problem::invalid(field, sentence()))
}

/// List when customers do not want to be called
///
/// The latest first. Removed entries and those that have ended are among them. An entry is judged
/// only by packs that have a rule about it (`judgedBy`).
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/quiet-times",
    operation_id = "quietTimes",
    tag = "Administration",
    params(ClientPath, QuietTimeQuery),
    responses(
        (status = 200, description = "A page of entries.", body = QuietTimes),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_quiet_times(
    State(app): State<Arc<App>>,
    _caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    QueryParams(query): QueryParams<QuietTimeQuery>,
) -> Result<Json<QuietTimes>, Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    let most = read_count("limit", query.limit, USUAL)?.min(MOST);
    let before = read_cursor(query.cursor, cursor::read_customer)?;
    let filter = read_person(query.number.as_deref(), query.customer_id, &numbers)?;
    let before = before.as_deref();
    let page = quiet_times::list_quiet_times(&app.store, &client, filter, before, most).await?;
    Ok(Json(page))
}

/// Enter when a customer does not want to be called
///
/// A time of the week, or an occasion such as a bereavement. Rules of the packs that are on judge
/// calls by it from now on, in the time zones of the called person. The same once more changes
/// nothing. A number and a customer have at most 50 entries that are in force.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/quiet-times",
    operation_id = "addQuietTime",
    tag = "Administration",
    params(ClientPath),
    request_body = NewQuietTimeBody,
    responses(
        (status = 201, description = "The entry.", body = QuietTime),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn add_quiet_time(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewQuietTimeBody>,
) -> Result<(StatusCode, Json<QuietTime>), Problem> {
    add(&app, caller.by(), &client_id, body).await
}

/// Remove when a customer does not want to be called
///
/// The entry stays as history, with who removed it, when and why.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/quiet-times/{quietTimeId}/remove",
    operation_id = "removeQuietTime",
    tag = "Administration",
    params(ClientQuietTimePath),
    request_body = RemovalBody,
    responses(
        (status = 200, description = "The removed entry.", body = QuietTime),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_quiet_time(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientQuietTimePath { client_id, quiet_time_id }): Path<ClientQuietTimePath>,
    JsonBody(body): JsonBody<RemovalBody>,
) -> Result<Json<QuietTime>, Problem> {
    let reason = body.into_reason()?;
    let operator = app.operator(caller.by());
    Ok(Json(quiet_times::remove_quiet_time(&operator, &client_id, &quiet_time_id, &reason).await?))
}

/// Report when a customer does not want to be called
///
/// For the client's own server, which learns in a call or elsewhere what a customer wishes: the same
/// as for staff. `sessionId` names the call in which it was said.
#[utoipa::path(
    post,
    path = "/api/ribbon/quiet-times",
    operation_id = "reportQuietTime",
    tag = "Customers",
    request_body = QuietTimeRequest,
    responses(
        (status = 201, description = "The entry.", body = QuietTime),
        ByBody, Conflict,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn report_quiet_time(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Write, NewQuietTimeBody>,
) -> Result<(StatusCode, Json<QuietTime>), Problem> {
    add(&app, key_actor(&caller.key_id), &caller.client.id, caller.body).await
}

/// Take back when a customer does not want to be called
///
/// For the client's own server. The entry stays as history.
#[utoipa::path(
    post,
    path = "/api/ribbon/quiet-times/{quietTimeId}/remove",
    operation_id = "takeBackQuietTime",
    tag = "Customers",
    params(QuietTimePath),
    request_body = RemovalRequest,
    responses(
        (status = 200, description = "The removed entry.", body = QuietTime),
        ByBody, NotFound,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn take_back_quiet_time(
    State(app): State<Arc<App>>,
    Path(QuietTimePath { quiet_time_id }): Path<QuietTimePath>,
    caller: KeyedBody<Write, RemovalBody>,
) -> Result<Json<QuietTime>, Problem> {
    let reason = caller.body.into_reason()?;
    let operator = app.operator(key_actor(&caller.key_id));
    let client_id = &caller.client.id;
    Ok(Json(quiet_times::remove_quiet_time(&operator, client_id, &quiet_time_id, &reason).await?))
}

/// Returns a key as the audit log names it.
fn key_actor(key_id: &str) -> Actor<'_> {
    Actor { name: "API key", id: Some(key_id) }
}

async fn add(
    app: &App,
    by: Actor<'_>,
    client_id: &str,
    body: NewQuietTimeBody,
) -> Result<(StatusCode, Json<QuietTime>), Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, client_id).await?;
    let order = body.into_order(&client)?;
    let operator = app.operator(by);
    let made = quiet_times::add_quiet_time(&operator, &client, &numbers, order).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
