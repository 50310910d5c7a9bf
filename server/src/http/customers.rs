//! A client's customers.

use super::auth::{Keyed, KeyedBody, Read, Write};
use super::body::id_text;
use super::logs::{count, unreadable_query};
use super::problem::Problem;
use crate::app::App;
use crate::customer::text;
use crate::patch::Patch;
use crate::services::customers::{self, CustomerCalls, CustomerSaved, CustomerSeen};
use crate::storage::CustomerChange;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use call_ribbon_shared::wire::RawValue;
use serde::Deserialize;
use std::sync::Arc;

const CALLS: i64 = 50;
const MOST_CALLS: i64 = 500;
/// The longest name, address or number that is taken.
const LONGEST_TEXT: usize = 1000;

/// The body that saves a customer, beside key and domain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaveBody {
    customer_data: Option<CustomerBody>,
}

/// A customer, as far as it is named.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct CustomerBody {
    customer_id: Option<Box<RawValue>>,
    name: Patch<String>,
    email: Patch<String>,
    phone: Patch<String>,
    company: Patch<String>,
    tags: Patch<Box<RawValue>>,
    custom_fields: Patch<Box<RawValue>>,
}

/// The query of a list of calls.
#[derive(Deserialize)]
pub struct ListQuery {
    limit: Option<String>,
}

/// `POST /api/ribbon/customer`.
pub async fn save(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Write, SaveBody>,
) -> Result<Json<CustomerSaved>, Problem> {
    let data = caller
        .body
        .customer_data
        .ok_or_else(|| Problem::invalid("customerData", "customerData is missing."))?;
    let id = data.customer_id.ok_or_else(|| {
        Problem::invalid("customerData.customerId", "customerData.customerId is missing.")
    })?;
    let change = CustomerChange {
        // Ids that are numbers are written as they were, as in a call's customerData.
        customer_id: id_text("customerData.customerId", text(&id).unwrap_or_default())?,
        name: plain("customerData.name", data.name)?,
        email: plain("customerData.email", data.email)?,
        phone: plain("customerData.phone", data.phone)?,
        company: plain("customerData.company", data.company)?,
        tags: shaped("customerData.tags", '[', "a list", data.tags)?,
        custom_fields: shaped("customerData.customFields", '{', "an object", data.custom_fields)?,
    };
    Ok(Json(customers::save(&app, &caller.client, change).await?))
}

/// `GET /api/ribbon/customer/{customerId}`.
pub async fn look_at(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    Path(customer_id): Path<String>,
) -> Result<Json<CustomerSeen>, Problem> {
    Ok(Json(customers::look_at(&app, &caller.client, &asked(&customer_id)).await?))
}

/// `GET /api/ribbon/customer/{customerId}/calls`.
pub async fn calls(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    Path(customer_id): Path<String>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<CustomerCalls>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let most = count("limit", query.limit, CALLS)?.min(MOST_CALLS);
    Ok(Json(customers::calls(&app, &caller.client, &asked(&customer_id), most).await?))
}

/// An id as it is stored: NUL is never kept (see [`crate::customer::text`]).
fn asked(customer_id: &str) -> String {
    customer_id.replace('\0', "")
}

fn plain(field: &str, value: Patch<String>) -> Result<Patch<String>, Problem> {
    value.try_map(|value| {
        if value.len() > LONGEST_TEXT {
            let sentence = format!("{field} may have {LONGEST_TEXT} characters at most.");
            return Err(Problem::invalid(field, sentence));
        }
        Ok(value.replace('\0', ""))
    })
}

/// JSON that is kept as it was sent, if it is of the right kind.
fn shaped(
    field: &str,
    first: char,
    kind: &str,
    value: Patch<Box<RawValue>>,
) -> Result<Patch<String>, Problem> {
    value.try_map(|value| {
        if value.get().starts_with(first) {
            Ok(Box::<str>::from(value).into_string())
        } else {
            Err(Problem::invalid(field, format!("{field} must be {kind}.")))
        }
    })
}
