//! Handlers for the start of the ribbon: signing an agent in, and the client's settings.

use super::start::read_agent;
use crate::app::App;
use crate::http::openapi::{ByBody, ByKey, WithKey};
use crate::http::request::address::InitRateCheck;
use crate::http::request::auth::{About, Keyed, KeyedBody, Ribbon, RibbonOrRead};
use crate::http::request::number_view::NumberView;
use crate::http::request::problem::Problem;
use crate::secret::Secret;
use crate::services::access::agent_tokens::verify_token;
use crate::services::calls::ribbon_init;
use axum::extract::State;
use axum::{Extension, Json};
use call_ribbon_shared::wire::{ClientAbout, ConfigAnswer, InitAnswer};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body of `init`, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
pub struct InitBody {
    /// The agent's id; if missing, the server generates one.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("agent1"))]
    agent_id: Option<String>,
    /// The agent's name, if the server does not know it.
    #[schema(max_length = 200, pattern = r"^[^\u0000]*$", examples("Ravi Kumar"))]
    agent_name: Option<String>,
    /// Who the agent is, signed by the client's own server (see `docs/agent-identity.md`). If the
    /// client requires it, an `agentId` alone is refused.
    #[schema(max_length = 8192, examples("eyJhbGciOiJIUzI1NiJ9.…"))]
    agent_token: Option<String>,
}

type InitRequest = WithKey<InitBody>;

/// Sign an agent in
///
/// The first request of a page. The answer holds the client's settings, a token for the agent's
/// browser, the address of the live stream, and the call that the agent is in, if any, so that a
/// ribbon that loads during a call can resume it.
///
/// It opens a session for the agent, which is valid for ten minutes; a new request opens the next
/// one. With the last session's token in `X-Session-Token`, notes on the calls of the page's earlier
/// agents can still be saved.
#[utoipa::path(
    post,
    path = "/api/ribbon/init",
    operation_id = "init",
    tag = "Sessions",
    request_body = InitRequest,
    responses(
        (status = 200, description = "The agent is signed in.", body = InitAnswer),
        ByBody,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn init_ribbon(
    State(app): State<Arc<App>>,
    _: InitRateCheck,
    Extension(view): Extension<NumberView>,
    caller: KeyedBody<Ribbon, InitBody>,
) -> Result<Json<InitAnswer>, Problem> {
    let agent = read_agent(caller.body.agent_id, caller.body.agent_name)?;
    let token = caller.body.agent_token.filter(|token| !token.is_empty()).map(Secret::new);
    let proven = match token {
        Some(token) => Some(verify_token(&app.token_checks(), &caller.client, &token).await?),
        None => None,
    };
    if proven.as_ref().is_some_and(|agent| agent.hides_numbers) {
        view.hide(&caller.client.id);
    }
    let who = ribbon_init::AgentSignIn {
        agent_id: agent.id,
        agent_name: agent.name,
        proven,
        before: caller.reach.session().cloned(),
        reads_all: matches!(caller.reach.only_agent(), Ok(None)),
    };
    Ok(Json(
        ribbon_init::sign_in_agent(
            &app.telephony,
            &app.token_signer,
            &caller.client,
            caller.key_id,
            who,
        )
        .await?,
    ))
}

/// Get the client's settings
///
/// Its features, its plan, and how many of the month's calls are used.
#[utoipa::path(
    get,
    path = "/api/ribbon/config",
    operation_id = "config",
    tag = "Sessions",
    responses(
        (status = 200, description = "The client's features, plan and usage.", body = ConfigAnswer),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_config(
    State(app): State<Arc<App>>,
    caller: Keyed<RibbonOrRead>,
) -> Result<Json<ConfigAnswer>, Problem> {
    Ok(Json(ribbon_init::client_config(&app.store, &caller.client, app.now()).await?))
}

/// Get the client of this key
///
/// The client's name, its time zone and its dispositions.
#[utoipa::path(
    get,
    path = "/api/ribbon/client",
    operation_id = "aboutClient",
    tag = "Sessions",
    responses(
        (status = 200, description = "The client.", body = ClientAbout),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_own_client(
    State(app): State<Arc<App>>,
    caller: Keyed<About>,
) -> Result<Json<ClientAbout>, Problem> {
    Ok(Json(ribbon_init::client_about(&app.store, &caller.client).await?))
}
