//! Handlers for leads from a dialer, by POST or by GET: `/api/leads/from-dialer/`.

mod fields;
mod schema;

use crate::app::App;
use crate::http::openapi::ByDialer;
use crate::http::request::auth::Dialer;
use crate::http::request::problem::Problem;
use crate::services::customers::leads::{self, LeadSaved};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use fields::Fields;
use schema::{LeadBody, LeadForm, LeadInQuery, LeadParts};
use std::sync::Arc;

/// Hand over a lead
///
/// A dialer (such as Vicidial) sends it when an agent has found an interested customer. A lead with
/// the same `lead_id`, or else the same phone number, is updated. The lead becomes a customer, so
/// that the ribbon shows who calls.
#[utoipa::path(
    post,
    path = "/api/leads/from-dialer/",
    operation_id = "leadFromDialer",
    tag = "Leads",
    request_body(content(
        (LeadBody = "application/json"),
        (LeadForm = "application/x-www-form-urlencoded"),
        (LeadParts = "multipart/form-data"),
    )),
    responses(
        (status = 201, description = "The lead is saved.", body = LeadSaved),
        ByDialer,
    ),
    security(("dialerKey" = [])),
)]
pub async fn receive_lead(
    State(app): State<Arc<App>>,
    caller: Dialer,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<LeadSaved>), Problem> {
    let bytes = bytes.map_err(|refusal| Problem::from_status(refusal.into_response().status()))?;
    let saved = save_lead(&app, &caller, &Fields::from_body(&headers, bytes)?).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// Hand over a lead, with the key in the address
///
/// For a dialer that cannot set a header, such as Vicidial's web form. The body is a form or JSON.
/// The address is as secret as the key in it.
#[utoipa::path(
    post,
    path = "/api/leads/from-dialer/{dialerKey}",
    operation_id = "leadFromDialerByAddress",
    tag = "Leads",
    params(("dialerKey" = String, Path, description = "The dialer key.")),
    request_body(content(
        (LeadBody = "application/json"),
        (LeadForm = "application/x-www-form-urlencoded"),
        (LeadParts = "multipart/form-data"),
    )),
    responses(
        (status = 201, description = "The lead is saved.", body = LeadSaved),
        ByDialer,
    ),
    // The key is in the address, for which OpenAPI knows no scheme.
    security(()),
)]
pub async fn receive_lead_by_address(
    app: State<Arc<App>>,
    caller: Dialer,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, Problem> {
    let (status, saved) = receive_lead(app, caller, headers, bytes).await?;
    Ok((status, [(header::CACHE_CONTROL, "no-store")], saved))
}

/// Hand over a lead, by GET
///
/// As by POST, with the fields in the query, as Vicidial's web form and its dispo call URL send
/// them. Unlike other GETs this one changes data; repeating the same `lead_id` updates the same
/// lead.
#[utoipa::path(
    get,
    path = "/api/leads/from-dialer/{dialerKey}",
    operation_id = "leadFromDialerByGet",
    tag = "Leads",
    params(("dialerKey" = String, Path, description = "The dialer key."), LeadInQuery),
    responses(
        (status = 201, description = "The lead is saved.", body = LeadSaved),
        ByDialer,
    ),
    security(()),
)]
pub async fn receive_lead_by_get(
    State(app): State<Arc<App>>,
    caller: Dialer,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let fields = Fields::from_form(query.unwrap_or_default().as_bytes())?;
    let saved = save_lead(&app, &caller, &fields).await?;
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(saved)))
}

/// Reads a lead of any bytes, for `crate::fuzz`.
#[cfg(any(test, feature = "fuzz"))]
pub fn check_lead(headers: &HeaderMap, body: &[u8]) {
    let fields = Fields::from_body(headers, body.to_vec().into());
    let _ = fields.and_then(|fields| fields.to_lead());
}

async fn save_lead(app: &App, caller: &Dialer, fields: &Fields) -> Result<LeadSaved, Problem> {
    let lead = fields.to_lead()?;
    let accounts = &app.telephony.accounts;
    Ok(leads::save_lead(&app.store, accounts, &caller.client, lead, app.now()).await?)
}
