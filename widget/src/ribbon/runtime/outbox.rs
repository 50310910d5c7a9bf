//! Empties the outbox: one tab at a time, in order, until the server has all of it.

use super::Ribbon;
use super::server::PAUSES_MS;
use crate::ribbon::net;
use crate::ribbon::outbox::{self, Entry, Kept, Verdict, judge, store};
use crate::ribbon::platform::{self, Timer};
use crate::ribbon::step::Msg;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// The outbox as far as this tab has to do with it.
#[derive(Default)]
pub(super) struct Outbox {
    /// What this tab is to send: all of it where it owns the stream; else only what the browser
    /// did not store.
    list: RefCell<Vec<Kept>>,
    /// Sending, and asked to look again meanwhile.
    sending: Cell<bool>,
    again: Cell<bool>,
    attempts: Cell<usize>,
    retry: RefCell<Option<Timer>>,
}

impl Ribbon {
    /// Keeps something until the server has it.
    pub(in crate::ribbon) fn keep(&self, entry: Entry) {
        let kept = {
            let mut list = self.outbox.list.borrow_mut();
            let after = list.last().map_or(0, |kept| kept.at + 1);
            let kept = Kept { at: platform::now().max(after), entry };
            outbox::put(&mut list, kept.clone());
            kept
        };
        let (me, memory) = (self.me.clone(), self.memory.clone());
        spawn_local(async move {
            let stored = store::save(&memory, &kept).await;
            let Some(ribbon) = me.upgrade() else { return };
            if stored && !ribbon.owns_stream() {
                ribbon.let_go(&kept);
                ribbon.tell_tabs("flush");
            } else {
                ribbon.flush();
            }
        });
    }

    /// Keeps it no longer: the server has it, or something newer of that name.
    pub(super) fn keep_no_more(&self, id: &str) {
        if self.read(|model| model.unsent == 0).unwrap_or(true) {
            return;
        }
        self.forget_kept(id);
        self.tell_tabs(&["done ", id].concat());
        let (me, memory, id) = (self.me.clone(), self.memory.clone(), id.to_owned());
        spawn_local(async move {
            store::remove(&memory, &id).await;
            if let Some(ribbon) = me.upgrade() {
                ribbon.flush();
            }
        });
    }

    /// Takes it from the list, here or because another tab says so.
    pub(super) fn forget_kept(&self, id: &str) {
        self.outbox.list.borrow_mut().retain(|kept| kept.entry.id != id);
    }

    /// Sends what waits, unless that is being done.
    pub(super) fn flush(&self) {
        self.outbox.retry.replace(None);
        if self.outbox.sending.replace(true) {
            self.outbox.again.set(true);
            return;
        }
        let (me, memory) = (self.me.clone(), self.memory.clone());
        let owns = self.owns_stream();
        spawn_local(async move {
            let stored = if owns { store::load(&memory).await } else { Vec::new() };
            if let Some(ribbon) = me.upgrade() {
                let mut list = ribbon.outbox.list.borrow_mut();
                for kept in stored {
                    outbox::put(&mut list, kept);
                }
            }
            let mut blocked: Vec<String> = Vec::new();
            let mut place = 0;
            while let Some((ribbon, kept)) = next(&me, place) {
                if blocked.contains(&kept.entry.call) {
                    place += 1;
                    continue;
                }
                let sending = ribbon.sending(&kept.entry);
                drop(ribbon);
                let outcome = sending.await;
                let verdict = judge(&kept.entry, outcome.as_ref().map(|_| ()));
                let Some(ribbon) = me.upgrade() else { return };
                if verdict == Verdict::Stop {
                    break;
                }
                if verdict == Verdict::Later {
                    blocked.push(kept.entry.call);
                    continue;
                }
                if let (Verdict::Refused, Err(failure)) = (verdict, outcome) {
                    ribbon.ears().report(&failure.trouble);
                }
                if ribbon.let_go(&kept) {
                    drop(ribbon);
                    store::remove(&memory, &kept.entry.id).await;
                }
            }
            if let Some(ribbon) = me.upgrade() {
                ribbon.outbox.sending.set(false);
                ribbon.flushed();
            }
        });
    }

    fn flushed(&self) {
        if self.outbox.again.take() {
            return self.flush();
        }
        let calls = outbox::calls(&self.outbox.list.borrow());
        let attempt = self.outbox.attempts.get();
        self.outbox.attempts.set(if calls == 0 { 0 } else { attempt + 1 });
        if calls > 0 {
            let me = self.me.clone();
            let timer = Timer::after(PAUSES_MS[attempt.min(PAUSES_MS.len() - 1)], move || {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.flush();
                }
            });
            self.outbox.retry.replace(Some(timer));
        }
        let calls = u32::try_from(calls).unwrap_or(u32::MAX);
        if self.read(|model| model.unsent != calls).unwrap_or(false) {
            self.tell(Msg::Unsent(calls));
            self.tell_unsent();
        }
    }

    /// Sends what this tab still holds on the way out, without waiting for answers. All of it
    /// stays stored until there is one: what arrives twice is taken once.
    pub(super) fn send_leaving(&self) {
        self.outbox.retry.replace(None);
        if self.outbox.sending.get() {
            return;
        }
        for kept in self.outbox.list.borrow().iter() {
            let sending = self.sending(&kept.entry);
            spawn_local(async move {
                // Nobody is left to hear what became of it.
                let _ = sending.await;
            });
        }
    }

    pub(super) fn sending(
        &self,
        entry: &Entry,
    ) -> impl Future<Output = Result<JsValue, net::Failure>> + use<> {
        let (base, body) = (self.options.borrow().api_url.clone(), entry.addressed(&self.body()));
        let Entry { id, method, path, .. } = entry.clone();
        async move { net::send(&method, &base, &path, body, Some(&id), net::TIMEOUT_MS).await }
    }

    /// Lets go of what need not be sent from here, unless it was changed meanwhile.
    fn let_go(&self, sent: &Kept) -> bool {
        let mut list = self.outbox.list.borrow_mut();
        let place = list.iter().position(|kept| kept == sent);
        place.map(|place| list.remove(place)).is_some()
    }
}

/// The entry at this place, while there is a ribbon.
fn next(me: &Weak<Ribbon>, place: usize) -> Option<(Rc<Ribbon>, Kept)> {
    let ribbon = me.upgrade()?;
    let kept = ribbon.outbox.list.borrow().get(place).cloned()?;
    Some((ribbon, kept))
}
