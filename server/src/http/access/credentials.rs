//! Handlers for a client's credentials: API keys, dialer keys and staff tokens, at
//! `/api/admin/clients/{clientId}/keys`, `…/dialer-keys` and `…/tokens`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::bounds::check_count;
use crate::http::request::paths::{ClientPath, KeyPath, TokenPath};
use crate::http::request::problem::Problem;
use crate::services::access::credentials;
use crate::services::access::credentials::objects::{
    ApiKeyList, ApiKeyObject, CreatedApiKey, CreatedDialerKey, CreatedStaffToken, DialerKeyList,
    DialerKeyObject, StaffTokenList, StaffTokenObject,
};
use crate::services::access::role::Role;
use crate::storage::{Numbers, SCOPES};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The scopes of a new key; if missing, all of them.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewApiKey)]
pub struct NewApiKeyBody {
    /// `ribbon` (sign in, log, control calls), `read`, `export`, `write` (customers).
    #[schema(value_type = Option<Vec<Scope>>, min_items = 1, max_items = 4)]
    scopes: Option<Vec<String>>,
    /// `masked`: answers contain only a few digits of each phone number, and a handle to dial it
    /// by. If missing, `full`.
    #[schema(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

/// The scopes of a key: the words of [`SCOPES`](crate::storage::SCOPES).
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "stands for the words in the document")]
enum Scope {
    Ribbon,
    Read,
    Export,
    Write,
}

/// What a key sees of phone numbers.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase", as = Numbers)]
#[expect(dead_code, reason = "stands for the words in the document")]
enum NumbersWord {
    Full,
    Masked,
}

/// A new staff token.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewStaffToken)]
pub struct NewStaffTokenBody {
    /// Its owner or purpose.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Asha, team lead"))]
    name: Option<String>,
    /// Its role. Only a person is a supervisor.
    #[schema(
        value_type = String,
        required = true,
        max_length = 20,
        pattern = "^(admin|viewer|masked-viewer)$",
        examples("viewer")
    )]
    role: Option<String>,
}

/// Create an API key
///
/// Only this answer holds the key in full: the server stores its hash.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/keys",
    operation_id = "createKey",
    tag = "Administration",
    params(ClientPath),
    request_body = NewApiKeyBody,
    responses(
        (status = 201, description = "The key.", body = CreatedApiKey),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_api_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewApiKeyBody>,
) -> Result<(StatusCode, Json<CreatedApiKey>), Problem> {
    if let Some(scopes) = &body.scopes {
        check_count("scopes", scopes, SCOPES.len())?;
    }
    let numbers = match body.numbers.as_deref() {
        None => Numbers::Full,
        Some(word) => Numbers::parse(word)
            .ok_or_else(|| Problem::invalid("numbers", "numbers must be full or masked."))?,
    };
    let operator = app.operator(caller.by());
    let created = credentials::create_api_key(&operator, &client_id, body.scopes, numbers).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// List a client's API keys
///
/// Includes revoked ones, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/keys",
    operation_id = "keys",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The keys.", body = ApiKeyList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_api_keys(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<ApiKeyList>, Problem> {
    let keys = credentials::list_credentials(&app.operator(caller.by()), &client_id).await?;
    Ok(Json(ApiKeyList { keys }))
}

/// Revoke an API key
///
/// This cannot be undone. The key stays in the list; revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/keys/{keyId}",
    operation_id = "revokeKey",
    tag = "Administration",
    params(KeyPath),
    responses(
        (status = 200, description = "The revoked key.", body = ApiKeyObject),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn revoke_api_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(KeyPath { client_id, key_id }): Path<KeyPath>,
) -> Result<Json<ApiKeyObject>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(credentials::revoke_credential(&operator, &client_id, &key_id).await?))
}

/// Create a dialer key
///
/// A dialer uses it to hand over leads; it gives access to nothing else. Only this answer holds the
/// key in full: the server stores its hash.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/dialer-keys",
    operation_id = "createDialerKey",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 201, description = "The key.", body = CreatedDialerKey),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_dialer_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<(StatusCode, Json<CreatedDialerKey>), Problem> {
    let public_url = app.config.public_url.as_ref();
    let created =
        credentials::create_dialer_key(&app.operator(caller.by()), &client_id, public_url).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// List a client's dialer keys
///
/// Includes revoked ones, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/dialer-keys",
    operation_id = "dialerKeys",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The keys.", body = DialerKeyList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_dialer_keys(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<DialerKeyList>, Problem> {
    let dialer_keys = credentials::list_credentials(&app.operator(caller.by()), &client_id).await?;
    Ok(Json(DialerKeyList { dialer_keys }))
}

/// Revoke a dialer key
///
/// This cannot be undone. The key stays in the list; revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/dialer-keys/{keyId}",
    operation_id = "revokeDialerKey",
    tag = "Administration",
    params(KeyPath),
    responses(
        (status = 200, description = "The revoked key.", body = DialerKeyObject),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn revoke_dialer_key(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(KeyPath { client_id, key_id }): Path<KeyPath>,
) -> Result<Json<DialerKeyObject>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(credentials::revoke_credential(&operator, &client_id, &key_id).await?))
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
    params(ClientPath),
    request_body = NewStaffTokenBody,
    responses(
        (status = 201, description = "The token.", body = CreatedStaffToken),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_staff_token(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewStaffTokenBody>,
) -> Result<(StatusCode, Json<CreatedStaffToken>), Problem> {
    let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
    let name = body::id_text("name", body.name.ok_or_else(|| missing("name"))?)?;
    let role = body.role.ok_or_else(|| missing("role"))?;
    let role = Role::parse_for_token(&role)
        .ok_or_else(|| Problem::invalid("role", "role must be admin, viewer or masked-viewer."))?;
    let created =
        credentials::create_staff_token(&app.operator(caller.by()), &client_id, name, role).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// List the staff tokens of this client
///
/// Includes revoked ones, oldest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/tokens",
    operation_id = "tokens",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The tokens.", body = StaffTokenList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_staff_tokens(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<StaffTokenList>, Problem> {
    let tokens = credentials::list_credentials(&app.operator(caller.by()), &client_id).await?;
    Ok(Json(StaffTokenList { tokens }))
}

/// Revoke a token
///
/// This cannot be undone. The token stays in the list; revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/tokens/{tokenId}",
    operation_id = "revokeToken",
    tag = "Administration",
    params(TokenPath),
    responses(
        (status = 200, description = "The revoked token.", body = StaffTokenObject),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn revoke_staff_token(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(TokenPath { client_id, token_id }): Path<TokenPath>,
) -> Result<Json<StaffTokenObject>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(credentials::revoke_credential(&operator, &client_id, &token_id).await?))
}
