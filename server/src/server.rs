//! Starts the server, serves requests until it is asked to stop, and runs the background tasks.
//!
//! [`App`] holds the state only. No handler or service uses this module.

use crate::app::App;
use crate::config::Config;
use crate::connections::{Connections, Terms};
use crate::ids::Ids;
use crate::live::admission;
use crate::live::{Hub, elsewhere};
use crate::metrics::Metrics;
use crate::providers::simulator::Simulator;
use crate::rate_limit::RateLimit;
use crate::secret::Secret;
use crate::services::access::key_uses::KeyUses;
use crate::services::access::origins::Origins;
use crate::services::access::passwords::Passwords;
use crate::services::access::sign_in::SignInLimits;
use crate::services::access::tickets::Tokens;
use crate::services::analytics::field_days;
use crate::services::calls::simulation::Runners;
use crate::services::calls::{simulation, sweep};
use crate::services::clients::{retention, summaries};
use crate::services::providers::accounts::{Accounts, rotation};
use crate::services::providers::request_log::{self, RequestLog};
use crate::services::providers::transport::{Lines, LinesError};
use crate::services::providers::{polling, webhooks};
use crate::storage::{Store, StoreError, demo};
use crate::time::Clock;
use crate::tls::{Tls, TlsError, Validity};
use crate::vault::Vault;
use crate::{assets, http, time};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long requests in progress may take to end once the server is asked to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long what was taken in may then take until it is on disk. It is milliseconds, but where
/// the database is away.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database is not as it should be.
    #[error("the server could not start")]
    Store(#[from] StoreError),
    /// The certificate is not as it should be.
    #[error("the server could not start")]
    Tls(#[from] TlsError),
    /// Nothing can be sent to telephony providers.
    #[error("the server could not start")]
    Lines(#[from] LinesError),
}

impl App {
    /// Opens the database, and takes up again what was in progress when it was last closed.
    pub async fn start(
        config: Config,
        clock: Arc<dyn Clock>,
        ids: Ids,
    ) -> Result<Arc<Self>, StartError> {
        let tls = Tls::load(&config.tls)?;
        let hub = Arc::new(Hub::default());
        let store = Store::open(&config.database, hub.clone()).await?;
        let started_at = clock.now();
        if !config.no_demo {
            store.system_put_demo(started_at).await?;
        }
        if let Some(key) = config.dialer_api_key.as_ref().filter(|key| !key.expose().is_empty()) {
            store.put_dialer_key(demo::CLIENT, "key-settings", key, started_at).await?;
        }
        let vault = Vault::new(config.keys.secret_key.as_ref(), &config.keys.previous_secret_keys);
        warn_of_keys(&store, &vault).await?;
        let key = match &config.keys.secret_key {
            Some(key) => key.clone(),
            None => Secret::new(store.system_setting("secret_key", &ids.hex::<32>()).await?),
        };
        let (admin_token_hash, new_admin_token) =
            summaries::token(&store, &ids, config.admin_token.as_ref()).await?;
        let request_log = Arc::new(RequestLog::default());
        let app = Arc::new(Self {
            metrics: Metrics::new(store.meter(), started_at),
            tls,
            admin_token_hash,
            new_admin_token,
            accounts: Accounts::new(vault),
            lines: Lines::new(
                config.provider_timeout(),
                Arc::clone(&clock),
                Arc::clone(&request_log),
            )?,
            request_log,
            simulator: Simulator::new(config.simulator),
            runners: Runners::default(),
            key_uses: KeyUses::default(),
            origins: Origins::default(),
            tokens: Tokens::new(key),
            log_limit: RateLimit::per_second(config.limits.log_rate),
            init_limit: RateLimit::per_second(config.limits.init_rate),
            sign_in_limits: SignInLimits::default(),
            passwords: Passwords::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            config,
            store,
            hub,
            admissions: Arc::default(),
            clock,
            ids,
            started_at,
        });
        simulation::take_up_again(&app).await?;
        request_log::follow(&app);
        webhooks::follow(&app);
        polling::follow(&app);
        sweep::run(&app);
        retention::follow(&app);
        field_days::follow(&app);
        elsewhere::follow(&app);
        admission::watch(&app);
        Ok(app)
    }

    /// Marks calls as abandoned of which nothing was heard for the set time. The server does
    /// so by itself every minute.
    pub async fn sweep(&self) {
        sweep::once(self).await;
    }

    /// Works on what providers sent and was left lying, and asks providers about silent calls. The
    /// server does both by itself every few seconds.
    pub async fn catch_up_with_providers(&self) {
        webhooks::look(self).await;
        polling::look(self).await;
    }

    /// Removes what its clients keep no longer. The server does so by itself every hour.
    pub async fn enforce_retention(&self) {
        retention::of_all_clients(self).await;
    }

    /// Puts sums together by days, of days that are over. The server does so by itself every hour.
    pub async fn put_days_together(&self) {
        field_days::once(self).await;
    }

    /// Which database it works on, with its version, in that one's own words.
    pub async fn database_version(&self) -> Result<String, StartError> {
        Ok(self.store.system_version().await?)
    }

    /// Reads the certificate anew, for the connections that come from now on.
    pub fn reload_certificate(&self) {
        let Some(tls) = &self.tls else { return };
        match tls.reload() {
            Ok(()) => {
                tracing::info!("the certificate was read anew");
                self.warn_of_certificate(tls);
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(cause, "the certificate stays as it was: {error}");
            }
        }
    }

    fn warn_of_certificate(&self, tls: &Tls) {
        match tls.validity(self.now()) {
            Validity::Ended(at) => tracing::warn!("the certificate ended at {}", time::format(at)),
            Validity::EndsSoon(at) => {
                tracing::warn!("the certificate ends at {}", time::format(at));
            }
            Validity::NotYet(at) => {
                tracing::warn!("the certificate begins at {}", time::format(at));
            }
            Validity::Good(_) | Validity::Unknown => {}
        }
    }

    /// Warns of what an operator should know before others reach the server.
    pub(crate) async fn warn_about_surroundings(&self, address: SocketAddr) {
        if !assets::ribbon_is_built() {
            tracing::warn!("{}", assets::NOT_BUILT);
        }
        if let Some(tls) = &self.tls {
            self.warn_of_certificate(tls);
        }
        if !address.ip().is_loopback() && self.store.system_demo_key_alive().await.unwrap_or(true) {
            tracing::warn!(
                "others can reach this server, and the demo client's key is public; \
                 start with --no-demo on a fresh database, or revoke that key"
            );
        }
    }

    /// Answers requests until told to stop; then lets those in progress end, ends live streams,
    /// and takes everything acknowledged to disk.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) {
        let routes = http::routes(Arc::clone(&self));
        let terms = Terms {
            limits: &self.config.limits,
            tls: self.tls.as_ref(),
            open: &self.metrics.connections,
        };
        let open = Connections::take(listener, routes, terms, &stop).await;
        self.stop.cancel();
        if tokio::time::timeout(LAST_REQUESTS, open.ended()).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
        self.tasks.close();
        let last = async {
            self.tasks.wait().await;
            self.store.close().await;
        };
        if tokio::time::timeout(LAST_WRITES, last).await.is_err() {
            tracing::error!(
                "the database did not take in time what waited; none of that was acknowledged"
            );
        }
    }
}

/// Says how many accounts wait for a change of keys to be finished, or cannot be opened.
async fn warn_of_keys(store: &Store, vault: &Vault) -> Result<(), StoreError> {
    let keys = rotation::count(vault, &store.system_account_keys().await?);
    if keys.older > 0 {
        tracing::warn!(
            accounts = keys.older,
            "provider accounts are encrypted under an older secret key; `call-ribbon \
             rotate-secrets` encrypts them under the newest"
        );
    }
    if keys.unknown > 0 {
        tracing::error!(
            accounts = keys.unknown,
            "provider accounts are encrypted under a secret key that is not in the settings; no \
             calls are made through them until CALL_RIBBON_SECRET_KEY or \
             CALL_RIBBON_PREVIOUS_SECRET_KEYS holds it"
        );
    }
    Ok(())
}
