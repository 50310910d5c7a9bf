//! The numbers of each pack, at the moments at which they begin and end to count.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

use call_ribbon_rules::{
    Attempt, AttemptResult, AttemptTo, Effect, Facts, Holiday, Pack, Party, Purpose, Registry,
    Scope, Standing, Suppression, decide, packs, zones,
};
use chrono::{DateTime, NaiveDate};

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn pack(name: &str) -> [Pack; 1] {
    [packs::built_in().unwrap().into_iter().find(|pack| pack.name == name).unwrap()]
}

/// The facts about a call to a number, with every register current.
fn call(number: &str, purpose: Purpose, now: i64) -> Facts<'static> {
    let place = zones::find_place(number).unwrap();
    let country = place.region.split('-').next().unwrap();
    let registers = ["in-preference", "us-national-dnc", "au-do-not-call", "ca-dncl", "uk-tps"];
    Facts {
        purpose: Some(purpose),
        party: Some(Party::Customer),
        account: Some("A-1"),
        zones: place.zones.clone(),
        regions: vec![place.region.to_owned(), country.to_owned()],
        caller_id: Some("+911600123456"),
        registries: registers
            .map(|name| Registry { name: name.to_owned(), as_of: now })
            .into_iter()
            .collect(),
        ..Facts::default()
    }
}

fn broken(facts: &Facts<'_>, name: &str, now: i64) -> Vec<String> {
    decide(facts, &pack(name), now).because.into_iter().map(|found| found.rule).collect()
}

/// The first and the last moments of the hours, each in the clock of the called person. 2026-11-30 is a
/// Monday.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of moments")]
fn hours_begin_and_end_to_the_second() {
    use Purpose::{Recovery, Sales};
    const INDIA: &str = "+919876543210";
    const NEW_YORK: &str = "+12125550123";
    const TORONTO: &str = "+14165550123";
    for (name, purpose, number, rule, moments) in [
        (
            "in-rbi-recovery",
            Recovery,
            INDIA,
            "hours",
            &[
                ("2026-11-30T07:59:59+05:30", true),
                ("2026-11-30T08:00:00+05:30", false),
                ("2026-11-30T18:59:59+05:30", false),
                ("2026-11-30T19:00:00+05:30", true),
            ][..],
        ),
        (
            "in-trai-promotional",
            Sales,
            INDIA,
            "hours",
            &[
                ("2026-11-29T08:59:59+05:30", true),
                ("2026-11-29T09:00:00+05:30", false),
                ("2026-11-29T20:59:59+05:30", false),
                ("2026-11-29T21:00:00+05:30", true),
            ],
        ),
        (
            "us-fdcpa-regf",
            Recovery,
            NEW_YORK,
            "hours",
            &[
                ("2026-11-30T07:59:59-05:00", true),
                ("2026-11-30T08:00:00-05:00", false),
                ("2026-11-30T20:59:59-05:00", false),
                ("2026-11-30T21:00:00-05:00", true),
            ],
        ),
        // Of two zones both must permit it.
        (
            "us-tcpa-sales",
            Sales,
            "+18505550123",
            "hours",
            &[
                ("2026-11-30T08:59:59-05:00", true),
                ("2026-11-30T09:00:00-05:00", false),
                ("2026-11-30T20:59:59-05:00", false),
                ("2026-11-30T21:00:00-05:00", true),
            ],
        ),
        (
            "us-states",
            Sales,
            "+13055550123",
            "fl-hours",
            &[("2026-11-30T19:59:59-05:00", false), ("2026-11-30T20:00:00-05:00", true)],
        ),
        (
            "us-states",
            Sales,
            "+12055550123",
            "al-hours",
            &[
                ("2026-11-28T19:59:59-06:00", false),
                ("2026-11-28T20:00:00-06:00", true),
                ("2026-11-29T12:00:00-06:00", true),
                ("2026-12-25T12:00:00-06:00", true),
                ("2026-12-26T12:00:00-06:00", false),
            ],
        ),
        (
            "us-states",
            Sales,
            "+16015550123",
            "ms-hours",
            &[("2026-11-29T12:00:00-06:00", true), ("2026-12-25T12:00:00-06:00", false)],
        ),
        (
            "us-states",
            Sales,
            "+12035550123",
            "ct-hours",
            &[
                ("2026-11-30T08:59:59-05:00", true),
                ("2026-11-30T09:00:00-05:00", false),
                ("2026-11-30T20:00:00-05:00", true),
            ],
        ),
        (
            "us-states",
            Sales,
            "+15025550123",
            "ky-hours",
            &[
                ("2026-11-30T09:59:59-05:00", true),
                ("2026-11-30T10:00:00-05:00", false),
                ("2026-11-30T20:59:59-05:00", false),
                ("2026-11-30T21:00:00-05:00", true),
            ],
        ),
        (
            "us-states",
            Sales,
            "+12155550123",
            "pa-hours",
            &[
                ("2026-11-28T11:59:59-05:00", false),
                ("2026-11-28T12:00:00-05:00", true),
                ("2026-11-29T20:59:59-05:00", false),
            ],
        ),
        (
            "us-states",
            Sales,
            "+14015550123",
            "ri-hours",
            &[("2026-11-30T17:59:59-05:00", false), ("2026-11-30T18:00:00-05:00", true)],
        ),
        (
            "au-sales",
            Sales,
            "+61355501234",
            "hours",
            &[
                ("2026-11-30T08:59:59+11:00", true),
                ("2026-11-30T09:00:00+11:00", false),
                ("2026-11-30T19:59:59+11:00", false),
                ("2026-11-30T20:00:00+11:00", true),
                ("2026-11-28T16:59:59+11:00", false),
                ("2026-11-28T17:00:00+11:00", true),
                ("2026-11-29T12:00:00+11:00", true),
                ("2026-12-25T12:00:00+11:00", true),
            ],
        ),
        (
            "ca-sales",
            Sales,
            TORONTO,
            "hours",
            &[
                ("2026-11-30T08:59:59-05:00", true),
                ("2026-11-30T21:29:59-05:00", false),
                ("2026-11-30T21:30:00-05:00", true),
                ("2026-11-29T09:59:59-05:00", true),
                ("2026-11-29T10:00:00-05:00", false),
                ("2026-11-29T18:00:00-05:00", true),
            ],
        ),
    ] {
        for (time, objects) in moments {
            let now = at(time);
            let mut facts = call(number, purpose, now);
            let christmas = NaiveDate::from_ymd_opt(2026, 12, 25).unwrap();
            facts.holidays = ["US", "AU"]
                .map(|region| Holiday { region: region.to_owned(), date: christmas })
                .into_iter()
                .collect();
            let found = broken(&facts, name, now);
            assert_eq!(found.contains(&rule.to_owned()), *objects, "{name} {time}: {found:?}");
            // A call for another purpose is not judged by it.
            facts.purpose = Some(Purpose::Transactional);
            assert!(!broken(&facts, name, now).contains(&rule.to_owned()), "{name} {time}");
        }
    }
}

