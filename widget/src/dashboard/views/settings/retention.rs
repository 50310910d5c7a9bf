//! How long records are kept.

use super::client::Shown;
use super::credentials::SaveResult;
use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::format::{count, moment};
use crate::dashboard::ui::{Card, Confirm, Note, TextField, Tone};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Days {
    events_days: Option<i64>,
    calls_days: Option<i64>,
}

/// The retention settings, and how much was or would be removed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    retention: Days,
    events_before: Option<String>,
    calls_before: Option<String>,
    calls: i64,
    events: i64,
    notes: i64,
    complete: bool,
}

impl Report {
    /// Describes the amount in words.
    fn amount_text(&self) -> String {
        let calls = count(self.calls, "call", "calls");
        let events = count(self.events, "event", "events");
        let notes = count(self.notes, "note", "notes");
        format!("{calls}, {events} and {notes}")
    }

    fn is_nothing(&self) -> bool {
        self.calls == 0 && self.events == 0 && self.notes == 0
    }
}

/// The tab.
#[component]
pub fn Retention() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Report>(move || Some(access.settings_path("retention")));
    let client = load_json::<Shown>(move || {
        // What is stored changes with what is removed.
        loaded.answer();
        Some(access.settings_path(""))
    });
    let country = Memo::new(move |_| client.answer().and_then(|client| client.default_country));
    // Typed texts stay while the numbers are reloaded.
    let set = Memo::new(move |_| loaded.answer().map(|report| report.retention).is_some());
    let fields = move || {
        set.get().then(|| untrack(|| loaded.answer())).flatten().map(|report| {
            view! { <Fields days=report.retention loaded=loaded country=country /> }
        })
    };
    view! {
        <Card title="How long is data kept?">
            {fields}
            <Show when=move || !set.get()>{render_answer(loaded, |_| ().into_any())}</Show>
        </Card>
        <Card title="How much is stored?">
            {render_answer(client, |client| {
                let Shown { stored, .. } = client;
                view! { <p><b>{stored.size_text()}</b>" "<span class="soft">{stored.records_text()}</span></p> }.into_any()
            })}
        </Card>
        <Card title="What would be removed now?">
            {render_answer(loaded, move |report| view! { <Now report=report loaded=loaded /> }.into_any())}
        </Card>
    }
}

/// What India's law asks of most companies.
const INDIA_ASKS: &str = "India’s Digital Personal Data Protection Rules, 2025 ask for data and logs to be kept for at least a year (365 days); most of their duties hold from 13 May 2027. Let counsel confirm a shorter time.";

/// Returns whether a client in India would keep data for less than a year.
fn is_short_for_india(country: Option<&str>, days: &[String]) -> bool {
    let is_short = |days: &String| days.parse::<i64>().is_ok_and(|days| (1..365).contains(&days));
    country == Some("IN") && days.iter().any(is_short)
}

fn days_text(days: &Days) -> [String; 2] {
    [days.events_days, days.calls_days]
        .map(|days| days.map(|days| days.to_string()).unwrap_or_default())
}

#[component]
fn Fields(days: Days, loaded: Loaded<Report>, country: Memo<Option<String>>) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let kept = RwSignal::new(days_text(&days));
    let fields = days_text(&days).map(RwSignal::new);
    let [events, calls] = fields;
    let now = move || fields.map(|field| field.get().trim().to_owned());
    let changed = Memo::new(move |_| now() != *kept.read());
    let save = Callback::new(move |()| {
        let typed = untrack(now);
        let mut body = serde_json::Map::new();
        let names = ["eventsDays", "callsDays"].into_iter();
        for ((name, field), text) in
            names.zip(["retention.eventsDays", "retention.callsDays"]).zip(&typed)
        {
            let days = match text.as_str() {
                "" => Value::Null,
                text => match text.parse::<i64>() {
                    Ok(days) => days.into(),
                    Err(_) => {
                        return saving
                            .set_error(field, "Enter a number of days, or leave it empty.");
                    }
                },
            };
            body.insert(name.to_owned(), days);
        }
        let body = json!({"retention": body});
        saving.send_change(Method::PATCH, access.settings_path(""), Some(body), move |_: Value| {
            kept.set(typed);
            loaded.reload();
            "Saved. Older data is removed within the hour.".to_owned()
        });
    });
    view! {
        <Form saving=saving changed=changed on_save=save>
            <p class="soft">"Leave a field empty to keep the data forever. Figures always stay: they are counted when calls happen."</p>
            <TextField
                label="Days to keep events"
                value=events
                hint="Events of a call, such as ringing, answer and mute. The calls themselves stay."
                error=saving.field_error("retention.eventsDays")
            />
            <TextField
                label="Days to keep calls"
                value=calls
                hint="Calls with their notes, their events and their requests to providers."
                error=saving.field_error("retention.callsDays")
            />
            {move || is_short_for_india(country.read().as_deref(), &now()).then(|| view! { <Note tone=Tone::Amber>{INDIA_ASKS}</Note> })}
        </Form>
    }
}

#[component]
fn Now(report: Report, loaded: Loaded<Report>) -> impl IntoView {
    let access = Access::from_context();
    let zone = access.time_zone();
    let saving = SaveState::new();
    let asking = RwSignal::new(false);
    let amount = report.amount_text();
    let limit = |what: &str, before: &Option<String>| {
        before
            .as_ref()
            .map(|at| format!("{what} before {} are due for removal.", moment(at, &zone)))
    };
    let limits: Vec<String> =
        [limit("Calls", &report.calls_before), limit("Events", &report.events_before)]
            .into_iter()
            .flatten()
            .collect();
    let (nothing, unlimited) = (report.is_nothing(), limits.is_empty());
    let answer = match (unlimited, nothing) {
        (true, _) => "Nothing: all data is kept forever.".to_owned(),
        (false, true) => "Nothing: no data is old enough.".to_owned(),
        (false, false) => format!("{amount}."),
    };
    let run = Callback::new(move |()| {
        let path = access.settings_path("retention/run");
        saving.send_change(
            Method::POST,
            path,
            Some(json!({"dryRun": false})),
            move |went: Report| {
                let rest =
                    if went.complete { "" } else { " There is more; the next run removes it." };
                loaded.reload();
                format!("Removed {}.{rest}", went.amount_text())
            },
        );
    });
    let may = Memo::new(move |_| access.may_change() && !nothing);
    view! {
        <div class="stack">
            <p>{answer}" "<span class="soft">{limits.join(" ")}</span></p>
            <div class="row">
                <button type="button" class="button" on:click=move |_| loaded.reload()>"Check again"</button>
                <button type="button" class="button danger" hidden=move || !may.get() on:click=move |_| asking.set(true)>"Remove it now"</button>
            </div>
            <SaveResult saving=saving />
            <Confirm open=asking title="Remove old data?" act="Remove" on_yes=run>
                <p>{format!("{amount} will be removed. This cannot be undone.")}</p>
            </Confirm>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::is_short_for_india;

    #[test]
    fn less_than_a_year_is_short_in_india() {
        for (country, events, calls, short) in [
            (Some("IN"), "364", "", true),
            (Some("IN"), "", "364", true),
            (Some("IN"), "365", "365", false),
            (Some("IN"), "", "", false),
            (Some("IN"), "x", "0", false),
            (Some("US"), "30", "30", false),
            (None, "30", "30", false),
        ] {
            let days = [events.to_owned(), calls.to_owned()];
            assert_eq!(is_short_for_india(country, &days), short, "{country:?} {days:?}");
        }
    }
}
