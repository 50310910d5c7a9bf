//! Handlers for files for browsers, in the smallest encoding that the browser accepts.

use super::policy;
use super::shared::MadeOnce;
use crate::app::App;
use crate::assets::{Folder, NOT_BUILT};
use crate::http::request::below_path;
use crate::http::request::problem::Problem;
use crate::ids::to_hex;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::EmbeddedFile;
use std::borrow::Cow;
use std::sync::Arc;

/// Files with the path of the site inserted, by folder, path and that path.
static WRITTEN: MadeOnce<(Folder, String, String), Bytes> = MadeOnce::new();
/// The policies of pages with scripts of their own, by folder, path and the path of the site.
static POLICIES: MadeOnce<(Folder, String, String), HeaderValue> = MadeOnce::new();

/// `/`: the welcome page if it exists, else the dashboard.
pub async fn welcome_page(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match serve_example(&app, "index.html", &headers) {
        Ok(page) => page,
        Err(_) => Redirect::temporary("./dashboard").into_response(),
    }
}

/// `/dashboard` and every path below it, which its own router shows.
pub async fn dashboard_page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let below = below_path::base_path(&app);
    let mut page =
        serve_file(Folder::Built, "index.html", &headers, below).ok_or_else(not_built)?;
    page.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(page)
}

/// `/inspector`: triggers and shows every event, without an account.
pub async fn inspector_page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    serve_example(&app, "inspector.html", &headers)
}

/// A page's address with a slash at its end, as people type it.
pub async fn redirect_without_slash(uri: Uri) -> Redirect {
    let name = uri.path().trim_matches('/');
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("../{name}{query}"))
}

/// `/examples`, without the slash that its links need.
pub async fn redirect_to_examples() -> Redirect {
    Redirect::permanent("./examples/")
}

/// `/examples/`.
pub async fn example_index(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    serve_example(&app, "index.html", &headers)
}

/// A file of the examples; for a folder, its page.
pub async fn example_file(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if path.ends_with('/') {
        return serve_example(&app, &format!("{path}index.html"), &headers);
    }
    let found = serve_example(&app, &path, &headers);
    if found.is_err() && serve_example(&app, &format!("{path}/index.html"), &headers).is_ok() {
        // Without the slash the page's relative links would not resolve. The redirect is relative,
        // so that no path can lead to another host.
        let last = path.rsplit('/').next().unwrap_or_default();
        return Ok(Redirect::permanent(&format!("./{last}/")).into_response());
    }
    found
}

/// Returns a file of the examples, unless the settings leave them out.
fn serve_example(app: &App, path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let is_served = !app.config.no_examples;
    is_served
        .then(|| serve_file(Folder::Examples, path, headers, below_path::base_path(app)))
        .flatten()
        .ok_or_else(Problem::no_such_address)
}

/// Every other path: the output of `trunk build`.
pub async fn browser_file(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    let found = serve_file(Folder::Built, path, &headers, below_path::base_path(&app));
    match found {
        Some(_) if method != Method::GET && method != Method::HEAD => {
            Err(Problem::from_status(StatusCode::METHOD_NOT_ALLOWED))
        }
        Some(found) => Ok(found),
        None if path == "call-ribbon.js" => Err(not_built()),
        None => Err(Problem::no_such_address()),
    }
}

/// Returns a file of the output of `trunk build`.
pub(super) fn built_file(path: &str, headers: &HeaderMap, below: &str) -> Option<Response> {
    serve_file(Folder::Built, path, headers, below)
}

/// Returns a file of the guides. Their links are relative, so nothing is inserted.
pub(super) fn guide_file(path: &str, headers: &HeaderMap) -> Option<Response> {
    serve_file(Folder::Guides, path, headers, "")
}

