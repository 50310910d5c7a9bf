//! A client's API keys, by the admin token: `/api/admin/clients/{clientId}/keys`.

use super::auth::Admin;
use super::body::JsonBody;
use super::problem::Problem;
use crate::app::App;
use crate::services::keys::{self, KeyList, KeyMade, KeyShown};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;

/// What a new key is to be good for; not named: everything.
#[derive(Deserialize)]
pub struct KeyBody {
    scopes: Option<Vec<String>>,
}

/// `POST /api/admin/clients/{clientId}/keys`: the one answer that holds the key in full.
pub async fn create(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<KeyBody>,
) -> Result<(StatusCode, Json<KeyMade>), Problem> {
    let made = keys::create(&app.operator(), &client_id, body.scopes).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `GET /api/admin/clients/{clientId}/keys`.
pub async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    Path(client_id): Path<String>,
) -> Result<Json<KeyList>, Problem> {
    Ok(Json(keys::list(&app.operator(), &client_id).await?))
}

/// `DELETE /api/admin/clients/{clientId}/keys/{keyId}`: revokes it. It stays in the list.
pub async fn revoke(
    State(app): State<Arc<App>>,
    _: Admin,
    Path((client_id, key_id)): Path<(String, String)>,
) -> Result<Json<KeyShown>, Problem> {
    Ok(Json(keys::revoke(&app.operator(), &client_id, &key_id).await?))
}
