//! Handlers for a client's API keys: `/api/admin/clients/{clientId}/keys`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, ClientInPath, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::bounds::check_count;
use crate::http::request::problem::Problem;
use crate::services::access::api_keys::{self, KeyList, KeyMade, KeyShown};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The scopes of a new key; if missing, all of them.
#[derive(Deserialize, ToSchema)]
pub struct KeyBody {
    /// `ribbon` (sign in, log, control calls), `read`, `export`, `write` (customers).
    #[schema(value_type = Option<Vec<Scope>>, min_items = 1, max_items = 4)]
    scopes: Option<Vec<String>>,
}

/// The scopes of a key: the words of [`api_keys::SCOPES`].
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "stands for the words in the document")]
enum Scope {
    Ribbon,
    Read,
    Export,
    Write,
}

/// Create an API key
///
/// Only this answer holds the key in full: the server stores its hash.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/keys",
    operation_id = "createKey",
    tag = "Administration",
    params(ClientInPath),
    request_body = KeyBody,
    responses(
        (status = 201, description = "The key.", body = KeyMade),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_api_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<KeyBody>,
) -> Result<(StatusCode, Json<KeyMade>), Problem> {
    if let Some(scopes) = &body.scopes {
        check_count("scopes", scopes, api_keys::SCOPES.len())?;
    }
    let made = api_keys::create_key(&app.operator(caller.by()), &client_id, body.scopes).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List a client's API keys
///
/// Includes revoked ones, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/keys",
    operation_id = "keys",
    tag = "Administration",
    params(ClientInPath),
    responses(
        (status = 200, description = "The keys.", body = KeyList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_api_keys(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(client_id): Path<String>,
) -> Result<Json<KeyList>, Problem> {
    Ok(Json(api_keys::list_keys(&app.operator(caller.by()), &client_id).await?))
}

/// Revoke an API key
///
/// This cannot be undone. The key stays in the list; revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/keys/{keyId}",
    operation_id = "revokeKey",
    tag = "Administration",
    params(ClientInPath, ("keyId" = String, Path, description = "The key's id, from the list.", example = "key_0199d7d2c5e07c3f9a3be2b1f0c44a10")),
    responses(
        (status = 200, description = "The revoked key.", body = KeyShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn revoke_api_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path((client_id, key_id)): Path<(String, String)>,
) -> Result<Json<KeyShown>, Problem> {
    Ok(Json(api_keys::revoke_key(&app.operator(caller.by()), &client_id, &key_id).await?))
}
