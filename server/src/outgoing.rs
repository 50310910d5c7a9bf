//! The server's HTTP client for addresses that come from a client's admin.
//!
//! Such an address must not lead the server into its own network: to a service on its machine, to a
//! neighbour, or to the metadata of a cloud (server-side request forgery). So requests go to public
//! addresses by HTTPS; the operator can allow private networks by a setting. An address is judged
//! when it is saved, and again at each connection: a name is resolved once, all addresses it
//! resolves to are judged, and the connection goes to one of exactly these. Redirects are not
//! followed, and proxies of the environment are not used.

#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod local_name;
mod public_address;
mod resolver;
#[cfg(test)]
mod tests;
mod web_socket;

use crate::config::Network;
use public_address::{embedded_ipv4, is_public};
use reqwest::{Client, Method, RequestBuilder, Url, redirect};
pub use resolver::Names;
use resolver::{GuardedResolver, Reach, SystemNames};
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
pub use web_socket::{EventSocket, SocketError};

/// Time-out for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a name may take to resolve when an address is saved.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why no request is sent to an address. No variant says what a name resolves to: that would show
/// an admin the server's own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is not a URL of HTTP.
    #[error("is not a valid address")]
    Invalid,
    /// It contains a user name or password.
    #[error("must not contain a user name or password")]
    UserInfo,
    /// It is not HTTPS, and its host is not in a network that the operator has allowed.
    #[error("must begin with https://")]
    Unencrypted,
    /// Its host is, or resolves to, an address that is not public.
    #[error("leads into a private or reserved network")]
    NotPublic,
}

/// Why the HTTP client could not be created.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS could not be set up.
    #[error("the machine's TLS could not be set up for outgoing requests")]
    Tls(#[from] rustls::Error),
    /// The client could not be built.
    #[error("outgoing requests could not be set up")]
    Client(#[from] reqwest::Error),
}

/// Judges addresses.
#[derive(Clone)]
pub struct AddressGuard {
    /// Networks that the operator has allowed although they are not public.
    allowed: Arc<[Network]>,
    names: Arc<dyn Names>,
}

impl AddressGuard {
    /// Creates a guard that allows public addresses and these networks.
    pub fn new(allowed: &[Network]) -> Self {
        Self::with_names(allowed, SystemNames)
    }

    /// Creates a guard that resolves names so.
    pub fn with_names(allowed: &[Network], names: impl Names + 'static) -> Self {
        Self { allowed: allowed.into(), names: Arc::new(names) }
    }

    /// Judges an address that is to be saved. A public name that cannot be resolved now is accepted
    /// with HTTPS, as it is judged again at each connection.
    pub async fn check_url(&self, url: &str) -> Result<(), AddressError> {
        let (_, reach, host) = self.parse_url(url)?;
        let Host::Name(name) = host else { return Ok(()) };
        let resolved = tokio::time::timeout(RESOLVE_TIMEOUT, self.names.resolve(name)).await;
        match (resolved, reach) {
            (Ok(Ok(addresses)), _) if !addresses.is_empty() => {
                self.check_addresses(&addresses, reach)
            }
            (_, Reach::Public) => Ok(()),
            (_, Reach::Local) => Err(AddressError::NotPublic),
            (_, Reach::Allowed) => Err(AddressError::Unencrypted),
        }
    }

    /// Resolves a host for a connection that is not HTTP, and judges all of its addresses. Without
    /// encryption, only networks that the operator has allowed are reached. The outer error is that
    /// of the resolver.
    pub async fn resolve_host(
        &self,
        host: &str,
        is_encrypted: bool,
    ) -> io::Result<Result<Vec<IpAddr>, AddressError>> {
        let reach = if is_encrypted { Reach::Public } else { Reach::Allowed };
        let (reach, addresses) = if let Ok(address) = host.parse::<IpAddr>() {
            (reach, vec![address])
        } else {
            let resolving = self.names.resolve(host.to_owned());
            let resolved = tokio::time::timeout(RESOLVE_TIMEOUT, resolving).await;
            let addresses = resolved.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
            (reach.limit_to_name(host), addresses)
        };
        Ok(self.check_addresses(&addresses, reach).map(|()| addresses))
    }

    /// Parses a URL as the HTTP client does, and judges all of it except what a name resolves to.
    fn parse_url(&self, url: &str) -> Result<(Url, Reach, Host), AddressError> {
        let url = Url::parse(url).map_err(|_| AddressError::Invalid)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::UserInfo);
        }
        let reach = match url.scheme() {
            "https" => Reach::Public,
            "http" => Reach::Allowed,
            _ => return Err(AddressError::Unencrypted),
        };
        let host = url.host_str().ok_or(AddressError::Invalid)?;
        // The parser writes every spelling of an IP address (octal, hexadecimal, one number) in
        // the usual way.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let Ok(address) = bare.parse::<IpAddr>() else {
            let (reach, name) = (reach.limit_to_name(host), Host::Name(host.to_owned()));
            return Ok((url, reach, name));
        };
        self.check_addresses(&[address], reach)?;
        Ok((url, reach, Host::Address))
    }

    /// Judges all addresses of a host: one that must not be reached is enough to refuse it.
    fn check_addresses(&self, addresses: &[IpAddr], reach: Reach) -> Result<(), AddressError> {
        let refused = match reach {
            Reach::Public | Reach::Local => AddressError::NotPublic,
            Reach::Allowed => AddressError::Unencrypted,
        };
        let may = |address: &IpAddr| {
            let address = embedded_ipv4(*address);
            let allowed = self.allowed.iter().any(|network| network.contains(address));
            allowed || (reach == Reach::Public && is_public(address))
        };
        if addresses.iter().all(may) { Ok(()) } else { Err(refused) }
    }
}

