//! One request with its answer.

use super::super::small_table::Moment;
use super::filters::Accounts;
use crate::dashboard::address::view_link;
use crate::dashboard::api::encode_component;
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::format::number;
use crate::dashboard::ui::{CopyButton, Icon, Tag, Tone};
use icondata_lu::{LuArrowDownLeft, LuArrowUpRight, LuChevronDown, LuChevronRight};
use leptos::prelude::*;
use serde::Deserialize;

/// A request to a provider, or from one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub(super) request_id: String,
    account_id: String,
    at: String,
    direction: String,
    purpose: String,
    method: String,
    url: String,
    status: Option<i64>,
    took: Option<i64>,
    request: String,
    answer: String,
    trouble: Option<String>,
    session_id: Option<String>,
    outcome: Option<String>,
}

impl Entry {
    fn is_failed(&self) -> bool {
        self.status.is_none_or(|status| status >= 400)
    }

    /// Returns whether the request was accepted but had no effect.
    fn led_nowhere(&self) -> bool {
        let outcome = self.outcome.as_deref().unwrap_or_default();
        !(outcome.is_empty() || outcome.starts_with("led to") || outcome.starts_with("ignored"))
    }

    /// Returns the result for the table.
    fn result_tag(&self) -> (String, Tone) {
        let status =
            self.status.map_or_else(|| "No answer".to_owned(), |status| status.to_string());
        match (&self.outcome, self.is_failed()) {
            (_, true) => (status, Tone::Red),
            (Some(_), false) if self.led_nowhere() => ("No call".to_owned(), Tone::Amber),
            (_, false) => (status, Tone::Green),
        }
    }
}

/// The row of the table, which opens to show the whole request.
#[component]
pub fn EntryRow(entry: Entry, accounts: Loaded<Accounts>) -> impl IntoView {
    let open = RwSignal::new(false);
    let whole = format!("whole-{}", entry.request_id);
    let (way, arrow) = if entry.direction == "in" {
        ("Received", LuArrowDownLeft)
    } else {
        ("Sent", LuArrowUpRight)
    };
    let (status, tone) = entry.result_tag();
    let took = entry.took.map_or_else(|| "–".to_owned(), |took| format!("{} ms", number(took)));
    let call = match &entry.session_id {
        Some(session) => {
            let path = format!("/dashboard/calls/{}", encode_component(session));
            view! { <a href=view_link(&path, &[])>"Open call"</a> }.into_any()
        }
        None => view! { <span class="soft">"–"</span> }.into_any(),
    };
    let account_id = entry.account_id.clone();
    let account = move || accounts.answer().unwrap_or_default().name_of(&account_id);
    let account = Signal::derive(account);
    let (at, purpose) = (entry.at.clone(), entry.purpose.clone());
    let shown = StoredValue::new(entry);
    let icon =
        move || view! { <Icon of=if open.get() { LuChevronDown } else { LuChevronRight } /> };
    view! {
        <tr>
            <th scope="row">
                <button
                    type="button"
                    class="button quiet small"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=whole.clone()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {icon}<Moment at=Some(at) /><span class="unseen">" request and answer"</span>
                </button>
            </th>
            <td><span class="row nowrap"><Icon of=arrow />{way}</span></td>
            <td>{purpose}</td>
            <td class="name" dir="auto" title=account>{account}</td>
            <td><Tag text=status tone=tone /></td>
            <td class="number">{took}</td>
            <td>{call}</td>
        </tr>
        <tr id=whole hidden=move || !open.get()>
            <td colspan="7" class="whole">
                {move || open.get().then(|| shown.with_value(entry_details))}
            </td>
        </tr>
    }
}

fn entry_details(entry: &Entry) -> impl IntoView + use<> {
    let trouble = entry.trouble.clone();
    let outcome = entry.outcome.clone();
    let address = format!("{} {}", entry.method, entry.url);
    view! {
        <div class="stack">
            <p><code>{address}</code></p>
            {trouble.map(|trouble| view! { <p class="field"><span class="error" dir="auto">{trouble}</span></p> })}
            {outcome.map(|outcome| view! { <p dir="auto">"Outcome: " {outcome}</p> })}
            {text_block("Request", entry.request.clone())}
            {text_block("Answer", entry.answer.clone())}
        </div>
    }
}

/// Shows a text with a button that copies it; JSON over several lines.
pub fn text_block(what: &'static str, text: String) -> impl IntoView {
    let is_empty = text.is_empty();
    let text = pretty_json(text);
    let copied = text.clone();
    view! {
        <div class="field">
            <span class="label">{what}</span>
            <div class="code-box" hidden=is_empty>
                <pre tabindex="0" role="region" aria-label=what><code>{text}</code></pre>
                <CopyButton text=copied what=format!("the {}", what.to_lowercase()) />
            </div>
            <p class="soft" hidden=!is_empty>"Empty."</p>
        </div>
    }
}

/// Formats JSON over several lines; returns other texts unchanged.
fn pretty_json(text: String) -> String {
    let read: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    read.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or(text)
}
