//! The operator's list of all clients.

use super::answer::render_answer;
use super::head::Head;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{CLIENT, view_link};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Column, DataTable, Empty, Figure, Icon, NoPermission, Tag, Tone, format,
};
use icondata_lu::LuPlus;
use leptos::prelude::*;
use serde::Deserialize;

/// The percentage of its plan from which a client should be contacted.
const NEARLY_USED: f64 = 80.0;
const USED: f64 = 100.0;

/// The answer to `GET /api/admin/analytics/all`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct All {
    clients: Vec<OneClient>,
    total_clients: i64,
    total_calls_all_clients: i64,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OneClient {
    client_id: String,
    client_name: String,
    plan: String,
    total_calls: i64,
    total_duration: i64,
    calls_this_month: i64,
    limit: i64,
    utilization_percent: f64,
    stored: Stored,
}

impl OneClient {
    /// Returns the used share of the plan: the server's own is rounded.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    fn used(&self) -> f64 {
        if self.limit == 0 {
            return self.utilization_percent / 100.0;
        }
        self.calls_this_month as f64 / self.limit as f64
    }
}

/// About what a client stores.
#[derive(Debug, Clone, Deserialize)]
pub struct Stored {
    calls: i64,
    events: i64,
    bytes: i64,
}

impl Stored {
    /// Describes the numbers of records in words.
    pub fn records_text(&self) -> String {
        let (calls, events) = (format::number(self.calls), format::number(self.events));
        ["About ", &calls, " calls and ", &events, " events"].concat()
    }

    /// Returns the size for people, in whole mebibytes.
    pub fn size_text(&self) -> String {
        const MEBIBYTE: i64 = 1024 * 1024;
        let more = i64::from(self.bytes % MEBIBYTE > 0);
        [&format::number(self.bytes.div_euclid(MEBIBYTE) + more), " MiB"].concat()
    }
}

/// The view.
#[component]
pub fn Clients() -> impl IntoView {
    let access = Access::from_context();
    view! {
        <Head title="Clients" about="All clients of this server" />
        <Show
            when=move || access.role() == Role::Operator
            fallback=|| view! {
                <section class="card"><NoPermission needs="Only the operator can see all clients. Sign in with the operator's token." /></section>
            }
        >
            <List />
        </Show>
    }
}

/// The list that the operator sees if the address names no client.
#[component]
pub fn ChooseClient() -> impl IntoView {
    view! {
        <Head title="Choose a client" about="Then you see its calls and figures" />
        <List />
    }
}

#[component]
fn List() -> impl IntoView {
    let all: Loaded<All> = load_json(|| Some("/api/admin/analytics/all".to_owned()));
    render_answer(all, |all| {
        let nearly =
            all.clients.iter().filter(|client| client.utilization_percent >= NEARLY_USED).count();
        view! {
            <div class="figures">
                <Figure label="Clients" value=format::number(all.total_clients) />
                <Figure label="Total calls" value=format::number(all.total_calls_all_clients) />
                <Figure label="Near their limit" value=format::number(i64::try_from(nearly).unwrap_or(0)) />
            </div>
            <Card title="How are clients doing?" flush=true actions=|| view! {
                <a class="button small" href=view_link("/dashboard/clients/new", &[])><Icon of=LuPlus />"New client"</a>
            }>
                <DataTable
                    name="clients"
                    caption="Clients"
                    columns=client_columns()
                    rows=Signal::stored(all.clients)
                    key=|client: &OneClient| client.client_id.clone()
                    href=Callback::new(|client: OneClient| Some(view_link("/dashboard", &[(CLIENT, &client.client_id)])))
                    empty=|| view! { <Empty title="No clients yet"><p>"Create the first client."</p></Empty> }
                />
            </Card>
        }
        .into_any()
    })
}

fn client_columns() -> Vec<Column<OneClient>> {
    vec![
        Column::new("name", "Client", |client: &OneClient| {
            view! { <span class="name" dir="auto" title=client.client_name.clone()>{client.client_name.clone()}</span> }
        }),
        Column::new("id", "ID", |client: &OneClient| client.client_id.clone()).hidden(),
        Column::new("plan", "Plan", |client: &OneClient| client.plan.clone()),
        Column::new("month", "This month", |client: &OneClient| {
            format::number(client.calls_this_month)
        })
        .numeric(),
        Column::new("limit", "Limit", |client: &OneClient| format::number(client.limit)).numeric(),
        Column::new("used", "Used", |client: &OneClient| {
            let share = format::percent(client.used());
            let tone = match client.utilization_percent {
                used if used >= USED => Tone::Red,
                used if used >= NEARLY_USED => Tone::Amber,
                _ => Tone::Green,
            };
            view! { <Tag text=share tone=tone /> }
        })
        .numeric(),
        Column::new("calls", "Total calls", |client: &OneClient| {
            format::number(client.total_calls)
        })
        .numeric(),
        Column::new("time", "Talk time", |client: &OneClient| {
            format::duration(client.total_duration)
        })
        .numeric(),
        Column::new("stored", "Stored", |client: &OneClient| {
            let title = client.stored.records_text();
            view! { <span title=title>{client.stored.size_text()}</span> }
        })
        .numeric(),
    ]
}
