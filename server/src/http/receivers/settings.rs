//! Handlers for a client's receivers of webhooks: `/api/admin/clients/{clientId}/receivers`.

use crate::app::App;
use crate::http::clients::alerts::WebhookSecret;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::bounds::check_count;
use crate::http::request::paths::{ClientPath, ReceiverPath};
use crate::http::request::problem::Problem;
use crate::services::access::role::Role;
use crate::services::receivers::settings::{self, ReceiverChange, ReceiverList, ReceiverShown};
use crate::services::receivers::types::MOST_TYPES;
use crate::whole_number;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// The hours for which a previous key signs, too, if the request does not say it.
const USUAL_OVERLAP_HOURS: i64 = 24;

/// A receiver. A new one needs a URL; fields that are missing from a change stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReceiverChange)]
pub struct ReceiverBody {
    /// Where messages go: HTTPS, and a public address unless the operator allows others.
    #[schema(
        max_length = 2000,
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]*$",
        examples("https://crm.example.com/hooks/calls")
    )]
    url: Option<String>,
    /// A name for people. If missing, the host of the URL.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*\S[^\u0000-\u001f\u007f-\u009f]*$",
        examples("CRM")
    )]
    name: Option<String>,
    #[schema(schema_with = type_list)]
    types: Option<Vec<String>>,
    /// Whether messages have handles instead of phone numbers.
    hides_numbers: Option<bool>,
    /// Whether messages are sent. One that is switched on again is told of what happens from then on.
    active: Option<bool>,
}

fn type_list() -> Schema {
    let kind = ObjectBuilder::new().schema_type(Type::String).max_length(Some(80)).pattern(Some(
        r"^(call\.[A-Za-z0-9_.-]{1,64}|notes\.saved|decision\.(allowed|warned|overridden|refused))$",
    ));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(kind)
        .max_items(Some(MOST_TYPES))
        .description(Some(
            "The types of messages that it gets: `call.` and an event's name, `notes.saved`, \
             `decision.` and an outcome. Empty: all.",
        ))
        .examples([json!(["call.callEnded", "notes.saved"])])
        .into()
}

/// For how long a previous key is used.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyExchangeBody {
    /// The hours for which messages are signed with the previous key, too. If missing, 24.
    #[serde(default, deserialize_with = "whole_number::read_optional")]
    #[schema(minimum = 0, maximum = 168, examples(24))]
    overlap_hours: Option<i64>,
}

/// What came of a test message.
#[derive(Serialize, ToSchema)]
pub struct ReceiverTest {
    ok: bool,
    /// The HTTP status of the receiver's answer; null: there was none.
    #[schema(required = true, examples(200))]
    status: Option<u16>,
    /// Why it did not arrive; null: it did.
    #[schema(required = true)]
    trouble: Option<String>,
}

/// List the client's receivers
///
/// Receivers are servers of the client's own that are told of its events by webhook. A viewer sees only
/// the host of each URL.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/receivers",
    operation_id = "receivers",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The receivers.", body = ReceiverList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_receivers(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<ReceiverList>, Problem> {
    let may_change = caller.role().is_none_or(|role| role == Role::Admin);
    let operator = app.operator(caller.by());
    Ok(Json(settings::list_receivers(&operator, &client_id, may_change).await?))
}

/// Create a receiver
///
/// It is told of what happens from now on. A client has at most 20 receivers.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/receivers",
    operation_id = "createReceiver",
    tag = "Administration",
    params(ClientPath),
    request_body = ReceiverBody,
    responses(
        (status = 201, description = "The receiver.", body = ReceiverShown),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_receiver(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<ReceiverBody>,
) -> Result<(StatusCode, Json<ReceiverShown>), Problem> {
    let (operator, guard) = (app.operator(caller.by()), app.courier.client().guard());
    let made = settings::create_receiver(&operator, guard, &client_id, body.read()?).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Change a receiver
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}",
    operation_id = "changeReceiver",
    tag = "Administration",
    params(ReceiverPath),
    request_body = ReceiverBody,
    responses(
        (status = 200, description = "The changed receiver.", body = ReceiverShown),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_receiver(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
    JsonBody(body): JsonBody<ReceiverBody>,
) -> Result<Json<ReceiverShown>, Problem> {
    let (operator, guard) = (app.operator(caller.by()), app.courier.client().guard());
    let change = body.read()?;
    Ok(Json(settings::change_receiver(&operator, guard, &client_id, &receiver_id, change).await?))
}

/// Remove a receiver
///
/// Messages that wait for it are not sent.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}",
    operation_id = "removeReceiver",
    tag = "Administration",
    params(ReceiverPath),
    responses(
        (status = 200, description = "The receiver as it was.", body = ReceiverShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_receiver(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
) -> Result<Json<ReceiverShown>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(settings::remove_receiver(&operator, &client_id, &receiver_id).await?))
}

/// Get the key of a receiver
///
/// Messages have the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, as Standard
/// Webhooks says.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}/key",
    operation_id = "receiverKey",
    tag = "Administration",
    params(ReceiverPath),
    responses(
        (status = 200, description = "The key.", body = WebhookSecret),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_receiver_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
) -> Result<Json<WebhookSecret>, Problem> {
    let operator = app.operator(caller.by());
    let receiver = settings::find_receiver(&operator, &client_id, &receiver_id).await?;
    Ok(Json(WebhookSecret::new(app.courier.key_of(&receiver))))
}

/// Exchange the key of a receiver
///
/// For some hours, messages have two signatures, one by each key, so that none is refused meanwhile.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}/exchange-key",
    operation_id = "exchangeReceiverKey",
    tag = "Administration",
    params(ReceiverPath),
    request_body = KeyExchangeBody,
    responses(
        (status = 200, description = "The new key.", body = WebhookSecret),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn exchange_receiver_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
    JsonBody(body): JsonBody<KeyExchangeBody>,
) -> Result<Json<WebhookSecret>, Problem> {
    let (operator, courier) = (app.operator(caller.by()), &app.courier);
    let hours = body.overlap_hours.unwrap_or(USUAL_OVERLAP_HOURS);
    let key = settings::exchange_key(&operator, courier, &client_id, &receiver_id, hours).await?;
    Ok(Json(WebhookSecret::new(key)))
}

/// Send a test message to a receiver
///
/// At once, and only once. Its type is `test`.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}/test",
    operation_id = "testReceiver",
    tag = "Administration",
    params(ReceiverPath),
    responses(
        (status = 200, description = "What came of it.", body = ReceiverTest),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn test_receiver(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
) -> Result<Json<ReceiverTest>, Problem> {
    app.reveal_limit.check_rate(format!("receivers {client_id}"), app.now())?;
    let operator = app.operator(caller.by());
    let receiver = settings::find_receiver(&operator, &client_id, &receiver_id).await?;
    let sent = app.courier.send_test(&receiver, &app.ids.new_id("test", app.now())).await?;
    let ok = sent.trouble.is_none();
    Ok(Json(ReceiverTest { ok, status: sent.status, trouble: sent.trouble }))
}

impl ReceiverBody {
    fn read(self) -> Result<ReceiverChange, Problem> {
        if let Some(types) = &self.types {
            check_count("types", types, MOST_TYPES)?;
        }
        Ok(ReceiverChange {
            name: self.name,
            url: self.url,
            types: self.types,
            hides_numbers: self.hides_numbers,
            active: self.active,
        })
    }
}
