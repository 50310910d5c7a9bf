//! The live feed of a client: each event as it happens, without asking again and again.

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

/// How long it waits before it knocks again where the server is away.
const KNOCKS_EVERY: Duration = Duration::from_secs(3);

/// How the feed stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feed {
    /// On its way.
    Opening,
    /// Each event comes as it happens.
    Live,
    /// It broke off and is sought again; what happened meanwhile is asked for then.
    Lost(String),
}

/// Listens for as long as the view that calls this is there. `opened` is told each time the feed
/// begins, after which every event is told by `event`: what was before has to be asked for.
pub fn listen(
    opened: impl Fn() + 'static,
    event: impl Fn(CallEvent) + 'static,
) -> ReadSignal<Feed> {
    let access = Access::here();
    let (feed, set_feed) = signal(Feed::Opening);
    // When the view goes, the signal goes with it, and so does the stream.
    let is_there = StoredValue::new(());
    spawn_local(async move {
        while is_there.try_get_value().is_some() {
            let why = match follow(access, set_feed, is_there, &opened, &event).await {
                Ok(()) => "The live feed broke off.".to_owned(),
                Err(sentence) => sentence,
            };
            if is_there.try_get_value().is_none() || !access.is_signed_in_untracked() {
                return;
            }
            set_feed.set(Feed::Lost(why));
            pause(KNOCKS_EVERY).await;
        }
    });
    feed
}

/// One stream, until it ends.
async fn follow(
    access: Access,
    feed: WriteSignal<Feed>,
    is_there: StoredValue<()>,
    opened: &impl Fn(),
    event: &impl Fn(CallEvent),
) -> Result<(), String> {
    let ticket: EventsUrl = api::get(access, &access.records("events/ticket"))
        .await
        .map_err(|trouble| trouble.sentence)?;
    let unable = |_| "This browser cannot listen to live events.".to_owned();
    let mut source = EventSource::new(&on_site(&ticket.events_url)).map_err(unable)?;
    let mut stream = source.subscribe("call").map_err(unable)?;
    if is_there.try_get_value().is_none() {
        return Ok(());
    }
    feed.set(Feed::Live);
    opened();
    while let Some(message) = stream.next().await {
        if is_there.try_get_value().is_none() {
            break;
        }
        match message {
            Ok((_, message)) => {
                feed.set(Feed::Live);
                let text = message.data().as_string().unwrap_or_default();
                if let Ok(told) = serde_json::from_str::<CallEvent>(&text) {
                    event(told);
                }
            }
            // The browser comes back by itself, and misses nothing, unless the server said no.
            Err(_) if source.state() == Stream::Closed => break,
            Err(_) => feed.set(Feed::Lost("The live feed broke off.".to_owned())),
        }
    }
    source.close();
    Ok(())
}

/// Waits; the page goes on meanwhile.
async fn pause(how_long: Duration) {
    let (done, waited) = futures_util::future::AbortHandle::new_pair();
    set_timeout(move || done.abort(), how_long);
    // Nothing ever comes of it: it ends when the time is over.
    let _ =
        futures_util::future::Abortable::new(futures_util::future::pending::<()>(), waited).await;
}
