//! Where entries are kept: in IndexedDB, else in localStorage, else nowhere but in this tab.
//!
//! No function here fails: a browser that refuses to store anything costs the safety of a
//! closed tab and nothing else.

use super::{Entry, Kept};
use crate::ribbon::json;
use crate::ribbon::memory::{Memory, Scope};
use crate::ribbon::platform::{self, Timer, invoke};
use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The object store in the database.
const TABLE: &str = "outbox";
/// How the names begin under which localStorage has entries.
const PREFIX: &str = "outbox.";
/// Some browsers never answer when their database is in trouble.
const PATIENCE_MS: i32 = 3_000;

/// All that is stored.
pub(in crate::ribbon) async fn load(memory: &Memory) -> Vec<Kept> {
    let mut found = Vec::new();
    let mut add = |key: String, text: &str| {
        found.extend(Entry::read(text).map(|entry| Kept { key, entry }));
    };
    if let Ok(database) = Database::open(memory).await {
        let keys = database.ask("readonly", "getAllKeys", &[]).await;
        let texts = database.ask("readonly", "getAll", &[]).await;
        if let (Ok(keys), Ok(texts)) = (keys, texts) {
            for (key, text) in json::items(&keys).iter().zip(json::items(&texts)) {
                add(key.as_string().unwrap_or_default(), &text.as_string().unwrap_or_default());
            }
        }
    }
    for key in memory.names(Scope::Browser, PREFIX) {
        if let Some(text) = memory.get(Scope::Browser, &[PREFIX, &key].concat()) {
            add(key, &text);
        }
    }
    found
}

/// Keeps an entry, under its key.
pub(in crate::ribbon) async fn save(memory: &Memory, kept: &Kept) {
    let text = kept.entry.write();
    let arguments = [text.as_str().into(), kept.key.as_str().into()];
    let stored = match Database::open(memory).await {
        Ok(database) => database.ask("readwrite", "put", &arguments).await,
        Err(why) => Err(why),
    };
    if stored.is_err() {
        memory.put(Scope::Browser, &[PREFIX, &kept.key].concat(), &text);
    }
}

/// Lets an entry go.
pub(in crate::ribbon) async fn remove(memory: &Memory, key: &str) {
    memory.remove(Scope::Browser, &[PREFIX, key].concat());
    if let Ok(database) = Database::open(memory).await {
        // What cannot be removed is sent again, which the server takes for the first.
        let _ = database.ask("readwrite", "delete", &[key.into()]).await;
    }
}

/// An open database; closed when dropped. It is opened for each use: what is open holds up
/// others and outlives nothing.
struct Database(JsValue);

impl Database {
    async fn open(memory: &Memory) -> Result<Self, JsValue> {
        let factory = platform::global("indexedDB")?;
        let request = invoke(&factory, "open", &[memory.name(TABLE).into(), 1.into()])?;
        let opened = request.clone();
        let make = Closure::<dyn FnMut()>::new(move || {
            // Where it cannot be made, asking it fails later.
            let _ = invoke(&json::field(&opened, "result"), "createObjectStore", &[TABLE.into()]);
        });
        json::set(request.unchecked_ref(), "onupgradeneeded", make.as_ref());
        settled(&request, "onsuccess").await?;
        Ok(Self(json::field(&request, "result")))
    }

    /// Does one thing in a transaction of its own, and waits until it is on disk.
    async fn ask(&self, mode: &str, what: &str, with: &[JsValue]) -> Result<JsValue, JsValue> {
        let transaction = invoke(&self.0, "transaction", &[TABLE.into(), mode.into()])?;
        let table = invoke(&transaction, "objectStore", &[TABLE.into()])?;
        let request = invoke(&table, what, with)?;
        settled(&transaction, "oncomplete").await?;
        Ok(json::field(&request, "result"))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Fails only for what is no database.
        let _ = invoke(&self.0, "close", &[]);
    }
}

/// Waits until something of a database has gone well, or not.
async fn settled(target: &JsValue, well: &str) -> Result<(), JsValue> {
    let target: &Object = target.unchecked_ref();
    let mut timer = None;
    let promise = Promise::new(&mut |resolve, reject| {
        json::set(target, well, &resolve);
        json::set(target, "onerror", &reject);
        json::set(target, "onabort", &reject);
        timer = Some(Timer::after(PATIENCE_MS, move || {
            // Nobody else hears of it.
            let _ = reject.call0(&JsValue::UNDEFINED);
        }));
    });
    JsFuture::from(promise).await.map(drop)
}
