//! Handlers for a person's data rights:
//! `/api/admin/clients/{clientId}/customers/{customerId}[/data]`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::paths::ClientCustomerPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, read_switch};
use crate::services::customers::personal_data::{self, CustomerData, Erasure, ExportRequest};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which calls belong to the customer. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ExportDataQuery {
    /// Includes calls with the customer's number and without a customer's id.
    #[param(value_type = Option<bool>, default = false)]
    include_same_number: Option<String>,
}

/// What to erase.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct EraseQuery {
    /// Includes calls with the customer's number and without a customer's id.
    #[param(value_type = Option<bool>, default = false)]
    include_same_number: Option<String>,
    /// Changes nothing, and reports what would be erased.
    #[param(value_type = Option<bool>, default = false)]
    dry_run: Option<String>,
}

/// Export all data of a customer
///
/// As a file whose name does not identify the customer. Streamed, of any size.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/customers/{customerId}/data",
    operation_id = "exportCustomer",
    tag = "Administration",
    params(
        ClientCustomerPath,
        ExportDataQuery,
    ),
    responses(
        (status = 200, description = "The customer, with calls, events, notes and leads.",
            body = CustomerData,
            headers(("Content-Disposition" = String, description = "The file's name."))),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn export_customer(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientCustomerPath { client_id, customer_id }): Path<ClientCustomerPath>,
    QueryParams(query): QueryParams<ExportDataQuery>,
) -> Result<Response, Problem> {
    let include = read_switch("includeSameNumber", query.include_same_number.as_deref())?;
    let request = ExportRequest {
        client_id: &client_id,
        customer_id: &customer_id,
        include_same_number: include,
    };
    let stamp = app.operator(caller.by()).stamp();
    let pieces = personal_data::export_customer(&app.store, request, stamp).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"customer-data.json\""),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Erase a customer
///
/// Its calls stay, without anything that identifies the customer, so that totals stay correct.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/customers/{customerId}",
    operation_id = "eraseCustomer",
    tag = "Administration",
    params(
        ClientCustomerPath,
        EraseQuery,
    ),
    responses(
        (status = 200, description = "What was erased, or would be erased.", body = Erasure),
        ByAdmin, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn erase_customer(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientCustomerPath { client_id, customer_id }): Path<ClientCustomerPath>,
    QueryParams(query): QueryParams<EraseQuery>,
) -> Result<Json<Erasure>, Problem> {
    let include = read_switch("includeSameNumber", query.include_same_number.as_deref())?;
    let dry_run = read_switch("dryRun", query.dry_run.as_deref())?;
    let operator = app.operator(caller.by());
    let done = personal_data::erase_customer(&operator, &client_id, &customer_id, include, dry_run);
    Ok(Json(done.await?))
}
