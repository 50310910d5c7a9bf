//! The server's state: what every request and every background task may use.

use crate::background::Background;
use crate::config::Config;
use crate::ids::Ids;
use crate::live::Hub;
use crate::memory::MemoryReturn;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimit;
use crate::secret::Secret;
use crate::services::access::admission::Admissions;
use crate::services::access::agent_tokens::TokenChecks;
use crate::services::access::agent_tokens::remote::RemoteKeySets;
use crate::services::access::agent_tokens::replays::TokenUses;
use crate::services::access::browser_sessions::BrowserSessions;
use crate::services::access::credential_uses::CredentialUses;
use crate::services::access::numbers::handles::NumberHandles;
use crate::services::access::oidc::{Oidc, Surroundings};
use crate::services::access::operator::Operator;
use crate::services::access::origins::Origins;
use crate::services::access::passwords::Passwords;
use crate::services::access::sign_in_limits::SignInLimits;
use crate::services::access::tickets::TokenSigner;
use crate::services::access::wrong_secrets::WrongSecrets;
use crate::services::calls::telephony::Telephony;
use crate::services::clients::alerts::deliver::Delivery;
use crate::services::complaints::FileTurns;
use crate::services::providers::accounts::management::AccountAdmin;
use crate::services::providers::request_log::RequestLog;
use crate::services::receivers::deliver::Courier;
use crate::storage::{Actor, Store};
use crate::time::Clock;
use crate::tls::Tls;
use crate::traces::Traces;
use call_ribbon_shared::Millis;
use std::net::IpAddr;
use std::sync::Arc;

/// The server's state: what every request may use.
pub struct App {
    pub(crate) config: Config,
    pub(crate) store: Arc<Store>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) admissions: Arc<Admissions>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<Ids>,
    pub(crate) token_signer: TokenSigner,
    pub(crate) number_handles: NumberHandles,
    /// What the work on calls needs.
    pub(crate) telephony: Arc<Telephony>,
    pub(crate) request_log: Arc<RequestLog>,
    pub(crate) agent_token_uses: TokenUses,
    pub(crate) complaint_files: FileTurns,
    /// The key sets for agent tokens at clients' own addresses.
    pub(crate) remote_key_sets: RemoteKeySets,
    pub(crate) credential_uses: CredentialUses,
    pub(crate) metrics: Metrics,
    pub(crate) tls: Option<Tls>,
    /// What makes and sends traces, if the settings name a collector.
    pub(crate) traces: Option<Traces>,
    pub(crate) origins: Origins,
    pub(crate) admin_token_hash: String,
    pub(crate) new_admin_token: Option<Secret>,
    /// Limits the events logged, by the hash of the key.
    pub(crate) log_limit: RateLimit<String>,
    /// Limits the simulated incoming calls, by the id of the key.
    pub(crate) incoming_limit: RateLimit<String>,
    /// Limits the init requests, by address.
    pub(crate) init_limit: RateLimit<IpAddr>,
    /// Limits the wrong keys and tokens, by address.
    pub(crate) wrong_secrets: WrongSecrets,
    /// Limits the phone numbers revealed, by the id of the person or token.
    pub(crate) reveal_limit: RateLimit<String>,
    /// Limits the attempts to sign in with a password.
    pub(crate) sign_in_limits: SignInLimits,
    pub(crate) passwords: Passwords,
    /// What sends alerts and digests.
    pub(crate) delivery: Delivery,
    /// What sends messages to receivers of webhooks.
    pub(crate) courier: Arc<Courier>,
    /// What gives memory back after many connections.
    pub(crate) memory_return: MemoryReturn,
    /// The sessions of the dashboard, in browsers' cookies.
    pub(crate) browser_sessions: BrowserSessions,
    /// The provider by which staff may sign in.
    pub(crate) oidc: Option<Oidc>,
    pub(crate) started_at: Millis,
    pub(crate) background: Background,
}

impl App {
    /// Returns the admin token if this start has generated it. Only its hash is stored, so this is
    /// the only time that it can be shown.
    #[must_use]
    pub fn new_admin_token(&self) -> Option<&Secret> {
        self.new_admin_token.as_ref()
    }

    /// Returns the current time.
    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Returns the context for an operator's actions by this actor.
    pub(crate) fn operator<'a>(&'a self, by: Actor<'a>) -> Operator<'a> {
        Operator { store: &self.store, ids: &self.ids, now: self.now(), by }
    }

    /// Returns the context for this actor's actions on accounts at providers.
    pub(crate) fn account_admin<'a>(&'a self, by: Actor<'a>) -> AccountAdmin<'a> {
        let public_url = self.config.public_url.as_ref();
        AccountAdmin {
            operator: self.operator(by),
            vault: self.telephony.accounts.vault(),
            guard: self.telephony.provider_client.guard(),
            public_url,
        }
    }

    /// Returns what is needed to sign in by a provider.
    pub(crate) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { store: &self.store, ids: &self.ids, now: self.now() }
    }

    /// Returns what is needed to verify agent tokens.
    pub(crate) fn token_checks(&self) -> TokenChecks<'_> {
        TokenChecks {
            store: &self.store,
            vault: self.telephony.accounts.vault(),
            uses: &self.agent_token_uses,
            remote: &self.remote_key_sets,
            now: self.now(),
        }
    }

    /// Returns the scheme of the server's address: `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}
