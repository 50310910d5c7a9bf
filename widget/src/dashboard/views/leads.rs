//! The Leads view: leads received from dialers.

mod assign;
mod filters;

use super::customers;
use super::head::Head;
use super::paged_list::{Page, Paged, load_pages};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::ui::{Card, Column, DataTable, Empty, Tag, Tone, format};
use assign::AssignBar;
use call_ribbon_shared::wire::{LeadList, LeadStatus, ListedLead};
use filters::{LeadFilters, list_path, load_agents, status_name};
use leptos::prelude::*;
use std::collections::BTreeSet;

impl Page for LeadList {
    type Row = ListedLead;

    fn into_parts(self) -> (Vec<ListedLead>, Option<String>) {
        (self.leads, self.next_cursor)
    }
}

/// The view.
#[component]
pub fn Leads() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let list: Paged<ListedLead> = load_pages::<LeadList>(move || list_path(access, address));
    let agents = load_agents(access);
    let chosen = RwSignal::new(BTreeSet::<i64>::new());
    let shown = Signal::derive(move || {
        list.rows.read().iter().map(|lead: &ListedLead| lead.id).collect::<BTreeSet<_>>()
    });
    // A lead that is no longer in sight is not given to anybody.
    Effect::new(move |_| {
        let shown = shown.get();
        if !chosen.read_untracked().is_subset(&shown) {
            chosen.update(|chosen| chosen.retain(|id| shown.contains(id)));
        }
    });
    let may_assign = access.may_change();
    view! {
        <Head title="Leads" about="Leads passed on by your dialer" />
        <LeadFilters agents=agents />
        {may_assign.then(|| view! { <AssignBar chosen=chosen shown=shown agents=agents on_assign=move |()| list.reload() /> })}
        <Card title="Which leads were received?" flush=true>
            <DataTable
                name="leads"
                caption="Leads"
                columns=lead_columns(access, may_assign.then_some(chosen))
                rows=list.rows
                key=|lead: &ListedLead| format!("{lead:?}")
                href=Callback::new(|lead: ListedLead| Some(customers::customer_link(&lead.customer_id)))
                busy=list.busy
                empty=move || list.render_placeholder(|| view! {
                    <Empty title="No matching leads">
                        <p>"A dialer such as Vicidial sends a lead to /api/leads/from-dialer/ when an agent presses Interested. It needs a dialer key from the settings."</p>
                    </Empty>
                }.into_any())
                footer=move || list.render_footer()
            />
        </Card>
    }
}

fn lead_name(lead: &ListedLead) -> String {
    lead.full_name.clone().unwrap_or_else(|| format!("Lead {}", lead.id))
}

/// Returns the columns; with `chosen`, leads can be chosen.
fn lead_columns(
    access: Access,
    chosen: Option<RwSignal<BTreeSet<i64>>>,
) -> Vec<Column<ListedLead>> {
    let zone = StoredValue::new(access.time_zone());
    let moment = move |at: &str| zone.with_value(|zone| format::moment(at, zone));
    let mut columns = vec![
        Column::new("name", "Lead", |lead: &ListedLead| {
            let name = lead_name(lead);
            view! { <span class="name" dir="auto" title=name.clone()>{name.clone()}</span> }
        }),
        Column::new("status", "Status", |lead: &ListedLead| {
            let tone = match lead.status {
                LeadStatus::New => Tone::Amber,
                LeadStatus::Called => Tone::Plain,
                LeadStatus::Reached => Tone::Green,
            };
            view! { <Tag text=status_name(lead.status) tone=tone /> }
        }),
        Column::new("number", "Number", |lead: &ListedLead| {
            view! { <span dir="ltr">{lead.phone.clone()}</span> }
        }),
        Column::new("campaign", "Campaign", |lead: &ListedLead| {
            view! { <span class="name" dir="auto">{lead.campaign.clone()}</span> }
        }),
        Column::new("agent", "Agent", |lead: &ListedLead| {
            let agent = lead.agent_name.clone().unwrap_or_else(|| lead.agent_id.clone());
            view! { <span class="name" dir="auto">{agent}</span> }
        }),
        Column::new("calls", "Calls", |lead: &ListedLead| format::number(lead.total_calls))
            .numeric(),
        Column::new("came", "Received", move |lead: &ListedLead| moment(&lead.created_at)),
        Column::new("age", "Age", |lead: &ListedLead| {
            format::relative_time(&lead.created_at, format::now_millis())
        }),
        Column::new("again", "Last received", move |lead: &ListedLead| moment(&lead.updated_at))
            .hidden(),
        Column::new("dialer", "Dialer's ID", |lead: &ListedLead| lead.dialer_lead_id.clone())
            .hidden(),
        Column::new("email", "E-mail", |lead: &ListedLead| lead.email.clone()).hidden(),
    ];
    if let Some(chosen) = chosen {
        columns.insert(1, choice_column(chosen));
    }
    columns
}

fn choice_column(chosen: RwSignal<BTreeSet<i64>>) -> Column<ListedLead> {
    Column::new("choose", "Choose", move |lead: &ListedLead| {
        let id = lead.id;
        let label = format!("Choose {}", lead_name(lead));
        let turn = move |_| {
            chosen.update(|chosen| {
                if !chosen.remove(&id) {
                    chosen.insert(id);
                }
            });
        };
        view! {
            <label class="check">
                <input type="checkbox" aria-label=label prop:checked=move || chosen.read().contains(&id) on:change=turn />
            </label>
        }
    })
}
