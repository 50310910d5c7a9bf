//! Gives an agent's browser a line over SIP.

use super::telephony::Telephony;
use crate::providers::{self, AgentContact, SipLine};
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::access::reach::AgentSession;
use crate::services::providers::routing;
use crate::storage::Client;
use call_ribbon_shared::wire::{IceServer, VoiceLine};

/// Bytes of a password: more than anyone can try.
const PASSWORD_BYTES: usize = 24;

/// Gives the agent of this session a line, with a password that replaces the agent's last one.
pub async fn open_voice_line(
    telephony: &Telephony,
    client: &Client,
    session: &AgentSession,
) -> Result<VoiceLine, ServiceError> {
    let offered = routing::offered_carriers(&telephony.accounts, client).await?;
    // The same that says in `init` how the voice travels.
    let account = offered.first().and_then(routing::Carrier::account).ok_or_else(elsewhere)?;
    let row = telephony.store.agents().find_agent(&client.id, &session.agent_id).await?;
    let agent = AgentContact {
        id: Some(session.agent_id.clone()),
        provider_user_id: row.and_then(|row| row.provider_user_id),
        ..AgentContact::default()
    };
    let password = Secret::new(telephony.ids.random_hex::<PASSWORD_BYTES>());
    let transport = telephony.provider_client.to_account(account, None);
    let line = account.settings.open_line(&transport, &agent, password).await?;
    Ok(to_wire(line.ok_or_else(elsewhere)?))
}

fn elsewhere() -> ServiceError {
    ServiceError::Conflict(
        "Calls of this client are not heard in the browser over SIP: its account has no \
         browserCalling."
            .to_owned(),
    )
}

fn to_wire(line: SipLine) -> VoiceLine {
    let SipLine { web_socket_url, domain, user, password, ice_servers } = line;
    VoiceLine {
        web_socket_url,
        domain,
        user,
        password: password.expose().to_owned(),
        ice_servers: ice_servers.into_iter().map(server_to_wire).collect(),
    }
}

fn server_to_wire(server: providers::IceServer) -> IceServer {
    let (username, credential) = server.login.unzip();
    let credential = credential.map(|secret| secret.expose().to_owned());
    IceServer { urls: server.url, username, credential }
}
