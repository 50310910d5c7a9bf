//! Handlers that save a customer, and show a customer and its calls.

use crate::app::App;
use crate::customer::read_text;
use crate::http::openapi::{ByBody, ByKey, NotFound, WithKey, count_kind};
use crate::http::request::auth::{Keyed, KeyedBody, Read, Write};
use crate::http::request::body::{Object, id_text, read_part};
use crate::http::request::bounds::{LARGEST_CUSTOMER_DATA, check_bytes, text_within};
use crate::http::request::paths::CustomerPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, read_count};
use crate::ids::LONGEST_ID;
use crate::patch::Patch;
use crate::services::calls::history::SHOWN_FOR;
use crate::services::customers::lists;
use crate::services::customers::profile::{self, CustomerCalls, CustomerSaved, CustomerSeen};
use crate::storage::CustomerChange;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::wire::{CustomerLeads, RawValue};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, OneOfBuilder};
use utoipa::{IntoParams, ToSchema};

const CALLS: i64 = 50;
const MOST_CALLS: i64 = 500;
/// The most characters of a name, address or number.
const LONGEST_TEXT: usize = 1000;
/// NUL is removed from an id, and what is left must not be empty.
const NOT_ONLY_NUL: &str = r"[^\u0000]";

/// The body that saves a customer, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaveBody {
    /// The customer: at most 64 KiB as JSON.
    #[schema(value_type = CustomerBody, required = true)]
    customer_data: Option<Box<RawValue>>,
}

type SaveRequest = WithKey<SaveBody>;

/// A customer; fields that are missing stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomerToSave)]
struct CustomerBody {
    /// The customer's id in the integrator's system; a number is stored as its text.
    #[schema(schema_with = customer_id_kind, required = true)]
    customer_id: Option<Box<RawValue>>,
    /// The customer's name; required for a new customer.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000, examples("Asha Rao"))]
    name: Patch<String>,
    /// The customer's e-mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000, examples("asha@example.com"))]
    email: Patch<String>,
    /// The customer's phone number.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000, examples("+919876543210"))]
    phone: Patch<String>,
    /// The same as `phone`, by the name that `setCustomer` has for it; `phone` takes precedence.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000, examples("+919876543210"))]
    phone_number: Patch<String>,
    /// The customer's company.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000, examples("Rao Traders"))]
    company: Patch<String>,
    /// Tags, or any other list, within the 64 KiB of the customer; stored unchanged.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Value>>, examples(json!(["vip"])))]
    tags: Patch<Box<RawValue>>,
    /// The integrator's own fields, within the 64 KiB of the customer; stored unchanged.
    #[serde(default)]
    #[schema(value_type = Option<Object>, examples(json!({"tier": "gold"})))]
    custom_fields: Patch<Box<RawValue>>,
}

/// Describes an id as the script of a page may hold it.
fn customer_id_kind() -> Schema {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST_ID))
        .pattern(Some(NOT_ONLY_NUL));
    let number = ObjectBuilder::new().schema_type(Type::Number);
    OneOfBuilder::new()
        .item(text)
        .item(number)
        .description(Some(
            "The customer's id in the integrator's system. A number is stored as text.",
        ))
        .examples(["CUST-1001"])
        .into()
}

/// The query of a list of calls.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// How many calls; more than 500 count as 500.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of calls to return. More than 500 counts as 500.", CALLS)
}

