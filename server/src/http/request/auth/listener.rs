//! Extractor for listeners to the live stream.

use super::{
    API_KEY, Keyed, OwnOrTeamRead, Reader, RequestSource, check_client, revoked_credential,
    unknown_credential,
};
use crate::app::App;
use crate::http::request::problem::Problem;
use crate::http::request::trace;
use crate::live::ListenedAgents;
use crate::services::access::admission::ValidCredentials;
use crate::services::access::credential_ref::CredentialRef;
use crate::services::access::numbers::hides_numbers;
use crate::services::access::teams;
use crate::services::access::tickets::Purpose;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use std::sync::Arc;

/// The caller of the live stream: by ticket, API key, or staff session.
pub struct StreamListener {
    pub client_id: String,
    /// The credential of the caller, or of the caller that got the ticket.
    pub credential: CredentialRef,
    /// The agents whose events are sent.
    pub agents: ListenedAgents,
    /// The position in the feed at which the ticket begins.
    pub position: Option<i64>,
}

impl FromRequestParts<Arc<App>> for StreamListener {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Ticket {
            ticket: Option<String>,
        }
        let Query(Ticket { ticket }) = Query::try_from_uri(&parts.uri)
            .map_err(|_| Problem::invalid("ticket", "The query could not be read."))?;
        // Staff listen only to this client, whatever else the address says.
        let signed_in = parts.extensions.get::<Reader>().is_some();
        let Some(ticket) = ticket.filter(|_| !signed_in) else {
            let Keyed { client, credential, reach, .. } =
                Keyed::<OwnOrTeamRead>::from_request_parts(parts, app).await?;
            let agents = match reach.team() {
                Some(team) => ListenedAgents::Some(Arc::clone(&team.agents)),
                None => agents_of(reach.only_agent()?.map(str::to_owned)),
            };
            return Ok(Self { client_id: client.id, credential, agents, position: None });
        };
        let claims = app
            .token_signer
            .read_claims(&ticket, Purpose::Events, app.now())
            .ok_or_else(invalid_ticket)?;
        let client = app
            .store
            .clients()
            .find_client(&claims.client_id)
            .await?
            .ok_or_else(|| unknown_credential(API_KEY))?;
        trace::record_client(&client.id);
        if claims.agent_id.is_some() && client.require_agent_token && !claims.proven {
            return Err(invalid_ticket());
        }
        let asked = RequestSource::from_headers(&parts.headers, &parts.extensions);
        let by_key = matches!(claims.credential, CredentialRef::ApiKey(_));
        if by_key {
            check_client(&client, asked, None)?;
        } else {
            // The ticket was issued on this server's own pages, and is valid only there.
            asked.deny_other_origins();
        }
        let credentials = std::slice::from_ref(&claims.credential);
        let operator = &app.admin_token_hash;
        let now = app.now();
        let valid =
            ValidCredentials::find_valid(&app.store, operator, &client.id, credentials, now)
                .await?;
        if !valid.contains(&claims.credential) {
            return Err(if by_key { revoked_credential(API_KEY) } else { session_ended() });
        }
        if (claims.hides_numbers
            || hides_numbers(&app.store, &client.id, &claims.credential).await?)
            && let Some(view) = asked.view
        {
            view.hide(&client.id);
        }
        let seen = teams::find_seen_agents(&app.store, &client.id, &claims.credential).await?;
        Ok(Self {
            agents: match seen {
                Some(agents) => ListenedAgents::Some(agents),
                None => agents_of(claims.agent_id),
            },
            client_id: claims.client_id,
            credential: claims.credential,
            position: Some(claims.position),
        })
    }
}

fn agents_of(agent_id: Option<String>) -> ListenedAgents {
    agent_id.map_or(ListenedAgents::All, ListenedAgents::One)
}

fn invalid_ticket() -> Problem {
    let sentence = "This ticket is no longer valid; get a new one with init.";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_ticket", sentence)
}

fn session_ended() -> Problem {
    let sentence = "The person who got this ticket is no longer signed in; sign in again.";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_ticket", sentence)
}
