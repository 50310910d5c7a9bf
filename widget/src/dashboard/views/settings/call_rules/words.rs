//! Rules in words.

use super::pack::{Exception, Opening, Rule, Series, Test};
use crate::dashboard::ui::Tone;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Returns what a rule demands, in a sentence.
pub fn demand_text(test: &Test) -> String {
    match test {
        Test::Hours { open, holidays, zone, unless } => {
            let hours: Vec<String> = open.iter().map(opening_text).collect();
            let zone = zone.as_ref().map_or_else(
                || "in the called person’s time zone".to_owned(),
                |zone| format!("in the time zone {zone}"),
            );
            let mut said = format!("Calls only {}, {zone}", hours.join("; "));
            if holidays == "closed" {
                said.push_str(", and not on public holidays");
            }
            said + &unless_text(unless) + "."
        }
        Test::Attempts { most, window, per, unreached } => {
            let unit = window.unit.strip_suffix('s').unwrap_or(&window.unit);
            let time = match (window.count, unit) {
                (1, "day") => "on a day".to_owned(),
                (1, unit) => format!("in one {unit}"),
                (count, unit) => format!("in {count} {unit}s"),
            };
            let counted = if *unreached {
                ""
            } else {
                " Attempts that did not reach the number do not count."
            };
            format!("At most {} {time} for each {per}.{counted}", plural(*most, "attempt"))
        }
        Test::AfterTalk { days, per } => {
            format!(
                "After a conversation, no call about the same {per} for {}.",
                plural(*days, "day")
            )
        }
        Test::Party { allowed } => {
            let people: Vec<String> = allowed.iter().map(|who| format!("the {who}")).collect();
            format!("Only {} may be called.", any_of(&people))
        }
        Test::QuietTimes => "No call at times that the customer has excluded.".to_owned(),
        Test::Occasions => {
            "No call while the customer is in mourning or at a family or religious occasion."
                .to_owned()
        }
        Test::CallerSeries { series } => {
            let all: Vec<String> = series.iter().map(series_text).collect();
            format!("The shown number begins with {}.", all.join("; "))
        }
        Test::CallerShown => "The call shows a number.".to_owned(),
        Test::Suppressed => "No call to a number on your own list.".to_owned(),
        Test::Registry { name, most_days_old, listed_days, unless } => {
            let old = plural(*most_days_old, "day");
            let listed = if *listed_days > 0 {
                format!(" An entry counts after {}.", plural(*listed_days, "day"))
            } else {
                String::new()
            };
            format!(
                "No call to a number in the register {name}{}. Its imported file may be at most {old} old.{listed}",
                unless_text(unless)
            )
        }
        Test::Unknown => "See what the agent reads.".to_owned(),
    }
}

