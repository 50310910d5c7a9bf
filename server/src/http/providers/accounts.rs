//! Handlers for a client's accounts at telephony providers:
//! `/api/admin/clients/{clientId}/providers`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::paths::{AccountPath, ClientPath};
use crate::http::request::problem::Problem;
use crate::patch::Patch;
use crate::services::providers::accounts::management::{
    self, AccountChange, AccountList, AccountShown, Made, NewAccount, Webhook, WebhookList,
};
use crate::services::providers::accounts::validation::{self, Validation};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

/// A new account at a provider.
#[derive(Deserialize, ToSchema)]
pub struct NewProvider {
    /// The provider.
    #[schema(value_type = String, required = true, max_length = 20, pattern = "^(simulator|exotel|tata|asterisk)$", examples("simulator"))]
    provider: Option<String>,
    /// The client's name for the account.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Collections, Mumbai"))]
    name: Option<String>,
    /// Whether calls may be started through it; if missing, they may.
    enabled: Option<bool>,
    /// Whether it is the client's default account, which no other is then.
    default: Option<bool>,
    /// The settings that the provider needs: at most 64 KiB as JSON, and 2,000 characters each.
    #[schema(value_type = Option<Object>, examples(json!({})))]
    settings: Option<Map<String, Value>>,
}

/// A change to an account; fields that are missing stay as they are.
#[derive(Deserialize, ToSchema)]
pub struct ProviderBody {
    /// May be given, but not changed.
    #[schema(ignore)]
    provider: Option<String>,
    /// The client's name for the account.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Collections, Mumbai"))]
    name: Patch<String>,
    /// Whether calls may be started through it.
    enabled: Option<bool>,
    /// Whether it is the client's default account, which no other is then.
    default: Option<bool>,
    /// Changes to the settings: null removes one, and `…` keeps a secret as it is. At most 64 KiB as
    /// JSON, and 2,000 characters each.
    #[schema(value_type = Option<Object>, examples(json!({})))]
    settings: Option<Map<String, Value>>,
}

