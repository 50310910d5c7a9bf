//! The operator's list of all clients.

use super::answer::render_answer;
use super::head::Head;
use super::overview::figures::to_float;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{Address, CLIENT, view_link};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Choice, Column, DataTable, Empty, Figure, Icon, NoPermission, Search, Segments, Sort,
    Spark, Tag, Tone, format,
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

#[derive(Clone, PartialEq, Deserialize)]
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
    health: Health,
}

/// What a client did in the last 24 hours.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    suspended: bool,
    last_call_at: Option<String>,
    calls_last_day: i64,
    calls_by_day: Vec<i64>,
    active_calls: i64,
    providers: Vec<ProviderHealth>,
}

/// Requests to and from a provider.
#[derive(Clone, PartialEq, Deserialize)]
struct ProviderHealth {
    provider: String,
    requests: i64,
    failed: i64,
}

impl Health {
    fn failed(&self) -> i64 {
        self.providers.iter().map(|one| one.failed).sum()
    }

    /// Returns the errors of each provider, for a tooltip.
    fn providers_text(&self) -> String {
        let one = |one: &ProviderHealth| {
            let (failed, all) = (format::number(one.failed), format::number(one.requests));
            format!("{}: {failed} of {all} requests failed", one.provider)
        };
        self.providers.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// Selections of clients: the name in the address and the label.
const ONLY: [(&str, &str); 5] = [
    ("", "All"),
    ("limit", "Near limit"),
    ("errors", "Provider errors"),
    ("quiet", "No calls for a day"),
    ("suspended", "Suspended"),
];

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
#[derive(Debug, Clone, PartialEq, Deserialize)]
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
    let address = Address::from_router();
    let all: Loaded<All> = load_json(|| Some("/api/admin/analytics/all".to_owned()));
    render_answer(all, move |all| {
        let holds = move |name: &'static str| Signal::derive(move || address.filter_or(name, ""));
        let pick =
            move |name: &'static str| move |value: String| address.set_filters(&[(name, &value)]);
        let count = |only: &str| {
            let found = all.clients.iter().filter(|client| is_one_of(client, only)).count();
            format::number(i64::try_from(found).unwrap_or(0))
        };
        let choices: Vec<Choice> =
            ONLY.iter().map(|(key, name)| Choice::new(*key, *name)).collect();
        let figures = view! {
            <div class="figures">
                <Figure label="Clients" value=format::number(all.total_clients) />
                <Figure label="Total calls" value=format::number(all.total_calls_all_clients) />
                <Figure label="Near their limit" value=count("limit") />
                <Figure label="Provider errors" value=count("errors") />
                <Figure label="No calls for a day" value=count("quiet") />
            </div>
        };
        let clients = StoredValue::new(all.clients);
        let sort = Memo::new(move |_| Sort::of_word(&address.filter_or("sort", "name")));
        let shown = Memo::new(move |_| {
            let (wanted, only) = (address.filter_or("search", ""), address.filter_or("only", ""));
            clients.with_value(|clients| {
                find_clients(clients, &wanted.to_lowercase(), &only, &sort.get())
            })
        });
        view! {
            {figures}
            <div class="filters">
                <Search label="Name or ID" value=holds("search") on_search=pick("search") />
                <Segments label="Which clients" choices=choices value=holds("only") on_pick=pick("only") />
            </div>
            <Card title="How are clients doing?" flush=true actions=|| view! {
                <a class="button small" href=view_link("/dashboard/clients/new", &[])><Icon of=LuPlus />"New client"</a>
            }>
                <DataTable
                    name="clients"
                    caption="Clients"
                    columns=client_columns()
                    rows=shown
                    key=|client: &OneClient| client.client_id.clone()
                    href=Callback::new(|client: OneClient| Some(view_link("/dashboard", &[(CLIENT, &client.client_id)])))
                    sort=sort
                    on_sort=move |sort: Sort| address.set_filters(&[("sort", &sort.as_param())])
                    summary=move || format::count(i64::try_from(shown.read().len()).unwrap_or(0), "client", "clients")
                    empty=|| view! { <Empty title="No such client"><p>"Change the search, or create the first client."</p></Empty> }
                />
            </Card>
        }
        .into_any()
    })
}

/// Returns whether a client belongs to a selection of the address.
fn is_one_of(client: &OneClient, only: &str) -> bool {
    match only {
        "limit" => client.utilization_percent >= NEARLY_USED,
        "errors" => client.health.failed() > 0,
        "quiet" => client.health.calls_last_day == 0 && !client.health.suspended,
        "suspended" => client.health.suspended,
        _ => true,
    }
}

/// Returns the clients that match a search and a selection, sorted.
fn find_clients(clients: &[OneClient], wanted: &str, only: &str, sort: &Sort) -> Vec<OneClient> {
    let matches = |client: &&OneClient| {
        is_one_of(client, only)
            && (client.client_name.to_lowercase().contains(wanted)
                || client.client_id.to_lowercase().contains(wanted))
    };
    let mut found: Vec<OneClient> = clients.iter().filter(matches).cloned().collect();
    found.sort_by(|one, two| {
        let order = match sort.by.as_str() {
            "month" => one.calls_this_month.cmp(&two.calls_this_month),
            "used" => one.utilization_percent.total_cmp(&two.utilization_percent),
            "day" => one.health.calls_last_day.cmp(&two.health.calls_last_day),
            // Times of the server sort as texts do.
            "last" => one.health.last_call_at.cmp(&two.health.last_call_at),
            "errors" => one.health.failed().cmp(&two.health.failed()),
            "calls" => one.total_calls.cmp(&two.total_calls),
            "time" => one.total_duration.cmp(&two.total_duration),
            "stored" => one.stored.bytes.cmp(&two.stored.bytes),
            _ => one.client_name.to_lowercase().cmp(&two.client_name.to_lowercase()),
        };
        if sort.descending { order.reverse() } else { order }
    });
    found
}

fn client_columns() -> Vec<Column<OneClient>> {
    vec![
        Column::new("name", "Client", |client: &OneClient| {
            let suspended = client.health.suspended.then(|| view! { <Tag text="Suspended" tone=Tone::Plain /> });
            view! {
                <span class="row way">
                    <span class="name cut" dir="auto" title=client.client_name.clone()>{client.client_name.clone()}</span>
                    {suspended}
                </span>
            }
        })
        .sorted_by("name"),
        Column::new("id", "ID", |client: &OneClient| client.client_id.clone()).hidden(),
        Column::new("plan", "Plan", |client: &OneClient| client.plan.clone()),
        Column::new("day", "Last 24 hours", |client: &OneClient| {
            format::number(client.health.calls_last_day)
        })
        .numeric()
        .sorted_by("day"),
        Column::new("trend", "Last 28 days", |client: &OneClient| {
            let days = &client.health.calls_by_day;
            let calls = format::count(days.iter().sum(), "call", "calls");
            let values: Vec<f64> = days.iter().map(|calls| to_float(*calls)).collect();
            view! {
                <span class="trend" title=calls.clone()>
                    <Spark values=values />
                    <span class="unseen">{calls.clone()}</span>
                </span>
            }
        }),
        Column::new("active", "In progress", |client: &OneClient| {
            format::number(client.health.active_calls)
        })
        .numeric()
        .hidden(),
        Column::new("last", "Last call", |client: &OneClient| {
            let at = client.health.last_call_at.clone();
            let zone = format::browser_zone();
            at.map_or_else(|| "None yet".to_owned(), |at| format::moment(&at, &zone))
        })
        .sorted_by("last"),
        Column::new("errors", "Provider errors", |client: &OneClient| {
            let failed = client.health.failed();
            let tone = if failed > 0 { Tone::Red } else { Tone::Plain };
            let title = client.health.providers_text();
            view! { <span title=title><Tag text=format::number(failed) tone=tone /></span> }
        })
        .numeric()
        .sorted_by("errors"),
        Column::new("month", "This month", |client: &OneClient| {
            format::number(client.calls_this_month)
        })
        .numeric()
        .sorted_by("month"),
        Column::new("limit", "Limit", |client: &OneClient| format::number(client.limit))
            .numeric()
            .hidden(),
        Column::new("used", "Used", |client: &OneClient| {
            let share = format::percent(client.used());
            let tone = match client.utilization_percent {
                used if used >= USED => Tone::Red,
                used if used >= NEARLY_USED => Tone::Amber,
                _ => Tone::Green,
            };
            view! { <Tag text=share tone=tone /> }
        })
        .numeric()
        .sorted_by("used"),
        Column::new("calls", "Total calls", |client: &OneClient| {
            format::number(client.total_calls)
        })
        .numeric()
        .sorted_by("calls"),
        Column::new("time", "Talk time", |client: &OneClient| {
            format::duration(client.total_duration)
        })
        .numeric()
        .sorted_by("time")
        .hidden(),
        Column::new("stored", "Stored", |client: &OneClient| {
            let title = client.stored.records_text();
            view! { <span title=title>{client.stored.size_text()}</span> }
        })
        .numeric()
        .sorted_by("stored"),
    ]
}
