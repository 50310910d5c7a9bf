//! Handlers for what customers agreed to: `/api/admin/clients/{clientId}/consents`.

use super::suppressions::{RemovalBody, short_text, time_or_day};
use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::{JsonBody, customer_text, id_text};
use crate::http::request::bounds::{check_bytes, text_within};
use crate::http::request::paths::{ClientPath, ConsentPath};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, non_empty, read_count, read_cursor, read_search,
};
use crate::services::cursor;
use crate::services::customers::matching::Numbers;
use crate::services::permission::client_with_numbers;
use crate::services::permission::consents::{self, ConsentOrder};
use crate::services::permission::lists::MAX_VALUE_CHARS;
use crate::storage::PersonFilter;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use call_ribbon_shared::wire::{Consent, Consents, RawValue};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

/// The most consents of a page.
const MOST: i64 = 200;
const USUAL: i64 = 50;
/// The most bytes of a proof, as JSON.
const LARGEST_PROOF: usize = 4 * 1024;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ConsentQuery {
    /// Only consents for this number.
    #[param(max_length = 200, example = "+919876543210")]
    number: Option<String>,
    /// Only consents of this customer.
    #[param(max_length = 200, example = "CUST-1001")]
    customer_id: Option<String>,
    /// How many consents; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the consents after it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of consents to return. More than 200 counts as 200.", USUAL)
}

/// What a customer agreed to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewConsentBody {
    /// The number, in any notation. If missing, the consent is for every number of the customer.
    #[schema(max_length = 600, examples("+919876543210"))]
    phone_number: Option<String>,
    /// The customer. If missing, the consent is for the number alone.
    #[schema(
        max_length = 200,
        pattern = r"^([^\u0000]*[^\s\u0000][^\u0000]*)?$",
        examples("CUST-1001")
    )]
    customer_id: Option<String>,
    /// The purpose of the calls. If missing, every purpose.
    #[schema(
        max_length = 200,
        pattern = "^(recovery|sales|service|transactional)?$",
        examples("sales")
    )]
    purpose: Option<String>,
    /// The kind of consent. `purchase` and `enquiry` are no words of the customer: some rules permit
    /// calls for a while after them.
    #[schema(value_type = String, required = true, max_length = 20, pattern = "^(explicit|inferred|direct_prior|purchase|enquiry)$", examples("explicit"))]
    kind: Option<String>,
    /// When it was given: a time, or a day of the client's time zone. If missing, now.
    #[schema(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?$",
        examples("2025-10-12T10:30:00Z")
    )]
    given_at: Option<String>,
    /// When it ends. If missing, it has no end.
    #[schema(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?$",
        examples("2026-10-12")
    )]
    expires_at: Option<String>,
    /// How it was given: at most 4 KiB as JSON, returned unchanged.
    #[schema(value_type = Option<Object>, examples(json!({"channel": "web form", "textVersion": "3"})))]
    proof: Option<Box<RawValue>>,
}

/// Reads whose entries a list has.
pub fn read_person(
    number: Option<&str>,
    customer_id: Option<String>,
    numbers: &Numbers,
) -> Result<PersonFilter, Problem> {
    Ok(match (read_search("number", number)?, non_empty(customer_id)) {
        (Some(_), Some(_)) => {
            let sentence = "customerId and number cannot be combined; send one of them.";
            return Err(Problem::invalid("customerId", sentence));
        }
        (Some(number), None) => PersonFilter::Number(numbers.all_spellings(&number)),
        (None, Some(customer)) => PersonFilter::Customer(id_text("customerId", customer)?),
        (None, None) => PersonFilter::All,
    })
}

/// List what customers agreed to
///
/// The latest first; withdrawn consents and those that have ended are among them.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/consents",
    operation_id = "consents",
    tag = "Administration",
    params(ClientPath, ConsentQuery),
    responses(
        (status = 200, description = "A page of consents.", body = Consents),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_consents(
    State(app): State<Arc<App>>,
    _caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    QueryParams(query): QueryParams<ConsentQuery>,
) -> Result<Json<Consents>, Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    let most = read_count("limit", query.limit, USUAL)?.min(MOST);
    let before = read_cursor(query.cursor, cursor::read_customer)?;
    let filter = read_person(query.number.as_deref(), query.customer_id, &numbers)?;
    let before = before.as_deref();
    Ok(Json(consents::list_consents(&app.store, &client, filter, before, most).await?))
}

/// Enter a consent
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/consents",
    operation_id = "addConsent",
    tag = "Administration",
    params(ClientPath),
    request_body = NewConsentBody,
    responses(
        (status = 201, description = "The consent.", body = Consent),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn add_consent(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewConsentBody>,
) -> Result<(StatusCode, Json<Consent>), Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    let proof = body.proof.filter(|proof| proof.get() != "null");
    if let Some(proof) = &proof {
        if !proof.get().starts_with('{') {
            return Err(Problem::invalid("proof", "proof must be an object."));
        }
        check_bytes("proof", proof, LARGEST_PROOF)?;
    }
    let number = non_empty(body.phone_number);
    let customer_id = non_empty(body.customer_id);
    let order = ConsentOrder {
        number: number.map(|number| text_within("phoneNumber", number, 600)).transpose()?,
        customer_id: customer_id.map(|id| customer_text("customerId", id)).transpose()?,
        purpose: short_text("purpose", body.purpose, MAX_VALUE_CHARS)?,
        kind: body.kind.ok_or_else(|| Problem::invalid("kind", "kind is missing."))?,
        given_at: time_or_day("givenAt", body.given_at, &client)?,
        expires_at: time_or_day("expiresAt", body.expires_at, &client)?,
        proof,
    };
    let operator = app.operator(caller.by());
    let made = consents::add_consent(&operator, &client, &numbers, order).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Withdraw a consent
///
/// It stays as history, with who withdrew it, when and why.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/consents/{consentId}/withdraw",
    operation_id = "withdrawConsent",
    tag = "Administration",
    params(ConsentPath),
    request_body = RemovalBody,
    responses(
        (status = 200, description = "The withdrawn consent.", body = Consent),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn withdraw_consent(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ConsentPath { client_id, consent_id }): Path<ConsentPath>,
    JsonBody(body): JsonBody<RemovalBody>,
) -> Result<Json<Consent>, Problem> {
    let reason = body.into_reason()?;
    let operator = app.operator(caller.by());
    Ok(Json(consents::withdraw_consent(&operator, &client_id, &consent_id, &reason).await?))
}
