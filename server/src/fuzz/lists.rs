//! Readers of what staff upload: files of numbers, rule packs, addresses of receivers, and files for
//! complaints.

use super::SEPARATOR;
use crate::outgoing::{AddressGuard, fuzz::ForgetfulNames};
use crate::seal::file::check_file;
use crate::services::permission::lines::read_in_pieces;
use crate::services::receivers::types::check_types;
use call_ribbon_rules::{Attempt, AttemptResult, AttemptTo, Facts, Pack, decide};
use chrono_tz::Tz;
use reqwest::Url;
use std::net::IpAddr;

/// The most bytes of a line of a file.
const LONGEST_LINE: usize = 10_000;
/// A moment: 2025-10-12T10:30:00Z.
const NOW: i64 = 1_760_265_000_000;

/// Reads a file of comma-separated values. However its bytes arrive, it has the same lines, and each
/// has at most so many bytes.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_lines(data: &[u8]) {
    let whole = read_in_pieces(data, data.len().max(1));
    for size in [1, 2, 7] {
        assert_eq!(read_in_pieces(data, size), whole, "in pieces of {size}");
    }
    // A carriage return alone ends a line, too, and is not counted.
    assert!(whole.is_sorted_by_key(|line| line.number), "{whole:?}");
    for cells in whole.iter().filter_map(|line| line.cells.as_ref().ok()) {
        // A byte that is no UTF-8 becomes a sign of three bytes.
        assert!(cells.iter().map(String::len).sum::<usize>() <= 3 * LONGEST_LINE);
    }
}

/// Reads a pack of rules, and judges a call by it. What is read is written and read again.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_pack(data: &[u8]) {
    let Ok(pack) = Pack::from_json(&String::from_utf8_lossy(data)) else { return };
    let written = serde_json::to_string(&pack).unwrap_or_default();
    assert_eq!(Pack::from_json(&written).ok().as_ref(), Some(&pack), "{written}");
    let attempt = Attempt {
        at: NOW - 3_600_000,
        result: AttemptResult::Talked,
        consented: false,
        to: AttemptTo::Both,
        account: None,
    };
    let zones = vec![Tz::Asia__Kolkata, Tz::America__New_York];
    let facts = Facts { zones, attempts: vec![attempt], ..Facts::default() };
    let decision = decide(&facts, &[&pack], NOW);
    assert!(decision.next_allowed.is_none_or(|at| at > NOW), "{decision:?}");
    assert!(decision.because.len() <= pack.rules.len());
}

/// Reads the types and the address that a receiver is to have. An address that is accepted is one on
/// the internet to the HTTP client, too.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_receiver(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (types, url) = text.rsplit_once(SEPARATOR).unwrap_or(("", &text));
    let _ = check_types(types.split(',').map(str::to_owned).collect());
    let guard = AddressGuard::with_names(&[], ForgetfulNames);
    if !ForgetfulNames::judge(&guard, url) {
        return;
    }
    let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "https");
    assert!(parsed.is_some(), "{url:?} is accepted without TLS");
    let Some(parsed) = parsed else { return };
    assert!(parsed.username().is_empty() && parsed.password().is_none(), "{url:?}");
    let host = parsed.host_str().unwrap_or_default();
    let bare = host.trim_matches(['[', ']']);
    let inside = match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(v4)) => {
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()
        }
        Ok(IpAddr::V6(v6)) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
        Err(_) => format!(".{}", host.trim_end_matches('.')).ends_with(".localhost"),
    };
    assert!(!host.is_empty() && !inside, "{url:?} is accepted, and leads to {host:?}");
}

/// Reads a file for a complaint. One that is not as the server made it is not valid.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_complaint_file(data: &[u8]) {
    if let Err(wrong) = check_file(data) {
        assert!(!wrong.is_empty(), "a file is refused without a reason");
    }
}
