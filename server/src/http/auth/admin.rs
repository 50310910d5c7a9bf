//! The operator, by the admin token and nothing else.

use super::header_text;
use crate::app::App;
use crate::http::problem::Problem;
use crate::secret::Secret;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// The caller by `Authorization: Bearer <admin token>`. There always is a token: without one in
/// the settings the server has made its own.
pub struct Admin;

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let refused = |code, sentence: &str| Problem::new(StatusCode::UNAUTHORIZED, code, sentence);
        let token =
            header_text(&parts.headers, "authorization").and_then(bearer).ok_or_else(|| {
                refused(
                    "missing_api_key",
                    "The admin token is needed, in the header Authorization: Bearer.",
                )
            })?;
        if bool::from(token.hash().as_bytes().ct_eq(app.admin_token_hash.as_bytes())) {
            Ok(Self)
        } else {
            Err(refused("invalid_api_key", "This admin token is not valid."))
        }
    }
}

/// The token of a header such as `Bearer abc`; the scheme's letters are of any case.
fn bearer(header: &str) -> Option<Secret> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token))
}
