//! Handler for files for complaints: `/api/admin/clients/{clientId}/complaint-files`.

use super::suppressions::short_text;
use crate::app::App;
use crate::http::openapi::{ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage};
use crate::http::request::body::{JsonBody, id_text};
use crate::http::request::bounds::text_within;
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::non_empty;
use crate::services::analytics::dates::DateRange;
use crate::services::complaints::{self, FileOrder};
use crate::services::permission::client_with_numbers;
use crate::services::permission::lists::{MAX_REASON_CHARS, read_number};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// About whom the file is, and why it is made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComplaintFileBody {
    /// The customer. Calls with one of its numbers that belong to no other customer are included.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("CUST-1001"))]
    customer_id: Option<String>,
    /// The number, in any notation, if there is no customer.
    #[schema(max_length = 600, examples("+919876543210"))]
    phone_number: Option<String>,
    /// The first day or moment at which calls began. If missing, all calls.
    #[schema(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?)?$",
        examples("2025-10-01")
    )]
    start_date: Option<String>,
    /// The last day or moment at which calls began.
    #[schema(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?)?$",
        examples("2025-10-31")
    )]
    end_date: Option<String>,
    /// Why the file is made, for the audit log. It stays there, so it should name nobody.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 500, pattern = r"^[^\u0000]*\S[^\u0000]*$", examples("Complaint 2025-118 to the ombudsman"))]
    reason: Option<String>,
}

/// Make a file for a complaint
///
/// A zip with every call to one person: its decision, times, agent, notes and outcome, and the
/// person's consents and suppressions, as JSON and PDF, with a proof that `verify.html` and
/// `call-ribbon verify` check without the server. The audit log says who made it and why. One file of
/// a client is made at a time.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/complaint-files",
    operation_id = "makeComplaintFile",
    tag = "Administration",
    params(ClientPath),
    request_body = ComplaintFileBody,
    responses(
        (status = 200, description = "The file.", body = Vec<u8>,
            content_type = "application/zip",
            headers(("Content-Disposition" = String, description = "The file's name."))),
        ByAdminBody, NotFound, crate::http::openapi::Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn make_complaint_file(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<ComplaintFileBody>,
) -> Result<Response, Problem> {
    let reason = read_reason(body.reason)?;
    let accounts = &app.telephony.accounts;
    let (client, numbers) = client_with_numbers(&app.store, accounts, &client_id).await?;
    let customer_id =
        non_empty(body.customer_id).map(|id| id_text("customerId", id)).transpose()?;
    let number = non_empty(body.phone_number)
        .map(|text| {
            let text = text_within("phoneNumber", text, 600)?;
            read_number(&numbers, &text)
                .map_err(|what| Problem::invalid("phoneNumber", format!("phoneNumber {what}.")))
        })
        .transpose()?;
    let (start, end) = (non_empty(body.start_date), non_empty(body.end_date));
    let range = DateRange::parse_ends(start.as_deref(), end.as_deref(), client.time_zone)?;
    if customer_id.is_none() && number.is_none() {
        let sentence = "customerId is missing, and so is phoneNumber; send one of them.";
        return Err(Problem::invalid("customerId", sentence));
    }
    let order = FileOrder { customer_id, number, range: (range.from, range.until), reason };
    let operator = app.operator(caller.by());
    let (vault, turns) = (accounts.vault(), &app.complaint_files);
    let made = complaints::make_file(&operator, vault, turns, &numbers, &client, &order).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"complaint-file.zip\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, made).into_response())
}

fn read_reason(reason: Option<String>) -> Result<String, Problem> {
    short_text("reason", reason, MAX_REASON_CHARS)?.ok_or_else(|| {
        let sentence = "reason is missing; say why the file is made, the audit log keeps it.";
        Problem::invalid("reason", sentence)
    })
}

/// `/verify.html`: the page that checks files in a browser. Each file has a copy of it.
pub async fn show_verifier() -> Html<&'static str> {
    Html(complaints::VERIFIER_PAGE)
}
