//! Extractor for a dialer, by its own kind of key, with which it can only send leads.

use super::credential::find_credential;
use super::{header_text, suspended_client};
use crate::app::App;
use crate::http::request::address::Sender as RequestSender;
use crate::http::request::problem::Problem;
use crate::http::request::volume::{announced_bytes, check_volume};
use crate::rate_limit::Sender;
use crate::secret::Secret;
use crate::storage::{Client, CredentialKind};
use axum::RequestPartsExt as _;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use std::sync::Arc;

/// The dialer, by the header `X-Dialer-Api-Key`.
pub struct Dialer {
    pub client: Client,
}

impl FromRequestParts<Arc<App>> for Dialer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let key = header_text(&parts.headers, "x-dialer-api-key").filter(|key| !key.is_empty());
        let key = key.map(Secret::new);
        // A key in the path is for dialers that cannot set a header. Logs and metrics contain only
        // the route.
        let key = match parts.extract::<Path<String>>().await {
            Ok(Path(key)) => Some(Secret::new(key)),
            Err(_) => key,
        };
        let key = key.ok_or_else(|| {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "missing_api_key",
                "A dialer key is needed, in the header X-Dialer-Api-Key.",
            )
        })?;
        let sender = RequestSender::of_request(app, &parts.headers, &parts.extensions);
        let client = find_credential(app, CredentialKind::DialerKey, &key, sender).await?.client;
        if client.suspended {
            return Err(suspended_client());
        }
        let query = parts.uri.query().unwrap_or_default().len();
        check_volume(app, &client.id, Sender::Dialer, query + announced_bytes(parts))?;
        Ok(Self { client })
    }
}
