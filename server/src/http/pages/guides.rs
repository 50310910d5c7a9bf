//! Handlers for `/docs/guides`: the book of the guides, which is part of the binary.

use super::assets::guide_file;
use crate::assets::{Folder, GUIDES_NOT_BUILT};
use crate::http::request::problem::Problem;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Redirect, Response};

/// The book's first page.
const FIRST_PAGE: &str = "index.html";

/// `/docs/guides`, without the slash that the book's links need.
pub async fn redirect_to_guides() -> Redirect {
    Redirect::permanent("./guides/")
}

/// `/docs/guides/`.
pub async fn guides_index(headers: HeaderMap) -> Result<Response, Problem> {
    serve_page(FIRST_PAGE, &headers)
}

/// A file of the book.
pub async fn guides_file(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    serve_page(&path, &headers)
}

fn serve_page(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let Some(mut page) = guide_file(path, headers) else {
        return Err(if Folder::Guides.get(FIRST_PAGE).is_some() {
            Problem::no_such_address()
        } else {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_built", GUIDES_NOT_BUILT)
        });
    };
    page.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(page)
}
