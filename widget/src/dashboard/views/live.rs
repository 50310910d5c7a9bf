//! The Live view: calls as they happen, with agent and duration.

mod calls;
mod table;

use super::head::Head;
use super::rows::call_link;
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, on_site, view_link};
use crate::dashboard::api;
use crate::dashboard::feed::{self, FeedState};
use crate::dashboard::ui::{
    Card, Choice, DataTable, Empty, Figure, Note, Search, Select, Sort, Tag, Tone, format,
};
use call_ribbon_shared::wire::{ActiveCalls, CallObject};
use calls::{Calls, LiveCall, apply_message};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use table::{is_shown, live_columns, sort_calls};

const SECOND: Duration = Duration::from_secs(1);

/// The view.
#[component]
pub fn Live() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let going_on = RwSignal::new(Calls::new());
    let over = RwSignal::new(Vec::<CallObject>::new());
    let trouble = RwSignal::new(None::<String>);
    let now = RwSignal::new(format::now_millis());
    let opened = move || load_active_calls(access, going_on, trouble);
    let feed = feed::listen(opened, move |message| apply_message(going_on, over, message));
    let lost_at = Memo::new(move |_| match feed.get() {
        FeedState::Lost(heard_at) => Some(heard_at),
        FeedState::Opening | FeedState::Live => None,
    });
    run_durations(now, lost_at);
    let sort = Memo::new(move |_| Sort::of_word(&address.filter_or("sort", "-for")));
    let rows = Memo::new(move |_| {
        let (text, state) = (address.filter_or("search", ""), address.filter_or("state", ""));
        let calls = going_on.read();
        let shown = calls.values().filter(|call| is_shown(call, &text, &state));
        let mut rows: Vec<LiveCall> = shown.cloned().collect();
        sort_calls(&mut rows, &sort.get());
        Rows(rows)
    });
    let count = move |wanted: fn(&LiveCall) -> bool| {
        let calls = going_on.read();
        let found = calls.values().filter(|seen| wanted(seen)).count();
        format::number(i64::try_from(found).unwrap_or(0))
    };
    let zone = access.time_zone();
    let how = move || state_tag(feed.get(), &zone);
    let lost = move || lost_at.get().map(|_| lost_note());
    let pick =
        move |name: &'static str| move |value: String| address.set_filters(&[(name, &value)]);
    let holds = move |name: &'static str| Signal::derive(move || address.filter_or(name, ""));
    let summary = move || {
        let (shown, all) = (rows.read().0.len(), going_on.read().len());
        let number = |count: usize| i64::try_from(count).unwrap_or(0);
        let all_text = format::count(number(all), "call", "calls");
        if shown == all {
            all_text
        } else {
            format!("{} of {all_text}", format::number(number(shown)))
        }
    };
    view! {
        <Head title="Live" about="Calls in progress"><span role="status">{how}</span></Head>
        {move || trouble.get().map(|sentence| view! { <Note tone=Tone::Amber>{sentence}</Note> })}
        <div role="alert">{lost}</div>
        <div class="stack" class:stale=move || lost_at.get().is_some()>
            <div class="figures">
                <Figure label="Calls in progress" value=Signal::derive(move || count(|_| true)) />
                <Figure label="In call" value=Signal::derive(move || count(LiveCall::is_talking)) />
                <Figure label="Ringing" value=Signal::derive(move || count(|seen| !seen.is_talking())) />
                <Figure label="On hold" value=Signal::derive(move || count(|seen| seen.on_hold)) />
            </div>
            <div class="filters">
                <Search label="Agent, customer, number or campaign" value=holds("search") on_search=pick("search") />
                <Select bare=true label="State" choices=state_choices() value=holds("state") on_pick=pick("state") />
            </div>
            <Card title="Who is on a call now?" flush=true wide=true>
                <DataTable
                    name="live"
                    caption="Calls in progress"
                    columns=live_columns(now)
                    rows=Signal::derive(move || rows.get().0)
                    key=|seen: &LiveCall| format!("{}·{}·{}", seen.call.session_id, seen.event, seen.on_hold)
                    href=Callback::new(|seen: LiveCall| Some(call_link(&seen.call)))
                    sort=sort
                    on_sort=move |sort: Sort| address.set_filters(&[("sort", &sort.as_param())])
                    summary=summary
                    empty=move || if going_on.read().is_empty() {
                        view! {
                            <Empty title="No calls in progress">
                                <p>"A call appears here when it starts. "<a href=on_site("/examples/") rel="external">"Make one on an example page"</a>"."</p>
                            </Empty>
                        }.into_any()
                    } else {
                        view! { <Empty title="No matching calls"><p>"Calls are in progress, but none matches the filters."</p></Empty> }.into_any()
                    }
                />
            </Card>
            <Show when=move || !over.read().is_empty()>
                <Card title="Which calls have just ended?" flush=true wide=true>
                    <DataTable
                        name="live-over"
                        caption="Calls that have just ended"
                        columns=super::rows::call_columns(access)
                        rows=over
                        key=super::rows::row_key
                        href=Callback::new(|call: CallObject| Some(call_link(&call)))
                    />
                </Card>
            </Show>
        </div>
        <p><a href=move || view_link("/dashboard/calls", &[("range", "today")])>"Show all calls of today"</a></p>
    }
}

