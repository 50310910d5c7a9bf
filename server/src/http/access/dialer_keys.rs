//! Handlers for a client's dialer keys: `/api/admin/clients/{clientId}/dialer-keys`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ClientInPath, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::problem::Problem;
use crate::services::access::dialer_keys::{self, DialerKeyList, DialerKeyMade, DialerKeyShown};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use std::sync::Arc;

/// Create a dialer key
///
/// A dialer uses it to hand over leads; it gives access to nothing else. Only this answer holds the
/// key in full: the server stores its hash.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/dialer-keys",
    operation_id = "createDialerKey",
    tag = "Administration",
    params(ClientInPath),
    responses(
        (status = 201, description = "The key.", body = DialerKeyMade),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_dialer_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(client_id): Path<String>,
) -> Result<(StatusCode, Json<DialerKeyMade>), Problem> {
    let public_url = app.config.public_url.as_ref();
    let made = dialer_keys::create_key(&app.operator(caller.by()), &client_id, public_url).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List a client's dialer keys
///
/// Includes revoked ones, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/dialer-keys",
    operation_id = "dialerKeys",
    tag = "Administration",
    params(ClientInPath),
    responses(
        (status = 200, description = "The keys.", body = DialerKeyList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_dialer_keys(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(client_id): Path<String>,
) -> Result<Json<DialerKeyList>, Problem> {
    Ok(Json(dialer_keys::list_keys(&app.operator(caller.by()), &client_id).await?))
}

/// Revoke a dialer key
///
/// This cannot be undone. The key stays in the list; revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/dialer-keys/{keyId}",
    operation_id = "revokeDialerKey",
    tag = "Administration",
    params(ClientInPath, ("keyId" = String, Path, description = "The key's id, from the list.", example = "key_0199d7d2c5e07c3f9a3be2b1f0c44a10")),
    responses(
        (status = 200, description = "The revoked key.", body = DialerKeyShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn revoke_dialer_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path((client_id, key_id)): Path<(String, String)>,
) -> Result<Json<DialerKeyShown>, Problem> {
    Ok(Json(dialer_keys::revoke_key(&app.operator(caller.by()), &client_id, &key_id).await?))
}
