//! Adds what happened to the deliveries of each receiver.

use super::types::{WantedTypes, type_of_decision, type_of_event};
use crate::storage::{NewDelivery, NewsRow, ReceiverRow, Store, StoreError};
use call_ribbon_shared::Millis;

/// Events, or decisions, that are added at once.
pub const PAGE: usize = 500;

/// Adds what has happened since to the deliveries of all receivers.
pub async fn add_news(store: &Store, now: Millis) -> Result<(), StoreError> {
    for receiver in store.receivers().system_list_receivers_behind().await? {
        add_news_of_receiver(store, receiver, now).await?;
    }
    Ok(())
}

async fn add_news_of_receiver(
    store: &Store,
    mut receiver: ReceiverRow,
    now: Millis,
) -> Result<(), StoreError> {
    let wanted = WantedTypes::from_stored(&receiver.types);
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let (client_id, receivers) = (receiver.client_id.clone(), store.receivers());
    let until = receivers.find_heads(&client_id).await?;
    while (receiver.seq, receiver.decisions) != until {
        let (seq, decided) = (receiver.seq, receiver.decisions);
        let decisions = receivers.list_decision_news(&client_id, (decided, until.1), most).await?;
        // A call's decision comes before its events.
        let has_all = decisions.len() < PAGE;
        let events = if has_all {
            receivers.list_event_news(&client_id, (seq, until.0), most).await?
        } else {
            Vec::new()
        };
        let reached = (
            reach(&events, seq, if has_all { until.0 } else { seq }),
            reach(&decisions, decided, until.1),
        );
        let decisions = decisions.into_iter().map(|row| {
            let kind = type_of_decision(&row.name);
            to_delivery(row, 2 * seq + 1, kind, now)
        });
        let events = events.into_iter().map(|row| to_event_delivery(row, now));
        let news: Vec<_> = decisions.chain(events).filter(|new| wanted.has(&new.kind)).collect();
        let key = (client_id.as_str(), receiver.receiver_id.as_str());
        if !receivers.add_news(key, (seq, decided), reached, &news).await? {
            // Another server has done it, or the receiver was changed.
            return Ok(());
        }
        (receiver.seq, receiver.decisions) = reached;
    }
    Ok(())
}

/// Returns up to where a list has everything.
fn reach(rows: &[NewsRow], before: i64, until: i64) -> i64 {
    if rows.len() < PAGE { until } else { rows.last().map_or(before, |row| row.seq) }
}

/// Describes the message about an event.
pub fn to_event_delivery(row: NewsRow, now: Millis) -> NewDelivery {
    let (place, kind) = (2 * row.seq, type_of_event(&row.name));
    to_delivery(row, place, kind, now)
}

fn to_delivery(row: NewsRow, place: i64, kind: String, now: Millis) -> NewDelivery {
    let NewsRow { message_id, subject, .. } = row;
    NewDelivery { place, message_id, subject, kind, queued_at: now }
}
