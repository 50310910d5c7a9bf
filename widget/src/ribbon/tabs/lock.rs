//! A lock among the tabs of one browser.

use crate::ribbon::json;
use crate::ribbon::platform::{call_method, page_property};
use js_sys::{Function, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

/// A lock that this tab holds; released when dropped, and by the browser when the tab closes.
pub(in crate::ribbon) struct Lock {
    release: Function,
    over: Promise,
}

impl Lock {
    /// Waits for the lock until the signal cancels waiting, or takes it from its holder. Returns
    /// `None` if waiting was cancelled.
    pub(in crate::ribbon) async fn acquire_lock(
        name: &str,
        signal: Option<&AbortSignal>,
        steal: bool,
    ) -> Option<Self> {
        let locks = lock_manager()?;
        let (hold, release) = new_promise();
        let (granted, grant) = new_promise();
        let (release, grant) = (release?, grant?);
        let grant_it = grant.clone();
        let callback = Closure::<dyn FnMut() -> JsValue>::new(move || {
            // This is our own function, which cannot fail.
            let _ = grant_it.call1(&JsValue::UNDEFINED, &JsValue::TRUE);
            hold.clone().into()
        });
        let options = Object::new();
        if let Some(signal) = signal {
            json::set(&options, "signal", signal);
        }
        if steal {
            json::set(&options, "steal", &JsValue::TRUE);
        }
        let arguments = [name.into(), options.into(), callback.as_ref().clone()];
        let over: Promise = call_method(&locks, "request", &arguments).ok()?.dyn_into().ok()?;
        // A rejection ends waiting, too.
        call_method(&over, "then", &[JsValue::UNDEFINED, grant.into()]).ok()?;
        let outcome = JsFuture::from(granted).await.ok()?;
        (outcome == JsValue::TRUE).then_some(Self { release, over })
    }

    /// Returns a promise that settles when this tab no longer holds the lock: resolved if it was
    /// released, rejected if another tab took it.
    pub(in crate::ribbon) fn lock_lost(&self) -> Promise {
        self.over.clone()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // This is a function of the browser's promise, which cannot fail.
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

/// Returns the browser's locks; `None` in an old browser, and on a page without HTTPS.
pub(in crate::ribbon) fn lock_manager() -> Option<JsValue> {
    let locks = json::field(&page_property("navigator").ok()?, "locks");
    locks.is_object().then_some(locks)
}

/// Creates a promise and the function that resolves it.
fn new_promise() -> (Promise, Option<Function>) {
    let mut resolve = None;
    let promise = Promise::new(&mut |keep, _| resolve = Some(keep));
    (promise, resolve)
}
