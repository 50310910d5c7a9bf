//! Handlers for files of numbers that must not be called:
//! `/api/admin/clients/{clientId}/suppressions/import[s]`.

use super::suppressions::{time_or_day, wrong_source};
use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_switch};
use crate::http::request::volume::pace_body;
use crate::services::permission::import::{self, ImportOrder};
use crate::services::permission::{client_with_numbers, lists};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use call_ribbon_shared::wire::{SuppressionImport, SuppressionImports};
use futures_util::StreamExt as _;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// What the file is. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Where the numbers come from: `customer`, `staff`, `import`, or `registry:` and the registry's
    /// name.
    #[param(
        max_length = 80,
        pattern = r"^(customer|staff|import|registry:[A-Za-z0-9_.-]+)?$",
        example = "registry:in-preference",
        default = "import"
    )]
    source: Option<String>,
    /// The date of the file: a time, or a day of the client's time zone. If missing, today.
    #[param(
        max_length = 40,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?$",
        example = "2025-10-12"
    )]
    as_of: Option<String>,
    /// Removes entries of earlier files of the same source that this file does not have, unless it
    /// has bad lines.
    #[param(value_type = Option<bool>, default = false)]
    replace: Option<String>,
}

/// Import numbers that must not be called
///
/// A file of comma-separated values, with the columns `number`, `scope`, `scopeValue`, `reason`,
/// `since` and `until` in any order, or without a heading and with the numbers in the first column.
/// It is read as it arrives and may be of any size; its progress is in the list of imports. A bad
/// line is left out, and the report says why. Importing a file again changes nothing.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/suppressions/import",
    operation_id = "importSuppressions",
    tag = "Administration",
    params(ClientPath, ImportQuery),
    request_body(content = String, content_type = "text/csv", description = "The file."),
    responses(
        (status = 200, description = "The report.", body = SuppressionImport),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn import_suppressions(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    QueryParams(query): QueryParams<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SuppressionImport>, Problem> {
    let (client, numbers) =
        client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    let source = non_empty(query.source).unwrap_or_else(|| "import".to_owned());
    if !lists::is_source(&source) {
        return Err(wrong_source());
    }
    let order = ImportOrder {
        source,
        as_of: time_or_day("asOf", query.as_of, &client)?.unwrap_or_else(|| app.now()),
        replace: read_switch("replace", query.replace.as_deref())?,
    };
    let operator = app.operator(caller.by());
    let file = match caller.limited_client() {
        Some(client_id) => pace_body(&app, client_id, &headers, body).left_stream(),
        None => body.into_data_stream().right_stream(),
    };
    Ok(Json(import::import_entries(&operator, &client, &numbers, order, file).await?))
}

/// List imports of numbers that must not be called
///
/// The latest 50, with their progress.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/suppressions/imports",
    operation_id = "suppressionImports",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The imports.", body = SuppressionImports),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_suppression_imports(
    State(app): State<Arc<App>>,
    _caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<SuppressionImports>, Problem> {
    let (client, _) = client_with_numbers(&app.store, &app.telephony.accounts, &client_id).await?;
    Ok(Json(import::list_imports(&app.store, &client.id).await?))
}
