//! Handlers for clients: `/api/admin/clients[/{clientId}]`.

mod dispositions;
mod fields;
mod schema;
mod targets;

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound, TimeZone};
use crate::http::request::auth::{Admin, ClientStaff, Manage, View};
use crate::http::request::body::{JsonBody, Object};
use crate::http::request::integers;
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::ids::LONGEST_ID;
use crate::patch::Patch;
use crate::services::calls::dispositions::LABEL_PATTERN;
use crate::services::clients::client::{self, ClientShown, CreatedClient};
use crate::storage::{Actor, ClientChange, MAX_FIELDS};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::plan::Plan;
use dispositions::{DispositionBody, disposition_list};
use fields::read_client_change;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::openapi::schema::{AllOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A change to a client; fields that are missing stay as they are. Null resets a setting to the
/// plan's.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientBody {
    /// The client's name.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Rao Traders"))]
    name: Option<String>,
    /// The client's plan.
    #[schema(value_type = Option<Plan>)]
    plan: Option<String>,
    /// How many calls it may start in a month.
    #[serde(default, deserialize_with = "integers::patch")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(7500))]
    limit: Patch<i64>,
    /// The features that it may use.
    #[serde(default)]
    #[schema(schema_with = schema::feature_list)]
    features: Patch<Vec<String>>,
    /// The domains whose pages may use its keys (`crm.example.com`, `*.example.com`, with or
    /// without a port); empty: all.
    #[schema(schema_with = schema::domain_list)]
    allowed_domains: Option<Vec<String>>,
    /// The time zone of its days and months.
    #[schema(value_type = Option<TimeZone>)]
    time_zone: Option<String>,
    /// The country of numbers without a country code.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2, pattern = "^[A-Z]{2}$", examples("IN"))]
    default_country: Patch<String>,
    /// The page of its CRM that shows a lead: a web address, or a path on this server.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000, pattern = r"^(https?://[^/?#\\\s\u0000-\u001f\u007f-\u009f][^\s\u0000-\u001f\u007f-\u009f]*|/([^/\\\s\u0000-\u001f\u007f-\u009f][^\s\u0000-\u001f\u007f-\u009f]*)?)$", examples("https://crm.example.com/leads"))]
    crm_url: Patch<String>,
    /// The dispositions that its agents choose from, each code once; no other is accepted then.
    /// Null: the product's list, beside which any text is accepted.
    #[serde(default)]
    #[schema(schema_with = disposition_list)]
    dispositions: Patch<Vec<Object<DispositionBody>>>,
    /// The edges between which its calls are counted, by field (`context.…` or `metadata.…`); null:
    /// edges that suit the numbers.
    #[serde(default)]
    #[schema(schema_with = schema::field_edges)]
    field_edges: Patch<BTreeMap<String, Vec<f64>>>,
    /// What its agents should reach on a day.
    #[serde(default)]
    #[schema(schema_with = targets::describe_targets)]
    targets: Patch<Object<targets::TargetsBody>>,
    /// Whether the client is suspended: its keys are refused.
    suspended: Option<bool>,
    /// Whether an agent's id counts only with an agent token that the client's server has signed.
    require_agent_token: Option<bool>,
    /// Whether viewers may export calls, as admins may.
    viewers_may_export: Option<bool>,
    /// The names and units of fields for people, in the order in which they are shown; null: names
    /// made from what pages send.
    #[serde(default)]
    #[schema(schema_with = field_label_list)]
    field_labels: Patch<Vec<Object<FieldLabelBody>>>,
    /// How long events and calls are kept; null: forever.
    #[serde(default)]
    #[schema(value_type = Option<RetentionBody>)]
    retention: Patch<Object<RetentionBody>>,
}

impl ClientBody {
    /// Refuses a change that the client may not make itself: to what it pays for, or to whether it
    /// is suspended.
    fn check_own(&self) -> Result<(), Problem> {
        let operators = [
            ("plan", self.plan.is_some()),
            ("limit", self.limit != Patch::Absent),
            ("features", self.features != Patch::Absent),
            ("suspended", self.suspended.is_some()),
        ];
        match operators.iter().find(|(_, named)| *named) {
            None => Ok(()),
            Some((field, _)) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "scope_missing",
                format!("Only the operator can change {field}."),
            )),
        }
    }
}

/// How a client names a field.
#[derive(Deserialize)]
struct FieldLabelBody {
    field: String,
    name: String,
    unit: Option<String>,
    values: Option<Vec<Object<MergedValueBody>>>,
}

/// Values that count as one.
#[derive(Deserialize)]
struct MergedValueBody {
    value: String,
    spellings: Vec<String>,
}