/// How old the copy of a register may be, and since when an entry must be respected.
#[test]
fn registers_are_current_for_so_many_days() {
    let now = at("2026-11-30T12:00:00+05:30");
    for (name, register, days, number) in [
        ("in-trai-promotional", "in-preference", 7, "+919876543210"),
        ("us-tcpa-sales", "us-national-dnc", 31, "+12125550123"),
        ("au-sales", "au-do-not-call", 30, "+61355501234"),
        ("ca-sales", "ca-dncl", 31, "+14165550123"),
        ("uk-sales", "uk-tps", 28, "+442079460123"),
    ] {
        let rules: Vec<String> = pack(name)[0].rules.iter().map(|rule| rule.id.clone()).collect();
        let of_register = |found: Vec<String>| {
            found
                .iter()
                .any(|rule| ["preference", "national-list", "register"].contains(&rule.as_str()))
        };
        assert!(of_register(rules), "{name}");
        for (age, is_old) in [(days * DAY, false), (days * DAY + 1, true)] {
            let mut facts = call(number, Purpose::Sales, now);
            facts.registries = vec![Registry { name: register.to_owned(), as_of: now - age }];
            assert_eq!(of_register(broken(&facts, name, now)), is_old, "{name} {age}");
        }
        // The British register binds from the 28th day of an entry on.
        let binds_after = if name == "uk-sales" { 28 * DAY } else { 0 };
        for (age, binds) in [(binds_after, true), (binds_after - 1, false)] {
            let mut facts = call(number, Purpose::Sales, now);
            facts.suppressions = vec![Suppression {
                scope: Scope::All,
                at: now - age,
                until: None,
                registry: Some(register.to_owned()),
            }];
            assert_eq!(of_register(broken(&facts, name, now)), binds, "{name} {age}");
        }
    }
}

