//! Calls as rows of a table, shared by all lists of calls.

use crate::dashboard::access::Access;
use crate::dashboard::address::view_link;
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{Column, Icon, Tag, Tone, format};
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::CallObject;
use icondata_lu::{LuPhoneIncoming, LuPhoneOutgoing};
use leptos::prelude::*;
use serde_json::Value;

/// The customer of a call, as a row shows it.
#[derive(Debug, Clone, Default)]
pub struct Customer {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The type of the call.
    pub call_type: Option<String>,
    /// The campaign of the call.
    pub campaign: Option<String>,
    /// The text in place of a name: how many customers share the number, or that it was withheld.
    unknown: Option<String>,
}

impl Customer {
    /// Reads the customer from the page's data.
    pub fn of_call(call: &CallObject) -> Self {
        let value: Value = serde_json::from_str(call.customer_data.get()).unwrap_or_default();
        let text = |name: &str| match value.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let unknown = match (value.get("sharedBy").and_then(Value::as_u64), &call.phone_number) {
            (Some(count), _) => Some(format!("{count} customers share this number")),
            (None, None) => Some("Number withheld".to_owned()),
            (None, Some(_)) => None,
        };
        let campaign = value.get("metadata").and_then(|metadata| metadata.get("campaign"));
        Self {
            id: text("customerId"),
            name: text("name"),
            call_type: text("callType"),
            campaign: campaign.and_then(Value::as_str).map(str::to_owned),
            unknown: unknown.or_else(|| call.phone_number.clone()),
        }
    }

    /// Returns the name; without one the id, without that what is known of the number.
    pub fn display_name(&self) -> String {
        let known = [&self.name, &self.id, &self.unknown].into_iter().flatten().next();
        known.cloned().unwrap_or_default()
    }
}

/// Every status of a finished call, as the server accepts several.
pub const OVER: &str = "completed,missed,failed,no_answer,busy,abandoned";

/// Returns the label of a status.
pub fn status_name(status: Status) -> &'static str {
    match status {
        Status::Active => "In progress",
        Status::Completed => "Completed",
        Status::Missed => "Missed",
        Status::Failed => "Failed",
        Status::NoAnswer => "No answer",
        Status::Busy => "Busy",
        Status::Abandoned => "Abandoned",
    }
}

/// Returns the label of a direction.
pub fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
    }
}

/// Returns what a call's customer is called in a list: the name, or else the number.
pub fn customer_title(call: &CallObject) -> String {
    let name = Customer::of_call(call).display_name();
    if name.is_empty() { call.phone_number.clone().unwrap_or_default() } else { name }
}

/// Returns the reason of an end in words. Providers and pages send `hangup` for an end by either side.
pub fn reason_text(reason: String) -> String {
    if reason == "hangup" { "Hung up".to_owned() } else { reason }
}

/// Returns the address of a call's view.
pub fn call_link(call: &CallObject) -> String {
    view_link(&format!("/dashboard/calls/{}", encode_component(&call.session_id)), &[])
}

/// Returns the key of a row: everything of a call that can change while it is shown.
pub fn row_key(call: &CallObject) -> String {
    let disposition = call.disposition.as_deref().unwrap_or_default();
    format!("{}·{:?}·{:?}·{disposition}", call.session_id, call.status, call.duration)
}

/// The direction of a call, as an arrow.
#[component]
fn DirectionArrow(of: Direction) -> impl IntoView {
    let icon = match of {
        Direction::Inbound => LuPhoneIncoming,
        Direction::Outbound => LuPhoneOutgoing,
    };
    view! { <span class="soft" title=direction_name(of)><Icon of=icon /><span class="unseen">{direction_name(of)}</span></span> }
}

/// Returns the columns of a list of calls that all have the same value in one of them.
pub fn call_columns_without(access: Access, key: &str) -> Vec<Column<CallObject>> {
    let mut columns = call_columns(access);
    columns.retain(|column| column.key() != key);
    columns
}

/// Returns the columns of a list of calls.
pub fn call_columns(access: Access) -> Vec<Column<CallObject>> {
    let zone = StoredValue::new(access.time_zone());
    let in_zone = move |at: &str| zone.with_value(|zone| format::moment(at, zone));
    vec![
        Column::new("started", "Started", move |call: &CallObject| {
            view! { <time datetime=call.start_time.clone()>{in_zone(&call.start_time)}</time> }
        })
        .sorted_by("started"),
        Column::new("customer", "Customer", |call: &CallObject| {
            let title = customer_title(call);
            view! {
                <span class="row way">
                    <DirectionArrow of=call.call_direction />
                    <span class="name cut" dir="auto" title=title.clone()>{title.clone()}</span>
                </span>
            }
        }),
        Column::new("number", "Number", |call: &CallObject| {
            view! { <span dir="ltr">{call.phone_number.clone()}</span> }
        }),
        Column::new("direction", "Direction", |call: &CallObject| {
            direction_name(call.call_direction)
        })
        .hidden(),
        Column::new("agent", "Agent", |call: &CallObject| {
            let agent = call.agent_name.clone().or_else(|| call.agent_id.clone());
            view! { <span class="name" dir="auto">{agent}</span> }
        }),
        Column::new("status", "Status", |call: &CallObject| {
            let (text, tone) = (status_name(call.status), Tone::from(call.status));
            view! { <Tag text=text tone=tone live={call.status == Status::Active} /> }
        }),
        Column::new("duration", "Duration", |call: &CallObject| {
            // A call that nobody answered has a duration of 0; a dash says more.
            let seconds = call.duration.filter(|seconds| *seconds > 0);
            seconds.map_or_else(|| "–".to_owned(), format::duration)
        })
        .numeric()
        .sorted_by("duration"),
        Column::new("disposition", "Outcome", move |call: &CallObject| {
            let said = call.disposition.as_deref().map(|code| access.disposition_name(code));
            view! { <span dir="auto">{said}</span> }
        }),
        Column::new("type", "Type", |call: &CallObject| Customer::of_call(call).call_type).hidden(),
        Column::new("reason", "How it ended", |call: &CallObject| {
            call.reason.clone().map(reason_text)
        })
        .hidden(),
        Column::new("provider", "Provider", |call: &CallObject| call.provider.clone()).hidden(),
    ]
}
