//! Lists that load page by page, each page appended to the previous ones.

use super::answer::render_error;
use crate::dashboard::access::Access;
use crate::dashboard::api::{self, ApiError, encode_component};
use crate::dashboard::ui::Loading;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

/// A page as the server sends it.
pub trait Page: DeserializeOwned + 'static {
    /// The type of its rows.
    type Row: Clone + Send + Sync + 'static;

    /// Returns the rows, and the cursor of the next page.
    fn into_parts(self) -> (Vec<Self::Row>, Option<String>);
}

/// A list that loads page by page.
pub struct Paged<R: Send + Sync + 'static> {
    /// The rows loaded so far.
    pub rows: RwSignal<Vec<R>>,
    /// Whether a page is loading.
    pub busy: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    trouble: RwSignal<Option<ApiError>>,
    more: Callback<()>,
    again: RwSignal<u32>,
}

impl<R: Send + Sync + 'static> Clone for Paged<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Send + Sync + 'static> Copy for Paged<R> {}

impl<R: Clone + Send + Sync + 'static> Paged<R> {
    /// Loads the list again, from its first page.
    pub fn reload(self) {
        self.again.update(|again| *again += 1);
    }

    /// Shows a placeholder while no rows are loaded.
    pub fn render_placeholder(self, empty: impl FnOnce() -> AnyView) -> AnyView {
        if let Some(trouble) = self.trouble.get() {
            return render_error(trouble, self.more).into_any();
        }
        if self.busy.get() { view! { <Loading lines=8 /> }.into_any() } else { empty() }
    }

    /// Shows a button for the next page, or why loading it failed.
    pub fn render_footer(self) -> AnyView {
        let late = move || {
            let has_rows = !self.rows.read().is_empty();
            self.trouble.get().filter(|_| has_rows).map(|trouble| render_error(trouble, self.more))
        };
        let press = move |_| {
            if !self.busy.get_untracked() {
                self.more.run(());
            }
        };
        view! {
            {late}
            <div class="pages" hidden=move || self.next.read().is_none()>
                <span></span>
                <button type="button" class="button" aria-disabled=move || self.busy.get().to_string() on:click=press>
                    {move || if self.busy.get() { "Loading …" } else { "Show more" }}
                </button>
            </div>
        }
        .into_any()
    }
}

/// Loads a list, and another one whenever its path changes.
pub fn load_pages<P: Page>(path: impl Fn() -> String + Send + Sync + 'static) -> Paged<P::Row> {
    let access = Access::from_context();
    let rows = RwSignal::new(Vec::new());
    let (busy, next) = (RwSignal::new(true), RwSignal::new(None::<String>));
    let trouble = RwSignal::new(None);
    let again = RwSignal::new(0_u32);
    let path = Memo::new(move |_| path());
    // The number of the current list: answers about an earlier one are dropped.
    let list = StoredValue::new(0_u32);
    let more = Callback::new(move |()| {
        let Some(mine) = list.try_get_value() else { return };
        let asked = path.get_untracked();
        let asked = match next.get_untracked() {
            Some(cursor) => {
                let sign = if asked.contains('?') { '&' } else { '?' };
                format!("{asked}{sign}cursor={}", encode_component(&cursor))
            }
            None => asked,
        };
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let answer = api::get_json::<P>(access, &asked).await;
            if list.try_get_value() != Some(mine) {
                return;
            }
            busy.set(false);
            match answer {
                Ok(page) => {
                    let (more, cursor) = page.into_parts();
                    next.set(cursor);
                    rows.update(|rows: &mut Vec<P::Row>| rows.extend(more));
                }
                Err(no) => trouble.set(Some(no)),
            }
        });
    });
    Effect::new(move |_| {
        path.track();
        again.track();
        list.update_value(|list| *list += 1);
        rows.set(Vec::new());
        next.set(None);
        more.run(());
    });
    Paged { rows, busy, next, trouble, more, again }
}
