//! The form that creates an account.

use super::super::form::{Form, SaveState};
use super::{Person, ROLES};
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Choice, Select, TextField};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

/// The form.
#[component]
pub fn NewAccount(
    /// Called after an account was created.
    #[prop(into)]
    on_made: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let fields = [(); 3].map(|()| RwSignal::new(String::new()));
    let [name, email, password] = fields;
    let role = RwSignal::new("viewer".to_owned());
    let changed = Memo::new(move |_| fields.iter().any(|field| !field.read().is_empty()));
    let save = Callback::new(move |()| {
        let body = json!({
            "name": name.get_untracked().trim(),
            "email": email.get_untracked().trim(),
            "role": role.get_untracked(),
            "password": password.get_untracked(),
        });
        saving.send_change(
            Method::POST,
            access.settings_path("people"),
            Some(body),
            move |made: Person| {
                for field in fields {
                    field.set(String::new());
                }
                on_made.run(());
                format!("{} can sign in as {}.", made.name, made.email)
            },
        );
    });
    let roles = ROLES.map(|(role, name)| Choice::new(role, name)).to_vec();
    view! {
        <section class="card" aria-label="Create an account">
            <h2>"Create an account"</h2>
            <Form saving=saving changed=changed on_save=save act="Create the account">
                <div class="fields">
                    <TextField label="Name" value=name required=true error=saving.field_error("name") />
                    <TextField label="E-mail" value=email kind="email" required=true error=saving.field_error("email") />
                    <Select label="Role" choices=roles value=role on_pick=move |picked| role.set(picked) error=saving.field_error("role") />
                    <TextField
                        label="Password"
                        value=password
                        kind="password"
                        autocomplete="new-password"
                        required=true
                        hint="At least 12 characters. Do not send it by e-mail. The person can change it after signing in."
                        error=saving.field_error("password")
                    />
                </div>
            </Form>
        </section>
    }
}
