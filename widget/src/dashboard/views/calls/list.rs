//! The calls themselves, a page after the other.

use super::filters::asked;
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, question};
use crate::dashboard::api::{self, Trouble};
use crate::dashboard::ui::{Card, DataTable, Empty, Loading, Sort, format};
use crate::dashboard::views::answered::refused;
use crate::dashboard::views::rows;
use call_ribbon_shared::wire::{CallHistory, CallObject};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Calls on a page.
const PAGE: usize = 50;
/// So many times a search that has found nothing yet goes on by itself.
const GOES_ON: u32 = 20;

/// What has been found so far.
#[derive(Clone, Default)]
struct Found {
    calls: Vec<CallObject>,
    next: Option<String>,
    searched_to: Option<String>,
}

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let access = Access::here();
    let address = Address::here();
    let found = RwSignal::new(Found::default());
    let trouble = RwSignal::new(None::<Trouble>);
    let (busy, first) = (RwSignal::new(true), RwSignal::new(true));
    // Which list is asked for: answers about another one come too late.
    let list = StoredValue::new(0_u32);
    let more = move |from: Option<String>| {
        let Some(mine) = list.try_get_value() else { return };
        let fields = asked(address);
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let answer = page(access, &fields, from, mine, list).await;
            if list.try_get_value() != Some(mine) {
                return;
            }
            busy.set(false);
            first.set(false);
            match answer {
                Ok(answer) => found.update(|found| {
                    found.calls.extend(answer.calls);
                    found.next = answer.next_cursor;
                    found.searched_to = answer.searched_to;
                }),
                Err(no) => trouble.set(Some(no)),
            }
        });
    };
    let question = Memo::new(move |_| asked(address));
    Effect::new(move |_| {
        question.track();
        list.update_value(|list| *list += 1);
        found.set(Found::default());
        first.set(true);
        untrack(|| more(None));
    });
    let go_on = move || more(found.with_untracked(|found| found.next.clone()));
    let sort = Memo::new(move |_| match address.or("sort", "newest").as_str() {
        "oldest" => Sort { by: "started".to_owned(), descending: false },
        "longest" => Sort { by: "duration".to_owned(), descending: true },
        "shortest" => Sort { by: "duration".to_owned(), descending: false },
        _ => Sort { by: "started".to_owned(), descending: true },
    });
    let on_sort = move |sort: Sort| {
        let word = match (sort.by.as_str(), sort.descending) {
            ("duration", true) => "longest",
            ("duration", false) => "shortest",
            (_, false) => "oldest",
            (_, true) => "",
        };
        address.set(&[("sort", word)]);
    };
    let how_many = move || {
        found.with(|found| {
            let shown = format::count(i64::try_from(found.calls.len()).unwrap_or(0), "call", "calls");
            match (&found.next, &found.searched_to) {
                (None, _) if first.get() => String::new(),
                (None, _) => format!("{shown}, no more"),
                (Some(_), Some(to)) => {
                    format!("{shown}; searched back to {}", format::moment(to, &access.zone()))
                }
                (Some(_), None) => format!("{shown}, and more"),
            }
        })
    };
    let empty = move || {
        if let Some(trouble) = trouble.get() {
            return refused(trouble, Callback::new(move |()| go_on())).into_any();
        }
        if first.get() {
            return view! { <Loading lines=8 /> }.into_any();
        }
        view! {
            <Empty title="No such calls">
                <p>"No call of these days fits all filters. Choose other days, or take a filter away."</p>
            </Empty>
        }
        .into_any()
    };
    let goes_on = move || found.with(|found| found.next.is_some());
    let failed_later = move || {
        let late = found.with(|found| !found.calls.is_empty());
        trouble.get().filter(|_| late).map(|trouble| refused(trouble, Callback::new(move |()| go_on())))
    };
    view! {
        <Card title="Which calls were there?" flush=true>
            <DataTable
                name="calls"
                caption="Calls"
                columns=rows::columns(access)
                rows=Signal::derive(move || found.read().calls.clone())
                key=rows::key_of
                href=Callback::new(|call: CallObject| Some(rows::address_of(&call)))
                sort=sort
                on_sort=on_sort
                busy=busy
                summary=how_many
                empty=empty
                footer=move || view! {
                    {failed_later}
                    <div class="pages" hidden=move || !goes_on()>
                        <span></span>
                        <button type="button" class="button" aria-disabled=move || busy.get().to_string() on:click=move |_| {
                            if !busy.get_untracked() {
                                go_on();
                            }
                        }>
                            {move || if busy.get() { "Loading …" } else { "Show more" }}
                        </button>
                    </div>
                }
            />
        </Card>
    }
}

/// A page of the list. A search that looks far back has several steps before it finds anything.
async fn page(
    access: Access,
    fields: &[(String, String)],
    mut from: Option<String>,
    mine: u32,
    list: StoredValue<u32>,
) -> Result<CallHistory, Trouble> {
    let mut found = Vec::new();
    let mut steps = 0;
    loop {
        let limit = (PAGE - found.len()).to_string();
        let mut pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("limit", &limit));
        pairs.push(("cursor", from.as_deref().unwrap_or_default()));
        let mut answer: CallHistory =
            api::get(access, &question(&access.records("calls"), &pairs)).await?;
        found.append(&mut answer.calls);
        steps += 1;
        let goes_on = answer.next_cursor.is_some() && found.len() < PAGE && steps < GOES_ON;
        if !goes_on || list.try_get_value() != Some(mine) {
            answer.calls = found;
            return Ok(answer);
        }
        from = answer.next_cursor;
    }
}
