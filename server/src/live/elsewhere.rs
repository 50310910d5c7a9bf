//! What other servers on the same database write: our listeners hear of it, too.

use crate::app::App;
use crate::storage::{FeedSink as _, Heads, Notices, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How often the stored feeds are looked at whatever was heard: what a lost notice costs.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The same through a pooler that lets nobody hear notices.
const LOOK_WITHOUT_NOTICES: Duration = Duration::from_millis(500);
/// Events of one client that are handed on at once. Where there are more, its listeners see
/// the gap and read on for themselves.
const MOST_AT_ONCE: i64 = 200;

/// Follows the other servers until this one stops.
pub fn follow(app: &Arc<App>) {
    if !app.store.is_shared() {
        return;
    }
    let app = Arc::clone(app);
    app.tasks.clone().spawn(async move {
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = run(&app) => {}
        }
    });
}

async fn run(app: &App) {
    let mut notices = None;
    let mut warned = false;
    loop {
        if notices.is_none() {
            notices = match app.store.system_notices().await {
                Ok(heard) => heard,
                Err(error) if warned => {
                    tracing::debug!("no notices of other servers: {error}");
                    None
                }
                Err(error) => {
                    tracing::warn!("other servers' events come with a delay: {error}");
                    None
                }
            };
            warned = notices.is_none();
        }
        // After each change of the connection, and from time to time: all that was missed.
        if let Err(error) = look(app, None).await {
            tracing::debug!("other servers' events were not looked for: {error}");
        }
        let look_every = if app.store.hears_notices() { LOOK_EVERY } else { LOOK_WITHOUT_NOTICES };
        if !listen(app, &mut notices, look_every).await {
            notices = None;
        }
    }
}

/// Hands on what is heard until it is time to look; false where nothing is heard any more.
async fn listen(app: &App, notices: &mut Option<Notices>, look_every: Duration) -> bool {
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
            Ok(heads) => look(app, heads).await,
            Err(error) => Err(error),
        };
        if let Err(error) = looked {
            tracing::debug!("notices of other servers end: {error}");
            // Not at once again: a database that is away is not asked in a circle.
            sleep_until(Instant::now() + LOOK_EVERY / 5).await;
            return false;
        }
    }
}

/// Hands on what our listeners were not told yet of these feeds, or of all.
async fn look(app: &App, heads: Option<Heads>) -> Result<(), StoreError> {
    if !app.hub.has_listeners() {
        return Ok(());
    }
    let heads = match heads {
        Some(heads) => heads,
        None => app.store.system_feed_heads().await?,
    };
    for (client_id, seq) in heads {
        let Some(told) = app.hub.told(&client_id) else { continue };
        if told >= seq {
            continue;
        }
        // Of a client that nobody was told of yet, one event is enough to show the gap.
        let from = if told == 0 || seq - told > MOST_AT_ONCE { seq - 1 } else { told };
        let rows = app.store.feed_after(&client_id, from, MOST_AT_ONCE).await?;
        let rows: Vec<_> = rows.into_iter().map(|row| (client_id.clone(), row)).collect();
        app.hub.publish(&rows);
    }
    Ok(())
}
