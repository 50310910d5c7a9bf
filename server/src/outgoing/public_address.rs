//! Which IP addresses are public.
//!
//! The networks are those that IANA's registries of special-purpose addresses list as not globally
//! reachable, multicast, and what is deprecated.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, third: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), prefix)
}

/// Not public.
const SPECIAL_V4: &[Ipv4Net] = &[
    // This network.
    v4(0, 0, 0, 0, 8),
    // Private.
    v4(10, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 168, 0, 0, 16),
    // Shared by a provider's customers.
    v4(100, 64, 0, 0, 10),
    // Loopback.
    v4(127, 0, 0, 0, 8),
    // Link-local; also the metadata of most clouds.
    v4(169, 254, 0, 0, 16),
    // Azure's virtual machines reach their host and its metadata here.
    v4(168, 63, 129, 16, 32),
    // Protocols; also the metadata of Oracle's cloud.
    v4(192, 0, 0, 0, 24),
    // Documentation.
    v4(192, 0, 2, 0, 24),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    // Relays of 6to4, deprecated.
    v4(192, 88, 99, 0, 24),
    // Benchmarks.
    v4(198, 18, 0, 0, 15),
    // Multicast.
    v4(224, 0, 0, 0, 4),
    // Reserved, and broadcast.
    v4(240, 0, 0, 0, 4),
];

/// The addresses that are public unless listed below: `::1`, `fc00::/7`, `fe80::/10` and all other
/// kinds are outside.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// Not public, although global.
const SPECIAL_V6: &[Ipv6Net] = &[
    // Protocols, Teredo among them.
    v6(0x2001, 0, 0, 23),
    // Documentation.
    v6(0x2001, 0x0db8, 0, 32),
    v6(0x3fff, 0, 0, 20),
    // 6to4, deprecated: it leads to the IPv4 address inside.
    v6(0x2002, 0, 0, 16),
];

/// A translator turns these into the IPv4 addresses in their last 32 bits (RFC 6052).
const NAT64: Ipv6Net = v6(0x0064, 0xff9b, 0, 96);

/// Returns the IPv4 address to which an IPv6 address leads, if it is of such a kind, else the
/// address itself.
pub fn embedded_ipv4(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if NAT64.contains(&v6) => {
            let [.., a, b, c, d] = v6.octets();
            IpAddr::from([a, b, c, d])
        }
        address => address,
    }
}

/// Whether an address is reachable for everybody on the internet.
pub fn is_public(address: IpAddr) -> bool {
    match embedded_ipv4(address) {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address)
                && !SPECIAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}
