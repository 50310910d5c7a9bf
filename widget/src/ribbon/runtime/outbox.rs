//! Empties the outbox: one tab at a time, in order, until the server has all of it.

use super::Ribbon;
use super::server::PAUSES_MS;
use crate::ribbon::model::Trouble;
use crate::ribbon::net;
use crate::ribbon::outbox::{self, Entry, Kept, Verdict, judge, store};
use crate::ribbon::platform::{self, Timer};
use crate::ribbon::step::Msg;
use crate::ribbon::tabs::lock::{How, Lock};
use std::cell::{Cell, RefCell};
use std::rc::Weak;
use wasm_bindgen_futures::spawn_local;

/// This tab's part of the outbox.
#[derive(Default)]
pub(super) struct Outbox {
    /// What this tab has put in, until the server has it; where the browser stores nothing, it
    /// is kept here alone.
    own: RefCell<Vec<Kept>>,
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
            let mut own = self.outbox.own.borrow_mut();
            let same = own.iter().position(|kept| kept.entry.id == entry.id);
            if let Some(place) = same {
                own[place].entry = entry;
                own[place].clone()
            } else {
                let last = own.last().map(|kept| kept.key.as_str());
                let key = outbox::key_after(last, platform::now(), &platform::uuid());
                own.push(Kept { key, entry });
                own[own.len() - 1].clone()
            }
        };
        let (me, memory) = (self.me.clone(), self.memory.clone());
        spawn_local(async move {
            store::save(&memory, &kept).await;
            if let Some(ribbon) = me.upgrade() {
                ribbon.flush();
            }
        });
    }

    /// Sends what waits, unless that is being done.
    pub(super) fn flush(&self) {
        self.outbox.retry.replace(None);
        if self.outbox.sending.replace(true) {
            self.outbox.again.set(true);
            return;
        }
        let me = self.me.clone();
        let lock = self.memory.name("outbox");
        spawn_local(async move {
            // Where there are no locks, two tabs may send the same; the server takes it once.
            let _turn = Lock::take(&lock, How::default()).await;
            let left = empty(&me).await;
            let Some(ribbon) = me.upgrade() else { return };
            ribbon.outbox.sending.set(false);
            ribbon.flushed(left);
        });
    }

    fn flushed(&self, left: Option<usize>) {
        let calls = left.unwrap_or_default();
        if self.outbox.again.take() {
            return self.flush();
        }
        if left.is_none() {
            self.outbox.attempts.set(0);
        } else {
            let attempt = self.outbox.attempts.get();
            self.outbox.attempts.set(attempt + 1);
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
        }
    }

    /// Sends what this tab still holds on the way out, without waiting for answers. All of it
    /// stays stored until there is one: what arrives twice is taken once.
    pub(super) fn send_leaving(&self) {
        if self.outbox.sending.get() {
            return;
        }
        for kept in self.outbox.own.borrow().iter() {
            let (base, who) = (self.options.borrow().api_url.clone(), self.body());
            let entry = kept.entry.clone();
            spawn_local(async move {
                // Nobody is left to hear what became of it.
                let _ = send(&base, &who, &entry).await;
            });
        }
    }

    /// Stops sending; what is stored is sent by the next ribbon.
    pub(super) fn close_outbox(&self) {
        self.send_leaving();
        self.outbox.retry.replace(None);
    }

    /// Lets go of what the server has, unless it was changed while it was sent.
    fn let_go(&self, sent: &Kept) -> bool {
        let mut own = self.outbox.own.borrow_mut();
        if own.iter().any(|kept| kept.key == sent.key && kept.entry != sent.entry) {
            return false;
        }
        own.retain(|kept| kept.key != sent.key);
        true
    }
}

async fn send(base: &str, who: &str, entry: &Entry) -> Result<(), net::Failure> {
    let body = entry.addressed(who);
    let (method, path) = (&entry.method, &entry.path);
    net::send(method, base, path, body, Some(&entry.id), net::TIMEOUT_MS).await.map(drop)
}

/// Sends all there is, in order. `None` when nothing is left, else of how many calls.
async fn empty(me: &Weak<Ribbon>) -> Option<usize> {
    let memory = me.upgrade()?.memory.clone();
    let stored = store::load(&memory).await;
    let all = outbox::merged(stored, &me.upgrade()?.outbox.own.borrow());
    let mut left: Vec<Kept> = Vec::new();
    let mut stopped = false;
    for kept in all {
        let before = left.iter().any(|other| other.entry.call == kept.entry.call);
        if stopped || before {
            left.push(kept);
            continue;
        }
        let (base, who) = {
            let ribbon = me.upgrade()?;
            (ribbon.options.borrow().api_url.clone(), ribbon.body())
        };
        let outcome = send(&base, &who, &kept.entry).await;
        let verdict = judge(&kept.entry, outcome.as_ref().copied());
        match verdict {
            Verdict::Done | Verdict::Refused => {
                let ribbon = me.upgrade()?;
                if let (Verdict::Refused, Err(failure)) = (verdict, outcome) {
                    let Trouble { code, message } = failure.trouble;
                    ribbon.ears().report(&Trouble { code, message });
                }
                if ribbon.let_go(&kept) {
                    drop(ribbon);
                    store::remove(&memory, &kept.key).await;
                } else {
                    left.push(kept);
                }
            }
            Verdict::Later => left.push(kept),
            Verdict::Stop => {
                stopped = true;
                left.push(kept);
            }
        }
    }
    (!left.is_empty()).then(|| outbox::calls(&left))
}