fn plural(count: u32, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Joins words as people do: `a, b or c`.
fn any_of(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn opening_text(open: &Opening) -> String {
    format!("{} {}–{}", days_text(&open.days), open.from, open.to)
}

/// Returns days of the week as ranges: `Mon–Fri, Sun`.
fn days_text(days: &[u8]) -> String {
    let mut days: Vec<usize> =
        days.iter().map(|day| usize::from(*day)).filter(|day| (1..=7).contains(day)).collect();
    days.sort_unstable();
    days.dedup();
    if days.len() == 7 {
        return "every day".to_owned();
    }
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == day => *end = day,
            _ => ranges.push((day, day)),
        }
    }
    let texts = ranges.into_iter().map(|(start, end)| match end - start {
        0 => DAYS[start - 1].to_owned(),
        1 => format!("{}, {}", DAYS[start - 1], DAYS[end - 1]),
        _ => format!("{}–{}", DAYS[start - 1], DAYS[end - 1]),
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn unless_text(unless: &[Exception]) -> String {
    let all: Vec<String> = unless
        .iter()
        .map(|one| {
            let what = match one.consent.as_str() {
                "explicit" => "has agreed explicitly",
                "inferred" => "has agreed by what they did",
                "direct_prior" | "direct-prior" => "has asked for the call shortly before",
                "purchase" => "has bought something",
                "enquiry" => "has enquired about something",
                other => other,
            };
            match one.within_days {
                Some(days) => format!("{what} within {}", plural(days, "day")),
                None => what.to_owned(),
            }
        })
        .collect();
    if all.is_empty() { String::new() } else { format!(", unless the customer {}", any_of(&all)) }
}

fn series_text(series: &Series) -> String {
    let whose = if series.sectors.is_empty() {
        String::new()
    } else {
        format!(" for {}", any_of(&series.sectors))
    };
    format!("{}{whose} from {} on", series.prefix, series.applies_from)
}

/// Returns what happens if a rule is broken, and its colour.
pub fn effect_text(effect: &str) -> (&'static str, Tone) {
    if effect == "block" { ("Stops the call", Tone::Red) } else { ("Warns the agent", Tone::Amber) }
}

/// Returns how a rule stands, and its colour.
pub fn standing_text(standing: &str) -> (&'static str, Tone) {
    match standing {
        "in-force" => ("In force", Tone::Green),
        "draft" => ("Draft", Tone::Blue),
        "unconfirmed" => ("Unconfirmed", Tone::Amber),
        _ => ("Policy", Tone::Plain),
    }
}

/// Returns who may call although the rule objects.
pub fn override_text(who: &str) -> &'static str {
    match who {
        "agent" => "An agent may call with a reason.",
        "admin" => "Only an admin may call, with a reason.",
        _ => "Nobody may override it.",
    }
}

/// Returns how many rules stop a call, and how many warn.
pub fn effects_summary(rules: &[Rule]) -> String {
    let stops = rules.iter().filter(|rule| rule.effect == "block").count();
    let warns = rules.len() - stops;
    let count = |count: usize, what: &str| {
        (count > 0).then(|| format!("{count} {what}{}", if count == 1 { "s" } else { "" }))
    };
    [count(stops, "stop"), count(warns, "warn")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the name of a country of the packs; the code itself of another.
pub fn country_name(code: &str) -> String {
    let name = match code {
        "IN" => "India",
        "US" => "United States",
        "AU" => "Australia",
        "CA" => "Canada",
        "GB" => "United Kingdom",
        "" => "Any country",
        other => other,
    };
    name.to_owned()
}

/// Returns what an agent reads in the ribbon if a rule of this program objects; `says` of a rule whose
/// test is not known here. The ribbon has its own sentences, in each language (`loader/permission.js`).
pub fn agent_text(rule: &Rule) -> String {
    match &rule.test {
        Test::Hours { .. } => "Outside the permitted hours.".to_owned(),
        Test::Attempts { most, .. } => {
            format!("{most} calls have been made, and {most} are permitted.")
        }
        Test::AfterTalk { .. } => "Too soon after the conversation on ….".to_owned(),
        Test::QuietTimes => "The customer does not want to be called at this time.".to_owned(),
        Test::Occasions => "The customer is not to be disturbed now.".to_owned(),
        Test::Party { .. } => "This person may not be called about this.".to_owned(),
        Test::CallerShown => "The customer would see no number.".to_owned(),
        Test::CallerSeries { series } => {
            let prefix = series.first().map_or("", |one| one.prefix.as_str());
            format!("The number shown to the customer must begin with {prefix}.")
        }
        Test::Suppressed => "On the do-not-call list since ….".to_owned(),
        Test::Registry { name, .. } => format!("In the register {name}."),
        Test::Unknown => rule.says.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_the_agent_reads_is_what_the_ribbon_says() {
        let script = include_str!("../../../../../loader/permission.js");
        let english = script.split("\n  hi: {").next().unwrap();
        for (test, values) in [
            (json!({"kind": "hours", "open": []}), ""),
            (
                json!({"kind": "attempts", "most": 3, "window": {"unit": "days", "count": 1}, "per": "account"}),
                "3",
            ),
            (json!({"kind": "after-talk", "days": 7, "per": "account"}), "…"),
            (json!({"kind": "party", "allowed": []}), ""),
            (json!({"kind": "quiet-times"}), ""),
            (json!({"kind": "occasions"}), ""),
            (json!({"kind": "caller-shown"}), ""),
            (
                json!({"kind": "caller-series", "series": [{"prefix": "+911600", "appliesFrom": "2026-01-01"}]}),
                "+911600",
            ),
            (json!({"kind": "suppressed"}), "…"),
            (
                json!({"kind": "registry", "name": "in-preference", "mostDaysOld": 7}),
                "in-preference",
            ),
        ] {
            let rule: Rule = serde_json::from_value(json!({
                "id": "x", "purposes": [], "regions": [], "effect": "block", "standing": "policy",
                "mayOverride": "nobody", "source": "s", "sourceDate": "2026-01-01",
                "appliesFrom": null, "says": "s", "test": test,
            }))
            .unwrap();
            let text = agent_text(&rule);
            let written = match values {
                "" => text.clone(),
                // How many calls there were, and how many may be.
                "3" => text.replacen('3', "{0}", 1).replacen('3', "{1}", 1),
                _ => text.replace(values, "{0}"),
            };
            assert!(english.contains(&format!("'{written}'")), "{text}");
        }
    }

    #[test]
    fn every_demand_is_a_sentence() {
        let every_day = json!([{"days": [1, 2, 3, 4, 5, 6, 7], "from": "08:00", "to": "19:00"}]);
        let week = json!([
            {"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "20:00"},
            {"days": [6], "from": "09:00", "to": "17:00"},
        ]);
        let cases: [(Value, &str); 12] = [
            (
                json!({"kind": "hours", "open": every_day, "zone": "Asia/Kolkata"}),
                "Calls only every day 08:00–19:00, in the time zone Asia/Kolkata.",
            ),
            (
                json!({"kind": "hours", "open": week, "holidays": "closed", "unless": [{"consent": "explicit"}]}),
                "Calls only Mon–Fri 09:00–20:00; Sat 09:00–17:00, in the called person’s time zone, \
                 and not on public holidays, unless the customer has agreed explicitly.",
            ),
            (
                json!({"kind": "attempts", "most": 3, "window": {"unit": "days", "count": 1}, "per": "account", "unreached": true}),
                "At most 3 attempts on a day for each account.",
            ),
            (
                json!({"kind": "attempts", "most": 1, "window": {"unit": "hours", "count": 24}, "per": "number"}),
                "At most 1 attempt in 24 hours for each number. Attempts that did not reach the number do not count.",
            ),
            (
                json!({"kind": "after-talk", "days": 7, "per": "account"}),
                "After a conversation, no call about the same account for 7 days.",
            ),
            (
                json!({"kind": "party", "allowed": ["customer", "guarantor"]}),
                "Only the customer or the guarantor may be called.",
            ),
            (json!({"kind": "quiet-times"}), "No call at times that the customer has excluded."),
            (json!({"kind": "caller-shown"}), "The call shows a number."),
            (json!({"kind": "suppressed"}), "No call to a number on your own list."),
            (
                json!({"kind": "caller-series", "series": [{"sectors": ["bank", "broker"], "prefix": "+911600", "appliesFrom": "2026-01-01"}]}),
                "The shown number begins with +911600 for bank or broker from 2026-01-01 on.",
            ),
            (
                json!({"kind": "registry", "name": "in-preference", "mostDaysOld": 7, "unless": [{"consent": "purchase", "withinDays": 548}]}),
                "No call to a number in the register in-preference, unless the customer has bought something within \
                 548 days. Its imported file may be at most 7 days old.",
            ),
            (json!({"kind": "moon"}), "See what the agent reads."),
        ];
        for (test, said) in cases {
            let test: Test = serde_json::from_value(test).unwrap();
            assert_eq!(demand_text(&test), said);
        }
        assert_eq!(days_text(&[7, 1, 2, 4]), "Mon, Tue, Thu, Sun");
    }
}
