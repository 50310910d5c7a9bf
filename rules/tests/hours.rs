//! Permitted hours, judged against an implementation that tries each minute.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

use call_ribbon_rules::{
    Facts, Holiday, HolidayHours, Opening, Pack, Purpose, QuietTime, Test, decide, packs,
};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A pack with one rule about hours.
fn pack_of(open: &[Opening], holidays: HolidayHours) -> Pack {
    let mut pack =
        packs::built_in().unwrap().into_iter().find(|pack| pack.name == "us-tcpa-sales").unwrap();
    pack.rules.retain(|rule| rule.id == "hours");
    pack.rules[0].test =
        Test::Hours { open: open.to_vec(), holidays, zone: None, unless: Vec::new() };
    pack
}

fn sales(zones: &[Tz]) -> Facts<'static> {
    Facts { purpose: Some(Purpose::Sales), zones: zones.to_vec(), ..Facts::default() }
}

/// Whether a moment is permitted, read from the wall clock alone.
fn is_open_naively(open: &[Opening], zones: &[Tz], at: i64) -> bool {
    zones.iter().all(|zone| {
        let local = zone.timestamp_millis_opt(at).unwrap();
        let day = u8::try_from(local.weekday().number_from_monday()).unwrap();
        open.iter().any(|hours| {
            hours.days.contains(&day) && hours.from <= local.time() && local.time() < hours.to
        })
    })
}

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn hours(from: &str, to: &str) -> Vec<Opening> {
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    vec![Opening { days: (1..=7).collect(), from: time(from), to: time(to) }]
}

#[test]
fn the_end_is_over_to_the_second() {
    let packs = packs::built_in().unwrap();
    let recovery = Facts {
        purpose: Some(Purpose::Recovery),
        zones: vec![Tz::Asia__Kolkata],
        caller_id: Some("+911600123456"),
        ..Facts::default()
    };
    let india: Vec<Pack> =
        packs.into_iter().filter(|pack| pack.name == "in-rbi-recovery").collect();
    for (time, allowed) in [
        ("2026-11-28T07:59:59.999+05:30", false),
        ("2026-11-28T08:00:00+05:30", true),
        ("2026-11-28T18:59:59.999+05:30", true),
        ("2026-11-28T19:00:00+05:30", false),
        ("2026-11-28T23:59:59+05:30", false),
    ] {
        let decision = decide(&recovery, &india, at(time));
        assert_eq!(decision.allowed, allowed, "{time}");
        let next = if time < "2026-11-28T08" {
            "2026-11-28T08:00:00+05:30"
        } else {
            "2026-11-29T08:00:00+05:30"
        };
        assert_eq!(decision.next_allowed, (!allowed).then(|| at(next)), "{time}");
    }
}

#[test]
fn hours_follow_the_clocks_of_every_zone_when_they_are_turned() {
    let open = hours("08:00", "20:00");
    let pack = [pack_of(&open, HolidayHours::Usual)];
    let from = at("2026-01-01T00:00:00Z");
    for zone in TZ_VARIANTS {
        let facts = sales(&[zone]);
        let offset = |at: i64| {
            zone.offset_from_utc_datetime(
                &DateTime::<Utc>::from_timestamp_millis(at).unwrap().naive_utc(),
            )
            .to_string()
        };
        for day in 0..365 {
            let noon = from + day * DAY;
            if offset(noon) == offset(noon + DAY) {
                continue;
            }
            for quarter in 0..192 {
                let moment = noon - DAY / 2 + quarter * 15 * MINUTE;
                let decision = decide(&facts, &pack, moment);
                assert_eq!(
                    decision.allowed,
                    is_open_naively(&open, &[zone], moment),
                    "{zone} {moment}"
                );
                if let Some(next) = decision.next_allowed {
                    assert!(is_open_naively(&open, &[zone], next), "{zone} {moment} {next}");
                    assert!(!is_open_naively(&open, &[zone], next - 1), "{zone} {moment} {next}");
                }
            }
        }
    }
}

#[test]
fn holidays_close_where_they_are() {
    let open = hours("09:00", "20:00");
    let pack = [pack_of(&open, HolidayHours::Closed)];
    let mut facts = sales(&[Tz::America__Chicago]);
    facts.regions = vec!["US-AL".to_owned()];
    let monday = at("2026-11-30T12:00:00-06:00");
    for (region, allowed) in [("US-AL", false), ("US", false), ("US-LA", true), ("AU", true)] {
        facts.holidays = vec![Holiday {
            region: region.to_owned(),
            date: NaiveDate::from_ymd_opt(2026, 11, 30).unwrap(),
        }];
        let decision = decide(&facts, &pack, monday);
        assert_eq!(decision.allowed, allowed, "{region}");
        assert_eq!(
            decision.next_allowed,
            (!allowed).then(|| at("2026-12-01T09:00:00-06:00")),
            "{region}"
        );
    }
}

