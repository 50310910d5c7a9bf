//! Handler that answers whether calls may be made.

use crate::app::App;
use crate::http::calls::start::read_agent;
use crate::http::openapi::{ByBody, WithKey};
use crate::http::request::auth::{KeyedBody, OwnCalls};
use crate::http::request::bounds::{LARGEST_CUSTOMER_DATA, check_bytes, check_count};
use crate::http::request::problem::Problem;
use crate::services::ServiceError;
use crate::services::calls::check::{self, Checked, CheckedCall};
use axum::Json;
use axum::extract::State;
use call_ribbon_rules::Decision;
use call_ribbon_shared::wire::{FollowUp, RawValue};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most calls of one request.
const MOST_CALLS: usize = 500;

/// The calls that might be made.
#[derive(Deserialize, ToSchema)]
pub struct CheckBody {
    /// The calls.
    #[schema(value_type = Vec<CallToCheck>, required = true, min_items = 1, max_items = 500)]
    calls: Option<Vec<CallToCheck>>,
}

type CheckRequest = WithKey<CheckBody>;

/// A call that might be made: the fields that start it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CheckedCall)]
struct CallToCheck {
    /// The number to call, in any notation.
    #[schema(value_type = String, required = true, max_length = 600, pattern = r"^\+?[1-9][0-9]{2,14}$", examples("+919876543210"))]
    to: Option<String>,
    /// The agent who calls.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The provider to use; if missing, the client's default.
    #[schema(max_length = 200, pattern = "^simulator$", examples("simulator"))]
    provider: Option<String>,
    /// The customer, as the page knows it: at most 64 KiB as JSON.
    #[schema(value_type = Option<Object>, examples(json!({"customerId": "CUST-1001", "callType": "recovery"})))]
    customer_data: Option<Box<RawValue>>,
}

/// The answers, in the order of the calls.
#[derive(Serialize, ToSchema)]
pub struct CheckedCalls {
    results: Vec<CheckResult>,
}

/// The answer about one call.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum CheckResult {
    Decided {
        decision: Decision,
        /// What an agent reads: why the call is not permitted and when it is, or what to mind.
        #[schema(
            nullable = false,
            examples(
                "Recovery calls are permitted from 08:00 to 19:00 Indian time. Not before 2026-11-30 08:00 in Kolkata."
            )
        )]
        #[serde(skip_serializing_if = "Option::is_none")]
        said: Option<String>,
        /// The agent's open follow-up for the customer, if the call is not permitted.
        #[schema(nullable = false)]
        #[serde(rename = "followUp", skip_serializing_if = "Option::is_none")]
        follow_up: Option<FollowUp>,
    },
    Refused {
        /// The error code, as in any error.
        #[schema(examples("invalid_phone_number"))]
        code: &'static str,
        /// The error in a sentence for people.
        #[schema(examples("to is missing."))]
        error: String,
        /// The field that is wrong, if known.
        #[schema(nullable = false)]
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
}

/// Ask whether calls may be made
///
/// Judges up to 500 calls by the client's rules as they would be judged now, and makes none. The
/// decision is made once more when the call is started.
#[utoipa::path(
    post,
    path = "/api/ribbon/calls/check",
    operation_id = "checkCalls",
    tag = "Calls",
    request_body = CheckRequest,
    responses(
        (status = 200, description = "The answers, in the order of the calls.", body = CheckedCalls),
        ByBody,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn check_calls(
    State(app): State<Arc<App>>,
    caller: KeyedBody<OwnCalls, CheckBody>,
) -> Result<Json<CheckedCalls>, Problem> {
    let asked = caller.body.calls.unwrap_or_default();
    if asked.is_empty() {
        return Err(Problem::invalid("calls", "calls is missing; name 1 to 500 calls."));
    }
    check_count("calls", &asked, MOST_CALLS)?;
    // A call that cannot be read keeps its place among the answers.
    let (mut results, mut calls) = (Vec::with_capacity(asked.len()), Vec::new());
    for call in asked {
        match read_call(call) {
            Ok(call) => {
                results.push(None);
                calls.push(call);
            }
            Err(problem) => results.push(Some(to_refused(problem))),
        }
    }
    let (telephony, client) = (&app.telephony, &caller.client);
    let decided = check::check_calls(telephony, client, &caller.reach, calls).await?;
    let mut decided = decided.into_iter().map(to_result);
    let results = results.into_iter().filter_map(|result| result.or_else(|| decided.next()));
    Ok(Json(CheckedCalls { results: results.collect() }))
}

fn read_call(call: CallToCheck) -> Result<CheckedCall, Problem> {
    if let Some(customer) = &call.customer_data {
        if !customer.get().starts_with('{') {
            return Err(Problem::invalid("customerData", "customerData must be an object."));
        }
        check_bytes("customerData", customer, LARGEST_CUSTOMER_DATA)?;
    }
    Ok(CheckedCall {
        to: call.to.ok_or_else(|| Problem::invalid("to", "to is missing."))?,
        agent: read_agent(call.agent_id, None)?,
        provider: call.provider,
        customer: call.customer_data,
    })
}

fn to_result(checked: Result<Checked, ServiceError>) -> CheckResult {
    match checked {
        Ok(Checked { decision, said, follow_up }) => {
            CheckResult::Decided { decision, said, follow_up }
        }
        Err(error) => to_refused(error.into()),
    }
}

fn to_refused(problem: Problem) -> CheckResult {
    let (code, error, field) = problem.into_parts();
    CheckResult::Refused { code, error, field }
}
