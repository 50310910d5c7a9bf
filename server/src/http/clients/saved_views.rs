//! Handlers for the dashboard's saved views.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, ByKey, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Keyed, Read, View};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::paths::{ClientPath, ViewPath};
use crate::http::request::problem::Problem;
use crate::services::clients::saved_views::{
    self, MAX_PATH_CHARS, PATH_PATTERN, SavedView, SavedViews,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, Type};

/// A new saved view.
#[derive(Deserialize, ToSchema)]
pub struct NewView {
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("Overdue more than 60 days"))]
    name: Option<String>,
    #[schema(schema_with = path_kind, required = true)]
    path: Option<String>,
}

fn path_kind() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_PATH_CHARS))
        .pattern(Some(PATH_PATTERN))
        .description(Some("A path within the dashboard, without scheme and host."))
        .examples(["/dashboard/ask?by=context.daysOverdue"])
        .into()
}

/// List the saved views
///
/// Views that admins have saved for everybody, and those that the caller has saved.
#[utoipa::path(
    get,
    path = "/api/ribbon/views",
    operation_id = "savedViews",
    tag = "Figures",
    responses(
        (status = 200, description = "The views.", body = SavedViews),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_saved_views(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
) -> Result<Json<SavedViews>, Problem> {
    Ok(Json(
        saved_views::list_views(&app.store, &caller.client.id, caller.member_id.as_deref()).await?,
    ))
}

/// Save a view
///
/// An admin saves a view for everybody, a viewer for themselves. A client has at most 200 for
/// everybody, and each viewer as many.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/views",
    operation_id = "saveView",
    tag = "Administration",
    params(ClientPath),
    request_body = NewView,
    responses(
        (status = 201, description = "The view.", body = SavedView),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn save_view(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<NewView>,
) -> Result<(StatusCode, Json<SavedView>), Problem> {
    let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
    let name = body::id_text("name", body.name.ok_or_else(|| missing("name"))?)?;
    let path = body.path.ok_or_else(|| missing("path"))?;
    let operator = app.operator(caller.by());
    let may_change = caller.may_change();
    let saved = saved_views::save_view(&operator, &client_id, name, path, may_change).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// Remove a saved view
///
/// An admin removes views that everybody sees, a viewer their own.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/views/{viewId}",
    operation_id = "removeView",
    tag = "Administration",
    params(ViewPath),
    responses(
        (status = 200, description = "The removed view.", body = SavedView),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_view(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ViewPath { client_id, view_id }): Path<ViewPath>,
) -> Result<Json<SavedView>, Problem> {
    let (operator, may_change) = (app.operator(caller.by()), caller.may_change());
    Ok(Json(saved_views::remove_view(&operator, &client_id, &view_id, may_change).await?))
}
