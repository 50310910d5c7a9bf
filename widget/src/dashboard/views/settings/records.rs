//! How the client's records are shown: the names and units of fields, and who may export calls.

use super::client::{Shown, reload_client};
use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Field, Toggle};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{FieldLabel, MergedValue};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

/// The tab.
#[component]
pub fn Records() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Shown>(move || Some(access.settings_path("")));
    view! {
        <Card title="How are calls shown, and who may export them?">
            {render_answer(loaded, |client| view! { <Fields client=client /> }.into_any())}
        </Card>
    }
}

#[component]
fn Fields(client: Shown) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let text = RwSignal::new(write_labels(&client.field_labels));
    let exports = RwSignal::new(client.viewers_may_export);
    let kept = RwSignal::new((text.get_untracked(), client.viewers_may_export));
    let changed = Memo::new(move |_| (text.get(), exports.get()) != *kept.read());
    let save = Callback::new(move |()| {
        let labels = match read_labels(&text.get_untracked()) {
            Ok(labels) => labels,
            Err(sentence) => return saving.set_error("fieldLabels", &sentence),
        };
        let body = json!({
            "fieldLabels": labels,
            "viewersMayExport": exports.get_untracked(),
        });
        saving.send_change(
            Method::PATCH,
            access.settings_path(""),
            Some(body),
            move |client: Shown| {
                text.set(write_labels(&client.field_labels));
                kept.set((text.get_untracked(), client.viewers_may_export));
                reload_client(access);
                "Saved.".to_owned()
            },
        );
    });
    let control = move |id: String, about: String| {
        view! {
            <textarea class="input" rows="8" spellcheck="false" id=id aria-describedby=about bind:value=text></textarea>
        }
    };
    view! {
        <Form saving=saving changed=changed on_save=save>
            <Field
                label="Names of fields"
                hint="A field a line, in the order in which you want to see them: context.amountDue = Amount due, INR. The unit is a currency's code or a word such as days, and may be left out. Below a field, Hindi = hi, HI counts these spellings as the value Hindi."
                error=saving.field_error("fieldLabels")
                control=control
            />
            <Toggle
                label="Viewers may export calls"
                hint="Admins always may. Each export is in the audit log."
                value=exports
                on_change=move |on: bool| exports.set(on)
            />
        </Form>
    }
}

fn write_labels(labels: &[FieldLabel]) -> String {
    let mut lines = Vec::new();
    for FieldLabel { field, name, unit, values } in labels {
        lines.push(match unit {
            Some(unit) => format!("{field} = {name}, {unit}"),
            None => format!("{field} = {name}"),
        });
        let merged = values.iter();
        lines.extend(merged.map(|of| format!("  {} = {}", of.value, of.spellings.join(", "))));
    }
    lines.join("\n")
}

/// Reads the fields, each with the values below it.
fn read_labels(text: &str) -> Result<Vec<FieldLabel>, String> {
    let mut labels: Vec<FieldLabel> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (left, right) = line.split_once('=').ok_or_else(|| {
            format!(
                "“{line}” has no equals sign. Write it like context.amountDue = Amount due, INR."
            )
        })?;
        let is_field = ["context.", "metadata."].iter().any(|of| left.starts_with(of));
        match labels.last_mut() {
            Some(label) if !is_field => label.values.push(MergedValue {
                value: left.trim().to_owned(),
                spellings: right.split(',').map(|text| text.trim().to_owned()).collect(),
            }),
            _ => labels.push(read_label(left, right)),
        }
    }
    Ok(labels)
}

fn read_label(field: &str, rest: &str) -> FieldLabel {
    let (name, unit) = match rest.rsplit_once(',') {
        Some((name, unit)) => (name, Some(unit.trim().to_owned())),
        None => (rest, None),
    };
    let (field, name) = (field.trim().to_owned(), name.trim().to_owned());
    FieldLabel { field, name, unit, values: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let text = "context.amountDue = Amount due, INR\nmetadata.campaign = Campaign\n  \
                    Gold = gold, GOLD\n  Silver = silver\ncontext.a = A";
        assert_eq!(write_labels(&read_labels(text).unwrap()), text);
        let one = &read_labels("\n context.a=A , days \n").unwrap()[0];
        assert_eq!((one.name.as_str(), one.unit.as_deref()), ("A", Some("days")));
        assert!(read_labels("context.a").is_err_and(|sentence| sentence.contains("context.a")));
    }
}
