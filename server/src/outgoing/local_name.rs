//! Which names are not public: the machine itself, its hosts file or its own network resolves them.

/// The domains that only a local network resolves.
const LOCAL_DOMAINS: [&str; 12] = [
    // This machine (RFC 6761, section 6.3).
    "localhost",
    // Written into the hosts file by Linux distributions.
    "localdomain",
    "localdomain4",
    "localdomain6",
    // The local link (RFC 6762, section 3), and residential networks (RFC 8375).
    "local",
    "home.arpa",
    // Used for private networks, and not delegated (RFC 6762, appendix G).
    "intranet",
    "internal",
    "private",
    "corp",
    "home",
    "lan",
];

/// Returns whether a host name is local. A name without a dot is, as it depends on the machine's
/// search list or hosts file.
pub fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_below =
        |domain: &&str| name.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    !name.contains('.') || LOCAL_DOMAINS.iter().any(is_below)
}
