//! Every rule of every pack, judged against a second implementation that is as plain as possible: it
//! looks at one moment, and knows nothing of when a rule no longer objects.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

mod random;

use call_ribbon_rules::{
    Attempt, AttemptResult, AttemptTo, Effect, Exception, Facts, HolidayHours, Opening, Pack, Per,
    QuietTime, Rule, Scope, Suppression, Test, Window, decide, packs,
};
use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, TimeZone as _, Timelike as _,
};
use chrono_tz::Tz;
use proptest::prelude::*;
use random::{any_facts, any_packs, any_time};
use std::collections::BTreeSet;

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The time around which everything happens: clocks are turned in America, Europe and Australia.
fn base() -> i64 {
    DateTime::parse_from_rfc3339("2026-03-01T00:00:00Z").unwrap().timestamp_millis()
}

fn all_packs() -> Vec<Pack> {
    let mut all = packs::built_in().unwrap();
    all.push(packs::own_list().unwrap());
    all.push(Pack::from_json(include_str!("every-test.json")).unwrap());
    all
}

fn local(at: i64, zone: Tz) -> NaiveDateTime {
    zone.timestamp_millis_opt(at).unwrap().naive_local()
}

fn is_excepted(unless: &[Exception], facts: &Facts<'_>, now: i64) -> bool {
    for exception in unless {
        for consent in &facts.consents {
            let lasts = consent.given_at <= now
                && consent.expires_at.unwrap_or(i64::MAX) > now
                && consent.withdrawn_at.unwrap_or(i64::MAX) > now;
            let fits = consent.purpose.is_none() || consent.purpose == facts.purpose;
            let days = exception.within_days.map_or(i64::MAX, i64::from);
            let is_new = (now - consent.given_at) <= days.saturating_mul(DAY);
            if consent.kind == exception.consent && lasts && fits && is_new {
                return true;
            }
        }
    }
    false
}

fn is_holiday(facts: &Facts<'_>, date: NaiveDate) -> bool {
    facts.holidays.iter().filter(|holiday| holiday.date == date).any(|holiday| {
        let part = format!("{}-", holiday.region);
        facts.regions.iter().any(|region| *region == holiday.region || region.starts_with(&part))
    })
}

fn is_closed(
    open: &[Opening],
    on_holidays: HolidayHours,
    zones: &[Tz],
    facts: &Facts<'_>,
    now: i64,
) -> bool {
    zones.iter().any(|zone| {
        let clock = local(now, *zone);
        let day = u8::try_from(clock.weekday().number_from_monday()).unwrap();
        let is_within = |one: &Opening| {
            one.days.contains(&day) && one.from <= clock.time() && clock.time() < one.to
        };
        let is_off = on_holidays == HolidayHours::Closed && is_holiday(facts, clock.date());
        is_off || !open.iter().any(is_within)
    })
}

fn counts_for(attempt: &Attempt<'_>, per: Per, facts: &Facts<'_>) -> bool {
    match (per, attempt.to) {
        (Per::Customer, AttemptTo::Customer | AttemptTo::Both)
        | (Per::Number, AttemptTo::Number | AttemptTo::Both) => true,
        (Per::Customer | Per::Number, _) => false,
        (Per::Account, _) => match (attempt.account, facts.account) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        },
    }
}

/// Returns the days up to today, in a zone.
fn last_days(now: i64, days: u32, zone: Tz) -> BTreeSet<NaiveDate> {
    let today = local(now, zone).date();
    (0..days).map(|ago| today.checked_sub_days(Days::new(ago.into())).unwrap()).collect()
}

fn is_quiet(quiet: &QuietTime, now: i64, zone: Tz) -> bool {
    let clock = local(now, zone);
    let minute = i64::from(clock.hour() * 60 + clock.minute());
    let lasts = quiet.since <= now && quiet.until.unwrap_or(i64::MAX) > now;
    let length = (i64::from(quiet.to) - i64::from(quiet.from)).rem_euclid(1440);
    // It may have begun today or yesterday.
    lasts
        && [0_u64, 1].iter().any(|ago| {
            let date = clock.date().checked_sub_days(Days::new(*ago)).unwrap();
            let begins_then = quiet.weekdays & (1 << date.weekday().num_days_from_monday()) != 0;
            let since_then = minute + i64::try_from(*ago).unwrap() * 1440 - i64::from(quiet.from);
            begins_then && (0..length).contains(&since_then)
        })
}

fn is_in_force(entry: &Suppression, facts: &Facts<'_>, now: i64) -> bool {
    let is_about = match &entry.scope {
        Scope::All => true,
        Scope::Purpose(purpose) => facts.purpose.is_none() || facts.purpose == Some(*purpose),
        Scope::Account(account) => facts.account.is_none() || facts.account == Some(account),
    };
    is_about && entry.at <= now && entry.until.unwrap_or(i64::MAX) > now
}

fn has_begun(first: NaiveDate, facts: &Facts<'_>, now: i64) -> bool {
    facts.zones.iter().any(|zone| local(now, *zone).date() >= first)
}

