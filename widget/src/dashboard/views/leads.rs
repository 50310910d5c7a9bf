//! The Leads view: leads received from dialers.

use super::customers;
use super::head::Head;
use super::paged_list::{Page, Paged, load_pages};
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::ui::{Card, Column, DataTable, Empty, Icon, Search, format};
use call_ribbon_shared::wire::{LeadList, ListedLead};
use icondata_lu::LuX;
use leptos::prelude::*;

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
    let list: Paged<ListedLead> = load_pages::<LeadList>(move || {
        let (search, campaign) =
            (address.filter_or("search", ""), address.filter_or("campaign", ""));
        let agent = address.filter_or("agentId", "");
        let fields = [
            ("search", search.as_str()),
            ("campaign", &campaign),
            ("agentId", &agent),
            ("limit", "50"),
        ];
        api_query(&access.records_path("leads"), &fields)
    });
    let zone = StoredValue::new(access.time_zone());
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
                <a class="chip" href=address.with_filters(&[(name, "")]) title="Remove this filter">
                    <span class="cut" dir="auto">{format!("{title} {value}")}</span><Icon of=LuX />
                </a>
            }
        })
    };
    view! {
        <Head title="Leads" about="Leads passed on by your dialer" />
        <div class="filters">
            <Search
                label="Name, number or ID"
                value=Signal::derive(move || address.filter_or("search", ""))
                on_search=move |text: String| address.set_filters(&[("search", &text)])
            />
            {move || chip("campaign", "Campaign")}
            {move || chip("agentId", "Agent")}
        </div>
        <Card title="Which leads were received?" flush=true>
            <DataTable
                name="leads"
                caption="Leads"
                columns=columns
                rows=list.rows
                key=|lead: &ListedLead| format!("{}·{}·{}", lead.id, lead.updated_at, lead.total_calls)
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
