//! The decision: each rule of each pack is tried on the facts.

use crate::attempts::{find_recent_talk, find_used_up};
use crate::decision::{Decision, Finding, Reason};
use crate::facts::{Facts, Scope, Suppression};
use crate::hours::{Hours, local_date, quiet_until};
use crate::pack::{Effect, Exception, Pack, Rule, Series, Test};
use crate::work::Work;
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use std::borrow::Borrow;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How far ahead the next permitted time is looked for.
const HORIZON: Millis = 400 * DAY;
/// The most times that are tried: a few for each day of a year with several hours and quiet times.
const MOST_TRIED: usize = 1_500;
/// The most times at which hours in several zones are tried.
const MOST_OPENED: usize = 200;
/// What it takes to see whether a quiet time covers a moment in a zone, in steps.
const QUIET_STEPS: usize = 10;

/// Decides whether a call may be made now.
///
/// Every rule that applies is tried, so that the decision names all that is wrong. A call is allowed
/// if no rule blocks it; rules that only warn are named too.
pub fn decide<P: Borrow<Pack>>(facts: &Facts<'_>, packs: &[P], now: Millis) -> Decision {
    let work = Work::new();
    let because = find_broken_rules(facts, packs, now, &work);
    let allowed = !because.iter().any(Finding::blocks);
    let next = if allowed { Next::Never } else { find_next_allowed(facts, packs, now, &work) };
    Decision {
        allowed,
        next_allowed: if let Next::At(at) = next { Some(at) } else { None },
        not_before: if let Next::NotBefore(at) = next { Some(at) } else { None },
        because,
        zones: facts.zones.iter().map(|zone| zone.name().to_owned()).collect(),
        zone_known_by: facts.zone_source,
        purpose: facts.purpose,
    }
}

fn find_broken_rules<P: Borrow<Pack>>(
    facts: &Facts<'_>,
    packs: &[P],
    now: Millis,
    work: &Work,
) -> Vec<Finding> {
    let packs = packs.iter().map(Borrow::borrow);
    let rules = packs.flat_map(|pack: &Pack| pack.rules.iter().map(move |rule| (pack, rule)));
    rules
        .filter(|(_, rule)| applies(rule, facts, now))
        .filter_map(|(pack, rule)| {
            let (reason, until) = find_reason(rule, facts, now, work)?;
            Some(Finding {
                pack: pack.name.clone(),
                version: pack.version,
                rule: rule.id.clone(),
                reason,
                said: rule.says.clone(),
                effect: rule.effect,
                standing: rule.standing,
                source: rule.source.clone(),
                until,
                may_override: rule.may_override,
                overridden: false,
            })
        })
        .collect()
}

/// When a call is permitted next, if nothing else happens until then.
enum Next {
    At(Millis),
    /// Not before this time; what is after it was not tried.
    NotBefore(Millis),
    /// Time alone does not help.
    Never,
}

/// Returns when no rule blocks the call for the first time.
fn find_next_allowed<P: Borrow<Pack>>(
    facts: &Facts<'_>,
    packs: &[P],
    now: Millis,
    work: &Work,
) -> Next {
    // Other rules cannot keep the call from being made.
    let rules = packs.iter().flat_map(|pack| &pack.borrow().rules);
    let rules: Vec<&Rule> = rules.filter(|rule| rule.effect == Effect::Block).collect();
    let mut at = now;
    for _ in 0..MOST_TRIED {
        let blocking = rules
            .iter()
            .filter(|rule| applies(rule, facts, at))
            .filter_map(|rule| find_reason(rule, facts, at, work));
        let ends: Option<Vec<Millis>> = blocking.map(|(_, until)| until).collect();
        if work.is_spent() {
            // A rule may have found no end because it no longer looked for it.
            return Next::NotBefore(at);
        }
        let Some(ends) = ends else { return Next::Never };
        let Some(next) = ends.into_iter().max() else { return Next::At(at) };
        if next <= at {
            return Next::Never;
        }
        if next - now > HORIZON {
            return Next::NotBefore(next);
        }
        at = next;
    }
    Next::NotBefore(at)
}

