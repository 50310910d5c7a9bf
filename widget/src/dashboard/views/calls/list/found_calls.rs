//! Loads the calls that match the filters, and more of them on request.

use super::super::filters::list_query;
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::api::{self, ApiError};
use crate::dashboard::ui::format;
use call_ribbon_shared::wire::{CallHistory, CallObject};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Calls on a page.
const PAGE: usize = 50;
/// A search that found too few calls continues automatically at most this many times.
const MOST_STEPS: u32 = 20;

/// The loaded part of the list that the address selects.
#[derive(Clone, Copy)]
pub struct FoundCalls {
    /// The calls.
    pub calls: RwSignal<Vec<CallObject>>,
    /// Whether a page is loading.
    pub busy: RwSignal<bool>,
    /// Why a page could not be loaded.
    pub trouble: RwSignal<Option<ApiError>>,
    /// Whether no answer has arrived yet.
    pub is_new: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    searched_to: RwSignal<Option<String>>,
    /// How many calls match, if the server could count them.
    total: RwSignal<Option<i64>>,
    // The number of the current list: answers about an earlier one are dropped.
    list: StoredValue<u32>,
}

impl FoundCalls {
    /// Creates a list that reloads when the address changes.
    pub fn for_address(address: Address) -> Self {
        let access = Access::from_context();
        let found = Self {
            calls: RwSignal::new(Vec::new()),
            busy: RwSignal::new(true),
            trouble: RwSignal::new(None),
            is_new: RwSignal::new(true),
            next: RwSignal::new(None),
            searched_to: RwSignal::new(None),
            total: RwSignal::new(None),
            list: StoredValue::new(0),
        };
        let question = Memo::new(move |_| list_query(address));
        Effect::new(move |_| {
            let fields = question.get();
            found.list.update_value(|list| *list += 1);
            found.calls.set(Vec::new());
            found.next.set(None);
            found.total.set(None);
            found.is_new.set(true);
            found.load_from(access, fields, None);
        });
        found
    }

    /// Returns whether the list has more pages.
    pub fn has_more(self) -> bool {
        self.next.read().is_some()
    }

    /// Loads the next page.
    pub fn load_more(self, access: Access, address: Address) {
        if self.busy.get_untracked() {
            return;
        }
        let fields = untrack(|| list_query(address));
        self.load_from(access, fields, self.next.get_untracked());
    }

    /// Returns how many calls were found, in words.
    pub fn summary_text(self, zone: &str) -> String {
        if self.is_new.get() {
            return String::new();
        }
        let calls = i64::try_from(self.calls.read().len()).unwrap_or(0);
        let shown = format::count(calls, "call", "calls");
        if let Some(total) = self.total.get().filter(|total| *total > calls) {
            let all = format::count(total, "call", "calls");
            return format!("{} of {all}", format::number(calls));
        }
        match (self.has_more(), self.searched_to.get()) {
            (false, _) => shown,
            (true, Some(to)) => format!("{shown}; searched back to {}", format::moment(&to, zone)),
            (true, None) => format!("{shown}, and more"),
        }
    }

    fn load_from(self, access: Access, fields: Vec<(String, String)>, from: Option<String>) {
        let Some(mine) = self.list.try_get_value() else { return };
        self.busy.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            let answer = self.load_page(access, &fields, from, mine).await;
            if self.list.try_get_value() != Some(mine) {
                return;
            }
            self.busy.set(false);
            self.is_new.set(false);
            match answer {
                Ok(answer) => {
                    self.next.set(answer.next_cursor);
                    self.searched_to.set(answer.searched_to);
                    if answer.total.is_some() {
                        self.total.set(answer.total);
                    }
                    self.calls.update(|calls| calls.extend(answer.calls));
                }
                Err(no) => self.trouble.set(Some(no)),
            }
        });
    }

    /// Loads a page of the list. A search far back needs several requests to fill it.
    async fn load_page(
        self,
        access: Access,
        fields: &[(String, String)],
        mut from: Option<String>,
        mine: u32,
    ) -> Result<CallHistory, ApiError> {
        let mut calls = Vec::new();
        let mut total = None;
        let mut steps = 0;
        loop {
            let limit = (PAGE - calls.len()).to_string();
            let mut pairs: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            pairs.push(("limit", &limit));
            // Counted once, with the first page.
            pairs.push(("total", if from.is_none() { "true" } else { "" }));
            pairs.push(("cursor", from.as_deref().unwrap_or_default()));
            let mut answer: CallHistory =
                api::get_json(access, &api_query(&access.records_path("calls"), &pairs)).await?;
            calls.append(&mut answer.calls);
            total = total.or(answer.total);
            steps += 1;
            let goes_on = answer.next_cursor.is_some() && calls.len() < PAGE && steps < MOST_STEPS;
            if !goes_on || self.list.try_get_value() != Some(mine) {
                answer.calls = calls;
                answer.total = total;
                return Ok(answer);
            }
            from = answer.next_cursor;
        }
    }
}
