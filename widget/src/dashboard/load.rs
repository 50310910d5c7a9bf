//! Loads what a view shows from the server, and reloads it when the request changes.

use super::access::Access;
use super::api::{self, ApiError};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

/// The state of a request to the server.
#[derive(Debug, Clone)]
pub enum LoadState<T> {
    /// The first answer has not arrived.
    Loading,
    /// The answer; while the next one is loading, the previous one.
    Ready(T),
    /// The request failed.
    Failed(ApiError),
}

/// A request to the server and its answer.
pub struct Loaded<T: Send + Sync + 'static> {
    /// The state of the request.
    pub state: RwSignal<LoadState<T>>,
    /// Whether an answer is on its way.
    pub busy: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

impl<T: Clone + Send + Sync + 'static> Loaded<T> {
    /// Sends the same request again.
    pub fn reload(self) {
        self.again.update(|again| *again += 1);
    }

    /// Returns the answer, if it has arrived.
    pub fn answer(self) -> Option<T> {
        match self.state.get() {
            LoadState::Ready(answer) => Some(answer),
            LoadState::Loading | LoadState::Failed(_) => None,
        }
    }
}

/// Requests a path, and again whenever the path changes; `None` requests nothing.
pub fn load_json<T>(path: impl Fn() -> Option<String> + Send + Sync + 'static) -> Loaded<T>
where
    T: Clone + DeserializeOwned + Send + Sync + 'static,
{
    let access = Access::from_context();
    let loaded = Loaded {
        state: RwSignal::new(LoadState::Loading),
        busy: RwSignal::new(false),
        again: RwSignal::new(0),
    };
    let path = Memo::new(move |_| path());
    // The number of the latest request: an answer to an earlier one is dropped.
    let latest = StoredValue::new(0_u32);
    Effect::new(move |_: Option<()>| {
        loaded.again.track();
        let question = path.get();
        latest.update_value(|latest| *latest += 1);
        let mine = latest.get_value();
        let Some(question) = question else { return };
        loaded.busy.set(true);
        spawn_local(async move {
            let answer = api::get_json::<T>(access, &question).await;
            if latest.try_get_value() != Some(mine) {
                return;
            }
            loaded.busy.set(false);
            loaded.state.set(match answer {
                Ok(answer) => LoadState::Ready(answer),
                Err(trouble) => LoadState::Failed(trouble),
            });
        });
    });
    loaded
}
