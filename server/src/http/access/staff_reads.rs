//! What keys read, for those who are signed in: each GET of `/api/ribbon/…` is there below
//! `/api/admin/clients/{clientId}/ribbon/…` as well.
//!
//! The request goes through the very routes that keys use, so none has to be named here, and one
//! that is added later is there by itself.

use crate::app::App;
use crate::http::openapi::{ByAdmin, NotFound};
use crate::http::request::auth::{OfClient, Reader, View};
use crate::http::request::problem::Problem;
use crate::http::request::trace;
use crate::services::clients::client;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, Uri, header};
use axum::response::Response;
use axum::{Extension, Router};
use std::sync::Arc;
use tower::ServiceExt as _;

/// The routes that keys use, without what is said to pages of other origins: who is signed in is
/// so at this server's own pages alone.
#[derive(Clone)]
pub struct ByKeys(pub Router);

/// What an API key reads, for those who are signed in
///
/// Any GET of `/api/ribbon/…`, with the same query and the same answer: `rest` is what stands after
/// `/api/ribbon/` there, slashes and all. The key's scopes and the client's list of domains do not
/// count here. The operator reads of a suspended client, too. A ticket to the live stream that was
/// got here is good for as long as the token by which it was got.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/ribbon/{*rest}",
    operation_id = "readAsStaff",
    tag = "Administration",
    params(
        ("clientId" = String, Path, description = "The client's id.", example = "client-demo"),
        ("rest" = String, Path, description = "The rest of the address below `/api/ribbon/`.", example = "active-calls"),
    ),
    responses(
        (status = 200, description = "As at the address below `/api/ribbon/`."),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn read(
    State(app): State<Arc<App>>,
    caller: OfClient<View>,
    Path((client_id, _)): Path<(String, String)>,
    Extension(ByKeys(routes)): Extension<ByKeys>,
    request: Request,
) -> Result<Response, Problem> {
    let client = app.store.client(&client_id).await?.ok_or_else(client::unknown)?;
    trace::is_of(&client.id);
    let asked = asked_by_key(&request, Reader { client, pass: caller.pass })?;
    Ok(routes.oneshot(asked).await.unwrap_or_else(|never| match never {}))
}

/// The request as one with a key would have sent it. It is made anew, so that nothing is left of
/// this address in it: neither its parts, nor by what its sender is signed in.
fn asked_by_key(request: &Request, reader: Reader) -> Result<Request, Problem> {
    let mut asked = Request::new(Body::empty());
    *asked.uri_mut() = below_ribbon(request.uri()).ok_or_else(Problem::no_such_address)?;
    *asked.headers_mut() = request.headers().clone();
    for said in [header::AUTHORIZATION, HeaderName::from_static("x-api-key")] {
        asked.headers_mut().remove(said);
    }
    asked.extensions_mut().insert(reader);
    Ok(asked)
}

/// The address that keys use. The rest of the path stays written as it is: a slash that is part
/// of an id must not become one between two parts.
fn below_ribbon(uri: &Uri) -> Option<Uri> {
    /// `/api/admin/clients/{clientId}/ribbon/` ends before this part.
    const REST: usize = 6;
    let rest = uri.path().splitn(REST + 1, '/').nth(REST)?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = PathAndQuery::try_from(format!("/api/ribbon/{rest}{query}")).ok()?;
    Some(Uri::from(path))
}