/// Returns whether a rule is about this call at all.
fn applies(rule: &Rule, facts: &Facts<'_>, now: Millis) -> bool {
    let is_of_purpose = rule.purposes.is_empty()
        || facts.purpose.is_none_or(|purpose| rule.purposes.contains(&purpose));
    let is_of_region =
        rule.regions.is_empty() || facts.regions.iter().any(|region| rule.regions.contains(region));
    is_of_purpose
        && is_of_region
        && rule.applies_from.is_none_or(|first| is_from(first, facts, now))
}

/// Returns whether a day has begun in any zone of the called person.
fn is_from(first: chrono::NaiveDate, facts: &Facts<'_>, now: Millis) -> bool {
    facts.zones.iter().any(|zone| local_date(now, *zone) >= first)
}

/// Returns why a rule objects to the call, and when it no longer does.
fn find_reason(
    rule: &Rule,
    facts: &Facts<'_>,
    now: Millis,
    work: &Work,
) -> Option<(Reason, Option<Millis>)> {
    work.spend(count_steps(rule, facts));
    match &rule.test {
        Test::Hours { open, holidays, zone, unless } => {
            if is_excepted(unless, facts, now) {
                return None;
            }
            let hours = Hours {
                open,
                on_holidays: *holidays,
                holidays: &facts.holidays,
                regions: &facts.regions,
                work,
            };
            find_closed(&hours, zone.as_ref().map_or(&facts.zones, std::slice::from_ref), now)
        }
        Test::Attempts { most, window, per, unreached } => {
            let used = find_used_up(facts, (*most, *window), *per, *unreached, now)?;
            Some((Reason::Attempts { made: used.made, most: *most }, Some(used.until)))
        }
        Test::AfterTalk { days, per } => {
            let (talked_at, until) = find_recent_talk(facts, *days, *per, now)?;
            Some((Reason::AfterTalk { talked_at }, Some(until)))
        }
        Test::Party { allowed } => {
            let forbidden = facts.party.is_some_and(|party| !allowed.contains(&party));
            forbidden.then_some((Reason::Party, None))
        }
        Test::QuietTimes {} => {
            let times = facts.quiet_times.iter();
            let ends = times.flat_map(|quiet| {
                facts.zones.iter().filter_map(|zone| quiet_until(quiet, now, *zone))
            });
            ends.max().map(|until| (Reason::QuietTime, Some(until)))
        }
        Test::Occasions {} => {
            let current = facts.occasions.iter().filter(|one| one.from <= now && now < one.until);
            let until = current.map(|occasion| occasion.until).max()?;
            Some((Reason::Occasion, Some(until)))
        }
        Test::CallerSeries { series } => {
            let wrong = find_wrong_series(series, facts, now)?;
            Some((Reason::CallerSeries { prefix: wrong.prefix.clone() }, None))
        }
        Test::CallerShown {} => facts.caller_id.is_none().then_some((Reason::CallerHidden, None)),
        Test::Suppressed {} => {
            let own = facts.suppressions.iter().filter(|entry| entry.registry.is_none());
            let held = own.filter(|entry| holds(entry, facts, now));
            let longest = held.max_by_key(|entry| entry.until.unwrap_or(Millis::MAX))?;
            Some((Reason::Suppressed { at: longest.at }, longest.until))
        }
        Test::Registry { name, most_days_old, listed_days, unless } => {
            if is_excepted(unless, facts, now) {
                return None;
            }
            find_registered(
                name,
                Millis::from(*most_days_old) * DAY,
                Millis::from(*listed_days) * DAY,
                facts,
                now,
            )
        }
    }
}

