//! The facts of a call.

use crate::dashboard::access::Access;
use crate::dashboard::address::view_link;
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{Card, CopyButton, format};
use crate::dashboard::views::rows::{self, Customer};
use call_ribbon_shared::wire::CallObject;
use leptos::prelude::*;

/// The card.
#[component]
pub fn Facts(call: CallObject) -> impl IntoView {
    let zone = Access::from_context().time_zone();
    let customer = Customer::of_call(&call);
    let fact = |name: &'static str, value: Option<AnyView>| {
        value.map(|value| view! { <dt>{name}</dt><dd>{value}</dd> })
    };
    let text = |text: Option<String>| {
        text.filter(|text| !text.is_empty())
            .map(|text| view! { <span dir="auto">{text}</span> }.into_any())
    };
    let time = |at: Option<&String>| text(at.map(|at| format::moment_long(at, &zone)));
    let began = time(Some(&call.start_time));
    let connected = time(call.connected_time.as_ref());
    let ended = time(call.end_time.as_ref());
    let who = customer.id.clone().map(|id| {
        let href = view_link(&format!("/dashboard/customers/{}", encode_component(&id)), &[]);
        view! { <a href=href dir="auto">{customer.display_name()}</a> }.into_any()
    });
    let agent = call.agent_id.clone().map(|id| {
        let href = view_link(&format!("/dashboard/agents/{}", encode_component(&id)), &[]);
        let name = call.agent_name.clone().unwrap_or(id);
        view! { <a href=href dir="auto">{name}</a> }.into_any()
    });
    let recording = call.recording_url.clone().map(|url| {
        view! { <a href=url rel="external noreferrer" target="_blank">"Listen at the provider"</a> }.into_any()
    });
    let session = call.session_id.clone();
    view! {
        <Card title="Call details">
            <dl class="facts">
                {fact("Customer", who.or_else(|| text(customer.name.clone())))}
                {fact("Number", call.phone_number.clone().map(|number| view! { <span dir="ltr">{number}</span> }.into_any()))}
                {fact("Agent", agent.or_else(|| text(call.agent_name.clone())))}
                {fact("Status", text(Some(rows::status_name(call.status).to_owned())))}
                {fact("Duration", text(call.duration.map(format::duration)))}
                {fact("Started", began)}
                {fact("Connected", connected)}
                {fact("Ended", ended)}
                {fact("How it ended", text(call.reason.clone().map(rows::reason_text)))}
                {fact("Type", text(customer.call_type.clone()))}
                {fact("Recording", recording)}
                {fact("Provider", text(call.provider.clone()))}
                {fact("Provider's status", text(call.provider_status.clone()))}
                {fact("Provider's call ID", text(call.provider_call_id.clone()))}
                {fact("Customer matched by", text(call.matched_by.clone()))}
                {fact("Call SID", text(Some(call.call_sid.clone())))}
                <dt>"Session ID"</dt>
                <dd class="row"><code>{session.clone()}</code><CopyButton text=session what="the session ID" /></dd>
            </dl>
        </Card>
    }
}
