//! Handlers for a client's own packs of rules:
//! `/api/admin/clients/{clientId}/call-rules/packs/{packName}`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::{JsonBody, read_part};
use crate::http::request::bounds::{check_bytes, text_within};
use crate::http::request::paths::PackPath;
use crate::http::request::problem::Problem;
use crate::services::permission::packs::{self, OwnPackObject};
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_rules::Pack;
use call_ribbon_shared::wire::RawValue;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};

/// The most bytes of the rules, as JSON.
const LARGEST_RULES: usize = 64 * 1024;

/// A pack of rules, in the form of the files in `rules/packs` of the source.
#[derive(Deserialize, ToSchema)]
pub struct OwnPackBody {
    /// The same as in the address; it may be missing.
    #[schema(max_length = 100, examples("own-lunch"))]
    name: Option<String>,
    /// What it is, in a few words.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$", examples("No calls at lunch"))]
    title: Option<String>,
    /// The country it is for, in ISO 3166 alpha-2.
    #[schema(max_length = 2, pattern = "^[A-Z]{2}$", examples("IN"))]
    country: Option<String>,
    /// Its rules: 1 to 20, and at most 64 KiB as JSON. `standing` of each is `policy`.
    #[schema(schema_with = rule_list, required = true)]
    rules: Option<Box<RawValue>>,
}

fn rule_list() -> Schema {
    let open = json!([{"days": [1, 2, 3, 4, 5], "from": "14:00", "to": "18:00"}]);
    ArrayBuilder::new()
        .items(ObjectBuilder::new().schema_type(Type::Object))
        .min_items(Some(1))
        .max_items(Some(20))
        .description(Some(
            "Its rules: 1 to 20, and at most 64 KiB as JSON. `standing` of each is `policy`.",
        ))
        .examples([json!([{
            "id": "lunch", "test": {"kind": "hours", "open": open}, "effect": "block",
            "standing": "policy", "source": "Our policy", "sourceDate": "2026-11-29",
            "mayOverride": "agent", "says": "We call on weekdays in the afternoon."
        }])])
        .into()
}

/// Get a pack of the client's own
///
/// In the form in which it is sent, with its version.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/call-rules/packs/{packName}",
    operation_id = "ownPack",
    tag = "Administration",
    params(PackPath),
    responses(
        (status = 200, description = "The pack.", body = OwnPackObject),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_own_pack(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(PackPath { client_id, pack_name }): Path<PackPath>,
) -> Result<Json<OwnPackObject>, Problem> {
    Ok(Json(packs::show_own_pack(&app.store, &client_id, &pack_name).await?))
}

/// Set a pack of the client's own
///
/// Makes or replaces it. The server sets its version, which goes up with each change; the same pack
/// once more changes nothing. If it is on, calls are judged by the new version from now on, and no
/// earlier decision changes. A client has at most ten.
#[utoipa::path(
    put,
    path = "/api/admin/clients/{clientId}/call-rules/packs/{packName}",
    operation_id = "setOwnPack",
    tag = "Administration",
    params(PackPath),
    request_body = OwnPackBody,
    responses(
        (status = 200, description = "The pack.", body = OwnPackObject),
        ByAdminBody, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn set_own_pack(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(PackPath { client_id, pack_name }): Path<PackPath>,
    JsonBody(body): JsonBody<OwnPackBody>,
) -> Result<Json<OwnPackObject>, Problem> {
    let pack = body.into_pack(pack_name)?;
    Ok(Json(packs::save_own_pack(&app.operator(caller.by()), &client_id, pack).await?))
}

/// Remove a pack of the client's own
///
/// It must be switched off. Decisions that were made by it stay, and a pack of the same name goes on
/// with the next version.
#[utoipa::path(
    delete,
    path = "/api/admin/clients/{clientId}/call-rules/packs/{packName}",
    operation_id = "removeOwnPack",
    tag = "Administration",
    params(PackPath),
    responses(
        (status = 200, description = "The removed pack.", body = OwnPackObject),
        ByAdmin, NotFound, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn remove_own_pack(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(PackPath { client_id, pack_name }): Path<PackPath>,
) -> Result<Json<OwnPackObject>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(packs::remove_own_pack(&operator, &client_id, &pack_name).await?))
}

impl OwnPackBody {
    /// Reads the pack that is to be stored under a name.
    fn into_pack(self, name: String) -> Result<Pack, Problem> {
        if let Some(sent) = self.name {
            let sent = text_within("name", sent, 100)?;
            if sent != name {
                let sentence = "name must be the same as in the address; it may be missing.";
                return Err(Problem::invalid("name", sentence));
            }
        }
        let missing = |field: &str| Problem::invalid(field, format!("{field} is missing."));
        let country = self.country.map(|country| text_within("country", country, 2)).transpose()?;
        let title = self.title.ok_or_else(|| missing("title"))?;
        let rules = self.rules.ok_or_else(|| missing("rules"))?;
        check_bytes("rules", &rules, LARGEST_RULES)?;
        Ok(Pack { name, version: 0, title, country, rules: read_part(&rules, "rules")? })
    }
}
