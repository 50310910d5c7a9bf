//! Where others reach the server.

use std::fmt;
use std::str::FromStr;

/// The scheme and host at which the outside reaches the server, such as `https://calls.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The whole address of a path on this server, which begins with a slash.
    #[must_use]
    pub fn with(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write scheme and host alone, like https://calls.example.com".to_owned();
        let text = text.trim().trim_end_matches('/');
        let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority().ok_or_else(wrong)?;
        let is_alone = text.split_once("://").is_some_and(|(_, rest)| rest == authority.as_str());
        let is_host = !authority.host().is_empty() && !authority.as_str().contains('@');
        if is_web && is_alone && is_host { Ok(Self(text.to_owned())) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scheme_and_host_are_taken() {
        for (text, expected) in [
            ("https://calls.example.com", "https://calls.example.com/a"),
            (" https://calls.example.com:8443/ ", "https://calls.example.com:8443/a"),
            ("http://[::1]:8787", "http://[::1]:8787/a"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().with("/a"), expected);
        }
        for wrong in [
            "",
            "calls.example.com",
            "ftp://calls.example.com",
            "https://",
            "https://me:pass@calls.example.com",
            "https://calls.example.com/path",
            "https://calls.example.com?x=1",
            "https://calls.example.com#x",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }
}
