//! The form that enters a consent.

use super::words::{KINDS, PURPOSES};
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Choice, Select, TextField};
use crate::dashboard::views::settings::form::{FormError, SaveState, StatusText, focus_first};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// The form, in a card.
#[component]
pub fn NewConsent(
    /// The id of the card.
    id: &'static str,
    /// Called after a consent was entered.
    #[prop(into)]
    on_added: Callback<()>,
    /// Called to close the form.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let texts = [(); 5].map(|()| RwSignal::new(String::new()));
    let [number, customer, given, ends, proof] = texts;
    let kind = RwSignal::new(KINDS[0].0.to_owned());
    let purpose = RwSignal::new(String::new());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let fields = [
            ("phoneNumber", number.get_untracked().trim().to_owned()),
            ("customerId", customer.get_untracked().trim().to_owned()),
            ("purpose", purpose.get_untracked()),
            ("kind", kind.get_untracked()),
            ("givenAt", given.get_untracked()),
            ("expiresAt", ends.get_untracked()),
        ];
        let set = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let mut body: Map<String, Value> =
            set.map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
        let note = proof.get_untracked().trim().to_owned();
        if !note.is_empty() {
            body.insert("proof".to_owned(), json!({"note": note}));
        }
        let path = access.settings_path("consents");
        saving.send_change(Method::POST, path, Some(body.into()), move |_: Value| {
            for text in texts {
                text.set(String::new());
            }
            on_added.run(());
            focus_first(id);
            "The consent is entered.".to_owned()
        });
    };
    let kinds = KINDS.map(|(value, name)| Choice::new(value, name)).to_vec();
    let mut purposes = vec![Choice::new("", "Every purpose")];
    purposes.extend(PURPOSES.map(|(value, name)| Choice::new(value, name)));
    view! {
        <section class="card" aria-label="Enter a consent" id=id>
            <h2>"Enter a consent"</h2>
            <form class="stack" novalidate on:submit=save>
                <div class="fields">
                    <TextField label="Phone number" value=number kind="tel" placeholder="+919876543210" hint="Empty: every number of the customer." error=saving.field_error("phoneNumber") />
                    <TextField label="Customer ID" value=customer hint="Empty: the consent is for the number alone." error=saving.field_error("customerId") />
                    <Select label="Kind" choices=kinds value=kind on_pick=move |picked| kind.set(picked) error=saving.field_error("kind") />
                    <Select label="Purpose" choices=purposes value=purpose on_pick=move |picked| purpose.set(picked) error=saving.field_error("purpose") />
                    <TextField label="Given on" value=given kind="date" hint="Empty: now." error=saving.field_error("givenAt") />
                    <TextField label="Ends on" value=ends kind="date" hint="It does not count on this day any more. Empty: no end." error=saving.field_error("expiresAt") />
                    <TextField label="Proof" value=proof placeholder="Web form of 12 October, text 3" hint="How it was given, and where you keep it." error=saving.field_error("proof") />
                </div>
                <FormError saving=saving />
                <div class="row">
                    <button type="submit" class="button main" aria-disabled=move || saving.busy.get().to_string()>"Enter the consent"</button>
                    <button type="button" class="button" on:click=move |_| on_close.run(())>"Close"</button>
                    <StatusText
                        text=Signal::derive(move || saving.success_text())
                        good=Signal::derive(move || !saving.success_text().is_empty())
                    />
                </div>
            </form>
        </section>
    }
}
