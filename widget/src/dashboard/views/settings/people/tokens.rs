//! Tokens for programs and scripts that manage this client.

use super::super::credentials::{Credential, CredentialKind, Credentials};
use super::super::form::SaveState;
use super::ROLES;
use crate::dashboard::ui::{Choice, Select, TextField};
use leptos::prelude::*;
use serde_json::json;

const TOKENS: CredentialKind = CredentialKind {
    path: "tokens",
    what: "admin token",
    title: "Which tokens can manage this client?",
    none: "No admin tokens yet",
    heads: &["Name", "Role"],
    tells_use: true,
    cells: |token| {
        vec![token.name.clone().unwrap_or_default(), token.role.clone().unwrap_or_default()]
    },
    stops: revoke_warning,
};

fn revoke_warning(token: &Credential) -> String {
    let name = token.name.as_deref().unwrap_or_default();
    format!(
        "Programs that use “{name}” are refused from the next request, and browsers are signed out."
    )
}

/// The list, and the form that creates a token.
#[component]
pub fn Tokens() -> impl IntoView {
    let saving = SaveState::new();
    let name = RwSignal::new(String::new());
    let role = RwSignal::new("viewer".to_owned());
    let roles = ROLES.map(|(role, name)| Choice::new(role, name)).to_vec();
    let body = move |()| json!({"name": name.get_untracked().trim(), "role": role.get_untracked()});
    view! {
        <Credentials kind=&TOKENS saving=saving body=body on_made=move |()| name.set(String::new())>
            <div class="fields">
                <TextField label="Owner or purpose" value=name required=true placeholder="Nightly export" error=saving.field_error("name") />
                <Select label="Role" choices=roles value=role on_pick=move |picked| role.set(picked) error=saving.field_error("role") />
            </div>
        </Credentials>
    }
}
