//! The file for a complaint about the calls to a customer, for admins.

use crate::dashboard::access::Access;
use crate::dashboard::api::{self, ApiError};
use crate::dashboard::ui::{Card, Note, TextField, Tone};
use crate::dashboard::views::calls::download::{file_name, save_file};
use gloo_net::http::Method;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

/// The reason, and the button that makes the file and saves it.
#[component]
pub fn ComplaintFile(
    /// The customer's id.
    #[prop(into)]
    customer: Signal<String>,
) -> impl IntoView {
    let access = Access::from_context();
    let reason = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let said: RwSignal<Option<(Tone, String)>> = RwSignal::new(None);
    let error = RwSignal::new(None::<String>);
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        said.set(None);
        error.set(None);
        let body = json!({
            "customerId": customer.get_untracked(),
            "reason": reason.get_untracked().trim(),
        });
        spawn_local(async move {
            let came = fetch_file(access, body.to_string()).await;
            // The view may have been left.
            if busy.try_set(false).is_some() {
                return;
            }
            match came {
                Ok(()) => {
                    let text = "The file is ready. The audit log says who made it, and why.";
                    said.set(Some((Tone::Green, text.to_owned())));
                    reason.set(String::new());
                }
                Err(trouble) if trouble.field.as_deref() == Some("reason") => {
                    error.set(Some(trouble.after_name));
                }
                Err(trouble) => said.set(Some((Tone::Red, trouble.sentence))),
            }
        });
    };
    view! {
        <Card title="File for a complaint">
            <p class="soft">"A zip with every call to this customer: decisions, times, agents, notes and consents, as JSON and PDF. Whoever gets it can check, without this server, that nothing was altered."</p>
            <form on:submit=make>
                <TextField label="Reason" value=reason required=true hint="Why is the file made? Name nobody: the audit log keeps it." error=error />
                <div class="row">
                    <button class="button" disabled=busy>{move || if busy.get() { "Making the file …" } else { "Make the file" }}</button>
                    <span role="status">{move || said.get().map(|(tone, text)| view! { <Note tone=tone>{text}</Note> })}</span>
                </div>
            </form>
        </Card>
    }
}

/// Has the file made and hands it to the browser.
async fn fetch_file(access: Access, body: String) -> Result<(), ApiError> {
    let path = access.settings_path("complaint-files");
    let answer = api::send_request(access, Method::POST, &path, Some(body)).await?;
    let name = file_name(&answer);
    let broken =
        || ApiError::from_sentence(0, "The download was interrupted. Try again.".to_owned());
    let bytes = answer.binary().await.map_err(|_| broken())?;
    save_file(&Array::of1(&Uint8Array::from(bytes.as_slice())), &name).map_err(|_| broken())
}
