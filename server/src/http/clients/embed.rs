//! Handler for the snippet that loads the ribbon: `GET /api/admin/clients/{clientId}/embed`.

use crate::app::App;
use crate::assets::Folder;
use crate::config::PublicUrl;
use crate::http::openapi::{ByAdmin, NotFound};
use crate::http::request::address::is_trusted_proxy;
use crate::http::request::auth::{ClientStaff, View};
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::services::ServiceError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap, Uri, header};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The loader's name among the browser files.
const LOADER: &str = "call-ribbon.js";

/// How a page loads the ribbon.
#[derive(Serialize, ToSchema)]
pub struct Embed {
    /// The script tag to copy into a page.
    #[schema(examples(r#"<script src="https://ribbon.example.com/call-ribbon.js" integrity="sha384-…" crossorigin="anonymous"></script>"#))]
    snippet: String,
    /// The script's address.
    #[schema(examples("https://ribbon.example.com/call-ribbon.js"))]
    src: String,
    /// The script's digest, which changes with each version of the server; null if the server was
    /// built without the ribbon.
    #[schema(required = true, examples("sha384-…"))]
    integrity: Option<String>,
}

/// Get the snippet that loads the ribbon
///
/// The address is that of the setting `public_url`, or else the one that this request was sent to.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/embed",
    operation_id = "embed",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The script tag.", body = Embed),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_embed(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Json<Embed>, Problem> {
    app.store.clients().find_client(&client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let src = match &app.config.public_url {
        Some(url) => url.join_path(&format!("/{LOADER}")),
        None => loader_address(&app, &uri, &headers, &extensions)?,
    };
    let integrity = loader_integrity();
    let pinned = integrity.as_ref().map(|digest| format!(r#" integrity="{digest}""#));
    let pinned = pinned.unwrap_or_default();
    let snippet = format!(r#"<script src="{src}"{pinned} crossorigin="anonymous"></script>"#);
    Ok(Json(Embed { snippet, src, integrity }))
}

/// Returns the loader's address, based on the address that the request was sent to.
fn loader_address(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<String, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let trusted = is_trusted_proxy(extensions, &app.config.limits.trusted_proxy);
    let proxys = |name: &str| text(name).filter(|_| trusted);
    let scheme = match proxys("x-forwarded-proto") {
        Some("https") => "https",
        Some("http") => "http",
        _ => app.scheme(),
    };
    // In HTTP/2 the host is part of the address.
    let named = text(header::HOST.as_str()).or_else(|| uri.authority().map(Authority::as_str));
    let host = proxys("x-forwarded-host").or(named);
    let path = proxys("x-forwarded-prefix").unwrap_or_default();
    // No other characters may get into a tag that an operator copies.
    let url = host.and_then(|host| format!("{scheme}://{host}{path}").parse().ok());
    let url: PublicUrl = url.ok_or_else(|| {
        Problem::invalid(
            "Host",
            "The header Host must contain the server's name, as the browser sends it.",
        )
    })?;
    Ok(url.join_path(&format!("/{LOADER}")))
}

/// Returns the loader's digest, as the build wrote it.
fn loader_integrity() -> Option<String> {
    let file = Folder::Built.get("integrity.json")?;
    let mut digests: HashMap<String, String> = serde_json::from_slice(&file.data).ok()?;
    digests.remove(LOADER)
}
