//! The settings for traces.

use crate::secret::Secret;
use clap::Args;
use std::fmt;
use std::str::FromStr;

/// The path at which a collector takes traces, by the specification of OTLP.
const PATH: &str = "/v1/traces";

/// Settings of traces. Without an address, the server makes none.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Traces")]
pub struct TraceSettings {
    /// The address of an OpenTelemetry collector, such as `http://127.0.0.1:4318`, to which traces of
    /// requests are sent (OTLP, protobuf over HTTP).
    #[arg(long, env = "CALL_RIBBON_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<CollectorUrl>,
    /// Headers for the collector, such as `api-key=…`; separate several with commas.
    #[arg(
        long,
        env = "CALL_RIBBON_OTLP_HEADERS",
        hide_env_values = true,
        value_name = "NAME=VALUE"
    )]
    pub otlp_headers: Option<Secret>,
    /// The percentage of requests that are traced.
    #[arg(
        long,
        env = "CALL_RIBBON_TRACE_PERCENT",
        default_value_t = 100,
        value_parser = clap::value_parser!(u32).range(1..=100),
        value_name = "PERCENT"
    )]
    pub trace_percent: u32,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self { otlp_endpoint: None, otlp_headers: None, trace_percent: 100 }
    }
}

/// The full address at which a collector takes traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorUrl(String);

impl fmt::Display for CollectorUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CollectorUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write the collector's address, like http://127.0.0.1:4318".to_owned();
        let text = text.trim().trim_end_matches('/');
        let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
        let host = uri.authority().ok_or_else(wrong)?;
        if host.as_str().contains('@') {
            return Err("write the collector's address without a user name or password, which \
                        belong into otlp_headers"
                .to_owned());
        }
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        if !is_web || host.host().is_empty() || text.contains(['?', '#']) {
            return Err(wrong());
        }
        let whole = if text.ends_with(PATH) { text.to_owned() } else { format!("{text}{PATH}") };
        Ok(Self(whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_the_path_for_traces() {
        for (text, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            (" http://[::1]:4318/ ", "http://[::1]:4318/v1/traces"),
            ("https://otlp.example.com/v1/traces", "https://otlp.example.com/v1/traces"),
            ("https://example.com/otlp/", "https://example.com/otlp/v1/traces"),
        ] {
            assert_eq!(text.parse::<CollectorUrl>().unwrap().to_string(), expected);
        }
        for wrong in
            ["", "127.0.0.1:4318", "grpc://a.example:4317", "http://", "http://a.example/?key=1"]
        {
            let error = wrong.parse::<CollectorUrl>().unwrap_err();
            assert!(error.contains("http://127.0.0.1:4318"), "{wrong}: {error}");
        }
        let error = "http://me:pass@a.example".parse::<CollectorUrl>().unwrap_err();
        assert!(error.contains("otlp_headers"), "{error}");
    }
}