/// Which series a finance company shows, from which day on.
#[test]
fn series_bind_from_their_days_on() {
    let shown = |prefix: &'static str, sector: Option<&'static str>, purpose, time: &str| {
        let now = at(time);
        let facts =
            Facts { caller_id: Some(prefix), sector, ..call("+919876543210", purpose, now) };
        broken(&facts, "in-1600", now).is_empty()
    };
    for (sector, first) in [
        ("bank", "2026-01-01"),
        ("large-nbfc", "2026-02-01"),
        ("payments-bank", "2026-02-01"),
        ("small-finance-bank", "2026-02-01"),
        ("asset-management", "2026-02-15"),
        ("rating-agency", "2026-02-15"),
        ("pension-fund", "2026-02-15"),
        ("nbfc", "2026-03-01"),
        ("cooperative-bank", "2026-03-01"),
        ("regional-rural-bank", "2026-03-01"),
        ("broker", "2026-03-15"),
    ] {
        let begins = format!("{first}T00:00:00+05:30");
        let before = (DateTime::parse_from_rfc3339(&begins).unwrap()
            - chrono::TimeDelta::seconds(1))
        .to_rfc3339();
        for (number, time, fits) in [
            ("+912212345678", &before, true),
            ("+912212345678", &begins, false),
            ("+911601234567", &begins, false),
            ("+911600123456", &begins, true),
        ] {
            assert_eq!(
                shown(number, Some(sector), Purpose::Service, time),
                fits,
                "{sector} {number} {time}"
            );
        }
        let upper: &'static str = sector.to_uppercase().leak();
        assert!(!shown("+912212345678", Some(upper), Purpose::Service, &begins), "{upper}");
    }
    let now = "2026-11-30T12:00:00+05:30";
    assert!(shown("+912212345678", Some("circus"), Purpose::Service, now));
    assert!(shown("+912212345678", None, Purpose::Service, now));
    for (number, fits) in
        [("+911401234567", true), ("+911600123456", false), ("+912212345678", false)]
    {
        assert_eq!(shown(number, None, Purpose::Sales, now), fits, "{number}");
    }
}

/// The third call of a day is the last without a warning in India, the third in 24 hours in Florida.
#[test]
fn attempts_are_counted_up_to_the_number_of_the_law() {
    let now = at("2026-11-30T12:00:00-05:00");
    let attempt = |ago: i64| Attempt {
        at: now - ago,
        result: AttemptResult::Reached,
        consented: false,
        to: AttemptTo::Both,
        account: Some("A-1"),
    };
    for (name, purpose, number, rule, ages, objects) in [
        (
            "us-states",
            Purpose::Sales,
            "+13055550123",
            "fl-attempts",
            vec![1, 2, 24 * HOUR - 1],
            true,
        ),
        ("us-states", Purpose::Sales, "+13055550123", "fl-attempts", vec![1, 2, 24 * HOUR], false),
        ("us-states", Purpose::Sales, "+12125550123", "fl-attempts", vec![1, 2, 3], false),
        ("in-rbi-recovery", Purpose::Recovery, "+919876543210", "persistence", vec![1, 2, 3], true),
        (
            "in-rbi-recovery",
            Purpose::Recovery,
            "+919876543210",
            "persistence",
            vec![1, 2, 24 * HOUR],
            false,
        ),
        ("us-fdcpa-regf", Purpose::Recovery, "+12125550123", "seven-in-seven", vec![1; 7], true),
        ("us-fdcpa-regf", Purpose::Recovery, "+12125550123", "seven-in-seven", vec![1; 6], false),
    ] {
        let facts = Facts {
            attempts: ages.iter().map(|ago| attempt(*ago)).collect(),
            ..call(number, purpose, now)
        };
        let found = broken(&facts, name, now);
        assert_eq!(found.contains(&rule.to_owned()), objects, "{name} {ages:?}: {found:?}");
    }
}

/// Only law and policy stop a call, each rule names its source, and no agent may lift what is law.
#[test]
fn every_rule_names_its_source_and_drafts_only_warn() {
    let all = packs::built_in().unwrap();
    let names: Vec<&str> = all.iter().map(|pack| pack.name.as_str()).collect();
    let expected = [
        "in-rbi-recovery",
        "in-trai-promotional",
        "in-1600",
        "us-fdcpa-regf",
        "us-tcpa-sales",
        "us-states",
        "au-sales",
        "ca-sales",
        "uk-sales",
    ];
    assert_eq!(names, expected);
    for pack in &all {
        assert!(
            pack.version > 0 && pack.country.is_some() && !pack.title.is_empty(),
            "{}",
            pack.name
        );
        for rule in &pack.rules {
            let of = format!("{} {}", pack.name, rule.id);
            assert!(rule.source.len() > 10 && rule.says.ends_with('.'), "{of}");
            assert!(rule.source_date > NaiveDate::from_ymd_opt(2000, 1, 1).unwrap(), "{of}");
            let may_block = matches!(rule.standing, Standing::InForce | Standing::Policy);
            assert!(may_block || rule.effect == Effect::Warn, "{of}");
            assert!(!rule.purposes.is_empty(), "{of}");
            if rule.regions.is_empty() {
                continue;
            }
            assert!(rule.regions.iter().all(|region| zones::is_region(region)), "{of}");
        }
    }
}
