//! The domain of the page that sent a request.

use crate::http::request::bounds::text_within;
use crate::http::request::page_origin;
use crate::http::request::problem::Problem;
use crate::ids::LONGEST_ID;
use crate::services::access::domains;
use axum::http::HeaderMap;

/// Accepts the domain that a body names if a host can have it.
pub fn check_domain(named: Option<String>) -> Result<Option<String>, Problem> {
    named.map(|domain| text_within("domain", domain, domains::MAX_LINE_CHARS)).transpose()
}

/// Returns the domain to store with an event: the Origin's host if present.
pub fn page_domain(headers: &HeaderMap, named: Option<String>) -> Option<String> {
    let origin = page_origin::calling_origin(headers).and_then(|origin| origin.split_once("://"));
    kept_domain(&origin.map(|(_, host)| host.to_owned()).or(named)?)
}

/// Returns the part of a domain that is stored.
pub fn kept_domain(domain: &str) -> Option<String> {
    let domain: String = domain.chars().filter(|c| *c != '\0').take(LONGEST_ID).collect();
    (!domain.is_empty()).then_some(domain)
}
