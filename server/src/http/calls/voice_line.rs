//! Handler for an agent's line in the browser.

use crate::app::App;
use crate::http::openapi::{ByBody, Conflict, Provided, WithKey};
use crate::http::request::auth::{KeyedBody, OwnCalls};
use crate::http::request::problem::Problem;
use crate::services::calls::voice_line;
use crate::services::{ServiceError, SessionFault};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::VoiceLine;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body that asks for a line.
#[derive(Deserialize, ToSchema)]
pub struct LineBody {}

type LineRequest = WithKey<LineBody>;

/// Get a line for the agent's browser
///
/// What the ribbon needs to take calls over SIP, if the client's PBX has that (`voice` of `init` is
/// `asterisk-browser`). Only the agent's own session gets it. The password replaces the agent's last
/// one.
#[utoipa::path(
    post,
    path = "/api/ribbon/voice-line",
    operation_id = "openVoiceLine",
    tag = "Sessions",
    request_body = LineRequest,
    responses(
        (status = 200, description = "The line.", body = VoiceLine),
        ByBody, Conflict, Provided,
    ),
    security(("apiKey" = [], "session" = []), ()),
)]
pub async fn open_voice_line(
    State(app): State<Arc<App>>,
    caller: KeyedBody<OwnCalls, LineBody>,
) -> Result<Json<VoiceLine>, Problem> {
    // A key alone names no agent, whatever its scopes.
    let session = caller.reach.session().ok_or(ServiceError::NoSession(SessionFault::Missing))?;
    Ok(Json(voice_line::open_voice_line(&app.telephony, &caller.client, session).await?))
}
