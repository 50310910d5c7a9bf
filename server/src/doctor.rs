//! Checks whether a server with these settings would work on this machine, without starting one.
//!
//! Each check produces one finding with one sentence, which says how to fix a problem and never
//! contains a secret.

mod database;
mod listening;
mod machine;
mod mail;
mod oidc;

use crate::assets;
use crate::config::{Config, Network};
use crate::time;
use crate::time::Clock;
use crate::tls::{Tls, Validity};
use serde::Serialize;
use std::error::Error;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;
use tokio::time::Instant;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// No problem.
    Ok,
    /// It works, but the operator should know.
    Warning,
    /// It does not work.
    Problem,
}

/// The result of one check.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The subject.
    pub about: &'static str,
    /// The severity.
    pub state: State,
    /// The result, and what to do about it.
    pub sentence: String,
}

impl Finding {
    /// Returns a finding without a problem.
    pub fn ok(about: &'static str, sentence: impl Into<String>) -> Self {
        Self { about, state: State::Ok, sentence: sentence.into() }
    }

    /// Returns a finding that works, but that the operator should know.
    pub fn warning(about: &'static str, sentence: impl Into<String>) -> Self {
        Self { about, state: State::Warning, sentence: sentence.into() }
    }

    /// Returns a finding that does not work.
    pub fn problem(about: &'static str, sentence: impl Into<String>) -> Self {
        Self { about, state: State::Problem, sentence: sentence.into() }
    }
}

/// Runs all checks.
pub async fn run_checks(
    mut config: Config,
    file: Option<&Path>,
    clock: &dyn Clock,
) -> Vec<Finding> {
    let (clock_began, began) = (clock.now(), Instant::now());
    let mut findings = vec![check_settings(file)];
    findings.extend(check_secrets(&mut config));
    findings.push(listening::check_address(&config).await);
    findings.push(check_certificate(&config, clock));
    findings.extend(check_proxies(&config));
    findings.extend(check_private_addresses(&config));
    findings.extend(oidc::check_oidc(&config, clock).await);
    findings.extend(database::check_database(&config, clock).await);
    findings.extend(mail::check_mail(&config).await);
    findings.push(machine::check_open_files(&config));
    findings.push(machine::check_clock(clock_began, began, clock));
    findings.push(if assets::ribbon_is_built() {
        Finding::ok("browser files", "this binary contains the ribbon and the dashboard")
    } else {
        Finding::warning("browser files", assets::NOT_BUILT)
    });
    findings
}

fn check_settings(file: Option<&Path>) -> Finding {
    Finding::ok(
        "settings",
        match file {
            Some(file) => format!("read from {}, the environment and the flags", file.display()),
            None => "read from the environment and the flags; no file exists".to_owned(),
        },
    )
}

fn check_secrets(config: &mut Config) -> Vec<Finding> {
    if let Err(error) = config.read_secret_files() {
        return vec![Finding::problem("secrets", error_chain(&error))];
    }
    [
        (
            "secret key",
            config.keys.secret_key.is_some(),
            config.weak_secret_key(),
            "the server creates one and stores it in the database",
        ),
        (
            "admin token",
            config.admin_token.is_some(),
            config.weak_admin_token(),
            "the server creates one at its first start and shows it once",
        ),
    ]
    .into_iter()
    .map(|(about, is_set, weak, none)| match weak {
        Some(weak) => Finding::problem(about, format!("the server does not start: {weak}")),
        None if is_set => Finding::ok(about, "set"),
        None => Finding::ok(about, format!("not set: {none}")),
    })
    .collect()
}

/// Checks whether the trusted proxies exclude other senders.
fn check_proxies(config: &Config) -> Option<Finding> {
    let about = "trusted proxies";
    let trusted = &config.limits.trusted_proxy;
    if trusted.iter().any(Network::is_everybody) {
        let sentence = "every address is trusted, so anyone can forge any address: name only the \
                        networks of the proxies";
        return Some(Finding::warning(about, sentence));
    }
    let names: Vec<String> = trusted.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| Finding::ok(about, names.join(", ")))
}

/// Checks whether clients' admins can have the server ask its own machine.
fn check_private_addresses(config: &Config) -> Option<Finding> {
    let about = "private addresses";
    let allowed = &config.outgoing.allow_private_addresses;
    let own = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    if allowed.iter().any(|network| own.iter().any(|address| network.contains(*address))) {
        let sentence = "every client's admin can reach services on this machine: do not allow \
                        loopback addresses outside tests";
        return Some(Finding::warning(about, sentence));
    }
    let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| Finding::ok(about, format!("{} can be reached", names.join(", "))))
}

fn check_certificate(config: &Config, clock: &dyn Clock) -> Finding {
    let about = "certificate";
    let beyond = !config.listen.ip().is_loopback();
    match Tls::load(&config.tls) {
        Err(error) => Finding::problem(about, error_chain(&error)),
        Ok(None) if beyond => Finding::warning(
            about,
            "none: keys are sent unencrypted, unless a proxy in front of this server provides TLS",
        ),
        Ok(None) => Finding::ok(about, "none: the server uses HTTP"),
        Ok(Some(tls)) => match tls.validity(clock.now()) {
            Validity::Good(at) => Finding::ok(about, format!("valid until {}", time::format(at))),
            Validity::EndsSoon(at) => {
                Finding::warning(about, format!("renew it: it expires at {}", time::format(at)))
            }
            Validity::Ended(at) => {
                Finding::problem(about, format!("renew it: it expired at {}", time::format(at)))
            }
            Validity::NotYet(at) => Finding::problem(
                about,
                format!("it is not valid before {}; check the clock", time::format(at)),
            ),
            Validity::Unknown => Finding::warning(about, "its expiry cannot be read"),
        },
    }
}

/// Returns an error and its causes on one line, without repetitions.
pub fn error_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = next.source();
    }
    text
}
