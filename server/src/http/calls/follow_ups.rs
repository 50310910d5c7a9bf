//! Handlers that make and change follow-ups for customers without a call.

use super::notes::{FollowUpBody, read_follow_up};
use super::start::read_agent;
use crate::app::App;
use crate::http::openapi::{ByBody, Conflict, NotFound, Unprocessable, WithKey};
use crate::http::request::auth::{KeyedBody, OwnCalls};
use crate::http::request::body::Object;
use crate::http::request::bounds::{LARGEST_CUSTOMER_DATA, check_bytes};
use crate::http::request::paths::FollowUpPath;
use crate::http::request::problem::Problem;
use crate::patch::Patch;
use crate::services::calls::follow_ups::{self, FollowUpOrder};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::wire::{CallObject, RawValue};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body that makes a follow-up, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanBody {
    /// The number to call, in any notation.
    #[schema(value_type = String, required = true, max_length = 600, pattern = r"^\+?[1-9][0-9]{2,14}$", examples("+919876543210"))]
    to: Option<String>,
    /// The agent who has to call; in a session, its agent is the default.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// The customer, as the page knows it: at most 64 KiB as JSON. Without it, the server finds the
    /// customer by the number.
    #[schema(value_type = Option<Object>, examples(json!({"customerId": "CUST-1001", "name": "Asha Rao"})))]
    customer_data: Option<Box<RawValue>>,
    /// The next contact.
    #[schema(value_type = FollowUpBody, required = true)]
    follow_up: Option<Object<FollowUpBody>>,
}

type PlanRequest = WithKey<PlanBody>;

/// A change to a follow-up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplanBody {
    /// The next contact; null: nobody has to make it any more.
    #[serde(default)]
    #[schema(value_type = Option<FollowUpBody>, required = true)]
    follow_up: Patch<Object<FollowUpBody>>,
}

type ReplanRequest = WithKey<ReplanBody>;

/// Make a follow-up without a call
///
/// For a customer who was not called, for example because rules forbid it now. It is listed with the
/// follow-ups of calls, and done when somebody speaks with the customer. An agent has one open
/// follow-up for a customer: if there is one, also of a call, it stays as it is and is the answer. An
/// agent may have 1,000 follow-ups without a call.
#[utoipa::path(
    post,
    path = "/api/ribbon/follow-ups",
    operation_id = "planFollowUp",
    tag = "Calls",
    request_body = PlanRequest,
    responses(
        (status = 201, description = "The new follow-up.", body = CallObject),
        (status = 200, description = "The open follow-up that the agent has already.", body = CallObject),
        ByBody, Conflict, Unprocessable,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn plan_follow_up(
    State(app): State<Arc<App>>,
    caller: KeyedBody<OwnCalls, PlanBody>,
) -> Result<(StatusCode, Json<CallObject>), Problem> {
    let body = caller.body;
    if let Some(customer) = &body.customer_data {
        if !customer.get().starts_with('{') {
            return Err(Problem::invalid("customerData", "customerData must be an object."));
        }
        check_bytes("customerData", customer, LARGEST_CUSTOMER_DATA)?;
    }
    let follow_up = body
        .follow_up
        .ok_or_else(|| Problem::invalid("followUp", "followUp is missing; say when to call."))?;
    let (at, note) = read_follow_up(follow_up)?;
    let order = FollowUpOrder {
        to: body.to.ok_or_else(|| Problem::invalid("to", "to is missing."))?,
        agent: read_agent(body.agent_id, body.agent_name)?,
        customer: body.customer_data,
        at,
        note,
    };
    let (telephony, client) = (&app.telephony, &caller.client);
    let (made, is_new) =
        follow_ups::plan_follow_up(telephony, client, &caller.reach, order).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(made)))
}

/// Change a follow-up without a call
///
/// Sets time and subject, or marks it as done. One that is done stays done while its agent has another
/// open one for the customer.
#[utoipa::path(
    patch,
    path = "/api/ribbon/follow-ups/{followUpId}",
    operation_id = "replanFollowUp",
    tag = "Calls",
    params(FollowUpPath),
    request_body = ReplanRequest,
    responses(
        (status = 200, description = "The follow-up.", body = CallObject),
        ByBody, NotFound, Conflict,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn replan_follow_up(
    State(app): State<Arc<App>>,
    Path(FollowUpPath { follow_up_id }): Path<FollowUpPath>,
    caller: KeyedBody<OwnCalls, ReplanBody>,
) -> Result<Json<CallObject>, Problem> {
    let follow_up = match caller.body.follow_up.try_map(read_follow_up)? {
        Patch::Absent => {
            let sentence = "followUp is missing; send a time, or null if it is done.";
            return Err(Problem::invalid("followUp", sentence));
        }
        Patch::Null => None,
        Patch::Value(follow_up) => Some(follow_up),
    };
    let (telephony, client, is_masked) = (&app.telephony, &caller.client, caller.hides_numbers);
    let reach = &caller.reach;
    let changed =
        follow_ups::change_follow_up(telephony, client, reach, &follow_up_id, follow_up, is_masked);
    Ok(Json(changed.await?))
}
