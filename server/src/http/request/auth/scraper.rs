//! Extractor for the collector of metrics: a program on the same machine, or a caller with the
//! admin token.

use super::Admin;
use crate::app::App;
use crate::http::request::address::is_of_this_machine;
use crate::http::request::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::sync::Arc;

/// The caller by a direct connection from a loopback address, else as [`Admin`].
pub struct Scraper;

impl FromRequestParts<Arc<App>> for Scraper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if !is_of_this_machine(parts) {
            Admin::from_request_parts(parts, app).await?;
        }
        Ok(Self)
    }
}
