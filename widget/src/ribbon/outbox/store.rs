//! Stores outbox entries: in `IndexedDB`, else in `localStorage`, else only in this tab.
//!
//! No function here fails: if the browser refuses to store anything, only entries of closed tabs
//! are lost.

use super::StoredEntry;
use crate::ribbon::json;
use crate::ribbon::memory::{Memory, Scope};
use crate::ribbon::platform::{self, Timer, call_method};
use js_sys::{Object, Promise};
use std::slice;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The object store in the database, and the prefix of the names under which `localStorage` has
/// entries.
const TABLE: &str = "outbox";
/// Some browsers never answer when their database is damaged.
const PATIENCE_MS: i32 = 3_000;

/// Returns all stored entries.
pub(in crate::ribbon) async fn load_entries(memory: &Memory) -> Vec<StoredEntry> {
    let stored = run_request(memory, "readonly", "getAll", &[]).await.unwrap_or(JsValue::UNDEFINED);
    let mut texts: Vec<String> =
        json::items(&stored).iter().filter_map(JsValue::as_string).collect();
    for name in memory.names_with_prefix(Scope::Browser, TABLE) {
        texts.extend(memory.get(Scope::Browser, &[TABLE, &name].concat()));
    }
    texts.iter().filter_map(|text| StoredEntry::from_text(text)).collect()
}

/// Stores an entry, under its id. Returns whether the browser stored it.
pub(in crate::ribbon) async fn save_entry(memory: &Memory, kept: &StoredEntry) -> bool {
    let (id, text) = (kept.entry.id.as_str(), kept.to_text());
    run_request(memory, "readwrite", "put", &[text.as_str().into(), id.into()]).await.is_ok()
        || memory.put(Scope::Browser, &[TABLE, id].concat(), &text)
}

/// Removes an entry. An entry that cannot be removed is sent again; the server ignores the
/// repetition.
pub(in crate::ribbon) async fn remove_entry(memory: &Memory, id: &str) {
    memory.remove(Scope::Browser, &[TABLE, id].concat());
    let _ = run_request(memory, "readwrite", "delete", &[id.into()]).await;
}

/// Sends one request to the database and waits until it is on disk. The database is opened for each
/// request: an open one blocks other tabs.
async fn run_request(
    memory: &Memory,
    mode: &str,
    what: &str,
    with: &[JsValue],
) -> Result<JsValue, JsValue> {
    let table: JsValue = TABLE.into();
    let request = call_method(
        &platform::page_property("indexedDB")?,
        "open",
        &[memory.storage_key(TABLE).into()],
    )?;
    let (opened, named) = (request.clone(), table.clone());
    let make = Closure::<dyn FnMut()>::new(move || {
        // If it cannot be created, the request below fails.
        let _ = call_method(
            &json::field(&opened, "result"),
            "createObjectStore",
            slice::from_ref(&named),
        );
    });
    json::set(request.unchecked_ref(), "onupgradeneeded", make.as_ref());
    wait_for_event(&request, "onsuccess").await?;
    let database = json::field(&request, "result");
    let transaction = call_method(&database, "transaction", &[table.clone(), mode.into()])?;
    let asked = call_method(&call_method(&transaction, "objectStore", &[table])?, what, with)?;
    let outcome = wait_for_event(&transaction, "oncomplete").await;
    // Closing fails only for a value that is not a database.
    let _ = call_method(&database, "close", &[]);
    outcome.map(|()| json::field(&asked, "result"))
}

/// Waits for an event of a database object that reports success, or for an error.
async fn wait_for_event(target: &JsValue, well: &str) -> Result<(), JsValue> {
    let target: &Object = target.unchecked_ref();
    let mut timer = None;
    let promise = Promise::new(&mut |resolve, reject| {
        json::set(target, well, &resolve);
        json::set(target, "onerror", &reject);
        json::set(target, "onabort", &reject);
        timer = Some(Timer::after(PATIENCE_MS, move || {
            // Nothing else listens for this.
            let _ = reject.call0(&JsValue::UNDEFINED);
        }));
    });
    JsFuture::from(promise).await.map(drop)
}