/// Returns how many entries of lists a rule looks at, besides hours.
fn count_steps(rule: &Rule, facts: &Facts<'_>) -> usize {
    let consents = |unless: &[Exception]| unless.len() * facts.consents.len();
    let of_test = match &rule.test {
        Test::Hours { unless, .. } => consents(unless),
        Test::Attempts { .. } | Test::AfterTalk { .. } => facts.attempts.len(),
        Test::Party { allowed } => allowed.len(),
        Test::QuietTimes {} => QUIET_STEPS * facts.quiet_times.len() * facts.zones.len(),
        Test::Occasions {} => facts.occasions.len(),
        Test::CallerSeries { series } => series.len() * facts.zones.len(),
        Test::CallerShown {} => 0,
        Test::Suppressed {} => facts.suppressions.len(),
        Test::Registry { unless, .. } => {
            facts.suppressions.len() + facts.registries.len() + consents(unless)
        }
    };
    1 + rule.purposes.len() + rule.regions.len() * facts.regions.len() + of_test
}

/// Returns the zone in which it is too early or too late, and when it is early enough in all.
fn find_closed(hours: &Hours<'_>, zones: &[Tz], now: Millis) -> Option<(Reason, Option<Millis>)> {
    let closed = zones.iter().find(|zone| !hours.is_open(now, **zone))?;
    let reason = Reason::Hours { zone: closed.name().to_owned() };
    let mut at = now;
    for _ in 0..MOST_OPENED {
        let next = zones.iter().map(|zone| hours.next_open(at, *zone)).collect::<Option<Vec<_>>>();
        match next.and_then(|next| next.into_iter().max()) {
            None => break,
            Some(next) if next == at => return Some((reason, Some(at))),
            Some(next) => at = next,
        }
    }
    Some((reason, None))
}

fn find_wrong_series<'s>(
    series: &'s [Series],
    facts: &Facts<'_>,
    now: Millis,
) -> Option<&'s Series> {
    let binding = series.iter().filter(|one| {
        is_from(one.applies_from, facts, now)
            && (one.sectors.is_empty()
                || facts.sector.is_some_and(|sector| {
                    one.sectors.iter().any(|of| of.eq_ignore_ascii_case(sector))
                }))
    });
    let mut wrong = None;
    for one in binding {
        if facts.caller_id.is_some_and(|shown| shown.starts_with(&one.prefix)) {
            return None;
        }
        wrong = wrong.or(Some(one));
    }
    wrong
}

fn find_registered(
    name: &str,
    most_old: Millis,
    listed: Millis,
    facts: &Facts<'_>,
    now: Millis,
) -> Option<(Reason, Option<Millis>)> {
    let of_registry = |entry: &&Suppression| {
        entry.registry.as_deref() == Some(name)
            && now - entry.at >= listed
            && holds(entry, facts, now)
    };
    if let Some(entry) = facts.suppressions.iter().find(of_registry) {
        return Some((Reason::Registered { registry: name.to_owned() }, entry.until));
    }
    let copy =
        facts.registries.iter().filter(|copy| copy.name == name).map(|copy| copy.as_of).max();
    let is_old = copy.is_none_or(|as_of| now - as_of > most_old);
    is_old.then(|| (Reason::RegistryOld { registry: name.to_owned(), as_of: copy }, None))
}

/// Returns whether a suppression forbids this call.
fn holds(entry: &Suppression, facts: &Facts<'_>, now: Millis) -> bool {
    entry.at <= now
        && entry.until.is_none_or(|until| now < until)
        && match &entry.scope {
            Scope::All => true,
            // A call of unknown purpose or account could be the one that is forbidden.
            Scope::Purpose(purpose) => facts.purpose.is_none_or(|of| of == *purpose),
            Scope::Account(account) => facts.account.is_none_or(|of| of == account),
        }
}

fn is_excepted(unless: &[Exception], facts: &Facts<'_>, now: Millis) -> bool {
    unless.iter().any(|exception| {
        facts.consents.iter().any(|consent| {
            consent.kind == exception.consent
                && consent.holds(facts.purpose, now)
                && exception
                    .within_days
                    .is_none_or(|days| now - consent.given_at <= Millis::from(days) * DAY)
        })
    })
}
