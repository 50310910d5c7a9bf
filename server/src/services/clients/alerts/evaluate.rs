//! Judges the rules of all clients, and writes messages about those that changed.

use super::digest;
use super::messages::{MessageContent, write_messages};
use super::settings::{AlertSettings, read_settings};
use crate::ids::Ids;
use crate::storage::{Client, Span, Store, StoreError, Totals, Unit};
use crate::time;
use call_ribbon_shared::Millis;
use serde_json::json;
use std::time::Duration;

/// How often the rules are judged.
pub const INTERVAL: Duration = Duration::from_mins(1);
const MINUTE: Millis = 60 * 1000;

/// The state of a rule.
struct Judged {
    rule: &'static str,
    is_broken: bool,
    content: MessageContent,
}

/// Judges the rules of all clients once. Several servers may do so at the same time: each change is
/// told of by one.
pub async fn judge_all(store: &Store, ids: &Ids, now: Millis) {
    if let Err(error) = judge_clients(store, ids, now).await {
        tracing::warn!("alerts could not be judged: {error}");
    }
}

async fn judge_clients(store: &Store, ids: &Ids, now: Millis) -> Result<(), StoreError> {
    for (client_id, settings) in store.alerts().system_list_alert_settings().await? {
        let settings = read_settings(&settings);
        let Some(client) = store.clients().find_client(&client_id).await? else { continue };
        let judged = async {
            judge_client(store, ids, &client, &settings, now).await?;
            digest::write_due_digest(store, ids, &client, &settings, now).await
        };
        // A client whose rules cannot be judged must not stop the others.
        if let Err(error) = judged.await {
            tracing::warn!(client_id, "a client's alerts could not be judged: {error}");
        }
    }
    Ok(())
}

async fn judge_client(
    store: &Store,
    ids: &Ids,
    client: &Client,
    settings: &AlertSettings,
    now: Millis,
) -> Result<(), StoreError> {
    let mut judged = judge_calls(store, client, settings, now).await?;
    judged.extend(judge_plan(store, client, settings, now).await?);
    let raised = store.alerts().list_raised_alerts(&client.id).await?;
    for Judged { rule, is_broken, mut content } in judged {
        if is_broken == raised.iter().any(|raised| raised == rule) {
            continue;
        }
        if is_broken {
            let quiet_since = now - settings.quiet_minutes * MINUTE;
            let messages = write_messages(ids, client, settings, &content, now);
            store.alerts().raise_alert(&client.id, rule, quiet_since, &messages, now).await?;
        } else {
            content.kind = "alert.resolved";
            content.subject = format!("Resolved: {}", content.subject);
            let messages = write_messages(ids, client, settings, &content, now);
            store.alerts().resolve_alert(&client.id, rule, &messages, now).await?;
        }
    }
    Ok(())
}

async fn judge_calls(
    store: &Store,
    client: &Client,
    settings: &AlertSettings,
    now: Millis,
) -> Result<Vec<Judged>, StoreError> {
    let mut judged = Vec::new();
    // The end of a span is exclusive, and a call that begins at this moment counts.
    let end = now + 1;
    let judge = |rule, is_broken, subject, data| Judged {
        rule,
        is_broken,
        content: MessageContent {
            kind: "alert.raised",
            rule: Some(rule),
            subject,
            lines: Vec::new(),
            data,
        },
    };
    // A rule that was removed is not broken.
    let removed = |rule| judge(rule, false, "This rule was switched off".to_owned(), json!({}));
    judged.push(match settings.connect_rate {
        Some(rule) => {
            let sums = sum_calls(store, client, now - rule.minutes * MINUTE, end).await?;
            let rate = share(sums.connected, sums.calls);
            let subject = format!(
                "Connected calls in the last {} minutes: {} of {} ({:.1} %)",
                rule.minutes,
                sums.connected,
                sums.calls,
                rate * 100.0
            );
            let is_broken = sums.calls >= rule.calls && rate < rule.below;
            let data = json!({"connected": sums.connected, "calls": sums.calls,
                "minutes": rule.minutes, "below": rule.below});
            judge("connectRate", is_broken, subject, data)
        }
        None => removed("connectRate"),
    });
    judged.push(match settings.missed {
        Some(rule) => {
            let sums = sum_calls(store, client, now - rule.minutes * MINUTE, end).await?;
            let subject =
                format!("Missed calls in the last {} minutes: {}", rule.minutes, sums.missed);
            let data = json!({"missed": sums.missed, "minutes": rule.minutes, "above": rule.above});
            judge("missed", sums.missed > rule.above, subject, data)
        }
        None => removed("missed"),
    });
    judged.push(match settings.provider {
        Some(rule) => {
            let since = now - rule.minutes * MINUTE;
            let failed = store.alerts().count_failed_requests(&client.id, since).await?;
            let subject = format!(
                "Failed requests to telephony providers in the last {} minutes: {failed}",
                rule.minutes
            );
            let data = json!({"failed": failed, "minutes": rule.minutes, "above": rule.above});
            judge("provider", failed > rule.above, subject, data)
        }
        None => removed("provider"),
    });
    Ok(judged)
}

async fn judge_plan(
    store: &Store,
    client: &Client,
    settings: &AlertSettings,
    now: Millis,
) -> Result<Vec<Judged>, StoreError> {
    let month = time::month(now, client.time_zone);
    let used = store.analytics().count_calls_in_month(&client.id, &month).await?;
    let limit = client.limit;
    let judge = |rule, percent: i64| Judged {
        rule,
        is_broken: settings.plan && used.saturating_mul(100) >= limit.saturating_mul(percent),
        content: MessageContent {
            kind: "alert.raised",
            rule: Some(rule),
            subject: format!("{percent} % of this month's calls are used: {used} of {limit}"),
            lines: Vec::new(),
            data: json!({"used": used, "limit": limit, "percent": percent}),
        },
    };
    Ok(vec![judge("plan80", 80), judge("plan100", 100)])
}

/// Returns the sums of a client's calls that began in a time.
pub async fn sum_calls(
    store: &Store,
    client: &Client,
    from: Millis,
    until: Millis,
) -> Result<Totals, StoreError> {
    let span = Span { from, until, customer_id: None };
    let days =
        store.analytics().sum_calls_by_unit(&client.id, &span, client.time_zone, Unit::Day).await?;
    let mut sums = Totals::default();
    for day in days.values() {
        sums.add(day, 1);
    }
    Ok(sums)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn share(part: i64, of: i64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}