/// Returns a URL without its path and query, which may be a secret, for readers who may not change it.
pub fn host_alone(url: &str) -> String {
    Url::parse(url).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization() + "/…")
}

/// The host of a URL.
enum Host {
    /// An IP address, already judged.
    Address,
    /// A name, still to be resolved.
    Name(String),
}

/// An HTTP client that sends only where its guard allows.
pub struct OutgoingClient {
    guard: AddressGuard,
    tls: Arc<ClientConfig>,
    /// For public addresses and allowed networks.
    https: Client,
    /// Without TLS, for allowed networks alone.
    plain: Client,
}

impl OutgoingClient {
    /// Creates a client with this time-out for each request.
    pub fn new(guard: AddressGuard, patience: Duration) -> Result<Self, ClientError> {
        let tls = tls_settings()?;
        let build = |reach| {
            let resolver = GuardedResolver { guard: guard.clone(), reach };
            Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .timeout(patience)
                .connect_timeout(CONNECT_TIMEOUT.min(patience))
                .https_only(reach == Reach::Public)
                .dns_resolver(resolver)
                // Credentials go to the given URL and to no other.
                .redirect(redirect::Policy::none())
                .no_proxy()
                .user_agent(concat!("call-ribbon/", env!("CARGO_PKG_VERSION")))
                .build()
        };
        let (https, plain) = (build(Reach::Public)?, build(Reach::Allowed)?);
        Ok(Self { https, plain, guard, tls: Arc::new(tls) })
    }

    /// Returns the guard.
    pub fn guard(&self) -> &AddressGuard {
        &self.guard
    }

    /// Begins a request. What a name resolves to is judged when it is sent.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, AddressError> {
        let (url, reach, _) = self.guard.parse_url(url)?;
        let client = match reach {
            Reach::Public | Reach::Local => &self.https,
            Reach::Allowed => &self.plain,
        };
        Ok(client.request(method, url))
    }
}

/// Creates a client for an address that the operator has set, which may be anywhere.
pub fn operators_client(patience: Duration) -> Result<Client, ClientError> {
    Ok(Client::builder()
        .tls_backend_preconfigured(tls_settings()?)
        .timeout(patience)
        .connect_timeout(CONNECT_TIMEOUT.min(patience))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("call-ribbon/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// Returns why the guard refused a connection, if it did.
pub fn refusal(error: &reqwest::Error) -> Option<AddressError> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<AddressError>() {
            return Some(*refused);
        }
        cause = error.source();
    }
    None
}

fn tls_settings() -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!("a root certificate of this machine could not be read: {error}");
    }
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
