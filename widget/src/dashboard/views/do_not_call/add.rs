//! The form that adds a number.

use super::words::PURPOSES;
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Choice, Select, TextField};
use crate::dashboard::views::settings::form::{FormError, SaveState, StatusText, focus_first};
use call_ribbon_shared::wire::Suppression;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// The form, in a card.
#[component]
pub fn AddNumber(
    /// The id of the card.
    id: &'static str,
    /// Called after a number was added.
    #[prop(into)]
    on_added: Callback<()>,
    /// Called to close the form.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let texts = [(); 4].map(|()| RwSignal::new(String::new()));
    let [number, account, reason, until] = texts;
    let scope = RwSignal::new("all".to_owned());
    let purpose = RwSignal::new(PURPOSES[1].0.to_owned());
    let source = RwSignal::new("customer".to_owned());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let value = match scope.read_untracked().as_str() {
            "purpose" => purpose.get_untracked(),
            "account" => account.get_untracked().trim().to_owned(),
            _ => String::new(),
        };
        let fields = [
            ("phoneNumber", number.get_untracked().trim().to_owned()),
            ("scope", scope.get_untracked()),
            ("scopeValue", value),
            ("reason", reason.get_untracked().trim().to_owned()),
            ("source", source.get_untracked()),
            ("until", until.get_untracked()),
        ];
        let given = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let body: Map<String, Value> =
            given.map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
        let path = access.settings_path("suppressions");
        saving.send_change(Method::POST, path, Some(body.into()), move |made: Suppression| {
            for text in texts {
                text.set(String::new());
            }
            on_added.run(());
            focus_first(id);
            format!("{} is on the list.", made.phone_number)
        });
    };
    let scopes = vec![
        Choice::new("all", "All calls"),
        Choice::new("purpose", "Calls for one purpose"),
        Choice::new("account", "Calls about one account"),
    ];
    let purposes = PURPOSES.map(|(value, name)| Choice::new(value, name)).to_vec();
    let sources =
        vec![Choice::new("customer", "The customer asked"), Choice::new("staff", "We decided")];
    let value_error = saving.field_error("scopeValue");
    view! {
        <section class="card" aria-label="Add a number" id=id>
            <h2>"Add a number"</h2>
            <form class="stack" novalidate on:submit=save>
                <div class="fields">
                    <TextField
                        label="Phone number"
                        value=number
                        kind="tel"
                        required=true
                        placeholder="+919876543210"
                        hint="A number without a country code is of the client’s country."
                        error=saving.field_error("phoneNumber")
                    />
                    <Select label="What is forbidden?" choices=scopes value=scope on_pick=move |picked| scope.set(picked) error=saving.field_error("scope") />
                    {move || match scope.get().as_str() {
                        "purpose" => view! {
                            <Select label="Purpose" choices=purposes.clone() value=purpose on_pick=move |picked| purpose.set(picked) error=value_error />
                        }
                        .into_any(),
                        "account" => view! {
                            <TextField label="Account" value=account required=true hint="As the page names it, such as the loan’s number." error=value_error />
                        }
                        .into_any(),
                        _ => ().into_any(),
                    }}
                    <Select label="Who wants it?" choices=sources value=source on_pick=move |picked| source.set(picked) error=saving.field_error("source") />
                    <TextField label="Reason" value=reason placeholder="Asked in writing" hint="An agent reads it when a call is refused." error=saving.field_error("reason") />
                    <TextField label="Until" value=until kind="date" hint="Calls are permitted from this day on. Empty: for good." error=saving.field_error("until") />
                </div>
                <FormError saving=saving />
                <div class="row">
                    <button type="submit" class="button main" aria-disabled=move || saving.busy.get().to_string()>"Add the number"</button>
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
