//! Handlers for seals: `/api/seal-keys` and `/api/admin/clients/{clientId}/seals`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, NotFound, Open};
use crate::http::request::auth::{ClientStaff, View};
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::services::seals::keys::{self, PublicKeys};
use crate::services::seals::{self, SealState};
use axum::Json;
use axum::extract::{Path, State};
use std::sync::Arc;

/// List the public keys of seals
///
/// Files for complaints and the seals in them are signed by these keys. A key that is no longer used
/// stays in the list.
#[utoipa::path(
    get,
    path = "/api/seal-keys",
    operation_id = "sealKeys",
    tag = "Server",
    responses((status = 200, description = "The keys, newest first.", body = PublicKeys), Open),
    security(()),
)]
pub async fn list_seal_keys(State(app): State<Arc<App>>) -> Result<Json<PublicKeys>, Problem> {
    Ok(Json(keys::list_public_keys(&app.store).await?))
}

/// Get the latest seal of a client
///
/// How far events and decisions are sealed. Everything new is sealed each minute.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/seals",
    operation_id = "sealState",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The latest seal, and what is not sealed yet.",
            body = SealState),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_seal_state(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<SealState>, Problem> {
    Ok(Json(seals::show_state(&app.store, &client_id).await?))
}
