//! What an agent does to a call: `POST /api/ribbon/calls/{sessionId}/…`.

use super::auth::{KeyedBody, Ribbon};
use super::calls::agent;
use super::problem::Problem;
use crate::app::App;
use crate::services::calls::{self, Control};
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::call::Action;
use call_ribbon_shared::wire::CallObject;
use serde::Deserialize;
use std::sync::Arc;

/// The body of any control: each reads its own field.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ControlBody {
    agent_id: Option<String>,
    agent_name: Option<String>,
    muted: Option<bool>,
    on_hold: Option<bool>,
    digit: Option<String>,
    reason: Option<String>,
}

type Caller = KeyedBody<Ribbon, ControlBody>;
type Answer = Result<Json<CallObject>, Problem>;

/// Takes an incoming call.
pub async fn answer(app: State<Arc<App>>, id: Path<String>, caller: Caller) -> Answer {
    control(app, id, caller, Action::Answer).await
}

/// Ends a call; before it is answered, cancels or declines it.
pub async fn hangup(app: State<Arc<App>>, id: Path<String>, caller: Caller) -> Answer {
    control(app, id, caller, Action::HangUp).await
}

/// Puts the other side on hold or takes it back.
pub async fn hold(app: State<Arc<App>>, id: Path<String>, caller: Caller) -> Answer {
    let on = caller.body.on_hold.ok_or_else(|| missing("onHold", "true or false"))?;
    control(app, id, caller, Action::Hold(on)).await
}

/// Shuts or opens the agent's microphone.
pub async fn mute(app: State<Arc<App>>, id: Path<String>, caller: Caller) -> Answer {
    let on = caller.body.muted.ok_or_else(|| missing("muted", "true or false"))?;
    control(app, id, caller, Action::Mute(on)).await
}

/// Sends a digit.
pub async fn dtmf(app: State<Arc<App>>, id: Path<String>, caller: Caller) -> Answer {
    let text = caller.body.digit.as_deref().unwrap_or_default();
    let mut letters = text.chars();
    let (Some(action), None) = (letters.next().and_then(Action::digit), letters.next()) else {
        return Err(missing("digit", "one of 0 to 9, *, #, A to D"));
    };
    control(app, id, caller, action).await
}

async fn control(
    State(app): State<Arc<App>>,
    Path(session_id): Path<String>,
    caller: Caller,
    action: Action,
) -> Answer {
    let body = caller.body;
    let order = Control {
        session_id,
        action,
        agent: agent(body.agent_id, body.agent_name)?,
        reason: body.reason.map(|reason| reason.replace('\0', "")).filter(|r| !r.is_empty()),
    };
    Ok(Json(calls::control(&app, &caller.client, order).await?))
}

fn missing(field: &str, expected: &str) -> Problem {
    Problem::invalid(field, format!("{field} must be {expected}."))
}
