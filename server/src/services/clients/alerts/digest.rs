//! Writes the daily digest: the figures of the day before.

use super::evaluate::{share, sum_calls};
use super::messages::{MessageContent, write_messages};
use super::settings::{AlertSettings, local_hour};
use crate::ids::Ids;
use crate::storage::{Client, Store, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use chrono::NaiveDate;
use serde_json::json;

/// Writes the digest if the client's hour has come and no server has written it.
pub async fn write_due_digest(
    store: &Store,
    ids: &Ids,
    client: &Client,
    settings: &AlertSettings,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(hour) = settings.digest_hour else { return Ok(()) };
    let day = time::day(now, client.time_zone);
    if local_hour(now, client.time_zone) < hour
        || !store.alerts().is_digest_due(&client.id, &day).await?
    {
        return Ok(());
    }
    let Ok(today) = day.parse::<NaiveDate>() else { return Ok(()) };
    let Some(yesterday) = today.pred_opt() else { return Ok(()) };
    let from = time::day_start(yesterday, client.time_zone);
    let until = time::day_start(today, client.time_zone);
    let sums = sum_calls(store, client, from, until).await?;
    let rate = share(sums.connected, sums.calls) * 100.0;
    let minutes = sums.duration / 60;
    let content = MessageContent {
        kind: "digest",
        rule: None,
        subject: format!("Calls on {yesterday}: {}, {rate:.1} % connected", sums.calls),
        lines: vec![
            format!("Calls: {} ({} inbound, {} outbound)", sums.calls, sums.inbound, sums.outbound),
            format!("Connected: {} ({rate:.1} %)", sums.connected),
            format!("Missed: {}", sums.missed),
            format!("Talk time: {} h {:02} min", minutes / 60, minutes % 60),
        ],
        data: json!({"date": yesterday.to_string(), "calls": sums.calls, "inbound": sums.inbound,
            "outbound": sums.outbound, "connected": sums.connected, "missed": sums.missed,
            "talkSeconds": sums.duration}),
    };
    let messages = write_messages(ids, client, settings, &content, now);
    store.alerts().write_digest(&client.id, &day, &messages).await?;
    Ok(())
}
