//! Handlers for a client's staff tokens: `/api/admin/clients/{clientId}/tokens`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::problem::Problem;
use crate::services::access::staff_tokens::{self, Role, TokenList, TokenMade, TokenShown};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new staff token.
#[derive(Deserialize, ToSchema)]
pub struct NewToken {
    /// Its owner or purpose.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Asha, team lead"))]
    name: Option<String>,
    /// Its role.
    #[schema(value_type = Role, required = true)]
    role: Option<String>,
}

/// Create a staff token for this client
///
/// It is used like the operator's token, and gives access to this client only. Only this answer
/// holds the token in full: the server stores its hash.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/tokens",
    operation_id = "createToken",
    tag = "Administration",
    params(("clientId" = String, Path, description = "The client's id.", example = "client-demo")),
    request_body = NewToken,
    responses(
        (status = 201, description = "The token.", body = TokenMade),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_staff_token(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<NewToken>,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
    let name = body::id_text("name", body.name.ok_or_else(|| missing("name"))?)?;
    let role = body.role.ok_or_else(|| missing("role"))?;
    let role = Role::parse(&role)
        .ok_or_else(|| Problem::invalid("role", "role must be admin or viewer."))?;
    let made =
        staff_tokens::create_token(&app.operator(caller.by()), &client_id, name, role).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List the staff tokens of this client
///
/// Includes revoked ones, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/tokens",
    operation_id = "tokens",
    tag = "Administration",
    params(("clientId" = String, Path, description = "The client's id.", example = "client-demo")),
    responses(
        (status = 200, description = "The tokens.", body = TokenList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_staff_tokens(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(client_id): Path<String>,
) -> Result<Json<TokenList>, Problem> {
    Ok(Json(staff_tokens::list_tokens(&app.operator(caller.by()), &client_id).await?))
}

/// Revoke a token
///
/// This cannot be undone. The token stays in the list; revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/tokens/{tokenId}",
    operation_id = "revokeToken",
    tag = "Administration",
    params(("clientId" = String, Path, description = "The client's id.", example = "client-demo"), ("tokenId" = String, Path, description = "The \
                                                                                                                                             token's \
                                                                                                                                             id, \
                                                                                                                                             from \
                                                                                                                                             the \
                                                                                                                                             list.", example = "token_0199d7d2c5e07c3f9a3be2b1f0c44a10")),
    responses(
        (status = 200, description = "The revoked token.", body = TokenShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn revoke_staff_token(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path((client_id, token_id)): Path<(String, String)>,
) -> Result<Json<TokenShown>, Problem> {
    Ok(Json(staff_tokens::revoke_token(&app.operator(caller.by()), &client_id, &token_id).await?))
}
