//! Chooses the tab that owns the stream, and exchanges messages between tabs.
//!
//! The tab that holds the lock owns the stream: it alone listens to the server, rings and sends the
//! outbox, and it forwards the stream's events to the other tabs. When it closes, the browser gives
//! the lock to the next tab, which continues from the last event that it knows. If locks do not
//! exist or are refused, each tab owns a stream of its own.

use super::Ribbon;
use crate::ribbon::feed;
use crate::ribbon::json;
use crate::ribbon::platform::{self, Timer};
use crate::ribbon::rest;
use crate::ribbon::step::{Msg, WrapUpMsg};
use crate::ribbon::tabs::TabChannel;
use crate::ribbon::tabs::lock::{Lock, lock_manager};
use crate::ribbon::words;
use call_ribbon_shared::Millis;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

/// How often a tab checks whether the owner still exists. An owner that does not answer before the
/// next check is frozen or hangs, and is replaced.
const ASK_EVERY_MS: i32 = 5_000;
/// How long a reloaded tab reads the events that it missed from a stream of its own; messages of
/// the owner wait meanwhile.
const CATCH_UP_MS: i32 = 2_000;
/// The maximum age of a ticket to open a stream with; it is valid for twice as long.
const TICKET_GOOD_FOR: Millis = 5 * 60 * 1000;

/// This tab's connection to the other tabs.
#[derive(Default)]
pub(super) struct Tabs {
    joined: Cell<bool>,
    bus: RefCell<Option<TabChannel>>,
    owns: Cell<bool>,
    lock: RefCell<Option<Lock>>,
    /// Cancels waiting for the lock.
    waiting: RefCell<Option<AbortController>>,
    /// Checks for the owner at intervals.
    asking: RefCell<Option<Timer>>,
    /// Whether the owner was heard since the last check.
    heard: Cell<bool>,
    /// Messages from the owner before this tab knew its feed position; `None` afterwards.
    held: RefCell<Option<Vec<String>>>,
    /// Whether events may have passed between this tab's sign-in and its joining. Once the owner is
    /// heard, a stream of this tab's own delivers them.
    joined_late: Cell<bool>,
    catching_up: RefCell<Option<Timer>>,
}

impl Ribbon {
    /// Returns whether this tab owns the stream.
    pub(super) fn owns_stream(&self) -> bool {
        self.tabs.owns.get()
    }

    /// Joins the other tabs, unless already done.
    pub(super) fn join_tabs(&self) {
        if self.tabs.joined.replace(true) {
            return;
        }
        let (me, agents) = (self.me.clone(), self.agents.get());
        spawn_local(async move {
            // What the stream brings needs the second file.
            let mut failed = false;
            while !rest::is_whole(false).await {
                let Some(ribbon) = me.upgrade() else { return };
                ribbon.dispatch(Msg::FeedDown);
                failed = true;
            }
            let same =
                |ribbon: &Rc<Self>| ribbon.agents.get() == agents && ribbon.tabs.joined.get();
            if let Some(ribbon) = me.upgrade().filter(same) {
                if failed {
                    // Another tab may own the stream and have said so long ago.
                    ribbon.dispatch(Msg::FeedUp);
                }
                ribbon.enter_tabs();
            }
        });
    }

