//! Changes the user's own password, or sets somebody else's as an admin.

use super::super::form::{Form, SaveState};
use super::Person;
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::TextField;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// The part of `GET /api/admin/me` that tells people from tokens.
#[derive(Debug, Clone, Deserialize)]
struct Me {
    email: Option<String>,
}

/// Changes the user's own password; empty for users of a token.
#[component]
pub fn OwnPassword() -> impl IntoView {
    let me = load_json::<Me>(|| Some("/api/admin/me".to_owned()));
    let email = Memo::new(move |_| me.answer().and_then(|me| me.email));
    move || email.get().map(|email| view! { <OwnFields email=email /> })
}

#[component]
fn OwnFields(email: String) -> impl IntoView {
    let saving = SaveState::new();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let changed = Memo::new(move |_| !current.read().is_empty() || !new.read().is_empty());
    let save = Callback::new(move |()| {
        let body = json!({"current": current.get_untracked(), "new": new.get_untracked()});
        saving.send_change(
            Method::POST,
            "/api/admin/password".to_owned(),
            Some(body),
            move |_: Value| {
                current.set(String::new());
                new.set(String::new());
                "Your password was changed. You are signed out everywhere else.".to_owned()
            },
        );
    });
    view! {
        <section class="card" aria-label="Change your password">
            <h2>"Change your password"</h2>
            <Form saving=saving changed=changed on_save=save act="Change password" may=Signal::stored(true)>
                // Tells password managers which account it is.
                <input type="hidden" autocomplete="username" value=email />
                <div class="fields">
                    <TextField label="Current password" value=current kind="password" autocomplete="current-password" required=true error=saving.field_error("current") />
                    <TextField label="New password" value=new kind="password" autocomplete="new-password" required=true hint="At least 12 characters." error=saving.field_error("new") />
                </div>
            </Form>
        </section>
    }
}

/// Sets the password of a person who forgot it.
#[component]
pub fn SetPassword(
    /// The person; `None` hides the form.
    person: RwSignal<Option<Person>>,
) -> impl IntoView {
    let fields = move || {
        person
            .get()
            .map(|whose| view! { <SetFields whose=whose on_end=move |()| person.set(None) /> })
    };
    view! { {fields} }
}

#[component]
fn SetFields(whose: Person, #[prop(into)] on_end: Callback<()>) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let password = RwSignal::new(String::new());
    let changed = Memo::new(move |_| !password.read().is_empty());
    let path = access.settings_path(&format!("people/{}", whose.id));
    let save = Callback::new(move |()| {
        let body = json!({"password": password.get_untracked()});
        saving.send_change(Method::PATCH, path.clone(), Some(body), move |person: Person| {
            password.set(String::new());
            format!("{} can sign in with the new password now.", person.name)
        });
    });
    let title = format!("Set a password for {}", whose.name);
    let close = move || {
        view! { <button type="button" class="button" on:click=move |_| on_end.run(())>"Close"</button> }
    };
    view! {
        <section class="card" aria-label=title.clone()>
            <h2>{title.clone()}</h2>
            <Form saving=saving changed=changed on_save=save act="Set password" more=close>
                <TextField
                    label="New password"
                    value=password
                    kind="password"
                    autocomplete="new-password"
                    required=true
                    hint="At least 12 characters. The account is signed out at once."
                    error=saving.field_error("password")
                />
            </Form>
        </section>
    }
}
