//! Handlers for the keys of agent tokens: `/api/admin/clients/{clientId}/agent-token-keys`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, ClientInPath, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::problem::Problem;
use crate::services::access::agent_tokens::keys::{self, NewTokenKey, TokenKeyList, TokenKeyMade};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// A new key for agent tokens.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenKeyBody {
    /// Your public keys, as a JSON Web Key Set of at most ten keys for ES256 or RS256 and 16 KiB.
    /// If missing, the server makes a secret for HS256.
    #[schema(value_type = Option<Object>, examples(json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "2025-10", "x": "…", "y": "…"}]})))]
    jwks: Option<Value>,
    /// The address of such a key set, in place of `jwks`: public and by HTTPS. It is read now, every
    /// ten minutes while tokens arrive, and for a key that it lacks, at most once a minute.
    #[schema(
        max_length = 2000,
        pattern = r"^[^\u0000]*$",
        examples("https://crm.example.com/jwks.json")
    )]
    jwks_url: Option<String>,
}

/// Add a key for agent tokens
///
/// The key by which your server signs who an agent is. Only this answer holds a secret in full. A
/// client may have five keys at once, so that a new one can be in use before the old one is removed.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/agent-token-keys",
    operation_id = "createAgentTokenKey",
    tag = "Administration",
    params(ClientInPath),
    request_body = TokenKeyBody,
    responses(
        (status = 201, description = "The key.", body = TokenKeyMade),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_agent_token_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<TokenKeyBody>,
) -> Result<(StatusCode, Json<TokenKeyMade>), Problem> {
    let new = match (body.jwks, body.jwks_url) {
        (None, None) => NewTokenKey::Secret,
        (Some(jwks), None) => NewTokenKey::KeySet(jwks),
        (None, Some(url)) => NewTokenKey::Url(url),
        (Some(_), Some(_)) => {
            return Err(Problem::invalid("jwksUrl", "Send jwks or jwksUrl, but not both."));
        }
    };
    let (operator, vault) = (app.operator(caller.by()), app.telephony.accounts.vault());
    let made = keys::add_key(&operator, vault, &app.remote_key_sets, &client_id, new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List the keys for agent tokens
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/agent-token-keys",
    operation_id = "agentTokenKeys",
    tag = "Administration",
    params(ClientInPath),
    responses(
        (status = 200, description = "The keys.", body = TokenKeyList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_agent_token_keys(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(client_id): Path<String>,
) -> Result<Json<TokenKeyList>, Problem> {
    Ok(Json(list(&app, &client_id).await?))
}

async fn list(app: &App, client_id: &str) -> Result<TokenKeyList, Problem> {
    Ok(keys::list_keys(&app.store, &app.remote_key_sets, client_id, app.now()).await?)
}

/// Remove a key for agent tokens
///
/// Tokens that it signed open no more sessions. Sessions that are open end within ten minutes.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/agent-token-keys/{keyId}",
    operation_id = "removeAgentTokenKey",
    tag = "Administration",
    params(ClientInPath, ("keyId" = String, Path, description = "The key's id, from the list.", example = "atk_0199d7d2c5e07c3f9a3be2b1f0c44a10")),
    responses(
        (status = 200, description = "The keys that are left.", body = TokenKeyList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_agent_token_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path((client_id, key_id)): Path<(String, String)>,
) -> Result<Json<TokenKeyList>, Problem> {
    let operator = app.operator(caller.by());
    keys::remove_key(&operator, &app.remote_key_sets, &client_id, &key_id).await?;
    Ok(Json(list(&app, &client_id).await?))
}
