//! Tests that no pack makes a decision long: each is made while other calls wait.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

use call_ribbon_rules::{Attempt, AttemptResult, AttemptTo, Facts, Pack, QuietTime, decide};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::time::Instant;

/// Monday, 2026-11-30T00:00:00Z.
const NOW: i64 = 1_796_083_200_000;
const RULES: usize = 200;
const ZONES: [Tz; 8] = [
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Phoenix,
    Tz::America__Los_Angeles,
    Tz::America__Anchorage,
    Tz::Pacific__Honolulu,
    Tz::America__Puerto_Rico,
];

fn rule(at: usize, test: &Value) -> Value {
    json!({"id": format!("r{at}"), "test": test, "effect": "block", "standing": "policy",
        "source": "s", "sourceDate": "2026-11-29", "says": "No."})
}

fn clock(minute: usize) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Returns packs as large as a client may write them, of rules of one kind.
fn packs(test: impl Fn(usize) -> Value) -> Vec<Pack> {
    let pack = |number: usize| {
        let rules: Vec<_> = (0..20).map(|at| rule(at, &test(number * 20 + at))).collect();
        let pack =
            json!({"name": format!("own-{number}"), "version": 1, "title": "t", "rules": rules});
        Pack::from_json(&pack.to_string()).unwrap()
    };
    (0..RULES / 20).map(pack).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a decision takes is what is tested")]
fn no_packs_make_a_decision_long() {
    let minutes = |rule: usize, days: &Value| {
        let open = (0..50).map(|at| {
            let from = (at * 28 + rule * 7) % 1_430;
            json!({"days": days, "from": clock(from), "to": clock(from + 1)})
        });
        json!({"kind": "hours", "open": open.collect::<Vec<_>>()})
    };
    let kinds: [(&str, Vec<Pack>); 4] = [
        ("a minute of each day", packs(|at| minutes(at, &json!([1, 2, 3, 4, 5, 6, 7])))),
        ("a minute of a week", packs(|at| minutes(at, &json!([1 + at % 7])))),
        (
            "attempts",
            packs(
                |at| json!({"kind": "attempts", "most": 1, "window": {"unit": "hours", "count": 1 + at}, "per": "customer"}),
            ),
        ),
        ("quiet times", packs(|_| json!({"kind": "quiet-times"}))),
    ];
    let attempt = |at: usize| Attempt {
        at: NOW - i64::try_from(at).unwrap() * 60_000,
        result: AttemptResult::Talked,
        consented: false,
        to: AttemptTo::Both,
        account: None,
    };
    let quiet = |at: u32| QuietTime {
        weekdays: 1 << (at % 7),
        from: at % 1_000,
        to: at % 1_000 + 1,
        since: 0,
        until: None,
    };
    let facts = Facts {
        zones: ZONES.to_vec(),
        attempts: (0..1_000).map(attempt).collect(),
        quiet_times: (0..200).map(quiet).collect(),
        ..Facts::default()
    };
    for (name, packs) in kinds {
        let began = Instant::now();
        let decision = decide(&facts, &packs, NOW);
        let took = began.elapsed();
        assert!(decision.because.len() <= RULES, "{name}");
        // Without a bound it is minutes in a debug build.
        assert!(took.as_secs() < 10, "{name}: {took:?}");
    }
}
