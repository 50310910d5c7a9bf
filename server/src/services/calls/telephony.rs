//! What the work on a call needs: the store that records it and the providers that carry it.

use super::reports::events::Listeners;
use super::simulation::Runners;
use crate::background::Background;
use crate::config::PublicUrl;
use crate::ids::Ids;
use crate::providers::simulator::Simulator;
use crate::rate_limit::{RateLimit, Sender};
use crate::services::providers::accounts::AccountCache;
use crate::services::providers::transport::ProviderClient;
use crate::storage::Store;
use crate::time::Clock;
use call_ribbon_shared::Millis;
use std::sync::Arc;

/// The means to start, control and follow calls. Requests and background tasks share one.
pub struct Telephony {
    pub store: Arc<Store>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    /// The clients' accounts at telephony providers.
    pub accounts: AccountCache,
    /// The HTTP clients for telephony providers.
    pub provider_client: ProviderClient,
    /// Runs the calls of simulated accounts.
    pub simulator: Simulator,
    /// The tasks that play them.
    pub runners: Runners,
    /// The tasks that listen to the events of providers.
    pub listeners: Listeners,
    /// Limits the bytes sent, by client and kind of sender.
    pub write_limit: RateLimit<(String, Sender)>,
    /// The address at which providers reach this server.
    pub public_url: Option<PublicUrl>,
    pub background: Background,
}

impl Telephony {
    /// Returns the current time.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }
}