/// Save a customer
///
/// Creates the customer, or changes the given fields; null clears a field. A new customer needs a
/// name.
#[utoipa::path(
    post,
    path = "/api/ribbon/customer",
    operation_id = "saveCustomer",
    tag = "Customers",
    request_body = SaveRequest,
    responses(
        (status = 200, description = "The customer is saved.", body = CustomerSaved),
        ByBody,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn save_customer(
    State(app): State<Arc<App>>,
    caller: KeyedBody<Write, SaveBody>,
) -> Result<Json<CustomerSaved>, Problem> {
    let data = caller
        .body
        .customer_data
        .ok_or_else(|| Problem::invalid("customerData", "customerData is missing."))?;
    check_bytes("customerData", &data, LARGEST_CUSTOMER_DATA)?;
    let Object(data): Object<CustomerBody> = read_part(&data, "customerData")?;
    let id = data.customer_id.ok_or_else(|| {
        Problem::invalid("customerData.customerId", "customerData.customerId is missing.")
    })?;
    let phone_number = check_text("customerData.phoneNumber", data.phone_number)?;
    let change = CustomerChange {
        // Numeric ids are stored as they were written, as in a call's customerData.
        customer_id: id_text("customerData.customerId", read_text(&id).unwrap_or_default())?,
        name: check_text("customerData.name", data.name)?,
        email: check_text("customerData.email", data.email)?,
        phone: check_text("customerData.phone", data.phone)?.or(phone_number),
        company: check_text("customerData.company", data.company)?,
        tags: check_json_kind("customerData.tags", '[', "a list", data.tags)?,
        custom_fields: check_json_kind(
            "customerData.customFields",
            '{',
            "an object",
            data.custom_fields,
        )?,
    };
    Ok(Json(profile::save_customer(&app.store, &caller.client, change, app.now()).await?))
}

/// Get a customer with its calls
#[utoipa::path(
    get,
    path = "/api/ribbon/customer/{customerId}",
    operation_id = "customer",
    tag = "Customers",
    params(CustomerPath),
    responses(
        (status = 200, description = "The customer.", body = CustomerSeen),
        ByKey, NotFound,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_customer(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    Path(CustomerPath { customer_id }): Path<CustomerPath>,
) -> Result<Json<CustomerSeen>, Problem> {
    let due_from = app.now().saturating_sub(SHOWN_FOR);
    let id = stored_id(&customer_id);
    Ok(Json(profile::find_customer(&app.store, &caller.client, &id, due_from).await?))
}

/// List a customer's calls
///
/// Newest first. A customer without calls gets zeros, not a 404.
#[utoipa::path(
    get,
    path = "/api/ribbon/customer/{customerId}/calls",
    operation_id = "customerCalls",
    tag = "Customers",
    params(CustomerPath, ListQuery),
    responses(
        (status = 200, description = "The customer's calls.", body = CustomerCalls),
        ByKey, NotFound,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_customer_calls(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    Path(CustomerPath { customer_id }): Path<CustomerPath>,
    QueryParams(query): QueryParams<ListQuery>,
) -> Result<Json<CustomerCalls>, Problem> {
    let most = read_count("limit", query.limit, CALLS)?.min(MOST_CALLS);
    Ok(Json(
        profile::customer_calls(&app.store, &caller.client, &stored_id(&customer_id), most).await?,
    ))
}

/// List what dialers sent about a customer
///
/// The customer's latest leads, at most 20, each with all fields that the dialer sent. A customer
/// without leads gets an empty list.
#[utoipa::path(
    get,
    path = "/api/ribbon/customer/{customerId}/leads",
    operation_id = "customerLeads",
    tag = "Leads",
    params(CustomerPath),
    responses(
        (status = 200, description = "The leads, newest first.", body = CustomerLeads),
        ByKey, NotFound,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_customer_leads(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    Path(CustomerPath { customer_id }): Path<CustomerPath>,
) -> Result<Json<CustomerLeads>, Problem> {
    let customer_id = stored_id(&customer_id);
    Ok(Json(lists::list_customer_leads(&app.store, &caller.client, &customer_id).await?))
}

/// Returns an id as it is stored: without NUL (see [`crate::customer::read_text`]).
fn stored_id(customer_id: &str) -> String {
    customer_id.replace('\0', "")
}

fn check_text(field: &str, value: Patch<String>) -> Result<Patch<String>, Problem> {
    value.try_map(|value| Ok(text_within(field, value, LONGEST_TEXT)?.replace('\0', "")))
}

/// Accepts JSON of the right kind, which is stored as it was sent.
fn check_json_kind(
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