/// Reads the calls in progress; what goes wrong is shown above them.
fn load_active_calls(access: Access, going_on: RwSignal<Calls>, trouble: RwSignal<Option<String>>) {
    spawn_local(async move {
        let path = access.records_path("active-calls");
        match api::get_json::<ActiveCalls>(access, &path).await {
            Ok(answer) => {
                trouble.try_set(None);
                let seen = |call: CallObject| (call.session_id.clone(), LiveCall::of_active(call));
                going_on.try_set(answer.active_calls.into_iter().map(seen).collect());
            }
            Err(no) => drop(trouble.try_set(Some(no.sentence))),
        }
    });
}

/// Keeps the time, in milliseconds, for the durations. It stops while the connection is lost: what is shown may have
/// changed meanwhile.
fn run_durations(now: RwSignal<f64>, lost_at: Memo<Option<f64>>) {
    let tick = set_interval_with_handle(
        move || {
            if lost_at.get_untracked().is_none() {
                now.set(format::now_millis());
            }
        },
        SECOND,
    );
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
}

fn state_tag(state: FeedState, zone: &str) -> AnyView {
    match state {
        FeedState::Live => view! { <Tag text="Live" tone=Tone::Green live=true /> }.into_any(),
        FeedState::Opening => view! { <Tag text="Connecting" tone=Tone::Blue /> }.into_any(),
        FeedState::Lost(heard_at) => {
            let text = format!("No contact since {}", format::clock_of_millis(heard_at, zone));
            view! { <Tag text=text tone=Tone::Amber /> }.into_any()
        }
    }
}

fn lost_note() -> impl IntoView {
    view! {
        <Note tone=Tone::Amber>
            <b>"The connection to the server is lost"</b>
            <p>"The calls below are the last ones known. This page reconnects automatically."</p>
        </Note>
    }
}

fn state_choices() -> Vec<Choice> {
    vec![
        Choice::new("", "Any state"),
        Choice::new("talking", "In call"),
        Choice::new("hold", "On hold"),
        Choice::new("incoming", "Incoming"),
        Choice::new("calling", "Calling"),
        Choice::new("marked", "Long calls and waits"),
    ]
}

/// Rows that are compared by what they show.
#[derive(Clone)]
struct Rows(Vec<LiveCall>);

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        let shown =
            |seen: &LiveCall| (seen.call.session_id.clone(), seen.event.clone(), seen.on_hold);
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(one, two)| shown(one) == shown(two))
    }
}
