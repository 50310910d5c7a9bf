//! A server for one test, and a client that talks to it.

mod answer;
pub mod asterisk;
pub mod bodies;
pub mod breakdown;
pub mod collector;
pub mod database;
pub mod disk;
pub mod emulators;
pub mod gate;
pub mod pooler;
pub mod portable;
pub mod process;
pub mod provided;
pub mod raw;
pub mod receiver;
pub mod sources;
mod stream;
mod totals;

pub use answer::Answer;
pub use database::Database;
pub use stream::Stream;

use call_ribbon_server::app::App;
use call_ribbon_server::config::{
    Config, Limits, OidcSettings, OutgoingSettings, Secret, SecretFiles, SecretKeys,
    SimulatorSettings, SmtpSettings, TlsSettings, TraceSettings,
};
use call_ribbon_server::ids::Ids;
use call_ribbon_server::time::{Clock, SystemClock};
use call_ribbon_shared::wire::{CallObject, CallStarted};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const KEY: &str = "demo-api-key-789";
pub const ADMIN_TOKEN: &str = "admin-token-of-the-tests";
pub const DIALER_KEY: &str = "dialer-key-of-the-demo";
/// The password of every person.
pub const PASSWORD: &str = "correct horse battery";
pub const OTHER_KEY: &str = "other-client-key-1";

/// No call changes state automatically within a test's time.
pub const SLOW: SimulatorSettings = SimulatorSettings {
    ring_after: 3_600_000,
    answer_after: 3_600_000,
    no_answer_after: 3_600_000,
    caller_gives_up_after: 3_600_000,
    drop_after: 3_600_000,
    talk_for: 3_600_000,
};

/// The other side answers at once and talks for long.
pub const TALKS: SimulatorSettings =
    SimulatorSettings { ring_after: 1, answer_after: 1, no_answer_after: 3_600_000, ..SLOW };

/// Every step happens at once.
pub const QUICK: SimulatorSettings = SimulatorSettings {
    ring_after: 1,
    answer_after: 1,
    no_answer_after: 1,
    caller_gives_up_after: 1,
    drop_after: 1,
    talk_for: 1,
};

