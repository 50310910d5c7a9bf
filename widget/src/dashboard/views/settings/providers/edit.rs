//! The form of a provider account.

use super::super::form::{Form, SaveState, focus_first};
use super::kinds::{KINDS, ProviderKind, Setting, SettingKind};
use super::{Account, Editing, kinds};
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Choice, Select, TextField, Toggle};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// Stands for a stored secret.
const MARK: &str = "…";

/// A setting and its typed value.
#[derive(Clone, Copy)]
struct TypedSetting {
    setting: Setting,
    kept: StoredValue<String>,
    text: RwSignal<String>,
}

impl TypedSetting {
    fn of_setting(setting: Setting, settings: Option<&Map<String, Value>>) -> Self {
        let text =
            settings.map(|settings| setting_text(setting.name, settings)).unwrap_or_default();
        Self { setting, kept: StoredValue::new(text.clone()), text: RwSignal::new(text) }
    }

    fn is_changed(self) -> bool {
        *self.text.read() != self.kept.get_value()
    }

    /// Returns the value to send; an empty text removes the setting.
    fn sent_value(self) -> Value {
        let text = self.text.get_untracked();
        match (self.setting.how, text.trim()) {
            (_, "") => Value::Null,
            (SettingKind::Flag(_), word) => (word == "true").into(),
            (_, text) => text.into(),
        }
    }
}

