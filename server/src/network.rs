//! The network that an address belongs to, by which senders are limited.

use std::net::{IpAddr, Ipv6Addr};

/// Bits of an IPv6 address that identify its network: one machine may use all addresses in it.
const NETWORK_BITS: u32 = 64;

/// Returns an IPv4 address itself, or the first address of an IPv6 address's `/64`. An IPv4 address
/// in IPv6 form counts as IPv4.
pub fn sender_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - NETWORK_BITS))).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let of = |text: &str| sender_network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
