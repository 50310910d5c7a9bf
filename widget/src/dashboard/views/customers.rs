//! The Customers view: the people whom the client calls.

use super::head::Head;
use super::paged_list::{Page, Paged, load_pages};
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, api_query, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{Card, Column, DataTable, Empty, Search, Sort, format};
use call_ribbon_shared::wire::{CustomerList, ListedCustomer};
use leptos::prelude::*;

impl Page for CustomerList {
    type Row = ListedCustomer;

    fn into_parts(self) -> (Vec<ListedCustomer>, Option<String>) {
        (self.customers, self.next_cursor)
    }
}

/// The view.
#[component]
pub fn Customers() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let list: Paged<ListedCustomer> = load_pages::<CustomerList>(move || {
        let held = |name: &str| address.filter_or(name, "");
        let (search, sort, duplicates) = (held("search"), held("sort"), held("duplicates"));
        let fields = [
            ("search", search.as_str()),
            ("sort", &sort),
            ("duplicates", &duplicates),
            ("limit", "50"),
        ];
        api_query(&access.records_path("customers"), &fields)
    });
    let sort = Memo::new(move |_| Sort::of_word(&address.filter_or("sort", "")));
    let zone = StoredValue::new(access.time_zone());
    let columns = vec![
        Column::new("name", "Customer", |customer: &ListedCustomer| {
            let name = customer.name.clone().unwrap_or_else(|| customer.customer_id.clone());
            view! { <span class="name" dir="auto" title=name.clone()>{name.clone()}</span> }
        })
        .sorted_by("name"),
        Column::new("id", "ID", |customer: &ListedCustomer| customer.customer_id.clone()),
        Column::new("number", "Number", |customer: &ListedCustomer| {
            view! { <span dir="ltr">{customer.phone.clone()}</span> }
        }),
        Column::new("same", "Same number", |customer: &ListedCustomer| {
            let number = customer.phone.clone().filter(|_| customer.same_number > 0)?;
            let href = view_link("/dashboard/customers", &[("search", &number)]);
            let others = format::count(customer.same_number, "other ID", "other IDs");
            Some(view! { <a href=href>{others}</a> })
        }),
        Column::new("company", "Company", |customer: &ListedCustomer| {
            view! { <span class="name" dir="auto">{customer.company.clone()}</span> }
        }),
        Column::new("email", "E-mail", |customer: &ListedCustomer| customer.email.clone()).hidden(),
        Column::new("calls", "Calls", |customer: &ListedCustomer| {
            format::number(customer.total_calls)
        })
        .numeric()
        .sorted_by("calls"),
        Column::new("duration", "Talk time", |customer: &ListedCustomer| {
            format::duration(customer.total_duration)
        })
        .numeric()
        .sorted_by("duration"),
        Column::new("changed", "Last changed", move |customer: &ListedCustomer| {
            zone.with_value(|zone| format::moment(&customer.last_updated, zone))
        })
        .sorted_by("changed"),
    ];
    let only_duplicates = Memo::new(move |_| address.get("duplicates").as_deref() == Some("true"));
    view! {
        <Head title="Customers" about="Everyone your CRM or dialer has sent" />
        <div class="filters">
            <Search
                label="Name, company, number or ID"
                value=Signal::derive(move || address.filter_or("search", ""))
                on_search=move |text: String| address.set_filters(&[("search", &text)])
            />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || only_duplicates.get()
                    on:change=move |_| {
                        let to = if only_duplicates.get_untracked() { "" } else { "true" };
                        address.set_filters(&[("duplicates", to)]);
                    }
                />
                <span>"Only numbers under several IDs"</span>
            </label>
        </div>
        <Card title="Who are our customers?" flush=true>
            <DataTable
                name="customers"
                caption="Customers"
                columns=columns
                rows=list.rows
                key=|customer: &ListedCustomer| format!("{}·{}·{}", customer.customer_id, customer.total_calls, customer.last_updated)
                href=Callback::new(|customer: ListedCustomer| Some(customer_link(&customer.customer_id)))
                sort=sort
                on_sort=move |sort: Sort| address.set_filters(&[("sort", &sort.as_param())])
                busy=list.busy
                empty=move || list.render_placeholder(|| view! {
                    <Empty title="No matching customers">
                        <p>"Customers appear with their first call or lead, or when your CRM saves them."</p>
                    </Empty>
                }.into_any())
                footer=move || list.render_footer()
            />
        </Card>
    }
}

/// Returns the address of a customer's view.
pub fn customer_link(customer_id: &str) -> String {
    view_link(&format!("/dashboard/customers/{}", encode_component(customer_id)), &[])
}