/// Returns a setting as text.
fn setting_text(name: &str, settings: &Map<String, Value>) -> String {
    let value = match name.split_once('.') {
        Some((outer, inner)) => settings.get(outer).and_then(|outer| outer.get(inner)),
        None => settings.get(name),
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Returns the changed settings, as the server expects them; a nested group of which nothing
/// remains is removed as a whole.
fn changed_settings(typed: &[TypedSetting]) -> Map<String, Value> {
    let mut settings = Map::new();
    for one in typed.iter().filter(|one| untrack(|| one.is_changed())) {
        match one.setting.name.split_once('.') {
            None => drop(settings.insert(one.setting.name.to_owned(), one.sent_value())),
            Some((outer, inner)) => {
                let within = |other: &&TypedSetting| {
                    other.setting.name.split_once('.').is_some_and(|(o, _)| o == outer)
                };
                if typed.iter().filter(within).all(|other| other.sent_value().is_null()) {
                    settings.insert(outer.to_owned(), Value::Null);
                } else if let Value::Object(object) =
                    settings.entry(outer).or_insert_with(|| json!({}))
                {
                    object.insert(inner.to_owned(), one.sent_value());
                }
            }
        }
    }
    settings
}

#[component]
pub fn Edit(
    /// The account in the form.
    what: Editing,
    /// Called to close the form, with a message if something was saved.
    #[prop(into)]
    on_end: Callback<Option<String>>,
) -> impl IntoView {
    let kept = match what {
        Editing::New => None,
        Editing::Existing(account) => Some(account),
    };
    let title = kept
        .as_ref()
        .map_or("Add an account".to_owned(), |kept| format!("Change {}", kept.display_title()));
    let provider =
        RwSignal::new(kept.as_ref().map_or("simulator".to_owned(), |kept| kept.provider.clone()));
    let is_new = kept.is_none();
    let kept = StoredValue::new(kept);
    let choices = KINDS.iter().map(|kind| Choice::new(kind.name, kind.title)).collect::<Vec<_>>();
    focus_first("account-form");
    view! {
        <section class="card" id="account-form" aria-label=title.clone()>
            <h2>{title.clone()}</h2>
            <Show when=move || is_new>
                <Select label="Provider" choices=choices.clone() value=provider on_pick=move |picked| provider.set(picked) />
            </Show>
            {move || kinds::find_kind(&provider.get()).map(|kind| view! { <Fields kind=kind kept=kept.get_value() on_end=on_end /> })}
        </section>
    }
}

#[component]
fn Fields(
    kind: &'static ProviderKind,
    kept: Option<Account>,
    on_end: Callback<Option<String>>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let is_new = kept.is_none();
    let name_before = kept.as_ref().and_then(|kept| kept.name.clone()).unwrap_or_default();
    let name = RwSignal::new(name_before.clone());
    let name_before = StoredValue::new(name_before);
    let default = RwSignal::new(false);
    let before = kept.as_ref().and_then(|kept| kept.settings.as_ref());
    let typed: Vec<TypedSetting> =
        kind.settings.iter().map(|one| TypedSetting::of_setting(*one, before)).collect();
    let typed = StoredValue::new(typed);
    let changed = Memo::new(move |_| {
        typed.with_value(|typed| typed.iter().any(|one| one.is_changed()))
            || *name.read() != name_before.get_value()
    });
    let account_id = kept.map(|kept| kept.id);
    let save = Callback::new(move |()| {
        let name = name.get_untracked().trim().to_owned();
        let name = (!name.is_empty()).then_some(name);
        let settings = typed.with_value(|typed| changed_settings(typed));
        let done = move |account: Account| {
            on_end.run(Some(format!(
                "{} is saved. Test it to see whether it works.",
                account.display_title()
            )));
            String::new()
        };
        match &account_id {
            None => {
                let body = json!({
                    "provider": kind.name, "name": name, "settings": settings, "enabled": true,
                    "default": default.get_untracked(),
                });
                saving.send_change(
                    Method::POST,
                    access.settings_path("providers"),
                    Some(body),
                    done,
                );
            }
            Some(account_id) => {
                let body = json!({"name": name, "settings": settings});
                let path = access.settings_path(&format!("providers/{account_id}"));
                saving.send_change(Method::PATCH, path, Some(body), done);
            }
        }
    });
    let close = move || {
        view! { <button type="button" class="button" on:click=move |_| on_end.run(None)>"Cancel"</button> }
    };
    let fields = typed.with_value(|typed| {
        typed.iter().map(|one| setting_field(*one, saving, is_new)).collect_view()
    });
    view! {
        <Form saving=saving changed=changed on_save=save act="Save the account" more=close>
            <p class="soft">{kind.about}</p>
            <div class="fields">
                <TextField label="Name" value=name placeholder=kind.title hint="Your name for it, such as a city or a team. Optional." error=saving.field_error("name") />
                {fields}
            </div>
            <Show when=move || is_new>
                <Toggle label="Default" value=default on_change=move |to| default.set(to) hint="Calls use it by default." />
            </Show>
        </Form>
    }
}

fn setting_field(typed: TypedSetting, saving: SaveState, is_new: bool) -> impl IntoView {
    let TypedSetting { setting, text, kept } = typed;
    let error = saving.field_error(setting.field);
    let label = if setting.optional {
        format!("{} (optional)", setting.label)
    } else {
        setting.label.to_owned()
    };
    let is_kept = kept.get_value() == MARK;
    let hint = if is_kept {
        format!(
            "{} {MARK} stands for the stored value. Type a new value to replace it.",
            setting.hint
        )
    } else if !is_new && !setting.guards.is_empty() {
        format!("{} If you change it, enter the {} again.", setting.hint, setting.guards)
    } else {
        setting.hint.to_owned()
    };
    let hint = (!hint.is_empty()).then_some(hint);
    let pick = Callback::new(move |picked| text.set(picked));
    match setting.how {
        SettingKind::Text => view! { <TextField label=label value=text hint=hint error=error /> }.into_any(),
        SettingKind::Secret => {
            view! { <TextField label=label value=text kind="password" autocomplete="new-password" hint=hint error=error /> }
                .into_any()
        }
        SettingKind::OneOf(words) => {
            let mut choices: Vec<Choice> = words.iter().map(|(word, name)| Choice::new(*word, *name)).collect();
            // A value that was set through the API stays available.
            let own = kept.get_value();
            if choices.iter().all(|choice| choice.value != own) {
                choices.push(Choice::new(own.clone(), own));
            }
            view! { <Select label=label choices=choices value=text on_pick=pick hint=hint error=error /> }.into_any()
        }
        SettingKind::Flag(usual) => {
            let choices = vec![Choice::new("", usual), Choice::new("true", "Yes"), Choice::new("false", "No")];
            view! { <Select label=label choices=choices value=text on_pick=pick hint=hint error=error /> }.into_any()
        }
    }
}