/// Whether a rule objects to the call at this moment.
fn objects(rule: &Rule, facts: &Facts<'_>, now: i64) -> bool {
    let of_purpose = match facts.purpose {
        Some(purpose) if !rule.purposes.is_empty() => rule.purposes.contains(&purpose),
        _ => true,
    };
    let of_region =
        rule.regions.is_empty() || rule.regions.iter().any(|region| facts.regions.contains(region));
    if !of_purpose
        || !of_region
        || !rule.applies_from.is_none_or(|first| has_begun(first, facts, now))
    {
        return false;
    }
    match &rule.test {
        Test::Hours { open, holidays, zone, unless } => {
            let zones = zone.map_or_else(|| facts.zones.clone(), |zone| vec![zone]);
            !is_excepted(unless, facts, now) && is_closed(open, *holidays, &zones, facts, now)
        }
        Test::Attempts { most, window, per, unreached } => {
            let is_counted = |attempt: &&Attempt<'_>| {
                attempt.at <= now
                    && !attempt.consented
                    && (*unreached || attempt.result != AttemptResult::Unreached)
                    && counts_for(attempt, *per, facts)
            };
            let counted: Vec<i64> =
                facts.attempts.iter().filter(is_counted).map(|attempt| attempt.at).collect();
            let most = usize::try_from(*most).unwrap();
            match window {
                Window::Hours(hours) => {
                    let length = i64::from(*hours) * HOUR;
                    counted.iter().filter(|at| now - **at < length).count() >= most
                }
                Window::Days(days) => facts.zones.iter().any(|zone| {
                    let days = last_days(now, *days, *zone);
                    counted.iter().filter(|at| days.contains(&local(**at, *zone).date())).count()
                        >= most
                }),
            }
        }
        Test::AfterTalk { days, per } => facts.attempts.iter().any(|attempt| {
            attempt.result == AttemptResult::Talked
                && !attempt.consented
                && attempt.at <= now
                && counts_for(attempt, *per, facts)
                && facts.zones.iter().any(|zone| {
                    last_days(now, *days, *zone).contains(&local(attempt.at, *zone).date())
                })
        }),
        Test::Party { allowed } => facts.party.is_some_and(|party| !allowed.contains(&party)),
        Test::QuietTimes {} => facts
            .quiet_times
            .iter()
            .any(|quiet| facts.zones.iter().any(|zone| is_quiet(quiet, now, *zone))),
        Test::Occasions {} => {
            facts.occasions.iter().any(|occasion| (occasion.from..occasion.until).contains(&now))
        }
        Test::CallerSeries { series } => {
            let mut binding = series.iter().filter(|one| {
                has_begun(one.applies_from, facts, now)
                    && (one.sectors.is_empty()
                        || facts.sector.is_some_and(|of| one.sectors.contains(&of.to_owned())))
            });
            let mut shown = binding.clone();
            let fits = |prefix: &str| facts.caller_id.unwrap_or_default().starts_with(prefix);
            binding.next().is_some() && !shown.any(|one| fits(&one.prefix))
        }
        Test::CallerShown {} => facts.caller_id.is_none(),
        Test::Suppressed {} => facts
            .suppressions
            .iter()
            .any(|entry| entry.registry.is_none() && is_in_force(entry, facts, now)),
        Test::Registry { name, most_days_old, listed_days, unless } => {
            let is_listed = facts.suppressions.iter().any(|entry| {
                entry.registry.as_ref() == Some(name)
                    && is_in_force(entry, facts, now)
                    && entry.at + i64::from(*listed_days) * DAY <= now
            });
            let is_current = facts.registries.iter().any(|copy| {
                copy.name == *name && copy.as_of + i64::from(*most_days_old) * DAY >= now
            });
            !is_excepted(unless, facts, now) && (is_listed || !is_current)
        }
    }
}

/// Whether a call is forbidden at this moment.
fn is_forbidden(packs: &[Pack], facts: &Facts<'_>, now: i64) -> bool {
    let mut rules = packs.iter().flat_map(|pack| &pack.rules);
    rules.any(|rule| rule.effect == Effect::Block && objects(rule, facts, now))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same rules object, and the next permitted time is the first.
    #[test]
    fn both_implementations_say_the_same(
        packs in any_packs(),
        facts in any_facts(),
        now in any_time(),
    ) {
        let decision = decide(&facts, &packs, now);
        let found: Vec<(&str, &str)> = decision.because.iter().map(|one| (one.pack.as_str(), one.rule.as_str())).collect();
        let expected: Vec<(&str, &str)> = packs
            .iter()
            .flat_map(|pack| pack.rules.iter().map(|rule| (pack.name.as_str(), rule)))
            .filter(|(_, rule)| objects(rule, &facts, now))
            .map(|(pack, rule)| (pack, rule.id.as_str()))
            .collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(decision.allowed, !is_forbidden(&packs, &facts, now));
        if decision.allowed {
            prop_assert_eq!((decision.next_allowed, decision.not_before), (None, None));
            return Ok(());
        }
        // What happens later is not known now, and cannot be waited for.
        let known = Facts {
            attempts: facts.attempts.iter().filter(|attempt| attempt.at <= now).copied().collect(),
            consents: facts.consents.iter().filter(|consent| consent.given_at <= now).copied().collect(),
            registries: facts.registries.iter().filter(|copy| copy.as_of <= now).cloned().collect(),
            ..facts.clone()
        };
        let decision = decide(&known, &packs, now);
        let until = match (decision.next_allowed, decision.not_before) {
            (Some(next), None) => {
                prop_assert!(!is_forbidden(&packs, &known, next), "not permitted at {next}");
                next
            }
            (None, Some(not_before)) => not_before,
            (None, None) => now + 60 * DAY,
            both => return Err(TestCaseError::fail(format!("{both:?}"))),
        };
        prop_assert!(until > now);
        // Some minutes, close together at first, and the last moment.
        let minutes = (until - now) / MINUTE;
        let some = (0..minutes).filter(|minute| if *minute < 4_320 { minute % 37 == 0 } else { minute % 601 == 0 });
        let early = some.map(|minute| now + minute * MINUTE).chain([until - MINUTE, until - 1]);
        let early = early.filter(|at| *at >= now).find(|at| !is_forbidden(&packs, &known, *at));
        prop_assert_eq!(early, None, "permitted before {:?}", decision.next_allowed);
    }
}
