//! Decides which connections may be open: in all, from one network, and beside them a few that are
//! kept for health checks.

use crate::config::{Limits, Network};
use crate::network::sender_network;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// Connections beyond the limit, which are kept for health checks.
pub const SURPLUS_CONNECTIONS: u32 = 64;

/// The connections that may be open.
#[derive(Debug)]
pub struct Places {
    most: usize,
    /// The most from one network; `None` if there is no such limit.
    most_of_network: Option<usize>,
    trusted: Vec<Network>,
    most_surplus: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    ordinary: usize,
    by_network: HashMap<IpAddr, usize>,
    /// The oldest first.
    surplus: VecDeque<SurplusPlace>,
    last_id: u64,
}

#[derive(Debug)]
struct SurplusPlace {
    id: u64,
    network: IpAddr,
    end: CancellationToken,
}

/// Why a connection is beyond the limit. Only health checks are answered on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surplus {
    /// The server has as many connections as it may have.
    Server,
    /// The connection's network has as many as it may have.
    Network,
}

/// The place of one connection, which is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    kind: PlaceKind,
}

#[derive(Debug)]
enum PlaceKind {
    Ordinary { network: Option<IpAddr> },
    Surplus { id: u64, why: Surplus, end: CancellationToken },
}

impl Places {
    /// Creates the places that these limits allow.
    pub fn new(limits: &Limits) -> Self {
        let whole = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        Self {
            most: whole(limits.connections).max(1),
            most_of_network: limits.connections_per_network().map(whole),
            trusted: limits.trusted_proxy.clone(),
            most_surplus: whole(SURPLUS_CONNECTIONS),
            taken: Mutex::default(),
        }
    }

    /// Takes a place for a connection from this address. If there is none, the connection is a
    /// surplus one; if there are too many of those, one of them has to end.
    pub fn take_place(self: &Arc<Self>, address: IpAddr) -> Place {
        // A proxy's connections are those of many senders.
        let is_proxy = self.trusted.iter().any(|proxy| proxy.contains(address));
        let network = sender_network(address);
        let mut taken = self.taken();
        let of_network = taken.by_network.get(&network).copied().unwrap_or_default();
        let is_network_full =
            !is_proxy && self.most_of_network.is_some_and(|most| of_network >= most);
        let why = match () {
            () if is_network_full => Some(Surplus::Network),
            () if taken.ordinary >= self.most => Some(Surplus::Server),
            () => None,
        };
        let kind = match why {
            None => {
                taken.ordinary += 1;
                let counted = !is_proxy && self.most_of_network.is_some();
                if counted {
                    *taken.by_network.entry(network).or_default() += 1;
                }
                PlaceKind::Ordinary { network: counted.then_some(network) }
            }
            Some(why) => {
                if taken.surplus.len() >= self.most_surplus {
                    taken.end_oldest_surplus();
                }
                taken.last_id += 1;
                let (id, end) = (taken.last_id, CancellationToken::new());
                taken.surplus.push_back(SurplusPlace { id, network, end: end.clone() });
                PlaceKind::Surplus { id, why, end }
            }
        };
        drop(taken);
        Place { places: Arc::clone(self), kind }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Nothing here can stop halfway, so the counts are intact even after a panic elsewhere.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Ends the oldest surplus connection of the network that has most of them, so that no network
    /// can push out the health checks of another.
    fn end_oldest_surplus(&mut self) {
        let mut counts = HashMap::<_, usize>::new();
        for place in &self.surplus {
            *counts.entry(place.network).or_default() += 1;
        }
        let most = counts.values().max().copied().unwrap_or_default();
        let oldest = self.surplus.iter().position(|place| counts[&place.network] == most);
        if let Some(place) = oldest.and_then(|at| self.surplus.remove(at)) {
            place.end.cancel();
        }
    }
}

impl Place {
    /// Returns why the connection is a surplus one; `None` if it is not.
    pub fn surplus(&self) -> Option<Surplus> {
        match self.kind {
            PlaceKind::Ordinary { .. } => None,
            PlaceKind::Surplus { why, .. } => Some(why),
        }
    }

    /// Returns a token that is cancelled if the connection has to end for a newer one.
    pub fn end_token(&self) -> CancellationToken {
        match &self.kind {
            PlaceKind::Ordinary { .. } => CancellationToken::new(),
            PlaceKind::Surplus { end, .. } => end.clone(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        match self.kind {
            PlaceKind::Ordinary { network } => {
                taken.ordinary = taken.ordinary.saturating_sub(1);
                let Some(network) = network else { return };
                if let Some(count) = taken.by_network.get_mut(&network) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        taken.by_network.remove(&network);
                    }
                }
            }
            PlaceKind::Surplus { id, .. } => taken.surplus.retain(|place| place.id != id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize, most_of_network: Option<usize>, most_surplus: usize) -> Arc<Places> {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        Arc::new(Places { most, most_of_network, trusted, most_surplus, taken: Mutex::default() })
    }

    fn take(places: &Arc<Places>, address: &str) -> Place {
        places.take_place(address.parse().unwrap())
    }

    #[test]
    fn a_network_has_its_share_and_a_proxy_has_all() {
        let places = places(8, Some(2), 9);
        let surplus = |address: &str| take(&places, address).surplus();
        let held = [take(&places, "2001:db8::1"), take(&places, "2001:db8::2")];
        assert_eq!(surplus("2001:db8::3"), Some(Surplus::Network));
        assert_eq!(surplus("2001:db8:0:1::3"), None);
        let of_proxies: Vec<_> = (0..6).map(|_| take(&places, "10.1.2.3")).collect();
        assert!(of_proxies.iter().all(|place| place.surplus().is_none()));
        for address in ["10.9.9.9", "192.0.2.1"] {
            assert_eq!(surplus(address), Some(Surplus::Server));
        }
        drop((held, of_proxies));
        assert_eq!(surplus("2001:db8::3"), None);
        assert!(places.taken().by_network.is_empty() && places.taken().ordinary == 0);
    }

    #[test]
    fn surplus_connections_end_for_newer_ones_of_the_same_network() {
        let places = places(1, None, 4);
        let _held = take(&places, "192.0.2.1");
        let check = take(&places, "192.0.2.1");
        let mut flood: Vec<_> = (0..3).map(|_| take(&places, "192.0.2.9")).collect();
        for _ in 0..20 {
            flood.push(take(&places, "192.0.2.9"));
        }
        let alive = |place: &&Place| !place.end_token().is_cancelled();
        assert!(alive(&&check));
        assert_eq!(flood.iter().filter(alive).count(), 3);
        assert!(flood[20..].iter().all(|place| alive(&place)), "the newest stay");
        drop((check, flood));
        assert!(places.taken().surplus.is_empty());
    }
}