/// Returns the HTTP client for the servers.
pub fn http_client() -> Client {
    // If two tests call this at the same time, one of them comes second.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

/// The machine's clock, which a test can set forward or stop.
#[derive(Default)]
pub struct TestClock {
    ahead: AtomicI64,
    /// The time at which it is stopped; 0 while it runs.
    stands_at: AtomicI64,
}

impl TestClock {
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.ahead.fetch_add(by, Ordering::SeqCst);
        if self.stands_at.load(Ordering::SeqCst) != 0 {
            self.stands_at.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Stops it at a time, RFC 3339.
    pub fn stop_at(&self, time: &str) {
        let time = chrono::DateTime::parse_from_rfc3339(time).unwrap();
        self.stands_at.store(time.timestamp_millis(), Ordering::SeqCst);
    }

    pub fn stop(&self) {
        self.stands_at.store(self.now(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        match self.stands_at.load(Ordering::SeqCst) {
            0 => SystemClock.now() + self.ahead.load(Ordering::SeqCst),
            stands => stands,
        }
    }
}

pub struct Server {
    pub url: String,
    pub http: Client,
    pub app: Arc<App>,
    pub clock: Arc<TestClock>,
    pub database: Arc<Database>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server on a fresh database, with a simulator that does nothing automatically.
    pub async fn start() -> Self {
        Self::start_with_simulator(SLOW).await
    }

    /// Starts a server on a fresh database, with a simulator with these times.
    pub async fn start_with_simulator(simulator: SimulatorSettings) -> Self {
        let database = Arc::new(Database::new().await);
        Self::start_on(database, Arc::default(), simulator).await
    }

    /// Starts another server on the same database.
    pub async fn start_another(&self, simulator: SimulatorSettings) -> Self {
        Self::start_on(Arc::clone(&self.database), Arc::clone(&self.clock), simulator).await
    }

    /// Starts a server on this database, which may have been used before.
    pub async fn start_on(
        database: Arc<Database>,
        clock: Arc<TestClock>,
        simulator: SimulatorSettings,
    ) -> Self {
        Self::start_with_on(database, clock, simulator, |_| ()).await
    }

    /// Starts a server on a fresh database, with these limits.
    pub async fn start_with_limits(change: impl FnOnce(&mut Limits)) -> Self {
        let database = Arc::new(Database::new().await);
        Self::start_with_on(database, Arc::default(), SLOW, |config| change(&mut config.limits))
            .await
    }

    /// Starts a server on a fresh database, with these settings.
    pub async fn start_with_settings(change: impl FnOnce(&mut Config)) -> Self {
        let database = Arc::new(Database::new().await);
        Self::start_with_on(database, Arc::default(), SLOW, change).await
    }

    /// Starts a server with these settings on this database, which may have been used before.
    pub async fn start_with_on(
        database: Arc<Database>,
        clock: Arc<TestClock>,
        simulator: SimulatorSettings,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        // First, so that `change` can use the server's address.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config {
            listen: listener.local_addr().unwrap(),
            database: database.url(),
            keys: SecretKeys {
                secret_key: Some(Secret::new("a secret of the tests")),
                ..SecretKeys::default()
            },
            public_url: None,
            provider_timeout: 15_000,
            no_demo: false,
            no_examples: false,
            admin_token: Some(Secret::new(ADMIN_TOKEN)),
            dialer_api_key: Some(Secret::new(DIALER_KEY)),
            abandon_after_minutes: 240,
            provider_log_days: 30,
            secret_files: SecretFiles::default(),
            tls: TlsSettings::default(),
            // Many tests send wrong secrets.
            limits: Limits { wrong_secret_rate: 0, ..Limits::default() },
            // Emulated providers are on this machine.
            outgoing: OutgoingSettings {
                allow_private_addresses: vec!["127.0.0.0/8".parse().unwrap()],
            },
            oidc: OidcSettings::default(),
            smtp: SmtpSettings::default(),
            traces: TraceSettings::default(),
            simulator,
        };
        change(&mut config);
        let url = format!("http://{}", listener.local_addr().unwrap());
        // Ids differ between starts, as in production.
        let seed = u64::from(listener.local_addr().unwrap().port());
        // On the heap: tests hold several servers at once.
        let app = Box::pin(App::start(config, clock.clone(), Ids::seeded(seed))).await.unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (app, stop) = (Arc::clone(&app), stop.clone());
            async move { app.serve(listener, stop).await }
        });
        Self { url, http: http_client(), app, clock, database, stop, task }
    }

    /// Asks the server to stop and waits until it has stopped.
    pub async fn stop(self) -> Stopped {
        self.stop.cancel();
        tokio::time::timeout(Duration::from_secs(9), self.task).await.unwrap().unwrap();
        Stopped { database: self.database, clock: self.clock }
    }

    pub async fn post_json(&self, path: &str, mut body: Value) -> Answer {
        if body.get("apiKey").is_none() {
            body["apiKey"] = json!(KEY);
        }
        self.post_text(path, &body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        Answer::from_request(request.body(body.to_owned())).await
    }

    /// Sends a request as the operator, or with another staff token.
    pub async fn request_as_staff(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Value,
    ) -> Answer {
        let request = self.request(method, path).bearer_auth(token);
        Answer::from_request(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::from_request(self.request(Method::GET, path).header("X-Api-Key", KEY)).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// Logs an event of a call.
    pub async fn log_event(
        &self,
        event: &str,
        call_sid: &str,
        timestamp: &str,
        more: Value,
    ) -> Answer {
        let mut data = json!({"callSid": call_sid, "phoneNumber": "+919876543210",
            "callDirection": "outbound"});
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        self.post_json(
            "/api/ribbon/log-call",
            json!({"event": event, "data": data, "timestamp": timestamp}),
        )
        .await
    }

    /// Starts a call of agent1.
    pub async fn start_call(&self, to: &str) -> CallStarted {
        let answer =
            self.post_json("/api/ribbon/calls", json!({"to": to, "agentId": "agent1"})).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.read()
    }

    pub async fn control_call(&self, session_id: &str, control: &str, body: Value) -> Answer {
        self.post_json(&format!("/api/ribbon/calls/{session_id}/{control}"), body).await
    }

    pub async fn show_call(&self, session_id: &str) -> CallObject {
        self.get(&format!("/api/ribbon/calls/{session_id}")).await.ok()
    }

    /// Returns the server's time, as a page would write it.
    pub fn time_now(&self) -> String {
        chrono::DateTime::from_timestamp_millis(self.clock.now()).unwrap().to_rfc3339()
    }

    /// Returns all of the client's events after a position in its feed.
    pub async fn events_after(&self, seq: i64) -> Stream {
        Stream::open(
            self.request(Method::GET, "/api/ribbon/events")
                .header("X-API-Key", KEY)
                .header("Last-Event-ID", seq),
        )
        .await
    }

    /// Changes the database without the server.
    pub async fn run_sql(&self, sql: &str) {
        self.database.run_sql(sql).await;
    }

    /// Adds another client with a key of its own.
    pub async fn add_other_client(&self) {
        self.run_sql(
            "INSERT INTO clients (client_id, name, plan, allowed_domains, time_zone, created_at)
             VALUES ('client-other', 'Other', 'starter', '[]', 'Asia/Kolkata', 0)",
        )
        .await;
        let hash = format!("{:x}", Sha256::digest(OTHER_KEY));
        self.run_sql(&format!(
            "INSERT INTO credentials (client_id, credential_id, kind, hash, prefix, scopes, created_at)
             VALUES ('client-other', 'k', 'api_key', '{hash}', 'other-clie', '[\"ribbon\",\"read\"]', 0)"
        ))
        .await;
    }
}

/// Creates a token of the demo client's staff; returns it and its id.
pub async fn create_token(server: &Server, role: &str) -> (String, String) {
    let body = json!({"name": format!("the {role}"), "role": role});
    let path = "/api/admin/clients/client-demo/tokens";
    let made = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("tokenId"), text("token"))
}

/// Adds a person to the demo client's staff, and returns the id.
pub async fn add_person(server: &Server, email: &str, role: &str) -> String {
    let body = json!({"email": email, "name": "Asha Rao", "role": role, "password": PASSWORD});
    let path = "/api/admin/clients/client-demo/people";
    let made = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(!made.text.contains("argon2") && !made.text.contains(PASSWORD), "{}", made.text);
    made.read::<Value>()["personId"].as_str().unwrap().to_owned()
}

/// Signs such a person in, and returns the token.
pub async fn sign_in(server: &Server, email: &str) -> String {
    let body = json!({"email": email, "password": PASSWORD});
    let request = server.request(Method::POST, "/api/admin/sign-in").json(&body);
    let answer: Value = Answer::from_request(request).await.ok();
    answer["token"].as_str().unwrap().to_owned()
}

/// The database and the clock of a stopped server.
pub struct Stopped {
    pub database: Arc<Database>,
    pub clock: Arc<TestClock>,
}

impl Stopped {
    /// Starts a server on the same database.
    pub async fn start(self, simulator: SimulatorSettings) -> Server {
        Server::start_on(self.database, self.clock, simulator).await
    }

    /// Starts a server with other settings on the same database.
    pub async fn start_with(self, change: impl FnOnce(&mut Config)) -> Server {
        Server::start_with_on(self.database, self.clock, SLOW, change).await
    }

    /// Starts a server on the same database that has to generate its admin token.
    pub async fn start_without_admin_token(self) -> Server {
        Server::start_with_on(self.database, self.clock, SLOW, |config| config.admin_token = None)
            .await
    }
}
