//! Starts the server, serves requests until it is asked to stop, and runs the background tasks.
//!
//! [`App`] holds the state only. No handler or service uses this module.

mod prepare;

use crate::app::App;
use crate::background::Background;
use crate::config::{Config, WeakSecret};
use crate::connections::{AcceptOptions, Connections};
use crate::ids::Ids;
use crate::live::{Hub, other_servers};
use crate::mail::MailError;
use crate::memory::{self, MemoryReturn};
use crate::metrics::Metrics;
use crate::outgoing::{AddressGuard, ClientError, OutgoingClient};
use crate::providers::simulator::Simulator;
use crate::rate_limit::RateLimit;
use crate::secret::Secret;
use crate::services::access::agent_tokens;
use crate::services::access::agent_tokens::remote::RemoteKeySets;
use crate::services::access::agent_tokens::replays::TokenUses;
use crate::services::access::browser_sessions::BrowserSessions;
use crate::services::access::credential_uses::CredentialUses;
use crate::services::access::numbers::handles::NumberHandles;
use crate::services::access::oidc::SetupError;
use crate::services::access::origins::Origins;
use crate::services::access::passwords::Passwords;
use crate::services::access::sign_in_limits::SignInLimits;
use crate::services::access::tickets::TokenSigner;
use crate::services::access::wrong_secrets::WrongSecrets;
use crate::services::access::{admission, operator};
use crate::services::analytics::daily_sums;
use crate::services::calls::reports::events::{self, Listeners};
use crate::services::calls::reports::{polling, webhooks};
use crate::services::calls::simulation::Runners;
use crate::services::calls::telephony::Telephony;
use crate::services::calls::{simulation, sweep};
use crate::services::clients::alerts::deliver;
use crate::services::clients::alerts::evaluate;
use crate::services::clients::retention;
use crate::services::complaints::FileTurns;
use crate::services::providers::accounts::AccountCache;
use crate::services::providers::request_log::{self, RequestLog};
use crate::services::providers::requests;
use crate::services::providers::transport::ProviderClient;
use crate::services::receivers::deliver::{self as receivers, Courier};
use crate::services::receivers::signing::KeySource;
use crate::services::seals;
use crate::storage::{Store, StoreError};
use crate::time::Clock;
use crate::tls::{Tls, TlsError, Validity};
use crate::traces::{TraceError, Traces};
use crate::vault::Vault;
use crate::{assets, http, time};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long requests in progress may take to end once the server is asked to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long accepted data may then take until it is on disk. It takes milliseconds, unless the
/// database is down.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// How long the receiver of a webhook may take to answer.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Phone numbers that one person may reveal at once, and how often one more.
const REVEALS_AT_ONCE: u32 = 20;
const REVEAL_INTERVAL: Duration = Duration::from_secs(6);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database could not be opened or prepared.
    #[error("the server could not start")]
    Store(#[from] StoreError),
    /// A secret among the settings could be guessed.
    #[error(transparent)]
    Secret(#[from] WeakSecret),
    /// The certificate could not be loaded.
    #[error("the server could not start")]
    Tls(#[from] TlsError),
    /// The settings of the mail server are wrong.
    #[error("the server could not start: {0}")]
    Mail(#[from] MailError),
    /// The HTTP client for telephony providers could not be created.
    #[error("the server could not start")]
    Lines(#[from] ClientError),
    /// Sign-in by a provider could not be set up.
    #[error("the server could not start")]
    Oidc(#[from] SetupError),
    /// Traces could not be set up.
    #[error("the server could not start: {0}")]
    Traces(#[from] TraceError),
}

impl App {
    /// Opens the database, resumes what was in progress when it was last closed, and starts the
    /// background tasks.
    pub async fn start(
        config: Config,
        clock: Arc<dyn Clock>,
        ids: Ids,
    ) -> Result<Arc<Self>, StartError> {
        config.check_secrets()?;
        let tls = Tls::load(&config.tls)?;
        let traces = Traces::prepare(&config.traces, ids.random_hex::<8>())?;
        let hub = Arc::new(Hub::default());
        let store = Arc::new(Store::open(&config.database, hub.clone()).await?);
        store.system_store_program_version(env!("CARGO_PKG_VERSION")).await?;
        let started_at = clock.now();
        prepare::prepare_demo(&config, &store, started_at).await?;
        let vault = Vault::new(config.keys.secret_key.as_ref(), &config.keys.previous_secret_keys);
        prepare::warn_of_keys(&store, &vault).await?;
        let key = match config.keys.secret_key.as_ref().filter(|key| !key.expose().is_empty()) {
            Some(key) => key.clone(),
            None => Secret::new(
                store.system_get_or_insert_setting("secret_key", &ids.random_hex::<32>()).await?,
            ),
        };
        let (admin_token_hash, new_admin_token) =
            operator::find_or_create_token_hash(&store, &ids, config.admin_token.as_ref()).await?;
        let guard = AddressGuard::new(&config.outgoing.allow_private_addresses);
        let oidc = prepare::prepare_oidc(&config, &key, guard.clone(), &store).await?;
        let ids = Arc::new(ids);
        let background = Background::default();
        let request_log = Arc::new(RequestLog::default());
        let telephony = Arc::new(Telephony {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            accounts: AccountCache::new(Arc::clone(&store), vault),
            provider_client: ProviderClient::new(
                guard.clone(),
                config.provider_timeout(),
                Arc::clone(&clock),
                Arc::clone(&request_log),
            )?,
            simulator: Simulator::new(config.simulator),
            runners: Runners::default(),
            listeners: Listeners::new(&ids),
            write_limit: RateLimit::bytes_per_minute(config.limits.write_bytes()),
            public_url: config.public_url.clone(),
            background: background.clone(),
        });
        agent_tokens::install();
        let all_keys = prepare::list_keys(&config, &key, &store).await?;
        let delivery = prepare::create_delivery(&config, &all_keys, guard.clone())?;
        let client = OutgoingClient::new(guard.clone(), WEBHOOK_TIMEOUT)?;
        let courier = Arc::new(Courier::new(
            (Arc::clone(&store), Arc::clone(&clock)),
            client,
            KeySource::new(receivers::KEY_PURPOSE, &all_keys),
            NumberHandles::new(&key),
        ));
        let app = Arc::new(Self {
            metrics: Metrics::new(store.writer_metrics(), started_at),
            tls,
            traces,
            admin_token_hash,
            new_admin_token,
            telephony,
            request_log,
            agent_token_uses: TokenUses::default(),
            complaint_files: FileTurns::default(),
            remote_key_sets: RemoteKeySets::new(guard)?,
            credential_uses: CredentialUses::default(),
            origins: Origins::default(),
            browser_sessions: BrowserSessions::new(&key, &config.keys.previous_secret_keys),
            number_handles: NumberHandles::new(&key),
            token_signer: TokenSigner::new(&key),
            log_limit: RateLimit::per_second(config.limits.log_rate),
            incoming_limit: RateLimit::with_burst(60, Duration::from_secs(1)),
            init_limit: RateLimit::per_second(config.limits.init_rate),
            wrong_secrets: WrongSecrets::per_second(config.limits.wrong_secret_rate),
            reveal_limit: RateLimit::with_burst(REVEALS_AT_ONCE, REVEAL_INTERVAL),
            sign_in_limits: SignInLimits::default(),
            passwords: Passwords::default(),
            delivery,
            courier,
            memory_return: MemoryReturn::default(),
            background,
            oidc,
            config,
            store,
            hub,
            admissions: Arc::default(),
            clock,
            ids,
            started_at,
        });
        simulation::resume_calls(&app.telephony).await?;
        request_log::spawn_writer(&app.background, &app.request_log, &app.store, &app.ids);
        other_servers::spawn_follower(&app.background, &app.store, &app.hub);
        app.schedule();
        Ok(app)
    }

    /// Starts the tasks that run at fixed intervals.
    fn schedule(self: &Arc<Self>) {
        self.repeat(webhooks::INTERVAL, |app| async move {
            webhooks::process_waiting(&app.telephony).await;
        });
        self.repeat(events::INTERVAL, |app| async move {
            events::listen_to_all(&app.telephony).await;
        });
        self.repeat(polling::INTERVAL, |app| async move {
            polling::poll_due_calls(&app.telephony).await;
        });
        self.repeat(sweep::INTERVAL, |app| async move { app.sweep().await });
        self.repeat(retention::INTERVAL, |app| async move { app.enforce_retention().await });
        self.repeat(daily_sums::INTERVAL, |app| async move { app.merge_days().await });
        self.repeat(seals::INTERVAL, |app| async move { app.seal_records().await });
        self.repeat(evaluate::INTERVAL, |app| async move { app.judge_alerts().await });
        self.repeat(deliver::INTERVAL, |app| async move { app.send_messages().await });
        self.repeat(receivers::INTERVAL, |app| async move {
            app.courier.start_workers(&app.background).await;
        });
        self.repeat(memory::INTERVAL, |app| async move {
            app.memory_return.run(app.metrics.connections.get()).await;
        });
        self.repeat(admission::INTERVAL, |app| async move { app.end_revoked_streams().await });
    }

    /// Runs the work now, and again after each pause, until the server stops.
    fn repeat<F>(self: &Arc<Self>, pause: Duration, work: fn(Arc<Self>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let app = Arc::clone(self);
        self.background.spawn_periodic(pause, move || work(Arc::clone(&app)));
    }

    /// Marks calls as abandoned that had no event for the set time. The server does so
    /// automatically every minute.
    pub async fn sweep(&self) {
        sweep::sweep_once(&self.telephony, self.config.abandon_after()).await;
    }

    /// Processes pending webhooks, and asks providers about silent calls. The server does both
    /// automatically every few seconds.
    pub async fn catch_up_with_providers(&self) {
        webhooks::process_waiting(&self.telephony).await;
        polling::poll_due_calls(&self.telephony).await;
    }

    /// Removes what is past its clients' retention. The server does so automatically every hour.
    pub async fn enforce_retention(&self) {
        let now = self.now();
        retention::remove_for_all_clients(&self.store, now).await;
        requests::remove_old(&self.store, self.config.provider_log_days, now).await;
        self.delivery.remove_old(&self.store, now).await;
        self.courier.remove_old().await;
    }

    /// Seals the events and decisions that are not sealed yet. The server does so automatically every
    /// minute.
    pub async fn seal_records(&self) {
        let vault = self.telephony.accounts.vault();
        seals::seal_all(&self.store, vault, &self.ids, self.now()).await;
    }

    /// Judges the rules of all clients' alerts, and writes digests that are due. The server does so
    /// automatically every minute.
    pub async fn judge_alerts(&self) {
        evaluate::judge_all(&self.store, &self.ids, self.now()).await;
    }

    /// Sends alerts and digests that wait. The server does so automatically every few seconds.
    pub async fn send_messages(&self) {
        self.delivery.send_due(&self.store, self.now()).await;
    }

    /// Sends the messages to receivers of webhooks that are due, and waits for their answers. The server
    /// sends them automatically every second.
    pub async fn send_to_receivers(&self) {
        self.courier.deliver_due().await;
    }

    /// Ends the live streams whose credentials are no longer valid.
    async fn end_revoked_streams(&self) {
        self.admissions.end_invalid(&self.store, &self.admin_token_hash, self.now()).await;
    }

    /// Merges the sums of completed days into one per day. The server does so automatically every
    /// hour.
    pub async fn merge_days(&self) {
        daily_sums::run_once(&self.store, self.now()).await;
    }

    /// Returns the database and its version, as the database reports it.
    pub async fn database_version(&self) -> Result<String, StartError> {
        Ok(self.store.system_database_version().await?)
    }

    /// Reloads the certificate, for new connections.
    pub fn reload_certificate(&self) {
        let Some(tls) = &self.tls else { return };
        match tls.reload() {
            Ok(()) => {
                tracing::info!("the certificate was reloaded");
                self.warn_of_certificate(tls);
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(
                    cause,
                    "the certificate could not be reloaded, and the previous one stays in use: \
                     {error}"
                );
            }
        }
    }

    fn warn_of_certificate(&self, tls: &Tls) {
        match tls.validity(self.now()) {
            Validity::Ended(at) => {
                tracing::warn!("the certificate expired at {}", time::format(at));
            }
            Validity::EndsSoon(at) => {
                tracing::warn!("the certificate expires at {}", time::format(at));
            }
            Validity::NotYet(at) => {
                tracing::warn!("the certificate is not valid before {}", time::format(at));
            }
            Validity::Good(_) | Validity::Unknown => {}
        }
    }

    /// Logs what an operator should know before others reach the server.
    pub(crate) async fn warn_about_surroundings(&self, address: SocketAddr) {
        if !assets::ribbon_is_built() {
            tracing::warn!("{}", assets::NOT_BUILT);
        }
        if let Some(tls) = &self.tls {
            self.warn_of_certificate(tls);
        }
        if self.config.is_public(address)
            && self.store.clients().system_is_demo_key_valid().await.unwrap_or(true)
        {
            tracing::warn!(
                "other machines can reach this server, and the demo client's key is public; start \
                 with --no-demo on a fresh database, or revoke that key"
            );
        }
    }

    /// Serves requests until cancelled; then lets those in progress finish, ends live streams, and
    /// writes all accepted data to disk.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) {
        let routes = http::build_router(Arc::clone(&self));
        let terms = AcceptOptions {
            limits: &self.config.limits,
            tls: self.tls.as_ref(),
            open: &self.metrics.connections,
        };
        let open = Connections::accept_until_stopped(listener, routes, terms, &stop).await;
        self.background.stop();
        if tokio::time::timeout(LAST_REQUESTS, open.wait_until_ended()).await.is_err() {
            tracing::warn!("some requests did not finish in time and were aborted");
        }
        let last = async {
            self.background.wait_until_ended().await;
            self.store.close().await;
        };
        if tokio::time::timeout(LAST_WRITES, last).await.is_err() {
            tracing::error!(
                "the database did not accept the waiting records in time; none of them was \
                 acknowledged"
            );
        }
        if let Some(traces) = &self.traces {
            traces.send_last().await;
        }
    }
}
