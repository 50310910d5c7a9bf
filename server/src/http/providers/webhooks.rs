//! Handlers for the webhooks of telephony providers: `/api/webhooks/{provider}/{secret}`.

use crate::app::App;
use crate::http::openapi::ByProvider;
use crate::http::request::auth::Provider;
use crate::http::request::paths::WebhookPath;
use crate::http::request::problem::Problem;
use crate::services::calls::reports::webhooks;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Confirms that the webhook is on disk.
#[derive(Serialize, ToSchema)]
pub struct Heard {
    /// Always true.
    ok: bool,
}

/// Receive a provider's webhook
///
/// The webhook is stored and answered at once, and processed afterwards. Repeating it changes
/// nothing. The provider defines its content.
#[utoipa::path(
    post,
    path = "/api/webhooks/{provider}/{secret}",
    operation_id = "providerTold",
    tag = "Providers",
    params(
        WebhookPath,
    ),
    responses(
        (status = 200, description = "The webhook is saved.", body = Heard),
        ByProvider,
    ),
    security(("webhookSecret" = [])),
)]
pub async fn receive_webhook(
    State(app): State<Arc<App>>,
    provider: Provider,
) -> Result<Json<Heard>, Problem> {
    let Provider { client, account, delivered } = provider;
    webhooks::accept_webhook(&app.telephony, client, account, delivered).await?;
    Ok(Json(Heard { ok: true }))
}

/// Receive a provider's webhook, by GET
///
/// As by POST, with everything in the query.
#[utoipa::path(
    get,
    path = "/api/webhooks/{provider}/{secret}",
    operation_id = "providerToldByGet",
    tag = "Providers",
    params(
        WebhookPath,
    ),
    responses(
        (status = 200, description = "The webhook is saved.", body = Heard),
        ByProvider,
    ),
    security(("webhookSecret" = [])),
)]
pub async fn receive_webhook_by_get(
    app: State<Arc<App>>,
    provider: Provider,
) -> Result<Json<Heard>, Problem> {
    receive_webhook(app, provider).await
}
