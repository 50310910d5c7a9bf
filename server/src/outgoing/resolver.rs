//! Resolves names for the HTTP client, which connects to no other address than those returned here.

use super::AddressGuard;
use super::local_name::is_local_name;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

/// The addresses of a name, once they are known.
pub type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Resolves names.
pub trait Names: Send + Sync {
    /// Resolves a name.
    fn resolve(&self, name: String) -> Addresses;
}

/// The machine's own resolver.
pub struct SystemNames;

impl Names for SystemNames {
    fn resolve(&self, name: String) -> Addresses {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// How far a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses and to networks that the operator has allowed.
    Public,
    /// With encryption to networks that the operator has allowed: only they know the name.
    Local,
    /// Without encryption to networks that the operator has allowed.
    Allowed,
}

impl Reach {
    /// Returns how far a request may go by this name. A local name never reaches public addresses.
    pub fn limit_to_name(self, name: &str) -> Self {
        match self {
            Self::Public if is_local_name(name) => Self::Local,
            reach => reach,
        }
    }
}

/// A resolver that returns a name's addresses only if the guard allows all of them.
pub struct GuardedResolver {
    pub guard: AddressGuard,
    pub reach: Reach,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, reach) = (self.guard.clone(), self.reach);
        Box::pin(async move {
            let addresses = guard.names.resolve(name.as_str().to_owned()).await?;
            guard.check_addresses(&addresses, reach.limit_to_name(name.as_str()))?;
            // Port 0 stands for the URL's own port.
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
