//! The gallery's tables: one with many columns, one without rows.

use crate::dashboard::ui::{Card, Column, DataTable, Empty, Pages, Sort, Spark, Tag, Tone, format};
use leptos::prelude::*;

/// A row: one agent.
#[derive(Clone)]
struct Agent {
    name: String,
    calls: i64,
    rate: f64,
    seconds: i64,
}

/// Shows both tables.
#[component]
pub fn Tables() -> impl IntoView {
    let agents: Vec<Agent> = super::data::NAMES
        .iter()
        .zip(1_i32..)
        .map(|(name, place)| Agent {
            name: (*name).to_owned(),
            calls: i64::from(12_345 / place),
            rate: 0.7 / f64::from(place),
            seconds: i64::from(place) * 1931,
        })
        .collect();
    let columns = || {
        vec![
            Column::new(
                "name",
                "Agent",
                |agent: &Agent| view! { <span dir="auto">{agent.name.clone()}</span> },
            )
            .sorted_by("name"),
            Column::new(
                "status",
                "Status",
                |_| view! { <Tag text="In call" tone=Tone::Green live=true /> },
            ),
            Column::new("calls", "Calls", |agent: &Agent| format::number(agent.calls))
                .numeric()
                .sorted_by("calls"),
            Column::new("rate", "Picked up", |agent: &Agent| format::percent(agent.rate))
                .numeric()
                .sorted_by("rate"),
            Column::new("time", "Talk time", |agent: &Agent| format::duration(agent.seconds))
                .numeric(),
            Column::new(
                "days",
                "By day",
                |agent: &Agent| view! { <Spark values=vec![1.0, 3.0, agent.rate * 8.0, 2.0] /> },
            ),
            Column::new("seen", "Last seen", |_| {
                format::moment("2025-10-12T10:30:00Z", "Asia/Kolkata")
            }),
            Column::new("id", "ID", |agent: &Agent| agent.calls.to_string()).hidden(),
        ]
    };
    let sort = RwSignal::new(Sort { by: "calls".to_owned(), descending: true });
    view! {
        <Card title="How does each agent do?" flush=true wide=true>
            <DataTable
                name="gallery"
                caption="Agents"
                columns=columns()
                rows=agents
                key=|agent: &Agent| agent.name.clone()
                href=|agent: Agent| Some(format!("#{}", agent.calls))
                sort=sort
                on_sort=move |next| sort.set(next)
                summary=|| "5 agents"
                footer=|| view! { <Pages place="1–5 of 1,204 agents" has_previous=false has_next=true on_previous=|()| {} on_next=|()| {} /> }
            />
        </Card>
        <Card title="How does an empty table look?" flush=true wide=true>
            <DataTable
                name="gallery-empty"
                caption="An empty table"
                columns=columns()
                rows=Vec::new()
                key=|agent: &Agent| agent.name.clone()
                empty=|| view! { <Empty title="No agents yet"><p>"They appear with their first call."</p></Empty> }
            />
        </Card>
    }
}
