//! Which pages may use a client's key.

/// Whether a page of this origin (or, where it has none, of the domain it names) may use the
/// key of a client with this list.
///
/// A request with neither comes from no page of another origin: browsers always say theirs.
pub fn allowed(list: &[String], origin: Option<&str>, domain: Option<&str>) -> bool {
    if list.is_empty() {
        return true;
    }
    let site = match (origin, domain) {
        (Some(origin), _) => Site::of_origin(origin),
        (None, Some(domain)) => Site::of_domain(domain),
        (None, None) => return true,
    };
    site.is_some_and(|site| list.iter().any(|pattern| site.matches(pattern)))
}

/// A host, with a port where one is named or the scheme has one.
#[derive(Debug, PartialEq, Eq)]
struct Site {
    host: String,
    port: Option<u16>,
}

impl Site {
    /// Reads an `Origin` header: `scheme://host[:port]` and nothing else.
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

    /// Reads the `domain` that a page names: `location.host`, or an address.
    fn of_domain(domain: &str) -> Option<Self> {
        let domain = domain.trim();
        if let Some((scheme, rest)) = domain.split_once("://") {
            let authority = rest.split(['/', '?', '#']).next()?;
            return Self::of_origin(&format!("{scheme}://{authority}"));
        }
        Self::of_authority(domain)
    }

    /// Reads `host[:port]`. What is no plain host, such as user information, is no site.
    fn of_authority(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        (!host.is_empty() && host.chars().all(plain)).then_some(Self { host, port })
    }

    /// Whether a line of an allow-list means this site: `crm.example.com`, `*.example.com`,
    /// each with or without a port.
    fn matches(&self, pattern: &str) -> bool {
        let (wildcard, rest) = match pattern.trim().strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, pattern.trim()),
        };
        let Some(wanted) = Self::of_domain(rest) else {
            return false;
        };
        let host = if wildcard {
            let before = self.host.strip_suffix(&wanted.host).and_then(|s| s.strip_suffix('.'));
            before.is_some_and(|before| !before.is_empty())
        } else {
            self.host == wanted.host
        };
        host && (wanted.port.is_none() || wanted.port == self.port)
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
            assert_eq!(allowed(&list, Some(origin), Some("crm.example.com")), expected, "{origin}");
        }
    }

    #[test]
    fn the_body_decides_only_where_there_is_no_origin() {
        let list = ["crm.example.com".to_owned()];
        assert!(allowed(&list, None, Some("crm.example.com")));
        assert!(allowed(&list, None, Some("https://crm.example.com/page?x=1")));
        assert!(!allowed(&list, None, Some("evil.test")));
        assert!(!allowed(&list, Some("https://evil.test"), Some("crm.example.com")));
        assert!(allowed(&list, None, None));
        assert!(allowed(&[], Some("null"), None));
    }
}
