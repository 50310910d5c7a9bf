//! The live feed of a client: receives each event as it happens, without polling.

use super::access::Access;
use super::address::on_site;
use super::api;
use super::ui::format;
use call_ribbon_shared::wire::{CallEvent, CallUpdate, EventsUrl};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Time to wait before reconnecting to a server that cannot be reached.
const RECONNECTS_AFTER: Duration = Duration::from_secs(3);
/// How often silence is looked for.
const WATCHES_EVERY: Duration = Duration::from_secs(2);
/// The longest silence of a live connection, in milliseconds: the server says something every ten
/// seconds.
const LONGEST_SILENCE: f64 = 20_000.0;

/// The state of the feed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FeedState {
    /// The connection is being opened.
    Opening,
    /// Events arrive as they happen.
    Live,
    /// Nothing has arrived since a moment, in milliseconds since 1970. The connection is being
    /// reopened; missed events are requested afterwards.
    Lost(f64),
}

/// A message of the feed.
pub enum FeedMessage {
    /// Something happened to a call.
    Call(Box<CallEvent>),
    /// An agent's notes on a call were saved.
    Updated(CallUpdate),
}

/// Follows the feed until the calling view is removed. Calls `opened` each time the stream starts,
/// and `receive` for each message after that; what happened before must be requested.
pub fn listen(
    opened: impl Fn() + 'static,
    receive: impl Fn(FeedMessage) + 'static,
) -> ReadSignal<FeedState> {
    let (state, set_state) = signal(FeedState::Opening);
    // Removing the view drops the feed, and with it the stream.
    let feed = StoredValue::new_local(Rc::new(Feed {
        access: Access::from_context(),
        state: set_state,
        heard_at: Cell::new(format::now_millis()),
        is_live: Cell::new(false),
        stream: RefCell::new(None),
        opened: Box::new(opened),
        receive: Box::new(receive),
    }));
    connect(feed);
    let watch = set_interval_with_handle(
        move || {
            if let Some(feed_now) = feed.try_get_value()
                && feed_now.is_silent()
            {
                feed_now.lose();
                connect(feed);
            }
        },
        WATCHES_EVERY,
    );
    on_cleanup(move || {
        if let Ok(watch) = watch {
            watch.clear();
        }
    });
    state
}

type FeedHandle = StoredValue<Rc<Feed>, LocalStorage>;

/// The feed of one view.
struct Feed {
    access: Access,
    state: WriteSignal<FeedState>,
    /// When the server was last heard.
    heard_at: Cell<f64>,
    is_live: Cell<bool>,
    stream: RefCell<Option<Stream>>,
    opened: Box<dyn Fn()>,
    receive: Box<dyn Fn(FeedMessage)>,
}

type Listener = Closure<dyn Fn(MessageEvent)>;

/// An open stream. Dropping it closes it.
struct Stream {
    source: EventSource,
    listeners: Vec<(&'static str, Listener)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        for (name, listener) in &self.listeners {
            // Removing a listener cannot fail.
            let _ = self
                .source
                .remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        self.source.close();
    }
}

impl Feed {
    fn hear(&self) {
        self.heard_at.set(format::now_millis());
        if !self.is_live.replace(true) {
            self.state.try_set(FeedState::Live);
        }
    }

    fn lose(&self) {
        self.is_live.set(false);
        self.state.try_set(FeedState::Lost(self.heard_at.get()));
    }

    /// Returns whether a live connection has been silent for too long. A network that fails without
    /// a word, and a machine that slept, look like this.
    fn is_silent(&self) -> bool {
        self.is_live.get() && format::now_millis() - self.heard_at.get() > LONGEST_SILENCE
    }
}

/// Opens a stream in place of the current one.
fn connect(feed: FeedHandle) {
    let Some(now) = feed.try_get_value() else { return };
    now.stream.take();
    spawn_local(async move {
        let path = now.access.records_path("events/ticket");
        let ticket = api::get_json::<EventsUrl>(now.access, &path).await;
        // The view may have been left.
        if feed.try_get_value().is_none() {
            return;
        }
        let stream = ticket.ok().and_then(|ticket| open_stream(feed, &on_site(&ticket.events_url)));
        if stream.is_none() {
            now.lose();
            connect_later(feed);
        }
        now.stream.replace(stream);
    });
}

fn connect_later(feed: FeedHandle) {
    set_timeout(
        move || {
            let is_needed = |feed: Rc<Feed>| {
                let stream = feed.stream.borrow();
                let is_closed =
                    |stream: &Stream| stream.source.ready_state() == EventSource::CLOSED;
                feed.access.is_signed_in_untracked() && stream.as_ref().is_none_or(is_closed)
            };
            if feed.try_get_value().is_some_and(is_needed) {
                connect(feed);
            }
        },
        RECONNECTS_AFTER,
    );
}

fn open_stream(feed: FeedHandle, url: &str) -> Option<Stream> {
    let source = EventSource::new(url).ok()?;
    let mut stream = Stream { source, listeners: Vec::new() };
    let on = move |name, act: fn(FeedHandle, &Feed, &MessageEvent)| {
        let listener = Closure::new(move |message: MessageEvent| {
            if let Some(now) = feed.try_get_value() {
                act(feed, &now, &message);
            }
        });
        (name, listener)
    };
    stream.listeners = vec![
        on("open", |_, feed, _| {
            feed.hear();
            (feed.opened)();
        }),
        on("ping", |_, feed, _| feed.hear()),
        on("call", |_, feed, message| {
            feed.hear();
            if let Some(event) = read_message(message) {
                (feed.receive)(FeedMessage::Call(event));
            }
        }),
        on("updated", |_, feed, message| {
            feed.hear();
            if let Some(update) = read_message(message) {
                (feed.receive)(FeedMessage::Updated(update));
            }
        }),
        // The browser reconnects automatically and misses nothing, unless the server refused.
        on("error", |handle, feed, _| {
            feed.lose();
            connect_later(handle);
        }),
    ];
    for (name, listener) in &stream.listeners {
        let listener = listener.as_ref().unchecked_ref();
        stream.source.add_event_listener_with_callback(name, listener).ok()?;
    }
    Some(stream)
}

fn read_message<T: serde::de::DeserializeOwned>(message: &MessageEvent) -> Option<T> {
    serde_json::from_str(&message.data().as_string()?).ok()
}
