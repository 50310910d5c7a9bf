//! The Leads view: leads received from dialers.

use super::customers;
use super::head::Head;
use super::paged::{Page, Paged, paged};
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, question};
use crate::dashboard::ui::{Card, Column, DataTable, Empty, Icon, Search, format};
use call_ribbon_shared::wire::{LeadList, ListedLead};
use icondata_lu::LuX;
use leptos::prelude::*;

impl Page for LeadList {
    type Row = ListedLead;

    fn parts(self) -> (Vec<ListedLead>, Option<String>) {
        (self.leads, self.next_cursor)
    }
}

/// The view.
#[component]
pub fn Leads() -> impl IntoView {
    let access = Access::here();
    let address = Address::here();
    let list: Paged<ListedLead> = paged::<LeadList>(move || {
        let (search, campaign) = (address.or("search", ""), address.or("campaign", ""));
        let agent = address.or("agentId", "");
        let fields = [
            ("search", search.as_str()),
            ("campaign", &campaign),
            ("agentId", &agent),
            ("limit", "50"),
        ];
        question(&access.records("leads"), &fields)
    });
    let zone = StoredValue::new(access.zone());
    let moment = move |at: &str| zone.with_value(|zone| format::moment(at, zone));
    let columns = vec![
        Column::new("name", "Lead", |lead: &ListedLead| {
            let name = lead.full_name.clone().unwrap_or_else(|| format!("Lead {}", lead.id));
            view! { <span class="name" dir="auto" title=name.clone()>{name.clone()}</span> }
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
        Column::new("again", "Last received", move |lead: &ListedLead| moment(&lead.updated_at))
            .hidden(),
        Column::new("dialer", "Dialer's ID", |lead: &ListedLead| lead.dialer_lead_id.clone())
            .hidden(),
        Column::new("email", "E-mail", |lead: &ListedLead| lead.email.clone()).hidden(),
    ];
    let chip = move |name: &'static str, title: &'static str| {
        address.get(name).map(|value| {
            view! {
                <a class="chip" href=address.with(&[(name, "")]) title="Remove this filter">
                    <span class="cut" dir="auto">{format!("{title} {value}")}</span><Icon of=LuX />
                </a>
            }
        })
    };
    view! {
        <Head title="Leads" about="Interested people sent by your dialer" />
        <div class="filters">
            <Search
                label="Name, number or ID"
                value=Signal::derive(move || address.or("search", ""))
                on_search=move |text: String| address.set(&[("search", &text)])
            />
            {move || chip("campaign", "Campaign")}
            {move || chip("agentId", "Agent")}
        </div>
        <Card title="Which leads came in?" flush=true>
            <DataTable
                name="leads"
                caption="Leads"
                columns=columns
                rows=list.rows
                key=|lead: &ListedLead| format!("{}·{}·{}", lead.id, lead.updated_at, lead.total_calls)
                href=Callback::new(|lead: ListedLead| Some(customers::address_of(&lead.customer_id)))
                busy=list.busy
                empty=move || list.instead(|| view! {
                    <Empty title="No matching leads">
                        <p>"A dialer such as Vicidial sends a lead to /api/leads/from-dialer/ when an agent presses Interested. It needs a dialer key from the settings."</p>
                    </Empty>
                }.into_any())
                footer=move || list.footer()
            />
        </Card>
    }
}
