//! Handler for a phone number behind a handle, at `/api/admin/clients/{clientId}/numbers/reveal`.

use crate::app::App;
use crate::http::openapi::{ByAdminBody, ClientInPath, NotFound};
use crate::http::request::auth::{ClientStaff, Manage};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::problem::Problem;
use crate::services::access::numbers;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A handle, and why its number is needed.
#[derive(Deserialize, ToSchema)]
#[schema(as = NumberToReveal)]
pub struct RevealBody {
    /// The handle.
    #[schema(value_type = String, required = true, max_length = 1024, examples("num_…"))]
    handle: Option<String>,
    /// Why the number is needed; it goes to the audit log.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("The customer asked for a call from the branch"))]
    reason: Option<String>,
}

/// The number behind a handle.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevealedNumber {
    #[schema(examples("+919876543210"))]
    phone_number: String,
}

/// Reveal a phone number
///
/// Returns the number that a handle stands for, and writes who asked and why to the audit log.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/numbers/reveal",
    operation_id = "revealNumber",
    tag = "Administration",
    params(ClientInPath),
    request_body = RevealBody,
    responses(
        (status = 200, description = "The number.", body = RevealedNumber),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn reveal_number(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<RevealBody>,
) -> Result<Json<RevealedNumber>, Problem> {
    let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
    let handle = body.handle.ok_or_else(|| missing("handle"))?;
    let reason = body::id_text("reason", body.reason.ok_or_else(|| missing("reason"))?)?;
    let who = caller.by().id.unwrap_or_default().to_owned();
    app.reveal_limit.check_rate(who, app.now())?;
    let operator = app.operator(caller.by());
    let phone_number =
        numbers::reveal_number(&operator, &app.number_handles, &client_id, &handle, &reason)
            .await?;
    Ok(Json(RevealedNumber { phone_number }))
}
