//! A page with one sentence, for a user who comes from elsewhere.

use crate::http::request::problem::OwnForm;
use axum::Extension;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;\
    padding:0 1.5rem}h1{font-size:1.4rem}";

/// What the page says.
pub struct Notice<'a> {
    pub status: StatusCode,
    pub title: &'a str,
    pub sentence: &'a str,
    /// The address and the text of each link.
    pub links: &'a [(String, String)],
}

/// Returns the page. It runs no script, and all that it says is text.
pub fn show_notice(notice: &Notice<'_>) -> Response {
    let [title, sentence] = [notice.title, notice.sentence].map(escape);
    let link = |(address, text): &(String, String)| {
        format!("<p><a href=\"{}\">{}</a></p>", escape(address), escape(text))
    };
    let links = notice.links.iter().map(link).collect::<Vec<_>>().concat();
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1><p role=\"alert\">{sentence}</p>\
         {links}</main></body></html>\n"
    );
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = (notice.status, Extension(OwnForm), Html(page)).into_response();
    let fixed: [(HeaderName, &str); 2] =
        [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Writes a text as HTML, in an element or an attribute in double quotes.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}
