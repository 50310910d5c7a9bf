//! One customer: details, results, and every call.

use super::answer::render_answer;
use super::complaint_file::ComplaintFile;
use super::field::field_title;
use super::head::Head;
use super::paged_list::{Page, Paged, load_pages};
use super::rows;
use crate::dashboard::access::Access;
use crate::dashboard::address::{api_query, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, DataTable, Empty, Figure, Hue, format};
use call_ribbon_shared::wire::{CallHistory, CallObject, CustomerLead, CustomerLeads, FollowUp};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::Deserialize;
use serde_json::{Map, Value};

impl Page for CallHistory {
    type Row = CallObject;

    fn into_parts(self) -> (Vec<CallObject>, Option<String>) {
        (self.calls, self.next_cursor)
    }
}

/// The answer to `GET /api/ribbon/customer/{customerId}`, reduced to what is shown.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    customer: Customer,
    total_calls: i64,
    total_duration: i64,
    next_follow_up: Option<FollowUp>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    #[serde(rename = "customerId")]
    id: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    #[serde(default)]
    tags: Vec<Value>,
    #[serde(default)]
    custom_fields: Map<String, Value>,
    created_at: String,
    last_updated: String,
}

/// The view.
#[component]
pub fn OneCustomer() -> impl IntoView {
    let access = Access::from_context();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("customer").unwrap_or_default());
    let seen: Loaded<Seen> = load_json(move || {
        Some(access.records_path(&format!("customer/{}", encode_component(&id.get()))))
    });
    let leads: Loaded<CustomerLeads> = load_json(move || {
        Some(access.records_path(&format!("customer/{}/leads", encode_component(&id.get()))))
    });
    let calls: Paged<CallObject> = load_pages::<CallHistory>(move || {
        let id = id.get();
        let fields = [("list", "all"), ("customerId", id.as_str()), ("limit", "50")];
        api_query(&access.records_path("calls"), &fields)
    });
    let title = move || {
        let name = seen.answer().and_then(|seen| seen.customer.name);
        name.unwrap_or_else(|| id.get())
    };
    let back = Signal::derive(move || view_link("/dashboard/customers", &[]));
    view! {
        <Head title=Signal::derive(title) back=(back, "Customers") />
        {render_answer(seen, move |seen| customer_card(seen, access).into_any())}
        {move || {
            let next = seen.answer().and_then(|seen| seen.next_follow_up);
            let text = calls.rows.with(|calls| last_words(calls, next.as_ref(), access));
            text.map(|text| view! { <p dir="auto">{text}</p> })
        }}
        {move || leads.answer().map(|found| found.leads.into_iter().map(|lead| lead_card(lead, access)).collect_view())}
        <Card title="Which calls were with this customer?" flush=true>
            <DataTable
                name="customer-calls"
                caption="Calls with this customer"
                columns=rows::call_columns(access)
                rows=calls.rows
                key=rows::row_key
                href=Callback::new(|call: CallObject| Some(rows::call_link(&call)))
                busy=calls.busy
                empty=move || calls.render_placeholder(|| view! {
                    <Empty title="No calls yet"><p>"The next call with this customer appears here."</p></Empty>
                }.into_any())
                footer=move || calls.render_footer()
            />
        </Card>
        <Show when=move || access.may_change()><ComplaintFile customer=id /></Show>
    }
}

/// Says what came of the latest calls, and when the next one is due.
fn last_words(calls: &[CallObject], next: Option<&FollowUp>, access: Access) -> Option<String> {
    let outcome = calls.iter().find_map(|call| call.disposition.as_deref());
    let outcome = outcome.map(|code| format!("Last outcome: {}.", access.disposition_name(code)));
    let due = next.map(|next| {
        let at = format::moment(&next.at, &access.time_zone());
        let note = next.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        format!("Next follow-up: {at}{note}.")
    });
    let parts: Vec<String> = outcome.into_iter().chain(due).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Returns a line of facts, unless the value is missing.
fn fact(name: &str, value: Option<String>) -> Option<impl IntoView + use<>> {
    let name = name.to_owned();
    value.filter(|value| !value.is_empty()).map(|value| {
        view! { <dt dir="auto">{name}</dt><dd dir="auto">{value}</dd> }
    })
}

/// Returns a value as people read it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The names under which dialers send what a lead's own lines already show.
const SHOWN: [&str; 3] = ["campaign", "agent_id", "agent_name"];

/// What a dialer sent with a lead of the customer.
fn lead_card(CustomerLead { lead, fields }: CustomerLead, access: Access) -> impl IntoView {
    let zone = access.time_zone();
    let received = format::moment_long(&lead.created_at, &zone);
    let again =
        (lead.updated_at != lead.created_at).then(|| format::moment_long(&lead.updated_at, &zone));
    let sent: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !SHOWN.contains(&name.as_str()))
        .map(|(name, value)| fact(&field_title(name), Some(value.clone())))
        .collect();
    view! {
        <Card title="What did your dialer send?">
            <dl class="facts">
                {fact("Campaign", lead.campaign)}
                {fact("Agent", lead.agent_name.or(Some(lead.agent_id)))}
                {fact("Received", Some(received))}
                {fact("Last received", again)}
                {sent}
            </dl>
        </Card>
    }
}

fn customer_card(seen: Seen, access: Access) -> impl IntoView {
    let Seen { customer, total_calls, total_duration, .. } = seen;
    let zone = access.time_zone();
    let average = if total_calls > 0 { total_duration / total_calls } else { 0 };
    let tags: Vec<String> = customer.tags.iter().map(plain).collect();
    let own: Vec<_> =
        customer.custom_fields.iter().map(|(name, value)| fact(name, Some(plain(value)))).collect();
    view! {
        <div class="figures">
            <Figure label="Calls" value=format::number(total_calls) />
            <Figure label="Talk time" value=format::duration(total_duration) hue=Hue::Time />
            <Figure label="Average call" value=format::duration(average) hue=Hue::Time />
        </div>
        <Card title="Who is it?">
            <dl class="facts">
                {fact("ID", Some(customer.id))}
                {fact("Number", customer.phone)}
                {fact("E-mail", customer.email)}
                {fact("Company", customer.company)}
                {fact("Tags", Some(tags.join(", ")))}
                {own}
                {fact("Known since", Some(format::moment_long(&customer.created_at, &zone)))}
                {fact("Last changed", Some(format::moment_long(&customer.last_updated, &zone)))}
            </dl>
        </Card>
    }
}
