//! Signing in, and what a client may do.

use super::address::InitPace;
use super::auth::{Keyed, KeyedBody, Ribbon, RibbonOrRead};
use super::body::id_text;
use super::problem::Problem;
use crate::app::App;
use crate::services::sessions;
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{ConfigAnswer, InitAnswer};
use serde::Deserialize;
use std::sync::Arc;

/// The body of `init`, beside key and domain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitBody {
    agent_id: Option<String>,
    agent_name: Option<String>,
}

/// `POST /api/ribbon/init`.
pub async fn init(
    State(app): State<Arc<App>>,
    _: InitPace,
    caller: KeyedBody<Ribbon, InitBody>,
) -> Result<Json<InitAnswer>, Problem> {
    let InitBody { agent_id, agent_name } = caller.body;
    let who = sessions::Init {
        agent_id: agent_id
            .filter(|id| !id.is_empty())
            .map(|id| id_text("agentId", id))
            .transpose()?,
        agent_name,
    };
    Ok(Json(sessions::init(&app, &caller.client, who).await?))
}

/// `GET /api/ribbon/config`.
pub async fn config(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
) -> Result<Json<ConfigAnswer>, Problem> {
    Ok(Json(sessions::config(&app, &caller.client).await?))
}