/// Create an account at a provider
///
/// `webhookUrl` is the address that the provider must send its webhooks to. Secrets among the
/// settings are stored encrypted and never shown again; without `CALL_RIBBON_SECRET_KEY` they are
/// refused. A client has at most 50 accounts.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/providers",
    operation_id = "createProvider",
    tag = "Administration",
    params(ClientPath),
    request_body = NewProvider,
    responses(
        (status = 201, description = "The account.", body = Made),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn create_account(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewProvider>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let provider = body.provider;
    let new = NewAccount {
        provider: provider.ok_or_else(|| Problem::invalid("provider", "provider is missing."))?,
        name: body.name.map(|name| body::id_text("name", name)).transpose()?,
        enabled: body.enabled.unwrap_or(true),
        default: body.default.unwrap_or(false),
        settings: body.settings.map(check_settings_size).transpose()?.unwrap_or_default(),
    };
    let made = management::create_account(&app.account_admin(caller.by()), &client_id, new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List a client's accounts at providers
///
/// A client without accounts uses the simulator.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/providers",
    operation_id = "providers",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The accounts.", body = AccountList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_accounts(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<AccountList>, Problem> {
    Ok(Json(management::list_accounts(&app.account_admin(caller.by()), &client_id).await?))
}

/// Get an account at a provider
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/providers/{accountId}",
    operation_id = "provider",
    tag = "Administration",
    params(AccountPath),
    responses(
        (status = 200, description = "The account.", body = AccountShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_account(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(AccountPath { client_id, account_id }): Path<AccountPath>,
) -> Result<Json<AccountShown>, Problem> {
    Ok(Json(
        management::find_account(&app.account_admin(caller.by()), &client_id, &account_id).await?,
    ))
}

/// Change an account at a provider
///
/// Fields that are missing stay as they are, also within the settings. The provider cannot be
/// changed: create another account instead.
#[utoipa::path(
    patch,
    path = "/api/admin/clients/{clientId}/providers/{accountId}",
    operation_id = "changeProvider",
    tag = "Administration",
    params(AccountPath),
    request_body = ProviderBody,
    responses(
        (status = 200, description = "The changed account.", body = AccountShown),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_account(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(AccountPath { client_id, account_id }): Path<AccountPath>,
    JsonBody(body): JsonBody<ProviderBody>,
) -> Result<Json<AccountShown>, Problem> {
    let admin = app.account_admin(caller.by());
    if let Some(provider) = body.provider
        && management::find_account(&admin, &client_id, &account_id).await?.provider != provider
    {
        return Err(Problem::invalid("provider", "provider cannot be changed; make an account."));
    }
    let change = AccountChange {
        name: body.name.try_map(|name| body::id_text("name", name))?,
        enabled: body.enabled,
        default: body.default,
        settings: body.settings.map(check_settings_size).transpose()?,
    };
    Ok(Json(management::change_account(&admin, &client_id, &account_id, change).await?))
}

/// Remove an account at a provider
///
/// Refused while calls of its provider are in progress: disable the account then, and remove it
/// when they have ended. Its calls stay.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/providers/{accountId}",
    operation_id = "removeProvider",
    tag = "Administration",
    params(AccountPath),
    responses(
        (status = 200, description = "The removed account.", body = AccountShown),
        ByAdmin, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_account(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(AccountPath { client_id, account_id }): Path<AccountPath>,
) -> Result<Json<AccountShown>, Problem> {
    Ok(Json(
        management::remove_account(&app.account_admin(caller.by()), &client_id, &account_id)
            .await?,
    ))
}

/// Test an account's credentials
///
/// Sends a request to the provider, without calling anyone.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/providers/{accountId}/validate",
    operation_id = "validateProvider",
    tag = "Administration",
    params(AccountPath),
    responses(
        (status = 200, description = "Whether the account works, and if not, why.", body = Validation),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn validate_account(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(AccountPath { client_id, account_id }): Path<AccountPath>,
) -> Result<Json<Validation>, Problem> {
    Ok(Json(
        validation::validate_account(
            &app.account_admin(caller.by()),
            &app.telephony.provider_client,
            &client_id,
            &account_id,
        )
        .await?,
    ))
}

/// Give an account's webhook a new address
///
/// The previous address stays valid for seven days, so that no report on a call in progress is
/// lost; the one before that stops working.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/providers/{accountId}/webhook-secret",
    operation_id = "rotateWebhookSecret",
    tag = "Administration",
    params(AccountPath),
    responses(
        (status = 200, description = "The new webhook URL.", body = Webhook),
        ByAdmin, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn rotate_webhook(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(AccountPath { client_id, account_id }): Path<AccountPath>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(
        management::rotate_webhook(&app.account_admin(caller.by()), &client_id, &account_id)
            .await?,
    ))
}

/// Get the addresses for providers' webhooks
///
/// They contain secrets, so a viewer may not read them.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/webhooks",
    operation_id = "webhooks",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The webhook URLs.", body = WebhookList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_webhooks(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<WebhookList>, Problem> {
    Ok(Json(management::list_webhooks(&app.account_admin(caller.by()), &client_id).await?))
}

/// Refuses settings that are too large to be those of an account.
fn check_settings_size(settings: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    /// The most bytes of all settings as JSON; enough for a private key with its certificate.
    const LONGEST: usize = 64 * 1024;
    let text = Value::Object(settings);
    if text.to_string().len() > LONGEST {
        let sentence = format!("settings must have at most {LONGEST} bytes.");
        return Err(Problem::invalid("settings", sentence));
    }
    match text {
        Value::Object(settings) => Ok(settings),
        // Unreachable: the value was made from a map.
        _ => Ok(Map::new()),
    }
}
