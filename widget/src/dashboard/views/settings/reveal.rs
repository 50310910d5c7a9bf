//! The number behind a handle, for an admin to whom a colleague without phone numbers sends it.

use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Card, SecretText, TextField};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// What every handle begins with.
const PREFIX: &str = "num_";

/// The answer to `POST …/numbers/reveal`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Revealed {
    phone_number: String,
}

/// The form, and the number that it revealed.
#[component]
pub fn RevealNumber(
    /// Called after a number was revealed.
    #[prop(into)]
    on_reveal: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let [handle, reason, number] = [(); 3].map(|()| RwSignal::new(String::new()));
    // The number belongs to the handle that was entered.
    Effect::new(move |_| {
        handle.track();
        number.set(String::new());
        saving.clear_result();
    });
    let reveal = Callback::new(move |()| {
        let body = json!({
            "handle": handle.with_untracked(|text| find_handle(text).to_owned()),
            "reason": reason.get_untracked().trim(),
        });
        let path = access.settings_path("numbers/reveal");
        number.set(String::new());
        saving.send_change(Method::POST, path, Some(body), move |revealed: Revealed| {
            number.try_set(revealed.phone_number);
            reason.try_set(String::new());
            on_reveal.run(());
            "Revealed. The audit log says so.".to_owned()
        });
    });
    view! {
        <Card title="Reveal a phone number">
            <p class="soft">"A colleague who does not see phone numbers can copy a number's handle and send it to you. Paste it here. The audit log keeps the handle, your name and the reason."</p>
            <Form saving=saving changed=Signal::stored(false) on_save=reveal act="Reveal the number">
                <div class="fields">
                    <TextField label="Handle" value=handle required=true placeholder="num_…" error=saving.field_error("handle") />
                    <TextField label="Reason" value=reason required=true hint="Why is the number needed?" error=saving.field_error("reason") />
                </div>
            </Form>
            <Show when=move || !number.read().is_empty()><SecretText what="phone number" secret=number /></Show>
        </Card>
    }
}

/// Returns the handle in a pasted text, in which the masked number often stands before it; without
/// a handle, the text.
fn find_handle(text: &str) -> &str {
    let Some(at) = text.find(PREFIX) else { return text.trim() };
    let is_other = |c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-';
    let handle = &text[at..];
    handle.find(is_other).map_or(handle, |end| &handle[..end])
}

#[cfg(test)]
mod tests {
    use super::find_handle;

    #[test]
    fn a_handle_is_found_in_what_is_pasted() {
        for (pasted, handle) in [
            ("num_A-b_1", "num_A-b_1"),
            (" num_A-b_1\n", "num_A-b_1"),
            ("+91 98••••3210 num_A-b_1", "num_A-b_1"),
            ("please call \"num_A-b_1\", today", "num_A-b_1"),
            (" +91 98••••3210", "+91 98••••3210"),
            ("", ""),
        ] {
            assert_eq!(find_handle(pasted), handle, "{pasted}");
        }
    }
}
