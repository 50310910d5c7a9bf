//! The live feed of a client: receives each event as it happens, without polling.

use super::access::Access;
use super::address::on_site;
use super::api;
use call_ribbon_shared::wire::{CallEvent, EventsUrl};
use futures_util::StreamExt;
use gloo_net::eventsource::State as Stream;
use gloo_net::eventsource::futures::EventSource;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Time to wait before reconnecting to a server that cannot be reached.
const KNOCKS_EVERY: Duration = Duration::from_secs(3);

/// The state of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedState {
    /// The connection is being opened.
    Opening,
    /// Events arrive as they happen.
    Live,
    /// The connection broke and is being reopened; missed events are requested afterwards.
    Lost(String),
}

/// Follows the feed until the calling view is removed. Calls `opened` each time the stream starts,
/// and `event` for each event after that; what happened before must be requested.
pub fn listen(
    opened: impl Fn() + 'static,
    event: impl Fn(CallEvent) + 'static,
) -> ReadSignal<FeedState> {
    let access = Access::from_context();
    let (feed, set_feed) = signal(FeedState::Opening);
    // Removing the view drops the signal, and with it the stream.
    let is_there = StoredValue::new(());
    spawn_local(async move {
        while is_there.try_get_value().is_some() {
            let why = match read_stream(access, set_feed, is_there, &opened, &event).await {
                Ok(()) => "The live feed was interrupted.".to_owned(),
                Err(sentence) => sentence,
            };
            if is_there.try_get_value().is_none() || !access.is_signed_in_untracked() {
                return;
            }
            set_feed.set(FeedState::Lost(why));
            sleep_for(KNOCKS_EVERY).await;
        }
    });
    feed
}

/// Reads one stream until it ends.
async fn read_stream(
    access: Access,
    feed: WriteSignal<FeedState>,
    is_there: StoredValue<()>,
    opened: &impl Fn(),
    event: &impl Fn(CallEvent),
) -> Result<(), String> {
    let ticket: EventsUrl = api::get_json(access, &access.records_path("events/ticket"))
        .await
        .map_err(|trouble| trouble.sentence)?;
    let unable = |_| "This browser cannot listen to live events.".to_owned();
    let mut source = EventSource::new(&on_site(&ticket.events_url)).map_err(unable)?;
    let mut stream = source.subscribe("call").map_err(unable)?;
    if is_there.try_get_value().is_none() {
        return Ok(());
    }
    feed.set(FeedState::Live);
    opened();
    while let Some(message) = stream.next().await {
        if is_there.try_get_value().is_none() {
            break;
        }
        match message {
            Ok((_, message)) => {
                feed.set(FeedState::Live);
                let text = message.data().as_string().unwrap_or_default();
                if let Ok(told) = serde_json::from_str::<CallEvent>(&text) {
                    event(told);
                }
            }
            // The browser reconnects automatically and misses nothing, unless the server refused.
            Err(_) if source.state() == Stream::Closed => break,
            Err(_) => feed.set(FeedState::Lost("The live feed was interrupted.".to_owned())),
        }
    }
    source.close();
    Ok(())
}

/// Waits without blocking the page.
async fn sleep_for(how_long: Duration) {
    let (done, waited) = futures_util::future::AbortHandle::new_pair();
    set_timeout(move || done.abort(), how_long);
    // The stream yields nothing; it ends when the time is over.
    let _ =
        futures_util::future::Abortable::new(futures_util::future::pending::<()>(), waited).await;
}
