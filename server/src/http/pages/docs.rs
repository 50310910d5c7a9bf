//! Handlers for `/docs`: the OpenAPI document in Swagger UI, which is part of the binary; nothing
//! is fetched from elsewhere.

use super::assets::accepts_coding;
use super::shared::MadeOnce;
use crate::http::request::problem::Problem;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use flate2::read::GzDecoder;
use std::borrow::Cow;
use std::io::Read as _;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// The document's address, and links to operations. Nothing is stored in the browser: a key that is
/// entered is gone with the page.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config =
        Config::new(["../api/openapi.json"]).deep_linking(true).display_request_duration(true);
    let config = config.doc_expansion("none").try_it_out_enabled(false).validator_url("none");
    // Each operation shows its own types. The list of all types at the end of the page would take a
    // third of the time until the page is usable.
    Arc::new(config.default_models_expand_depth(-1))
});

/// Swagger UI runs only its own scripts and connects only to this server. It sets styles on its
/// elements and shows icons as data URLs, which needs the two exceptions.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The files, unpacked, by path.
static UNPACKED: MadeOnce<String, Bytes> = MadeOnce::new();

/// `/docs`, without the slash that the page's links need.
pub async fn redirect_to_docs() -> Redirect {
    Redirect::permanent("./docs/")
}

/// `/docs/`.
pub async fn docs_page(headers: HeaderMap) -> Result<Response, Problem> {
    swagger_file("", &headers)
}

/// A file of the page.
pub async fn docs_file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    swagger_file(&path, &headers)
}

fn swagger_file(path: &str, asked: &HeaderMap) -> Result<Response, Problem> {
    let found = utoipa_swagger_ui::serve(path, Arc::clone(&CONFIG)).ok().flatten();
    let found = found.ok_or_else(Problem::no_such_address)?;
    let kind = HeaderValue::from_str(&found.content_type);
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let small = found.gzpipped && accepts_coding(accepted, "gzip");
    // Files are part of the binary, so all requests share them.
    let packed = match found.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let content = if found.gzpipped && !small {
        let unpack = || {
            let mut content = Vec::new();
            GzDecoder::new(&*packed).read_to_end(&mut content).ok()?;
            Some(content.into())
        };
        let content = UNPACKED.get_or_make(path.to_owned(), unpack);
        content.ok_or_else(|| Problem::from_status(StatusCode::INTERNAL_SERVER_ERROR))?
    } else {
        packed
    };
    let mut response = content.into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = kind {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if small {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Encoding"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
