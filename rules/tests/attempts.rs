//! Counted attempts, judged against an implementation that looks at each day.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

use call_ribbon_rules::{
    Attempt, AttemptResult, AttemptTo, Decision, Facts, Pack, Purpose, Reason, decide, packs,
};
use chrono::{DateTime, NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use proptest::prelude::*;

type Change = fn(&mut Attempt<'static>);

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

fn regf(keep: &str) -> [Pack; 1] {
    let mut pack =
        packs::built_in().unwrap().into_iter().find(|pack| pack.name == "us-fdcpa-regf").unwrap();
    pack.rules.retain(|rule| rule.id == keep);
    [pack]
}

fn attempt(at: i64) -> Attempt<'static> {
    Attempt {
        at,
        result: AttemptResult::Reached,
        consented: false,
        to: AttemptTo::Both,
        account: Some("A-1"),
    }
}

fn recovery(zones: &[Tz], attempts: Vec<Attempt<'static>>) -> Facts<'static> {
    Facts {
        purpose: Some(Purpose::Recovery),
        account: Some("A-1"),
        zones: zones.to_vec(),
        attempts,
        ..Facts::default()
    }
}

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn date_of(at: i64, zone: Tz) -> NaiveDate {
    zone.timestamp_millis_opt(at).unwrap().date_naive()
}

/// Whether another call is permitted: fewer than seven on the seven days up to today, in each zone.
fn is_permitted_naively(times: &[i64], zones: &[Tz], now: i64) -> bool {
    zones.iter().all(|zone| {
        let today = date_of(now, *zone);
        let of_days = |at: &&i64| **at <= now && (today - date_of(**at, *zone)).num_days() < 7;
        times.iter().filter(of_days).count() < 7
    })
}

#[test]
fn the_eighth_call_in_seven_days_waits_for_the_first_to_be_seven_days_ago() {
    let zone = Tz::America__New_York;
    let first = at("2026-11-20T23:30:00-05:00");
    let times: Vec<i64> = (0..7).map(|hour| first + hour * 60 * MINUTE).collect();
    let facts = recovery(&[zone], times.iter().map(|at| attempt(*at)).collect());
    let now = at("2026-11-21T12:00:00-05:00");
    let Decision { allowed, because, next_allowed, .. } =
        decide(&facts, &regf("seven-in-seven"), now);
    assert!(!allowed);
    assert_eq!(because[0].reason, Reason::Attempts { made: 7, most: 7 });
    // The first was before midnight: the 20th is the first of the seven days, the 26th the last.
    assert_eq!(next_allowed, Some(at("2026-11-27T00:00:00-05:00")));
    // In a zone that is an hour behind, all seven were later, and the day is over an hour later.
    let both = Facts { zones: vec![zone, Tz::America__Chicago], ..facts };
    assert_eq!(
        decide(&both, &regf("seven-in-seven"), now).next_allowed,
        Some(at("2026-11-27T00:00:00-06:00"))
    );
}

#[test]
fn only_what_counts_is_counted() {
    let now = at("2026-11-28T12:00:00-05:00");
    let table: [(&str, Change, bool); 8] = [
        ("as it is", |_| {}, false),
        ("not reached", |one| one.result = AttemptResult::Unreached, true),
        ("with consent", |one| one.consented = true, true),
        ("another account", |one| one.account = Some("A-2"), true),
        ("an unknown account", |one| one.account = None, false),
        ("another number of the customer", |one| one.to = AttemptTo::Customer, false),
        ("the same number of another customer", |one| one.to = AttemptTo::Number, false),
        ("later than now", |one| one.at += 40 * DAY, true),
    ];
    for (name, change, allowed) in table {
        let mut one = attempt(now - DAY);
        change(&mut one);
        let facts = recovery(&[Tz::America__New_York], vec![one; 7]);
        assert_eq!(decide(&facts, &regf("seven-in-seven"), now).allowed, allowed, "{name}");
    }
}

#[test]
fn after_a_conversation_seven_days_pass_of_which_its_own_is_the_first() {
    let talk =
        Attempt { result: AttemptResult::Talked, ..attempt(at("2026-11-20T20:00:00-05:00")) };
    let facts = recovery(&[Tz::America__New_York], vec![talk]);
    for (time, allowed) in [
        ("2026-11-20T20:00:00-05:00", false),
        ("2026-11-26T23:59:59-05:00", false),
        ("2026-11-27T00:00:00-05:00", true),
    ] {
        assert_eq!(decide(&facts, &regf("after-talk"), at(time)).allowed, allowed, "{time}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happened before, the decision and its next time are those of a count by days.
    #[test]
    fn seven_in_seven_is_what_a_count_by_days_says(
        minutes in proptest::collection::vec(0_i64..(20 * 24 * 60), 0..40),
        zones in proptest::collection::vec(prop_oneof![Just(Tz::America__New_York), Just(Tz::Pacific__Honolulu), Just(Tz::Australia__Lord_Howe)], 1..3),
        now in 0_i64..(20 * 24 * 60),
    ) {
        // Over the day on which clocks were turned.
        let begins = at("2026-10-25T00:00:00Z");
        let times: Vec<i64> = minutes.iter().map(|minute| begins + minute * MINUTE).collect();
        let facts = recovery(&zones, times.iter().map(|at| attempt(*at)).collect());
        let now = begins + now * MINUTE;
        let decision = decide(&facts, &regf("seven-in-seven"), now);
        prop_assert_eq!(decision.allowed, is_permitted_naively(&times, &zones, now));
        if let Some(next) = decision.next_allowed {
            // Only what is known now counts; later attempts of the list have not happened.
            let known: Vec<i64> = times.into_iter().filter(|at| *at <= now).collect();
            let at_next = decide(&recovery(&zones, known.iter().map(|at| attempt(*at)).collect()), &regf("seven-in-seven"), next);
            prop_assert!(at_next.allowed || known.len() < facts.attempts.len());
        }
    }
}
