//! The Live view: calls as they happen, with agent and duration.

use super::head::Head;
use super::rows::{Customer, call_link, direction_name, status_name};
use crate::dashboard::access::Access;
use crate::dashboard::address::{on_site, view_link};
use crate::dashboard::api;
use crate::dashboard::feed::{self, FeedState};
use crate::dashboard::ui::{Card, Column, DataTable, Empty, Figure, Note, Tag, Tone, format};
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::{ActiveCalls, CallEvent, CallObject};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use std::time::Duration;

/// The number of finished calls that are shown, of those this page saw.
const FINISHED_SHOWN: usize = 20;
const SECOND: Duration = Duration::from_secs(1);

/// Calls by session id, with their latest event.
type Calls = BTreeMap<String, LiveCall>;

/// A call as this page knows it.
#[derive(Debug, Clone)]
struct LiveCall {
    call: CallObject,
    /// Its latest event.
    event: String,
    on_hold: bool,
}

/// The view.
#[component]
pub fn Live() -> impl IntoView {
    let access = Access::from_context();
    let going_on = RwSignal::new(Calls::new());
    let over = RwSignal::new(Vec::<CallObject>::new());
    let trouble = RwSignal::new(None::<String>);
    let now = RwSignal::new(format::now_millis());
    let tick = set_interval_with_handle(move || now.set(format::now_millis()), SECOND);
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    let opened = move || {
        spawn_local(async move {
            let path = access.records_path("active-calls");
            match api::get_json::<ActiveCalls>(access, &path).await {
                Ok(answer) => {
                    trouble.try_set(None);
                    let seen = |call: CallObject| {
                        let event = call.connected_time.as_ref().map_or("ringing", |_| "connected");
                        let name = call.session_id.clone();
                        (name, LiveCall { call, event: event.to_owned(), on_hold: false })
                    };
                    going_on.try_set(answer.active_calls.into_iter().map(seen).collect());
                }
                Err(no) => drop(trouble.try_set(Some(no.sentence))),
            }
        });
    };
    let feed = feed::listen(opened, move |event| apply_event(going_on, over, event));
    let rows = Memo::new(move |_| {
        let mut rows: Vec<LiveCall> = going_on.read().values().cloned().collect();
        rows.sort_by(|a, b| a.call.start_time.cmp(&b.call.start_time));
        Rows(rows)
    });
    let count = move |wanted: fn(&LiveCall) -> bool| {
        format::number(
            i64::try_from(rows.read().0.iter().filter(|seen| wanted(seen)).count()).unwrap_or(0),
        )
    };
    let how = move || match feed.get() {
        FeedState::Live => view! { <Tag text="Live" tone=Tone::Green live=true /> }.into_any(),
        FeedState::Opening => view! { <Tag text="Connecting" tone=Tone::Blue /> }.into_any(),
        FeedState::Lost(_) => {
            view! { <Tag text="Connection lost; trying again" tone=Tone::Amber /> }.into_any()
        }
    };
    view! {
        <Head title="Live" about="Calls as they happen"><span role="status">{how}</span></Head>
        {move || trouble.get().map(|sentence| view! { <Note tone=Tone::Amber>{sentence}</Note> })}
        <div class="figures">
            <Figure label="Calls in progress" value=Signal::derive(move || count(|_| true)) />
            <Figure label="Talking" value=Signal::derive(move || count(LiveCall::is_talking)) />
            <Figure label="Ringing" value=Signal::derive(move || count(|seen| !seen.is_talking())) />
            <Figure label="On hold" value=Signal::derive(move || count(|seen| seen.on_hold)) />
        </div>
        <Card title="Who is on a call now?" flush=true wide=true>
            <DataTable
                name="live"
                caption="Calls in progress"
                columns=live_columns(now)
                rows=Signal::derive(move || rows.get().0)
                key=|seen: &LiveCall| format!("{}·{}·{}", seen.call.session_id, seen.event, seen.on_hold)
                href=Callback::new(|seen: LiveCall| Some(call_link(&seen.call)))
                empty=move || view! {
                    <Empty title="No calls in progress">
                        <p>"A call appears here when it starts. "<a href=on_site("/examples/") rel="external">"Make one on an example page"</a>"."</p>
                    </Empty>
                }
            />
        </Card>
        <Show when=move || !over.read().is_empty()>
            <Card title="What has just ended?" flush=true wide=true>
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
        <p><a href=move || view_link("/dashboard/calls", &[("range", "today")])>"All of today's calls"</a></p>
    }
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

impl LiveCall {
    fn is_talking(&self) -> bool {
        self.call.connected_time.is_some()
    }

    fn state_tag(&self) -> (&'static str, Tone) {
        match (self.on_hold, self.is_talking(), self.call.call_direction) {
            (true, ..) => ("On hold", Tone::Amber),
            (false, true, _) => ("In call", Tone::Green),
            (false, false, Direction::Inbound) => ("Ringing in", Tone::Blue),
            (false, false, Direction::Outbound) => ("Ringing out", Tone::Blue),
        }
    }
}

/// Applies one event.
fn apply_event(going_on: RwSignal<Calls>, over: RwSignal<Vec<CallObject>>, event: CallEvent) {
    let name = event.session_id.clone();
    let before = going_on.try_with_untracked(|calls| calls.get(&name).cloned()).flatten();
    let connected = match event.event.as_str() {
        "connected" => Some(event.timestamp.clone()),
        _ => before.as_ref().and_then(|seen| seen.call.connected_time.clone()),
    };
    let on_hold = event.on_hold.unwrap_or(before.as_ref().is_some_and(|seen| seen.on_hold));
    let started = before.map_or_else(|| event.timestamp.clone(), |seen| seen.call.start_time);
    let (what, is_over) = (event.event.clone(), event.status != Status::Active);
    let call = call_of_event(event, started, connected);
    if is_over {
        going_on.try_update(|calls| calls.remove(&name));
        over.try_update(|over| {
            over.retain(|ended| ended.session_id != name);
            over.insert(0, call);
            over.truncate(FINISHED_SHOWN);
        });
    } else {
        going_on.try_update(|calls| calls.insert(name, LiveCall { call, event: what, on_hold }));
    }
}

/// Builds the call of an event.
fn call_of_event(
    event: CallEvent,
    start_time: String,
    connected_time: Option<String>,
) -> CallObject {
    let is_over = event.status != Status::Active;
    CallObject {
        session_id: event.session_id,
        call_sid: event.call_sid,
        client_id: String::new(),
        start_time,
        end_time: is_over.then_some(event.timestamp),
        duration: event.duration,
        phone_number: event.phone_number,
        call_direction: event.call_direction,
        customer_data: event.customer_data,
        status: event.status,
        reason: event.reason,
        agent_id: event.agent_id,
        agent_name: event.agent_name,
        provider: event.provider,
        connected_time,
        muted: None,
        on_hold: None,
        notes: None,
        disposition: None,
        follow_up: None,
        notes_version: None,
        account_id: None,
        provider_call_id: None,
        provider_status: None,
        recording_url: None,
        matched_by: None,
        timeline: None,
    }
}

fn live_columns(now: RwSignal<f64>) -> Vec<Column<LiveCall>> {
    vec![
        Column::new("agent", "Agent", |seen: &LiveCall| {
            let agent = seen.call.agent_name.clone().or_else(|| seen.call.agent_id.clone());
            view! { <span class="name" dir="auto">{agent.unwrap_or_else(|| "No agent yet".to_owned())}</span> }
        }),
        Column::new("state", "State", |seen: &LiveCall| {
            let (text, tone) = seen.state_tag();
            view! { <Tag text=text tone=tone live=true /> }
        }),
        Column::new("for", "Duration", move |seen: &LiveCall| {
            let since = seen.call.connected_time.as_ref().unwrap_or(&seen.call.start_time);
            let since = js_sys::Date::parse(since);
            view! {
                <span class="digits">
                    {move || {
                        #[expect(clippy::cast_possible_truncation, reason = "a call's seconds are far within")]
                        let seconds = ((now.get() - since) / 1000.0).max(0.0) as i64;
                        format::duration(seconds)
                    }}
                </span>
            }
        })
        .numeric(),
        Column::new("customer", "Customer", |seen: &LiveCall| {
            let title = Customer::of_call(&seen.call).display_name();
            view! { <span class="name" dir="auto" title=title.clone()>{title.clone()}</span> }
        }),
        Column::new("number", "Number", |seen: &LiveCall| {
            view! { <span dir="ltr">{seen.call.phone_number.clone()}</span> }
        }),
        Column::new("direction", "Direction", |seen: &LiveCall| direction_name(seen.call.call_direction)),
        Column::new("status", "Status", |seen: &LiveCall| status_name(seen.call.status)).hidden(),
    ]
}
