//! Reads the session of a request: the token that `init` returned, in the header
//! `X-Session-Token`.

use super::header_text;
use crate::app::App;
use crate::services::SessionFault;
use crate::services::access::reach::{AgentSession, Reach};
use crate::storage::Client;
use axum::http::HeaderMap;

/// The header of a session's token. It goes with the key for which it was issued.
pub const SESSION_HEADER: &str = "x-session-token";

/// Returns the agents' calls that a request with this key and these scopes may read and act on.
pub fn find_reach(
    app: &App,
    headers: &HeaderMap,
    client: &Client,
    key_id: &str,
    scopes: &[String],
) -> Reach {
    let reads = scopes.iter().any(|scope| scope == "read");
    let session = header_text(headers, SESSION_HEADER).ok_or(SessionFault::Missing);
    let session = session.and_then(|token| {
        let (signer, now) = (&app.token_signer, app.now());
        AgentSession::read_token(signer, token, client, key_id, now).ok_or(SessionFault::Invalid)
    });
    Reach::of_key(client, reads, session)
}
