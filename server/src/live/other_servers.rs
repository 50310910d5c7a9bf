//! Publishes to this server's listeners what other servers write to the same database.

use super::Hub;
use crate::background::Background;
use crate::storage::{FeedHeads, FeedSink as _, NoticeListener, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How often the stored feeds are read even without a notice: the delay that a lost notice causes.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The same interval behind a pooler that does not support notices.
const LOOK_WITHOUT_NOTICES: Duration = Duration::from_millis(500);
/// The most events of one client that are published at once. If more have been written, its
/// listeners see the gap and read the feed themselves.
const MOST_AT_ONCE: i64 = 200;

/// Follows the other servers until this one stops.
pub fn spawn_follower(background: &Background, store: &Arc<Store>, hub: &Arc<Hub>) {
    if store.is_shared() {
        let (store, hub) = (Arc::clone(store), Arc::clone(hub));
        background.spawn_until_stop(async move { follow_servers(&store, &hub).await });
    }
}

async fn follow_servers(store: &Store, hub: &Hub) {
    let mut notices = None;
    let mut warned = false;
    loop {
        if notices.is_none() {
            notices = match store.system_listen_for_notices().await {
                Ok(heard) => heard,
                Err(error) if warned => {
                    tracing::debug!("cannot listen for notifications of other servers: {error}");
                    None
                }
                Err(error) => {
                    tracing::warn!("other servers' events arrive with a delay: {error}");
                    None
                }
            };
            warned = notices.is_none();
        }
        // After each change of the connection, and periodically: everything that was missed.
        if let Err(error) = publish_missed(store, hub, None).await {
            tracing::debug!("other servers' events could not be read: {error}");
        }
        let look_every =
            if store.can_receive_notices() { LOOK_EVERY } else { LOOK_WITHOUT_NOTICES };
        if !publish_announced(store, hub, &mut notices, look_every).await {
            notices = None;
        }
    }
}

/// Publishes what notices announce until the next read is due; false if notices no longer arrive.
async fn publish_announced(
    store: &Store,
    hub: &Hub,
    notices: &mut Option<NoticeListener>,
    look_every: Duration,
) -> bool {
    let until = Instant::now() + look_every;
    let Some(notices) = notices else {
        sleep_until(until).await;
        return true;
    };
    loop {
        let heard = tokio::select! {
            () = sleep_until(until) => return true,
            heard = notices.next() => heard,
        };
        let looked = match heard {
            Ok(heads) => publish_missed(store, hub, heads).await,
            Err(error) => Err(error),
        };
        if let Err(error) = looked {
            tracing::debug!("notifications of other servers stopped: {error}");
            // Waits before it retries: a database that is down must not be queried in a loop.
            sleep_until(Instant::now() + LOOK_EVERY / 5).await;
            return false;
        }
    }
}

/// Publishes the events of these feeds, or of all, that this server's listeners have not received.
async fn publish_missed(
    store: &Store,
    hub: &Hub,
    heads: Option<FeedHeads>,
) -> Result<(), StoreError> {
    if !hub.has_listeners() {
        return Ok(());
    }
    let heads = match heads {
        Some(heads) => heads,
        None => store.system_feed_heads().await?,
    };
    for (client_id, seq) in heads {
        let Some(told) = hub.last_sent(&client_id) else { continue };
        if told >= seq {
            continue;
        }
        // For a client without any published event, one event is enough to show the gap.
        let from = if told == 0 || seq - told > MOST_AT_ONCE { seq - 1 } else { told };
        let mut portion = store.calls().list_feed_after(&client_id, from, MOST_AT_ONCE).await?;
        if portion.cut {
            // Listeners see the gap before the newest event, and read it themselves.
            portion = store.calls().list_feed_after(&client_id, seq - 1, MOST_AT_ONCE).await?;
        }
        let rows: Vec<_> = portion.rows.into_iter().map(|row| (client_id.clone(), row)).collect();
        hub.publish(&rows);
    }
    Ok(())
}