#[test]
fn a_week_of_holidays_is_searched_through_and_a_month_of_them_is_not() {
    let pack = [pack_of(&hours("09:00", "20:00"), HolidayHours::Closed)];
    let mut facts = sales(&[Tz::Asia__Kolkata]);
    facts.regions = vec!["IN".to_owned()];
    let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    for (days, found) in [(7, true), (60, false)] {
        facts.holidays = first
            .iter_days()
            .take(days)
            .map(|date| Holiday { region: "IN".to_owned(), date })
            .collect();
        let decision = decide(&facts, &pack, at("2026-11-01T12:00:00+05:30"));
        assert!(!decision.allowed);
        assert_eq!(decision.next_allowed.is_some(), found, "{days}");
    }
}

/// One to three intervals on the same days, of which none overlaps another.
fn any_opening() -> impl Strategy<Value = Vec<Opening>> {
    (proptest::collection::vec(1_u8..=7, 1..7), proptest::collection::btree_set(0_u32..1440, 2..7))
        .prop_map(|(mut days, edges)| {
            days.sort_unstable();
            days.dedup();
            let time = |minute: &u32| {
                NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap()
            };
            let edges: Vec<u32> = edges.into_iter().collect();
            let pairs = edges.chunks_exact(2);
            let opening = |pair: &[u32]| Opening {
                days: days.clone(),
                from: time(&pair[0]),
                to: time(&pair[1]),
            };
            pairs.map(opening).collect()
        })
}

