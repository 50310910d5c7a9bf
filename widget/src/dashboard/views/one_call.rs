//! One call: its facts, the agent's notes, the page's data, and its timeline.

mod agent_notes;
mod facts;
mod history;
mod page_data;

use super::answer::render_answer;
use super::head::Head;
use super::rows::{self, Customer};
use crate::dashboard::access::Access;
use crate::dashboard::address::view_link;
use crate::dashboard::api::encode_component;
use crate::dashboard::feed::{self, FeedMessage};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Tag, Tone, format};
use agent_notes::AgentNotes;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::CallObject;
use facts::Facts;
use history::History;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use page_data::PageData;

/// The view.
#[component]
pub fn OneCall() -> impl IntoView {
    let access = Access::from_context();
    let params = use_params_map();
    let session = Memo::new(move |_| params.read().get("session").unwrap_or_default());
    let call: Loaded<CallObject> = load_json(move || {
        Some(access.records_path(&format!("calls/{}", encode_component(&session.get()))))
    });
    // The view follows what happens to the call.
    feed::listen(
        || {},
        move |message| {
            let about = match message {
                FeedMessage::Call(event) => event.session_id,
                FeedMessage::Updated(update) => update.session_id,
            };
            if session.try_get_untracked() == Some(about) {
                call.reload();
            }
        },
    );
    let title = move || {
        let customer = call.answer().map(|call| {
            let named = Customer::of_call(&call).display_name();
            if named.is_empty() { call.phone_number.unwrap_or_default() } else { named }
        });
        customer.map_or_else(|| "Call".to_owned(), |customer| format!("Call with {customer}"))
    };
    let about = move || {
        let call = call.answer()?;
        let way = rows::direction_name(call.call_direction);
        Some(format!("{way}, {}", format::moment_long(&call.start_time, &access.time_zone())))
    };
    let back = Signal::derive(move || view_link("/dashboard/calls", &[]));
    let how = move || {
        let status = call.answer()?.status;
        let live = status == Status::Active;
        Some(view! { <Tag text=rows::status_name(status) tone=Tone::from(status) live=live /> })
    };
    view! {
        <Head title=Signal::derive(title) about=Signal::derive(about) back=(back, "Calls")>
            <span role="status">{how}</span>
        </Head>
        {render_answer(call, |call| {
            view! {
                <div class="grid">
                    <Facts call=call.clone() />
                    <div class="stack">
                        <AgentNotes call=call.clone() />
                        <PageData customer_data=call.customer_data.get().to_owned() />
                    </div>
                    <Card title="Timeline" wide=true><History call=call /></Card>
                </div>
            }
            .into_any()
        })}
    }
}
