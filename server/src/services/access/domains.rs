//! Decides which pages may use a client's key, by its list of allowed domains.

/// Characters of the longest line: a host has at most 253, plus a scheme and a port.
pub const MAX_LINE_CHARS: usize = 300;
/// A pattern of valid lines for the OpenAPI document. A browser writes a host in ASCII.
pub const LINE_PATTERN: &str = concat!(
    r"^(https?://|\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?(:",
    r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])",
    r")?$"
);

/// Whether a page of this origin (or, if it has none, of the domain it names) may use the key of a
/// client with this list.
///
/// A request with neither comes from no cross-origin page: browsers always send an origin then.
pub fn is_allowed(list: &[String], origin: Option<&str>, domain: Option<&str>) -> bool {
    if list.is_empty() {
        return true;
    }
    let site = match (origin, domain) {
        (Some(origin), _) => Site::of_origin(origin),
        (None, Some(domain)) => Site::of_domain(domain),
        (None, None) => return true,
    };
    site.is_some_and(|site| {
        list.iter().filter_map(|line| AllowListLine::parse(line)).any(|l| l.covers_site(&site))
    })
}

/// Validates a line of an allow-list, or says what is wrong with it: a line that names no host, or
/// names it in a way no browser does, would block the pages it was meant to allow.
pub fn check_line(line: &str) -> Result<String, String> {
    let bare = ["https://", "http://", "*."].iter().find_map(|start| line.strip_prefix(start));
    let (host, port) = match bare.unwrap_or(line).split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (bare.unwrap_or(line), None),
    };
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let host = host.strip_suffix('.').unwrap_or(host);
    let named = host.split('.').all(|label| !label.is_empty() && label.bytes().all(letter));
    let reachable = port.is_none_or(|port| {
        port.starts_with(|c: char| matches!(c, '1'..='9')) && port.parse::<u16>().is_ok()
    });
    if named && reachable && line.len() <= MAX_LINE_CHARS {
        return Ok(line.to_owned());
    }
    Err(format!(
        "{line:?} names no host; write it like crm.example.com, *.example.com or localhost:3000 \
         (letters beyond ASCII as a browser does, like xn--mnchen-3ya.de)."
    ))
}

/// The allow-lists of many clients as one: decides what a page may read before it is known which
/// client's key it will send.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CombinedAllowList {
    /// Whether one of the lists is empty, so that some key is valid on every page.
    everywhere: bool,
    lines: Vec<AllowListLine>,
}

impl CombinedAllowList {
    /// Combines allow-lists.
    pub fn from_lists(lists: &[Vec<String>]) -> Self {
        let mut lines: Vec<AllowListLine> =
            lists.iter().flatten().filter_map(|l| AllowListLine::parse(l)).collect();
        lines.sort_unstable();
        lines.dedup();
        Self { everywhere: lists.iter().any(Vec::is_empty), lines }
    }

    /// Whether this origin could use a key of at least one of the clients.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.everywhere
            || Site::of_origin(origin)
                .is_some_and(|site| self.lines.iter().any(|line| line.covers_site(&site)))
    }
}

/// A line of an allow-list: `crm.example.com`, `*.example.com`, each with or without a port.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct AllowListLine {
    site: Site,
    /// Whether all subdomains of the site are meant, and not the site itself.
    below: bool,
}

impl AllowListLine {
    /// Parses a line; returns `None` if it names no host.
    fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        let (below, rest) = match line.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        Site::of_domain(rest).map(|site| Self { site, below })
    }

    /// Whether the line covers a page of this site.
    fn covers_site(&self, site: &Site) -> bool {
        let host = if self.below {
            let before = site.host.strip_suffix(&self.site.host).and_then(|s| s.strip_suffix('.'));
            before.is_some_and(|before| !before.is_empty())
        } else {
            site.host == self.site.host
        };
        host && (self.site.port.is_none() || self.site.port == site.port)
    }
}

/// A host, with a port if one is named or the scheme has one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Site {
    host: String,
    port: Option<u16>,
}

