//! The promises that the page waits for.

use super::Ribbon;
use crate::ribbon::emit;
use crate::ribbon::model::{RibbonError, Session};
use crate::ribbon::step::Reply;
use js_sys::Function;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;

/// The two functions that settle a promise of the page.
struct PromiseEnds {
    resolve: Function,
    reject: Function,
}

/// All pending promises.
#[derive(Default)]
pub(super) struct Promises {
    waiting: RefCell<Vec<(Reply, PromiseEnds)>>,
    next: Cell<Reply>,
    /// The promises of `init`, which wait for the result of the sign-in.
    entering: RefCell<Vec<Reply>>,
}

impl Ribbon {
    /// Returns a promise that settles as `onReady` and `onError` do for this sign-in.
    pub(in crate::ribbon) fn when_ready(&self) -> js_sys::Promise {
        match self.read(|model| model.session.clone()) {
            Some(Session::Ready) => js_sys::Promise::resolve(&JsValue::UNDEFINED),
            Some(Session::Refused(trouble)) => js_sys::Promise::reject(&emit::rejection(&trouble)),
            _ => self.new_promise(|reply| self.promises.entering.borrow_mut().push(reply)),
        }
    }

    /// Calls `onReady` of a second `init`: immediately if the agent is signed in, else later.
    pub(in crate::ribbon) fn call_ready_again(&self) {
        self.told_ready.set(false);
        if self.read(|model| model.session == Session::Ready).unwrap_or(false) {
            self.resolve_ready();
        }
    }

    /// Resolves the promises of `init`, and calls `onReady` once for each `init`: a page may set a
    /// customer, and with it another agent, whenever it is called.
    pub(super) fn resolve_ready(&self) {
        self.settle_init(Ok(()));
        if !self.told_ready.replace(true) {
            self.page_listeners().notify_ready();
        }
    }

    /// Settles the promises of `init`.
    pub(super) fn settle_init(&self, outcome: Result<(), &RibbonError>) {
        for reply in self.promises.entering.take() {
            match outcome {
                Ok(()) => self.resolve(Some(reply), &JsValue::UNDEFINED),
                Err(trouble) => self.reject(Some(reply), trouble),
            }
        }
    }

    /// Creates a promise for the page that a later effect settles.
    pub(in crate::ribbon) fn new_promise(&self, begin: impl FnOnce(Reply)) -> js_sys::Promise {
        let reply = self.promises.next.get();
        self.promises.next.set(reply.wrapping_add(1));
        let promise = js_sys::Promise::new(&mut |resolve, reject| {
            self.promises.waiting.borrow_mut().push((reply, PromiseEnds { resolve, reject }));
        });
        begin(reply);
        promise
    }

    fn take_promise(&self, reply: Reply) -> Option<PromiseEnds> {
        let mut promises = self.promises.waiting.borrow_mut();
        let place = promises.iter().position(|(waiting, _)| *waiting == reply)?;
        Some(promises.swap_remove(place).1)
    }

    /// Resolves a promise.
    pub(super) fn resolve(&self, reply: Option<Reply>, value: &JsValue) {
        if let Some(promised) = reply.and_then(|reply| self.take_promise(reply)) {
            // The page's own handlers run later, as microtasks, and report their own errors.
            let _ = promised.resolve.call1(&JsValue::UNDEFINED, value);
        }
    }

    /// Rejects a promise.
    pub(super) fn reject(&self, reply: Option<Reply>, trouble: &RibbonError) {
        if let Some(promised) = reply.and_then(|reply| self.take_promise(reply)) {
            let _ = promised.reject.call1(&JsValue::UNDEFINED, &emit::rejection(trouble));
        }
    }

    /// Rejects all pending promises, because the ribbon is removed: by `destroy()`, or by an `init`
    /// with another key or server.
    pub(super) fn refuse_all(&self) {
        let text = "The ribbon was removed from the page, by destroy() or by an init with another \
                    apiKey or apiUrl.";
        let trouble = RibbonError::new("destroyed", text);
        let waiting: Vec<Reply> =
            self.promises.waiting.borrow().iter().map(|(reply, _)| *reply).collect();
        for reply in waiting {
            self.reject(Some(reply), &trouble);
        }
    }
}