fn field_label_list() -> Schema {
    let text = |most| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(most))
            .pattern(Some(LABEL_PATTERN))
    };
    let spelling = || text(fields::LONGEST_VALUE);
    let spellings = ArrayBuilder::new()
        .items(spelling())
        .min_items(Some(1))
        .max_items(Some(fields::MOST_SPELLINGS));
    let value = ObjectBuilder::new()
        .property("value", spelling())
        .property("spellings", spellings)
        .required("value")
        .required("spellings");
    let line = ObjectBuilder::new()
        .property(
            "values",
            ArrayBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
                .items(value)
                .max_items(Some(fields::MOST_MERGED)),
        )
        .property(
            "field",
            ObjectBuilder::new()
                .schema_type(Type::String)
                .max_length(Some(LONGEST_ID))
                .pattern(Some(r"^(context|metadata)\.[^\u0000-\u001f\u007f-\u009f]+$")),
        )
        .property("name", text(fields::LONGEST_FIELD_NAME))
        .property(
            "unit",
            text(fields::LONGEST_UNIT)
                .schema_type(SchemaType::from_iter([Type::String, Type::Null])),
        )
        .required("field")
        .required("name");
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(line)
        .max_items(Some(MAX_FIELDS))
        .description(Some(
            "The names and units of fields for people, in the order in which they are shown, each \
             field once. A unit that is a currency's code, such as INR, is written as that currency \
             is; any other unit follows the number. `values` are texts that count as one, in figures \
             and filters, by all of their spellings, each spelling once. Null means names made from \
             what pages send.",
        ))
        .examples([serde_json::json!([
            {"field": "context.amountDue", "name": "Amount due", "unit": "INR"},
            {"field": "context.daysOverdue", "name": "Days overdue", "unit": "days"},
        ])])
        .into()
}

/// For how many days events and calls are kept; fields that are missing stay as they are. Null:
/// forever.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RetentionBody {
    /// Days for which events are kept.
    #[serde(default, deserialize_with = "integers::patch")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36500, examples(365))]
    events_days: Patch<i64>,
    /// Days for which calls are kept, with their events.
    #[serde(default, deserialize_with = "integers::patch")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36500, examples(730))]
    calls_days: Patch<i64>,
}

/// A new client: as [`ClientBody`], but name and plan are required. It exists in the document only.
pub struct NewClient;

impl PartialSchema for NewClient {
    fn schema() -> RefOr<Schema> {
        AllOfBuilder::new()
            .item(Ref::from_schema_name(ClientBody::name()))
            .item(
                ObjectBuilder::new()
                    .property("name", ObjectBuilder::new().schema_type(Type::String))
                    .property("plan", ObjectBuilder::new().schema_type(Type::String))
                    .required("name")
                    .required("plan"),
            )
            .into()
    }
}

impl ToSchema for NewClient {
    fn name() -> Cow<'static, str> {
        "NewClient".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ClientBody::name().into(), ClientBody::schema()));
        ClientBody::schemas(schemas);
    }
}

/// Create a client
///
/// Only this answer holds the client's key in full: the server stores its hash.
#[utoipa::path(
    post,
    path = "/api/admin/clients",
    operation_id = "createClient",
    tag = "Administration",
    request_body = NewClient,
    responses(
        (status = 201, description = "The client and its key.", body = CreatedClient),
        ByAdminBody,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_client(
    State(app): State<Arc<App>>,
    _: Admin,
    JsonBody(body): JsonBody<ClientBody>,
) -> Result<(StatusCode, Json<CreatedClient>), Problem> {
    if body.name.is_none() {
        return Err(Problem::invalid("name", "name is missing."));
    }
    if body.plan.is_none() {
        return Err(Problem::invalid("plan", "plan is missing."));
    }
    let made =
        client::create_client(&app.operator(Actor::OPERATOR), read_client_change(body)?).await?;
    app.origins.invalidate();
    Ok((StatusCode::CREATED, Json(made)))
}

/// Get a client
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}",
    operation_id = "client",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The client.", body = ClientShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_client(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<ClientShown>, Problem> {
    Ok(Json(client::find_client(&app.operator(caller.by()), &client_id).await?))
}

/// Change a client
///
/// Fields that are missing stay as they are; null resets a setting to the plan's. Only the operator
/// may change plan, limit, features and suspension.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}",
    operation_id = "changeClient",
    tag = "Administration",
    params(ClientPath),
    request_body = ClientBody,
    responses(
        (status = 200, description = "The changed client.", body = ClientShown),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_client(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<ClientBody>,
) -> Result<Json<ClientShown>, Problem> {
    if !caller.is_operator {
        body.check_own()?;
    }
    let changed =
        client::change_client(&app.operator(caller.by()), &client_id, read_client_change(body)?)
            .await?;
    app.origins.invalidate();
    Ok(Json(changed))
}

/// Suspend a client
///
/// Its keys are refused from now on. Its calls stay: they are its records.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}",
    operation_id = "suspendClient",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The suspended client.", body = ClientShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn suspend_client(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<ClientShown>, Problem> {
    let change = ClientChange { suspended: Some(true), ..ClientChange::default() };
    let suspended =
        client::change_client(&app.operator(Actor::OPERATOR), &client_id, change).await?;
    app.origins.invalidate();
    Ok(Json(suspended))
}
