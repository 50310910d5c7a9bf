//! Handlers for a client's alerts and digests: `/api/admin/clients/{clientId}/alerts`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::services::access::role::Role;
use crate::services::clients::alerts::deliver::TestResult;
use crate::services::clients::alerts::settings::{self, AlertSettings, AlertsShown};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// What receivers of webhooks need.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecret {
    /// The key with which `webhook-signature` is made.
    #[schema(examples("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))]
    secret: String,
}

impl WebhookSecret {
    /// Shows a key.
    pub fn new(secret: String) -> Self {
        Self { secret }
    }
}

/// The results of a test, one for each recipient.
#[derive(Serialize, ToSchema)]
pub struct TestResults {
    results: Vec<TestResult>,
}

/// Get the client's alerts
///
/// The settings, the alerts that are raised now, and the latest messages. A viewer sees only the host
/// of a webhook.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/alerts",
    operation_id = "alerts",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The settings and the alerts.", body = AlertsShown),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_alerts(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<AlertsShown>, Problem> {
    let may_change = caller.role().is_none_or(|role| role == Role::Admin);
    let sends_email = app.delivery.mailer.is_some();
    Ok(Json(settings::show_alerts(&app.store, &client_id, sends_email, may_change).await?))
}

/// Settings to save, in the document: those of the answer, each of which may be missing.
struct AlertSettingsChange;

impl PartialSchema for AlertSettingsChange {
    fn schema() -> RefOr<Schema> {
        let mut schema = AlertSettings::schema();
        if let RefOr::T(Schema::Object(settings)) = &mut schema {
            settings.required.clear();
        }
        schema
    }
}

impl ToSchema for AlertSettingsChange {
    fn name() -> Cow<'static, str> {
        "AlertSettingsChange".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        AlertSettings::schemas(schemas);
    }
}

/// Set what the client is alerted of
///
/// Replaces all settings; fields that are missing get their defaults. The rules are judged every
/// minute. A rule that is broken raises an alert once, and a second message says when it is
/// resolved. Messages that cannot be sent are tried again for about nine hours.
#[utoipa::path(
    put,
    path = "/api/admin/clients/{clientId}/alerts",
    operation_id = "setAlerts",
    tag = "Administration",
    params(ClientPath),
    request_body = AlertSettingsChange,
    responses(
        (status = 200, description = "The settings and the alerts.", body = AlertsShown),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn set_alerts(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<AlertSettings>,
) -> Result<Json<AlertsShown>, Problem> {
    let operator = app.operator(caller.by());
    settings::save_settings(&operator, app.delivery.client.guard(), &client_id, body).await?;
    let sends_email = app.delivery.mailer.is_some();
    Ok(Json(settings::show_alerts(&app.store, &client_id, sends_email, true).await?))
}

/// Send a test message
///
/// To all recipients that are saved, at once.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/alerts/test",
    operation_id = "testAlerts",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "What became of each message.", body = TestResults),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn test_alerts(
    State(app): State<Arc<App>>,
    _: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<TestResults>, Problem> {
    app.reveal_limit.check_rate(format!("alerts {client_id}"), app.now())?;
    let results = app.delivery.send_test(&app.store, &app.ids, &client_id, app.now()).await?;
    Ok(Json(TestResults { results }))
}

/// Get the key of the client's webhook
///
/// Messages have the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, as Standard
/// Webhooks says.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/alerts/secret",
    operation_id = "alertsSecret",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The key.", body = WebhookSecret),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_alerts_secret(
    State(app): State<Arc<App>>,
    _: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<WebhookSecret>, Problem> {
    Ok(Json(WebhookSecret::new(app.delivery.key_of(&client_id))))
}
