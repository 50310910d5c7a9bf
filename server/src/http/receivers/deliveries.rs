//! Handlers for the messages to a receiver of webhooks.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, Manage};
use crate::http::request::body::JsonBody;
use crate::http::request::bounds::text_within;
use crate::http::request::paths::{DeliveryPath, ReceiverPath};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_cursor};
use crate::ids::LONGEST_ID;
use crate::services::cursor;
use crate::services::receivers::deliveries::{self, Deliveries, DeliveryWithBody, Resending};
use crate::storage::DeliveryState;
use crate::time;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::{IntoParams, ToSchema};

/// The most messages of a page.
const MOST: i64 = 200;
const USUAL: i64 = 50;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only messages of this state.
    #[param(schema_with = state_kind)]
    state: Option<String>,
    /// How many messages; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the messages before it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of messages to return. More than 200 counts as 200.", USUAL)
}

fn state_kind() -> Schema {
    let states = Some(["waiting", "arrived", "givenUp", ""]);
    ObjectBuilder::new().schema_type(Type::String).enum_values(states).into()
}

/// What to send again: `messageId`, `givenUp`, or `from` with `until`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResendBody {
    /// One message.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000]*$",
        examples("log_0199d7d2c5e07c3f9a3be2b1f0c44a10")
    )]
    message_id: Option<String>,
    /// All messages that were given up.
    given_up: Option<bool>,
    /// The events of calls from this time on, also those that the receiver has had, or was off for.
    #[schema(max_length = 40, format = DateTime, examples("2025-10-12T10:00:00Z"))]
    from: Option<String>,
    /// The events of calls before this time.
    #[schema(max_length = 40, format = DateTime, examples("2025-10-12T11:00:00Z"))]
    until: Option<String>,
}

/// How many messages are sent again.
#[derive(Serialize, ToSchema)]
pub struct Resent {
    messages: u64,
}

/// List messages to a receiver
///
/// The latest first. Messages are listed for 30 days after they arrived or were given up.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}/deliveries",
    operation_id = "deliveries",
    tag = "Administration",
    params(ReceiverPath, DeliveryQuery),
    responses(
        (status = 200, description = "A page of messages.", body = Deliveries),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_deliveries(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
    QueryParams(query): QueryParams<DeliveryQuery>,
) -> Result<Json<Deliveries>, Problem> {
    let state = match non_empty(query.state).as_deref() {
        None => None,
        Some("waiting") => Some(DeliveryState::Waiting),
        Some("arrived") => Some(DeliveryState::Arrived),
        Some("givenUp") => Some(DeliveryState::GivenUp),
        Some(_) => {
            let sentence = "state must be \"waiting\", \"arrived\" or \"givenUp\".";
            return Err(Problem::invalid("state", sentence));
        }
    };
    let most = read_count("limit", query.limit, USUAL)?.min(MOST);
    let before = read_cursor(query.cursor, cursor::read_delivery)?;
    let most = usize::try_from(most).unwrap_or_default();
    let operator = app.operator(caller.by());
    let page =
        deliveries::list_deliveries(&operator, &client_id, &receiver_id, state, before, most);
    Ok(Json(page.await?))
}

/// Get a message to a receiver
///
/// With its body, as it would be sent now.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}/deliveries/{messageId}",
    operation_id = "delivery",
    tag = "Administration",
    params(DeliveryPath),
    responses(
        (status = 200, description = "The message.", body = DeliveryWithBody),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_delivery(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(DeliveryPath { client_id, receiver_id, message_id }): Path<DeliveryPath>,
) -> Result<Json<DeliveryWithBody>, Problem> {
    let (operator, courier) = (app.operator(caller.by()), &app.courier);
    let shown =
        deliveries::show_with_body(&operator, courier, &client_id, &receiver_id, &message_id);
    Ok(Json(shown.await?))
}

/// Send messages to a receiver again
///
/// They keep their ids, so that a receiver can tell which ones it has had.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/receivers/{receiverId}/resend",
    operation_id = "resendDeliveries",
    tag = "Administration",
    params(ReceiverPath),
    request_body = ResendBody,
    responses(
        (status = 200, description = "How many are sent again.", body = Resent),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn resend_deliveries(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ReceiverPath { client_id, receiver_id }): Path<ReceiverPath>,
    JsonBody(body): JsonBody<ResendBody>,
) -> Result<Json<Resent>, Problem> {
    let operator = app.operator(caller.by());
    let messages = deliveries::resend(&operator, &client_id, &receiver_id, body.read()?).await?;
    Ok(Json(Resent { messages }))
}

impl ResendBody {
    fn read(self) -> Result<Resending, Problem> {
        let read_time = |field: &'static str, text: Option<String>| {
            let Some(text) = non_empty(text) else { return Ok(None) };
            time::parse(&text).map(Some).ok_or_else(|| {
                let sentence = format!("{field} must be a time, like 2025-10-12T10:30:00Z.");
                Problem::invalid(field, sentence)
            })
        };
        let (from, until) = (read_time("from", self.from)?, read_time("until", self.until)?);
        let id = non_empty(self.message_id).map(|id| {
            if id.contains('\0') {
                let sentence = "messageId must not contain the character NUL.";
                return Err(Problem::invalid("messageId", sentence));
            }
            text_within("messageId", id, LONGEST_ID)
        });
        match (id.transpose()?, self.given_up.unwrap_or(false), from, until) {
            (Some(id), false, None, None) => Ok(Resending::Message(id)),
            (None, true, None, None) => Ok(Resending::GivenUp),
            (None, false, Some(from), Some(until)) if from < until => {
                Ok(Resending::Time(from, until))
            }
            (None, false, Some(_), Some(_)) => {
                Err(Problem::invalid("until", "until must be after from."))
            }
            (None, false, Some(_), None) => Err(Problem::invalid("until", "until is missing.")),
            (None, false, None, Some(_)) => Err(Problem::invalid("from", "from is missing.")),
            _ => Err(Problem::invalid(
                "messageId",
                "Name one thing to send again: messageId, givenUp, or from with until.",
            )),
        }
    }
}
