//! Serves every GET of `/api/ribbon/…` to staff as well, below
//! `/api/admin/clients/{clientId}/ribbon/…`.
//!
//! A request is passed to the routes that API keys use, so no route is listed here, and routes
//! added later are included automatically.

use crate::app::App;
use crate::http::openapi::{ByAdmin, NotFound};
use crate::http::request::auth::{ClientStaff, Reader, ViewTeams};
use crate::http::request::number_view::open_handles_in_address;
use crate::http::request::problem::Problem;
use crate::http::request::trace;
use crate::services::ServiceError;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, Uri, header};
use axum::response::Response;
use axum::{Extension, Router};
use std::sync::Arc;
use tower::ServiceExt as _;

/// The routes for API keys, without their CORS headers: staff sessions are used only on this
/// server's own pages.
#[derive(Clone)]
pub struct ApiKeyRoutes(pub Router);

/// Read as staff what an API key reads
///
/// Any GET of `/api/ribbon/…`, with the same query and the same answer: `rest` is the path after
/// `/api/ribbon/`, including slashes. The scopes of keys and the client's list of domains do not
/// apply. The operator can read a suspended client too. A ticket to the live stream that was issued
/// here is valid as long as the token that requested it.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/ribbon/{*rest}",
    operation_id = "readAsStaff",
    tag = "Administration",
    params(
        ("clientId" = String, Path, description = "The client's id.", example = "client-demo"),
        ("rest" = String, Path, description = "The rest of the path after `/api/ribbon/`.", example = "active-calls"),
    ),
    responses(
        (status = 200, description = "The same response as for the path after `/api/ribbon/`."),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn read_as_staff(
    State(app): State<Arc<App>>,
    caller: ClientStaff<ViewTeams>,
    Path((client_id, _)): Path<(String, String)>,
    Extension(ApiKeyRoutes(routes)): Extension<ApiKeyRoutes>,
    request: Request,
) -> Result<Response, Problem> {
    let client = app
        .store
        .clients()
        .find_client(&client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    trace::record_client(&client.id);
    let by = caller.by();
    let (name, id) = (by.name.to_owned(), by.id.map(str::to_owned));
    let (role, team) = (caller.role(), caller.team().cloned());
    let reader = Reader { client, name, id, role, team, credential: caller.credential };
    let asked = as_key_request(&app, &request, reader)?;
    Ok(routes.oneshot(asked).await.unwrap_or_else(|never| match never {}))
}

/// Builds the request that a caller with a key would send. It starts from an empty request, so that
/// neither the parts of this address nor the caller's token are carried over.
fn as_key_request(app: &App, request: &Request, reader: Reader) -> Result<Request, Problem> {
    let mut asked = Request::new(Body::empty());
    let uri = below_ribbon(request.uri()).ok_or_else(Problem::no_such_address)?;
    let opened = open_handles_in_address(&app.number_handles, &reader.client.id, &uri);
    *asked.uri_mut() = opened.unwrap_or(uri);
    *asked.headers_mut() = request.headers().clone();
    for said in [header::AUTHORIZATION, header::COOKIE, HeaderName::from_static("x-api-key")] {
        asked.headers_mut().remove(said);
    }
    asked.extensions_mut().insert(reader);
    Ok(asked)
}

/// Returns the address that API keys use. The rest of the path stays percent-encoded: a slash
/// within an id must not become a separator.
fn below_ribbon(uri: &Uri) -> Option<Uri> {
    /// The number of path segments up to the end of `/api/admin/clients/{clientId}/ribbon/`.
    const REST: usize = 6;
    let rest = uri.path().splitn(REST + 1, '/').nth(REST)?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = PathAndQuery::try_from(format!("/api/ribbon/{rest}{query}")).ok()?;
    Some(Uri::from(path))
}