    #[inline(never)]
    fn enter_tabs(&self) {
        if let Some(ribbon) = self.me.upgrade() {
            words::load::load_said(&ribbon);
        }
        let me = self.me.clone();
        let bus = lock_manager().and_then(|_| {
            TabChannel::open(&self.agent_storage_key("tabs"), move |text| {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.handle_text(&text);
                }
            })
        });
        if bus.is_none() {
            return self.take_stream();
        }
        self.tabs.bus.replace(bus);
        if self.token.borrow().at == 0 {
            self.tabs.held.replace(Some(Vec::new()));
        } else {
            self.tabs.joined_late.set(true);
        }
        self.wait_for_turn(false);
    }

    /// Leaves the other tabs; another one takes over.
    pub(super) fn leave_tabs(&self) {
        self.stop_waiting();
        self.tabs.joined_late.set(false);
        self.tabs.catching_up.replace(None);
        self.tabs.held.replace(None);
        self.tabs.bus.replace(None);
        self.tabs.lock.replace(None);
        self.tabs.owns.set(false);
        self.tabs.joined.set(false);
    }

    fn stop_waiting(&self) {
        self.tabs.asking.replace(None);
        if let Some(waiting) = self.tabs.waiting.take() {
            waiting.abort();
        }
    }

    fn wait_for_turn(&self, steal: bool) {
        self.stop_waiting();
        let waiting = if steal { None } else { AbortController::new().ok() };
        let signal = waiting.as_ref().map(AbortController::signal);
        self.tabs.waiting.replace(waiting);
        let (me, name) = (self.me.clone(), self.agent_storage_key("stream"));
        let agents = self.agents.get();
        spawn_local(async move {
            let lock = Lock::acquire_lock(&name, signal.as_ref(), steal).await;
            let ended = signal.is_some_and(|signal| signal.aborted());
            let same = |ribbon: &Rc<Self>| ribbon.agents.get() == agents;
            let Some(ribbon) = me.upgrade().filter(same).filter(|_| !ended) else { return };
            let Some(lock) = lock else {
                // The browser refuses locks here, as in a frame without an origin.
                ribbon.tabs.bus.replace(None);
                return ribbon.take_stream();
            };
            let over = lock.lock_lost();
            ribbon.tabs.lock.replace(Some(lock));
            ribbon.take_stream();
            drop(ribbon);
            if JsFuture::from(over).await.is_err()
                && let Some(ribbon) = me.upgrade().filter(same)
            {
                // Another tab took the lock while this tab was frozen or hung.
                ribbon.tabs.lock.replace(None);
                ribbon.tabs.owns.set(false);
                ribbon.feed.replace(None);
                ribbon.dispatch(Msg::OwnsStream(false));
                ribbon.wait_for_turn(false);
            }
        });
        let me = self.me.clone();
        self.tabs.heard.set(true);
        let asking = Timer::every(ASK_EVERY_MS, move || {
            if let Some(ribbon) = me.upgrade() {
                if ribbon.tabs.heard.replace(false) {
                    ribbon.send_to_tabs("?");
                } else {
                    ribbon.wait_for_turn(true);
                }
            }
        });
        self.tabs.asking.replace(Some(asking));
        self.send_to_tabs("?");
    }

    /// Takes over the stream.
    fn take_stream(&self) {
        self.stop_waiting();
        self.tabs.owns.set(true);
        self.tabs.joined_late.set(false);
        self.tabs.held.replace(None);
        self.tabs.catching_up.replace(None);
        self.dispatch(Msg::OwnsStream(true));
        self.listen_to_server();
    }

    /// Opens the stream, if this tab owns it and is signed in.
    pub(super) fn listen_to_server(&self) {
        let signed_in = self.token.borrow().at;
        if !self.owns_stream() || signed_in == 0 {
            return;
        }
        if platform::now() - signed_in < TICKET_GOOD_FOR {
            self.open_feed();
            self.flush_outbox();
        } else {
            self.sign_in();
        }
    }

    /// Continues from this tab's feed position after a sign-in. With `missed`, the tab had a
    /// position before, so a stream must deliver the events since then.
    pub(super) fn follow_feed(&self, missed: bool) {
        if self.owns_stream() {
            return self.listen_to_server();
        }
        if !missed {
            return self.end_catch_up();
        }
        self.tabs.held.borrow_mut().get_or_insert_default();
        self.open_feed();
        let me = self.me.clone();
        let timer = Timer::after(CATCH_UP_MS, move || {
            if let Some(ribbon) = me.upgrade() {
                ribbon.feed.replace(None);
                ribbon.end_catch_up();
            }
        });
        self.tabs.catching_up.replace(Some(timer));
    }

    fn end_catch_up(&self) {
        for text in self.tabs.held.take().unwrap_or_default() {
            self.handle_text(&text);
        }
    }

    /// Forwards an event of the stream.
    pub(super) fn forward_event(&self, text: &str) {
        if self.owns_stream() {
            self.send_to_tabs(text);
        }
    }

    /// Sends a text to the other tabs.
    pub(super) fn send_to_tabs(&self, text: &str) {
        if let Some(bus) = &*self.tabs.bus.borrow() {
            bus.send_text(text);
        }
    }

    /// Announces this tab, and how many calls wait to be sent.
    pub(super) fn announce_unsent(&self) {
        if self.owns_stream() {
            let calls = self.read(|model| model.unsent).unwrap_or_default();
            self.send_to_tabs(&calls.to_string());
        }
    }

    /// Handles a message from another tab.
    fn handle_text(&self, text: &str) {
        match text {
            "?" => return self.announce_unsent(),
            "flush" if self.owns_stream() => return self.flush_outbox(),
            "flush" => return,
            _ => {}
        }
        if let Some((session_id, at)) = text.strip_prefix("over ").and_then(|of| of.split_once(' '))
        {
            let at = at.parse().unwrap_or_default();
            return self.dispatch(Msg::EndedInOtherTab { session_id: session_id.to_owned(), at });
        }
        if let Some(call) = text.strip_prefix("noted ") {
            if let Some(call) = json::parse(call) {
                self.merge_notes(&call);
            }
            return;
        }
        if let Some(id) = text.strip_prefix("left ") {
            return self.dispatch(Msg::WrapUp(WrapUpMsg::Left(id.to_owned())));
        }
        if let Some(id) = text.strip_prefix("done ") {
            return self.forget_entry(id);
        }
        // All other messages come from the owner.
        self.tabs.heard.set(true);
        if self.tabs.joined_late.replace(false) {
            self.follow_feed(true);
        }
        if text == "up" {
            self.dispatch(Msg::FeedUp);
        } else if text == "down" {
            self.dispatch(Msg::FeedDown);
        } else if let Ok(calls) = text.parse() {
            self.dispatch(Msg::Unsent(calls));
        } else if let Some(held) = &mut *self.tabs.held.borrow_mut() {
            held.push(text.to_owned());
        } else if let Some(fed) = feed::read_event(text.to_owned()) {
            self.dispatch(Msg::FeedEvent(Box::new(fed)));
        }
    }
}
