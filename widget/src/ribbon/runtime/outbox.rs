//! Sends the outbox: one tab at a time, in order, until the server has everything.

use super::Ribbon;
use super::server::PAUSES_MS;
use crate::ribbon::memory::Memory;
use crate::ribbon::net;
use crate::ribbon::outbox::{self, Entry, StoredEntry, Verdict, judge_answer, store};
use crate::ribbon::platform::{self, Timer};
use crate::ribbon::step::Msg;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// This tab's part of the outbox.
#[derive(Default)]
pub(super) struct Outbox {
    /// The entries that this tab sends: all if it owns the stream, else only those that the browser
    /// did not store.
    list: RefCell<Vec<StoredEntry>>,
    /// Whether it is sending, and whether it must check again afterwards.
    sending: Cell<bool>,
    again: Cell<bool>,
    attempts: Cell<usize>,
    retry: RefCell<Option<Timer>>,
}

impl Ribbon {
    /// Stores an entry until the server has it.
    pub(in crate::ribbon) fn store_entry(&self, entry: Entry) {
        let kept = {
            let mut list = self.outbox.list.borrow_mut();
            let after = list.last().map_or(0, |kept| kept.at + 1);
            let kept = StoredEntry { at: platform::now().max(after), entry };
            outbox::insert_entry(&mut list, kept.clone());
            kept
        };
        let (me, memory) = (self.me.clone(), self.memory.clone());
        spawn_local(async move {
            let stored = store::save_entry(&memory, &kept).await;
            let Some(ribbon) = me.upgrade() else { return };
            if stored && !ribbon.owns_stream() {
                ribbon.drop_sent(&kept);
                ribbon.send_to_tabs("flush");
            } else {
                ribbon.flush_outbox();
            }
        });
    }

    /// Removes an entry: the server has it, or a newer one with that id.
    pub(super) fn remove_entry(&self, id: &str) {
        if self.read(|model| model.unsent == 0).unwrap_or(true) {
            return;
        }
        self.forget_entry(id);
        self.send_to_tabs(&["done ", id].concat());
        let (me, memory, id) = (self.me.clone(), self.memory.clone(), id.to_owned());
        spawn_local(async move {
            store::remove_entry(&memory, &id).await;
            if let Some(ribbon) = me.upgrade() {
                ribbon.flush_outbox();
            }
        });
    }

    /// Removes an entry from the list, on behalf of this tab or another one.
    pub(super) fn forget_entry(&self, id: &str) {
        self.outbox.list.borrow_mut().retain(|kept| kept.entry.id != id);
    }

    /// Sends the waiting entries, unless that is running.
    pub(super) fn flush_outbox(&self) {
        self.outbox.retry.replace(None);
        if self.outbox.sending.replace(true) {
            self.outbox.again.set(true);
            return;
        }
        let (me, memory) = (self.me.clone(), self.memory.clone());
        let owns = self.owns_stream();
        spawn_local(async move {
            let stored = if owns { store::load_entries(&memory).await } else { Vec::new() };
            if let Some(ribbon) = me.upgrade() {
                let mut list = ribbon.outbox.list.borrow_mut();
                for kept in stored {
                    outbox::insert_entry(&mut list, kept);
                }
            }
            if next_entry(&me, 0).is_some() {
                send_entries(me.clone(), memory).await;
            }
            if let Some(ribbon) = me.upgrade() {
                ribbon.outbox.sending.set(false);
                ribbon.send_next_entry();
            }
        });
    }

    fn send_next_entry(&self) {
        if self.outbox.again.take() {
            return self.flush_outbox();
        }
        let calls = outbox::count_calls(&self.outbox.list.borrow());
        let attempt = self.outbox.attempts.get();
        self.outbox.attempts.set(if calls == 0 { 0 } else { attempt + 1 });
        if calls > 0 {
            let me = self.me.clone();
            let timer = Timer::after(PAUSES_MS[attempt.min(PAUSES_MS.len() - 1)], move || {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.flush_outbox();
                }
            });
            self.outbox.retry.replace(Some(timer));
        }
        let calls = u32::try_from(calls).unwrap_or(u32::MAX);
        if self.read(|model| model.unsent != calls).unwrap_or(false) {
            self.dispatch(Msg::Unsent(calls));
            self.announce_unsent();
        }
    }

    /// Sends this tab's entries when the page is left, without waiting for answers. All of them
    /// stay stored until an answer arrives; the server ignores repetitions.
    pub(super) fn send_leaving(&self) {
        self.outbox.retry.replace(None);
        if self.outbox.sending.get() {
            return;
        }
        for kept in self.outbox.list.borrow().iter() {
            let sending = self.send_entry(&kept.entry);
            spawn_local(async move {
                // The page is gone, so the result is unused.
                let _ = sending.await;
            });
        }
    }

    pub(super) fn send_entry(
        &self,
        entry: &Entry,
    ) -> impl Future<Output = Result<JsValue, net::RequestError>> + use<> {
        let body = entry.body_with(&self.request_body());
        let Entry { id, method, path, .. } = entry.clone();
        self.send(net::Request { method, ..net::Request::post(path, body, Some(id)) })
    }

    /// Removes an entry that need not be sent from here, unless it was changed meanwhile.
    fn drop_sent(&self, sent: &StoredEntry) -> bool {
        let mut list = self.outbox.list.borrow_mut();
        let place = list.iter().position(|kept| kept == sent);
        place.map(|place| list.remove(place)).is_some()
    }
}

/// Sends the waiting entries one after the other. The future is boxed, so that its code is no part
/// of the caller's: an outbox is rarely used.
#[inline(never)]
fn send_entries(me: Weak<Ribbon>, memory: Memory) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let mut blocked: Vec<String> = Vec::new();
        let mut place = 0;
        while let Some((ribbon, kept)) = next_entry(&me, place) {
            if blocked.contains(&kept.entry.call) {
                place += 1;
                continue;
            }
            let sending = ribbon.send_entry(&kept.entry);
            drop(ribbon);
            let outcome = sending.await;
            let verdict = judge_answer(&kept.entry, outcome.as_ref().map(|_| ()));
            let Some(ribbon) = me.upgrade() else { return };
            if verdict == Verdict::Stop {
                break;
            }
            if verdict == Verdict::Later {
                blocked.push(kept.entry.call);
                continue;
            }
            if let (Verdict::Refused, Err(failure)) = (verdict, outcome) {
                ribbon.page_listeners().report_error(&failure.trouble);
            }
            if ribbon.drop_sent(&kept) {
                drop(ribbon);
                store::remove_entry(&memory, &kept.entry.id).await;
            }
        }
    })
}

/// Returns the entry at this position, while the ribbon exists.
fn next_entry(me: &Weak<Ribbon>, place: usize) -> Option<(Rc<Ribbon>, StoredEntry)> {
    let ribbon = me.upgrade()?;
    let kept = ribbon.outbox.list.borrow().get(place).cloned()?;
    Some((ribbon, kept))
}