/// Answers with a file in the smallest encoding that the browser accepts, or with 304 if it has the
/// file already. Paths in pages get the path of the site below which the server runs.
fn serve_file(folder: Folder, path: &str, headers: &HeaderMap, below: &str) -> Option<Response> {
    let plain = folder.get(path)?;
    let is_written = !below.is_empty() && names_paths(folder, path);
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    let codings: &[&str] = if is_written { &[] } else { &["br", "gzip"] };
    let smaller =
        codings.iter().copied().filter(|coding| accepts_coding(accepted, coding)).find_map(
            |coding| {
                let suffix = if coding == "br" { "br" } else { "gz" };
                Some((coding, folder.get(&format!("{path}.{suffix}"))?))
            },
        );
    let policy = page_policy(folder, path, below, &plain);
    // The tag is that of the encoded bytes: two encodings of one file must not match.
    let (coding, content) = match smaller {
        Some((coding, smaller)) => (Some(coding), smaller),
        None => (None, plain),
    };
    let below = if is_written { below } else { "" };
    let tag = format!("\"{}{below}\"", &to_hex(&content.metadata.sha256_hash())[..32]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let unchanged = known.is_some_and(|known| {
        known.split(',').any(
            |one| matches!(one.trim().trim_start_matches("W/"), one if one == tag || one == "*"),
        )
    });
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(sent_bytes(folder, path, below, content)).into_response()
    };
    let sent = response.headers_mut();
    if !unchanged {
        sent.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        if let Some(coding) = coding {
            sent.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
    }
    sent.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
    if let Some(policy) = policy {
        sent.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, cache_control(path)),
        (header::VARY, "Accept-Encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        sent.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

/// Returns the bytes of a file, which all requests share. `below` is the path of the site to insert;
/// empty if nothing is inserted.
fn sent_bytes(folder: Folder, path: &str, below: &str, file: EmbeddedFile) -> Bytes {
    if below.is_empty() {
        return match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
    }
    let write = || {
        let text = String::from_utf8_lossy(&file.data);
        Some(below_path::prefix_paths(&text, below).into_bytes().into())
    };
    WRITTEN.get_or_make((folder, path.to_owned(), below.to_owned()), write).unwrap_or_default()
}

/// Returns the content security policy of a page; `None` if the file is not a page.
fn page_policy(
    folder: Folder,
    path: &str,
    below: &str,
    page: &EmbeddedFile,
) -> Option<HeaderValue> {
    if !is_page(path) {
        return None;
    }
    let write: fn(&str) -> String = match folder {
        Folder::Examples => policy::example_policy,
        Folder::Guides => policy::guide_policy,
        Folder::Built => {
            let policy = if path == "embed.html" { policy::EMBED } else { policy::DASHBOARD };
            return Some(HeaderValue::from_static(policy));
        }
        #[cfg(test)]
        Folder::Tests => return None,
    };
    POLICIES.get_or_make((folder, path.to_owned(), below.to_owned()), || {
        let text = String::from_utf8_lossy(&page.data);
        let text = below_path::prefix_paths(&text, below);
        HeaderValue::from_str(&write(&text)).ok()
    })
}

fn is_page(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "html")
}

/// Returns whether a file holds paths on this server.
fn names_paths(folder: Folder, path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension == "html" || (extension == "js" && matches!(folder, Folder::Examples))
}

/// The error if the browser files are missing.
pub(super) fn not_built() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_built", NOT_BUILT)
}

/// Returns whether a browser accepts an encoding: it is named, and its weight is not zero.
pub(super) fn accepts_coding(accepted: Option<&str>, coding: &str) -> bool {
    accepted.unwrap_or_default().split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.trim().parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

/// Returns how long a file may be cached. A name that contains its content's hash never changes its
/// meaning.
fn cache_control(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    // trunk writes 64 bits in hexadecimal, without leading zeros.
    let is_hash =
        |part: &str| (13..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    if name.split(|c: char| !c.is_ascii_alphanumeric()).any(is_hash) {
        "public, max-age=31536000, immutable"
    } else if path == "call-ribbon.js" {
        "public, max-age=300, must-revalidate"
    } else {
        "no-cache"
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_kept_for_a_year() {
        let year = "public, max-age=31536000, immutable";
        assert_eq!(cache_control("ribbon-0123456789abcdef_bg.wasm"), year);
        assert_eq!(cache_control("locale/hi.0123456789abcdef.json"), year);
        // Without the zeros that would lead it.
        assert_eq!(cache_control("tokens-18ce09672001984.css"), year);
        assert_eq!(cache_control("call-ribbon.js"), "public, max-age=300, must-revalidate");
        assert_eq!(cache_control("index.html"), "no-cache");
    }

    fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        serve_file(Folder::Tests, path, &headers.collect(), "").unwrap()
    }

    fn header(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[test]
    fn a_file_comes_in_the_smallest_form_that_the_browser_takes() {
        let mut tags = Vec::new();
        for (accepted, coding) in [("", ""), ("gzip, deflate", "gzip"), ("gzip, br", "br")] {
            let response = get("call-ribbon.js", &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(header(&response, header::CONTENT_ENCODING), coding);
            assert_eq!(header(&response, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
            assert_eq!(header(&response, header::VARY), "Accept-Encoding");
            assert_eq!(header(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            assert_eq!(header(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
            tags.push(header(&response, header::ETAG).to_owned());
        }
        assert!(tags[0] != tags[1] && tags[1] != tags[2]);
        let wasm = get("ribbon-0123456789abcdef_bg.wasm", &[(header::ACCEPT_ENCODING, "br")]);
        assert_eq!(header(&wasm, header::CONTENT_TYPE), "application/wasm");
        assert!(header(&wasm, header::CACHE_CONTROL).ends_with("immutable"));
        assert!(serve_file(Folder::Tests, "none.js", &HeaderMap::new(), "").is_none());
    }

    #[test]
    fn what_the_browser_has_already_is_not_sent_again() {
        let tag = header(&get("call-ribbon.js", &[]), header::ETAG).to_owned();
        let weak = format!("\"other\", W/{tag}");
        for known in [tag.as_str(), weak.as_str(), "*"] {
            let response = get("call-ribbon.js", &[(header::IF_NONE_MATCH, known)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(header(&response, header::ETAG), tag);
        }
        let response = get("call-ribbon.js", &[(header::IF_NONE_MATCH, "\"other\"")]);
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn answers_with_a_file_share_its_bytes() {
        let answer = async |folder, path: &str, coding: &str, below| {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, coding.parse().unwrap())]);
            let answer = serve_file(folder, path, &headers, below).unwrap();
            axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap()
        };
        for (folder, path, coding, below) in [
            (Folder::Tests, "call-ribbon.js", "identity", ""),
            (Folder::Tests, "call-ribbon.js", "gzip", ""),
            (Folder::Tests, "call-ribbon.js", "br", ""),
            (Folder::Examples, "index.html", "identity", ""),
            // The path of the site is inserted once, and not for each answer.
            (Folder::Examples, "index.html", "identity", "/calls"),
        ] {
            let one = answer(folder, path, coding, below).await;
            let other = answer(folder, path, coding, below).await;
            assert!(!one.is_empty());
            assert_eq!(one.as_ptr(), other.as_ptr(), "{path}, {coding}, below {below:?}");
        }
    }

    #[test]
    fn codings_are_read_with_their_weights() {
        assert!(accepts_coding(Some("gzip, deflate, br;q=0.5"), "br"));
        assert!(!accepts_coding(Some("gzip, br;q=0"), "br"));
        assert!(!accepts_coding(Some("brotli"), "br"));
        assert!(!accepts_coding(None, "gzip"));
    }
}