#[test]
fn a_day_may_have_several_hours_that_do_not_overlap() {
    let json = |open: &str| {
        format!(
            r#"{{"name": "x", "version": 1, "title": "x", "rules": [{{"id": "lunch", "test": {{"kind":
            "hours", "open": {open}}}, "effect": "block", "standing": "policy", "source": "x",
            "sourceDate": "2026-11-29", "says": "x"}}]}}"#
        )
    };
    let read = |open: &str| Pack::from_json(&json(open)).map_err(|error| error.to_string());
    let lunch = r#"[{"days": [1, 2, 3, 4, 5], "from": "14:00", "to": "18:00"},
        {"days": [1, 3], "from": "09:00", "to": "13:00"}]"#;
    let pack = [read(lunch).unwrap()];
    let facts = sales(&[Tz::Asia__Kolkata]);
    // 2026-11-30 is a Monday.
    for (time, next) in [
        ("2026-11-30T08:59:59+05:30", Some("2026-11-30T09:00:00+05:30")),
        ("2026-11-30T12:59:59+05:30", None),
        ("2026-11-30T13:00:00+05:30", Some("2026-11-30T14:00:00+05:30")),
        ("2026-11-30T17:59:59+05:30", None),
        ("2026-11-30T18:00:00+05:30", Some("2026-12-01T14:00:00+05:30")),
        ("2026-12-01T10:00:00+05:30", Some("2026-12-01T14:00:00+05:30")),
    ] {
        let decision = decide(&facts, &pack, at(time));
        assert_eq!(decision.next_allowed, next.map(at), "{time}");
        assert_eq!(decision.allowed, next.is_none(), "{time}");
    }
    for (open, sentence) in [
        (
            r#"[{"days": [1], "from": "09:00", "to": "13:00"}, {"days": [1], "from": "12:59", "to": "18:00"}]"#,
            "overlap",
        ),
        (r#"[{"days": [1, 1], "from": "09:00", "to": "13:00"}]"#, "overlap"),
        (r#"[{"days": [8], "from": "09:00", "to": "13:00"}]"#, "days are 1"),
        (r#"[{"days": [1], "from": "13:00", "to": "13:00"}]"#, "do not end after they begin"),
    ] {
        assert!(read(open).unwrap_err().contains(sentence), "{open}");
    }
    // One may begin when another ends.
    assert!(read(r#"[{"days": [1], "from": "09:00", "to": "13:00"}, {"days": [1], "from": "13:00", "to": "14:00"}]"#).is_ok());
}

#[test]
fn a_time_after_many_others_is_found_or_said_not_to_be_known() {
    let facts = |until: i64| Facts {
        // From 09:00 to 10:00 the customer does not want to be called until then.
        quiet_times: vec![QuietTime {
            weekdays: 0b111_1111,
            from: 9 * 60,
            to: 10 * 60,
            since: 0,
            until: Some(until),
        }],
        ..sales(&[Tz::Asia__Kolkata])
    };
    let mut pack = pack_of(&hours("09:00", "10:00"), HolidayHours::Usual);
    let mut quiet = pack.rules[0].clone();
    quiet.id = "quiet".to_owned();
    quiet.test = Test::QuietTimes {};
    pack.rules.push(quiet);
    let now = at("2026-11-30T09:30:00+05:30");
    let far = decide(&facts(at("2027-09-01T00:00:00+05:30")), &[pack.clone()], now);
    assert_eq!(far.next_allowed, Some(at("2027-09-01T09:00:00+05:30")));
    assert_eq!(far.not_before, None);
    let farther = decide(&facts(at("2028-09-01T00:00:00+05:30")), &[pack], now);
    assert_eq!(farther.next_allowed, None);
    assert!(farther.not_before.unwrap() > now + 399 * DAY);
}

/// Where clocks are turned, hours come twice, or begin when the skipped time is over.
#[test]
fn hours_begin_again_when_clocks_are_turned() {
    for (from, to, now, next) in [
        ("01:00", "01:30", "2025-11-02T00:30:00-06:00", "2025-11-02T01:00:00-06:00"),
        ("01:00", "01:30", "2025-11-02T01:45:00-06:00", "2025-11-02T01:00:00-07:00"),
        ("01:00", "01:30", "2025-11-02T01:45:00-07:00", "2025-11-03T01:00:00-07:00"),
        ("02:07", "03:30", "2026-03-08T01:00:00-07:00", "2026-03-08T03:00:00-06:00"),
        ("02:07", "02:50", "2026-03-08T01:00:00-07:00", "2026-03-09T02:07:00-06:00"),
    ] {
        let pack = pack_of(&hours(from, to), HolidayHours::Usual);
        let decision = decide(&sales(&[Tz::America__Denver]), &[pack], at(now));
        assert_eq!(decision.next_allowed, Some(at(next)), "{from}–{to} at {now}");
    }
}

/// With many rules of which no moment satisfies all, only a part of the time ahead is searched.
#[test]
fn the_search_for_the_next_time_is_bounded() {
    for (count, days) in [(2, 400), (200, 1)] {
        let mut pack = pack_of(&hours("09:00", "10:00"), HolidayHours::Usual);
        let rule = pack.rules[0].clone();
        pack.rules = (0..count)
            .map(|n| {
                let mut rule = rule.clone();
                rule.id = format!("r{n}");
                // Each permits other hours.
                let (from, to) = [("09:00", "10:00"), ("10:00", "11:00")][n % 2];
                rule.test = Test::Hours {
                    open: hours(from, to),
                    holidays: HolidayHours::Usual,
                    zone: None,
                    unless: Vec::new(),
                };
                rule
            })
            .collect();
        let now = at("2026-11-30T12:00:00+05:30");
        let decision = decide(&sales(&[Tz::Asia__Kolkata]), &[pack], now);
        assert_eq!((decision.allowed, decision.next_allowed), (false, None));
        let ahead = decision.not_before.unwrap() - now;
        assert!(ahead > days * DAY && (count == 2 || ahead < 100 * DAY), "{count}: {ahead}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The next permitted time is the first minute that a naive search finds.
    #[test]
    fn the_next_time_is_the_first_that_is_permitted(
        open in any_opening(),
        zones in proptest::collection::vec(0..TZ_VARIANTS.len(), 1..4),
        minute in 0_i64..(2 * 365 * 24 * 60),
    ) {
        let zones: Vec<Tz> = zones.into_iter().map(|zone| TZ_VARIANTS[zone]).collect();
        let now = at("2025-06-01T00:00:00Z") + minute * MINUTE;
        let decision = decide(&sales(&zones), &[pack_of(&open, HolidayHours::Usual)], now);
        prop_assert_eq!(decision.allowed, is_open_naively(&open, &zones, now));
        if !decision.allowed {
            let first = (0..9 * 24 * 60).map(|ahead| now + ahead * MINUTE).find(|at| is_open_naively(&open, &zones, *at));
            match (decision.next_allowed, first) {
                (next, Some(first)) => prop_assert_eq!(next, Some(first)),
                // The hours of some zones overlap only in a part of the year.
                (Some(next), None) => prop_assert!(next > now + 9 * DAY && is_open_naively(&open, &zones, next)),
                (None, None) => {}
            }
        }
    }
}