impl Site {
    /// Parses an `Origin` header: `scheme://host[:port]` and nothing else.
    fn of_origin(origin: &str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://")?;
        let default = match scheme.to_ascii_lowercase().as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let mut site = Self::of_authority(rest)?;
        site.port = site.port.or(Some(default));
        Some(site)
    }

    /// Parses the `domain` that a page names: `location.host`, or a URL.
    fn of_domain(domain: &str) -> Option<Self> {
        let domain = domain.trim();
        if let Some((scheme, rest)) = domain.split_once("://") {
            let authority = rest.split(['/', '?', '#']).next()?;
            return Self::of_origin(&format!("{scheme}://{authority}"));
        }
        Self::of_authority(domain)
    }

    /// Parses `host[:port]`. Anything else, such as user information, is refused.
    fn of_authority(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        (!host.is_empty() && host.chars().all(plain)).then_some(Self { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_judged_right() {
        let list = ["crm.example.com", "*.shop.test", "localhost:3000"].map(str::to_owned);
        for (origin, expected) in [
            ("https://crm.example.com", true),
            ("https://CRM.Example.com.", true),
            ("http://crm.example.com:8080", true),
            ("https://a.shop.test", true),
            ("https://a.b.shop.test", true),
            ("http://localhost:3000", true),
            ("http://localhost:3001", false),
            ("http://localhost", false),
            ("https://shop.test", false),
            ("https://evilshop.test", false),
            ("https://evil-crm.example.com", false),
            ("https://crm.example.com.evil.test", false),
            ("https://crm.example.com@evil.test", false),
            ("https://evil.test/crm.example.com", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(
                is_allowed(&list, Some(origin), Some("crm.example.com")),
                expected,
                "{origin}"
            );
        }
    }

    #[test]
    fn a_line_is_taken_only_if_it_can_mean_a_page() {
        for line in [
            "crm.example.com",
            "*.example.com",
            "*.example.com:8443",
            "localhost:3000",
            "10.0.0.7",
            "CRM.Example.com.",
            "https://crm.example.com",
            "http://localhost:65535",
            "xn--mnchen-3ya.de",
        ] {
            assert_eq!(check_line(line).as_deref(), Ok(line));
            let read = AllowListLine::parse(line).unwrap();
            let host = line.trim_start_matches("https://").trim_start_matches("http://");
            let host = host.replace("*.", "a.");
            let scheme = if line.starts_with("http://") { "http" } else { "https" };
            assert!(
                read.covers_site(&Site::of_origin(&format!("{scheme}://{host}")).unwrap()),
                "{line}"
            );
        }
        for line in [
            "",
            " ",
            "*",
            "*.",
            ".",
            "*.*.example.com",
            "*example.com",
            "crm..example.com",
            ".example.com",
            "crm example.com",
            " crm.example.com",
            "crm.example.com,shop.test",
            "crm.example.com/leads",
            "ftp://crm.example.com",
            "https://*.example.com",
            "user@crm.example.com",
            "crm.example.com:",
            "crm.example.com:0",
            "crm.example.com:+80",
            "crm.example.com:65536",
            "münchen.de",
            "[::1]",
            "null\0",
        ] {
            assert!(check_line(line).is_err(), "{line}");
        }
        assert!(check_line(&"a".repeat(MAX_LINE_CHARS + 1)).is_err());
    }

    #[test]
    fn the_body_decides_only_where_there_is_no_origin() {
        let list = ["crm.example.com".to_owned()];
        assert!(is_allowed(&list, None, Some("crm.example.com")));
        assert!(is_allowed(&list, None, Some("https://crm.example.com/page?x=1")));
        assert!(!is_allowed(&list, None, Some("evil.test")));
        assert!(!is_allowed(&list, Some("https://evil.test"), Some("crm.example.com")));
        assert!(is_allowed(&list, None, None));
        assert!(is_allowed(&[], Some("null"), None));
    }
}
