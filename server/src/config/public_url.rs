//! The setting for the server's public address.

use std::fmt;
use std::str::FromStr;

/// The first segments of the server's own paths. If the base path began with one, it could not be
/// known whether a proxy has stripped the base path.
const OWN: [&str; 10] = [
    "api",
    "assets",
    "dashboard",
    "docs",
    "embed",
    "examples",
    "health",
    "inspector",
    "metrics",
    "oidc",
];

/// The server's public address, such as `https://calls.example.com`, or, below a path of another
/// site, `https://www.example.com/ribbon`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    whole: String,
    /// The index at which the path begins; the text's length without a path.
    path_at: usize,
}

impl PublicUrl {
    /// Returns whether browsers reach the server by HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.whole.starts_with("https:")
    }

    /// Returns the full address of a path on this server, which begins with a slash.
    #[must_use]
    pub fn join_path(&self, path: &str) -> String {
        format!("{}{path}", self.whole)
    }

    /// Returns the scheme and host, as browsers write an origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.whole.get(..self.path_at).unwrap_or_default()
    }

    /// Returns the path below which the server runs, such as `/ribbon`; empty if the server has a
    /// host of its own. It never ends with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        self.whole.get(self.path_at..).unwrap_or_default()
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            "write the scheme, the host and an optional path, like https://calls.example.com or \
             https://www.example.com/ribbon"
                .to_owned()
        };
        let text = text.trim().trim_end_matches('/');
        let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority().ok_or_else(wrong)?;
        let (_, rest) = text.split_once("://").ok_or_else(wrong)?;
        let path = rest.strip_prefix(authority.as_str()).ok_or_else(wrong)?;
        let is_host = !authority.host().is_empty() && !authority.as_str().contains('@');
        // It is inserted into pages, so it may contain only plain names.
        let is_plain = |name: &str| {
            !matches!(name, "" | "." | "..")
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
        };
        let is_path = path.is_empty()
            || path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_plain));
        let first = path.split('/').nth(1).unwrap_or_default();
        if OWN.contains(&first) {
            return Err(format!(
                "the server uses paths that begin with /{first} itself; serve it below another \
                 path, like /ribbon"
            ));
        }
        if is_web && is_host && is_path {
            Ok(Self { whole: text.to_owned(), path_at: text.len() - path.len() })
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_host_and_path_are_taken() {
        for (text, path, expected) in [
            ("https://calls.example.com", "", "https://calls.example.com/a"),
            (" https://calls.example.com:8443/ ", "", "https://calls.example.com:8443/a"),
            ("http://[::1]:8787", "", "http://[::1]:8787/a"),
            ("https://a.example/ribbon", "/ribbon", "https://a.example/ribbon/a"),
            ("https://a.example/dashboards", "/dashboards", "https://a.example/dashboards/a"),
            (
                "https://a.example/tools/rib-bon_1/",
                "/tools/rib-bon_1",
                "https://a.example/tools/rib-bon_1/a",
            ),
        ] {
            let url: PublicUrl = text.parse().unwrap();
            assert_eq!((url.path(), url.join_path("/a").as_str()), (path, expected));
            assert_eq!(format!("{}{path}/a", url.origin()), expected);
        }
        for own in ["/api", "/docs/", "/dashboard/ribbon"] {
            let refused = format!("https://a.example{own}").parse::<PublicUrl>().unwrap_err();
            assert!(refused.contains(own.split('/').nth(1).unwrap()), "{refused}");
        }
        for wrong in [
            "",
            "calls.example.com",
            "ftp://calls.example.com",
            "https://",
            "https://me:pass@calls.example.com",
            "https://calls.example.com//path",
            "https://calls.example.com/a/../b",
            "https://calls.example.com/a\"b",
            "https://calls.example.com/a%22b",
            "https://calls.example.com/<b>",
            "https://calls.example.com?x=1",
            "https://calls.example.com#x",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }
}
