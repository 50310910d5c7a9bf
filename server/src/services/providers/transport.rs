//! Sends requests to providers for their adapters: with time-outs, with retries if a retry does no
//! harm, and with a circuit breaker for a provider that stops answering. Every request and answer
//! goes to the request log.

mod breaker;
mod send;

use crate::outgoing::{
    AddressError, AddressGuard, ClientError, EventSocket, OutgoingClient, SocketError,
};
use crate::providers::{EventStream, ProviderError, Reply, Request, Transport};
use crate::request_trace::ProviderRequest;
use crate::secret::Secret;
use crate::services::providers::accounts::Account;
use crate::services::providers::request_log::{Exchange, RequestLog};
use crate::time::Clock;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breaker::Breakers;
use call_ribbon_shared::Millis;
use reqwest::header::HeaderValue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Waits before the retries of a request.
const RETRY_WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1_500)];
/// A longer `Retry-After` is not waited for: the caller gets the error.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5);

/// The HTTP client for all providers, which share its connection pool.
pub struct ProviderClient {
    http: OutgoingClient,
    clock: Arc<dyn Clock>,
    breakers: Breakers,
    /// Temporary tokens issued by providers, by account and name.
    tokens: Mutex<HashMap<(String, &'static str), StoredToken>>,
    log: Arc<RequestLog>,
}

/// A token, for what it was issued, and the time until which it is valid.
struct StoredToken {
    token: Secret,
    /// The account's [`destination`] at the time: a token must not go to another address.
    destination: String,
    good_until: Millis,
}

impl ProviderClient {
    /// Creates a client with this time-out for each request, to addresses that the guard allows.
    pub fn new(
        guard: AddressGuard,
        patience: Duration,
        clock: Arc<dyn Clock>,
        log: Arc<RequestLog>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            http: OutgoingClient::new(guard, patience)?,
            clock,
            breakers: Breakers::default(),
            tokens: Mutex::default(),
            log,
        })
    }

    /// Returns the guard of the addresses.
    pub fn guard(&self) -> &AddressGuard {
        self.http.guard()
    }

    /// Opens the connection on which an account's provider tells of its calls.
    pub async fn open_events(
        &self,
        account: &Account,
        stream: &EventStream<'_>,
    ) -> Result<EventSocket, SocketError> {
        let login = format!("{}:{}", stream.user, stream.password.expose());
        let basic = format!("Basic {}", STANDARD.encode(login));
        let header = HeaderValue::from_str(&basic).map_err(|_| AddressError::Invalid)?;
        let socket = self.http.open_web_socket(&stream.url, header).await?;
        // It answers again, so requests need not wait for the breaker.
        self.breakers.record_answer(&account.account_id, true, self.clock.now());
        Ok(socket)
    }

    /// Returns the transport to an account's provider, for requests about this call.
    pub fn to_account<'a>(
        &'a self,
        account: &'a Account,
        session_id: Option<&'a str>,
    ) -> AccountTransport<'a> {
        AccountTransport { client: self, account, session_id }
    }
}

/// The transport to one account's provider.
pub struct AccountTransport<'a> {
    client: &'a ProviderClient,
    account: &'a Account,
    session_id: Option<&'a str>,
}

impl Transport for AccountTransport<'_> {
    async fn send(&self, request: Request) -> Result<Reply, ProviderError> {
        for usual in RETRY_WAITS {
            let result = self.send_once(&request).await;
            let wait = retry_delay(&result, usual).filter(|_| request.repeatable);
            match wait {
                Some(wait) if wait <= MAX_RETRY_AFTER => tokio::time::sleep(wait).await,
                _ => return result,
            }
        }
        self.send_once(&request).await
    }

    fn now(&self) -> Millis {
        self.client.clock.now()
    }

    fn stored_token(&self, name: &'static str) -> Option<Secret> {
        let tokens = self.client.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = tokens.get(&(self.account.account_id.clone(), name))?;
        let valid = kept.good_until > self.now() && kept.destination == destination(self.account);
        valid.then(|| kept.token.clone())
    }

    fn store_token(&self, name: &'static str, token: Secret, good_until: Millis) {
        let mut tokens = self.client.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let destination = destination(self.account);
        let token = StoredToken { token, destination, good_until };
        tokens.insert((self.account.account_id.clone(), name), token);
    }

    fn remove_token(&self, name: &'static str) {
        let mut tokens = self.client.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.remove(&(self.account.account_id.clone(), name));
    }
}

impl AccountTransport<'_> {
    /// Sends a request once and logs it.
    async fn send_once(&self, request: &Request) -> Result<Reply, ProviderError> {
        let begun = self.now();
        let account = &self.account.account_id;
        self.client.breakers.admit(account, begun)?;
        let traced = ProviderRequest::begin(self.account.provider, request.method);
        let result = send::send_request(&self.client.http, request).await;
        traced.record_answer(result.as_ref().ok().map(|reply| reply.status));
        drop(traced);
        let ended = self.now();
        let answered = match &result {
            Ok(reply) => Some(reply.status < 500),
            // It was not asked.
            Err(ProviderError::NotReady(_)) => None,
            Err(_) => Some(false),
        };
        if let Some(answered) = answered {
            self.client.breakers.record_answer(account, answered, ended);
        }
        let exchange = Exchange::of_request(request, &result, begun, ended);
        self.client.log.log_request(self.account, self.session_id, exchange);
        result
    }
}

/// Returns everything in an account's settings that determines where its secrets are sent and whose
/// they are, as one text.
fn destination(account: &Account) -> String {
    let uses = account.settings.secret_uses();
    let values = uses.iter().flat_map(|used| &used.determined_by).map(|(_, value)| *value);
    values.collect::<Vec<_>>().join("\n")
}

/// Returns how long to wait before a retry, if the result allows one: the provider's `Retry-After`,
/// else the usual time.
fn retry_delay(result: &Result<Reply, ProviderError>, usual: Duration) -> Option<Duration> {
    match result {
        Ok(reply) if reply.status == 429 || reply.status >= 500 => {
            Some(reply.retry_after.map_or(usual, Duration::from_secs))
        }
        Err(ProviderError::Unreachable(_) | ProviderError::TimedOut) => Some(usual),
        _ => None,
    }
}
