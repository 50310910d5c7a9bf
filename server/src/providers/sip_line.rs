//! An agent's line in the browser over SIP.

use super::{AgentContact, ProviderError, Settings, Transport};
use crate::secret::Secret;

/// What a page needs to take calls over SIP.
#[derive(Debug, Clone)]
pub struct SipLine {
    /// The address of SIP over WebSocket.
    pub web_socket_url: String,
    /// The domain behind the user's name.
    pub domain: String,
    pub user: String,
    pub password: Secret,
    /// The servers by which the sound finds its way.
    pub ice_servers: Vec<IceServer>,
}

/// A STUN or TURN server.
#[derive(Debug, Clone)]
pub struct IceServer {
    pub url: String,
    /// User and password, of a TURN server.
    pub login: Option<(String, Secret)>,
}

impl Settings {
    /// Gives an agent a line with this password; `None` if the account's calls are not heard in the
    /// browser over SIP. The agent's last password is no longer valid.
    pub async fn open_line(
        &self,
        transport: &impl Transport,
        agent: &AgentContact,
        password: Secret,
    ) -> Result<Option<SipLine>, ProviderError> {
        match self {
            Self::Simulator | Self::Exotel(_) | Self::Tata(_) => Ok(None),
            Self::Asterisk(settings) => settings.open_line(transport, agent, password).await,
        }
    }
}
