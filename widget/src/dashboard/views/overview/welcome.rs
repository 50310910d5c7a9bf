//! The overview of a client without calls: how to make the first call.

use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{absolute_url, on_site, view_link};
use crate::dashboard::api;
use crate::dashboard::ui::{Card, CopyButton, Note, Tone};
use call_ribbon_shared::wire::CallStarted;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

/// A number that belongs to nobody; the simulator answers it.
const UNUSED_NUMBER: &str = "+12025550142";

/// The card.
#[component]
pub fn Welcome() -> impl IntoView {
    let access = Access::from_context();
    let said = RwSignal::new(None::<(Tone, String)>);
    let script = absolute_url("/call-ribbon.js");
    let snippet = format!(
        "<script src=\"{script}\"></script>\n<script>\n  ExotelCallRibbon.init({{apiKey: 'YOUR-API-KEY', agentId: 'agent1'}});\n</script>"
    );
    let shown = snippet.clone();
    let has_key = access.role() == Role::Key;
    let call = move |_| {
        spawn_local(async move {
            let body = json!({
                "to": UNUSED_NUMBER, "agentId": "dashboard",
                "customerData": {
                    "customerId": "TEST-1", "name": "Test Customer", "phoneNumber": UNUSED_NUMBER,
                    "callType": "test", "context": {"from": "the dashboard"},
                },
            });
            let made: Result<CallStarted, _> =
                api::send_json(access, Method::POST, "/api/ribbon/calls", &body).await;
            said.set(Some(match made {
                Ok(_) => (
                    Tone::Green,
                    "The call is ringing. The figures below update automatically.".to_owned(),
                ),
                Err(trouble) => (Tone::Red, trouble.sentence),
            }));
        });
    };
    view! {
        <Card title="How do the first calls get here?" wide=true>
            <ol class="steps">
                <li>
                    <p>"Paste this into your CRM's pages, with your API key."</p>
                    <div class="code-box"><pre>{shown}</pre><CopyButton text=snippet what="the snippet" /></div>
                    <p><a href=move || view_link("/dashboard/settings", &[("tab", "embed")])>"Integrity check, keys and domains"</a></p>
                </li>
                <li>
                    <Show
                        when=move || has_key
                        fallback=|| view! { <p><a href=on_site("/examples/") rel="external">"Make a call on an example page"</a>"; the simulator answers and no phone rings."</p> }
                    >
                        <p>"Or make a test call now; the simulator answers and no phone rings."</p>
                    </Show>
                    <div class="row" hidden=!has_key>
                        <button type="button" class="button main" on:click=call>"Make a test call"</button>
                    </div>
                    {move || said.get().map(|(tone, text)| view! { <div role="status"><Note tone=tone>{text}</Note></div> })}
                </li>
                <li><p>"Watch it: "<a href=move || view_link("/dashboard/live", &[])>"Live"</a>" shows it as it happens."</p></li>
            </ol>
        </Card>
    }
}
