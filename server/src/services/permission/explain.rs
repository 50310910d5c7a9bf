//! Says in words why a call may not be made.

use super::suppressions::explain_entry;
use crate::services::ServiceError;
use crate::storage::{CallRefusal, Client, SuppressionRow};
use call_ribbon_rules::{Decision, Finding, Reason};
use call_ribbon_shared::Millis;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Returns the error for a call that is not permitted.
pub fn refuse(refusal: CallRefusal, client: &Client) -> ServiceError {
    let decision = name_entry(refusal.decision, &refusal.entries, client.time_zone);
    let sentence = explain_refusal(&decision);
    ServiceError::NotPermitted { sentence, decision: Box::new(decision), follow_up: None }
}

/// Lets the findings about the client's own list say which entry it is.
pub fn name_entry(mut decision: Decision, entries: &[SuppressionRow], zone: Tz) -> Decision {
    for found in &mut decision.because {
        if let Reason::Suppressed { at } = found.reason
            && let Some(entry) = entries.iter().find(|entry| entry.listed_at == at)
        {
            found.said = explain_entry(entry, zone);
        }
    }
    decision
}

/// Returns what an agent reads about a decision: why not, or what to mind; `None` if no rule objects.
pub fn explain(decision: &Decision) -> Option<String> {
    if !decision.allowed {
        return Some(explain_refusal(decision));
    }
    let warnings: Vec<&str> = decision.because.iter().map(|found| found.said.as_str()).collect();
    (!warnings.is_empty()).then(|| warnings.join(" "))
}

/// Returns the sentences of the rules that forbid a call, and when it is permitted next.
fn explain_refusal(decision: &Decision) -> String {
    let mut sentences: Vec<&str> = Vec::new();
    for found in decision.because.iter().filter(|found| Finding::blocks(found)) {
        if !sentences.contains(&found.said.as_str()) {
            sentences.push(&found.said);
        }
    }
    let said = sentences.join(" ");
    let zone = decision.zones.first().and_then(|zone| zone.parse::<Tz>().ok());
    match (decision.next_allowed.or(decision.not_before), zone) {
        (Some(next), Some(zone)) => match write_time(next, zone) {
            Some(next) => format!("{said} Not before {next}."),
            None => said,
        },
        _ => said,
    }
}

/// Returns a time as a clock in the zone shows it, with the name of its city.
fn write_time(at: Millis, zone: Tz) -> Option<String> {
    let local = DateTime::<Utc>::from_timestamp_millis(at)?.with_timezone(&zone);
    // Rounded up: at the written minute the call is permitted.
    let local = local + chrono::TimeDelta::milliseconds((60_000 - at.rem_euclid(60_000)) % 60_000);
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    Some(format!("{} in {city}", local.format("%Y-%m-%d %H:%M")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_its_zone_and_never_early() {
        let at = 1_795_919_400_000; // 2026-11-29T02:30:00Z
        for (late, written) in [
            (0, "2026-11-29 08:00 in Kolkata"),
            (1, "2026-11-29 08:01 in Kolkata"),
            (60_000, "2026-11-29 08:01 in Kolkata"),
        ] {
            assert_eq!(write_time(at + late, Tz::Asia__Kolkata).as_deref(), Some(written));
        }
    }
}
