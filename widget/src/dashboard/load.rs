//! What a view shows of the server: asked for again when the question changes.

use super::access::Access;
use super::api::{self, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

/// How a question to the server stands.
#[derive(Debug, Clone)]
pub enum State<T> {
    /// The first answer is on its way.
    Loading,
    /// The answer; while the next one is on its way, that of before.
    Ready(T),
    /// There was none.
    Failed(Trouble),
}

/// A question to the server, with its answer.
pub struct Loaded<T: Send + Sync + 'static> {
    /// How it stands.
    pub state: RwSignal<State<T>>,
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
    /// Asks the same again.
    pub fn again(self) {
        self.again.update(|again| *again += 1);
    }

    /// The answer, where there is one.
    pub fn answer(self) -> Option<T> {
        match self.state.get() {
            State::Ready(answer) => Some(answer),
            State::Loading | State::Failed(_) => None,
        }
    }
}

/// Asks for what a path names, and again whenever the path changes; `None` asks nothing.
pub fn load<T>(path: impl Fn() -> Option<String> + Send + Sync + 'static) -> Loaded<T>
where
    T: Clone + DeserializeOwned + Send + Sync + 'static,
{
    let access = Access::here();
    let loaded = Loaded {
        state: RwSignal::new(State::Loading),
        busy: RwSignal::new(false),
        again: RwSignal::new(0),
    };
    let path = Memo::new(move |_| path());
    // Which question was asked last: an answer to one before it comes too late.
    let latest = StoredValue::new(0_u32);
    Effect::new(move |before: Option<Option<String>>| {
        loaded.again.track();
        let asked = path.get();
        latest.update_value(|latest| *latest += 1);
        let mine = latest.get_value();
        let Some(question) = asked.clone() else { return asked };
        // An answer to another question is no answer to this one.
        if before.flatten().is_some_and(|before| before != question) {
            loaded.busy.set(true);
        }
        loaded.busy.set(true);
        spawn_local(async move {
            let answer = api::get::<T>(access, &question).await;
            if latest.try_get_value() != Some(mine) {
                return;
            }
            loaded.busy.set(false);
            loaded.state.set(match answer {
                Ok(answer) => State::Ready(answer),
                Err(trouble) => State::Failed(trouble),
            });
        });
        asked
    });
    loaded
}
