//! One customer: details, results, and every call.

use super::answer::render_answer;
use super::head::Head;
use super::paged_list::{Page, Paged, load_pages};
use super::rows;
use crate::dashboard::access::Access;
use crate::dashboard::address::{api_query, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, DataTable, Empty, Figure, Hue, format};
use call_ribbon_shared::wire::{CallHistory, CallObject};
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
    }
}

fn customer_card(seen: Seen, access: Access) -> impl IntoView {
    let Seen { customer, total_calls, total_duration } = seen;
    let zone = access.time_zone();
    let average = if total_calls > 0 { total_duration / total_calls } else { 0 };
    let fact = |name: &str, value: Option<String>| {
        let name = name.to_owned();
        value.filter(|value| !value.is_empty()).map(|value| {
            view! { <dt dir="auto">{name}</dt><dd dir="auto">{value}</dd> }
        })
    };
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
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
