//! The timeline of a call: every event by its time, with its source.

use crate::dashboard::access::Access;
use crate::dashboard::ui::format;
use call_ribbon_shared::wire::{CallObject, TimelineEntry};
use leptos::prelude::*;

/// The timeline.
#[component]
pub fn History(call: CallObject) -> impl IntoView {
    let zone = Access::from_context().time_zone();
    let began = js_sys::Date::parse(&call.start_time);
    let entries = call.timeline.unwrap_or_default();
    let entry = |entry: TimelineEntry| {
        let after = (js_sys::Date::parse(&entry.timestamp) - began) / 1000.0;
        #[expect(clippy::cast_possible_truncation, reason = "a call's seconds are far within")]
        let after = after as i64;
        let after = if after < 0 { String::new() } else { format!("+{}", format::duration(after)) };
        let data = serde_json::from_str::<serde_json::Value>(entry.data.get())
            .and_then(|data| serde_json::to_string_pretty(&data))
            .unwrap_or_else(|_| entry.data.get().to_owned());
        let named = entry.event.clone();
        let source = match entry.source.as_str() {
            "page" => "the page",
            "provider" => "the provider",
            _ => "the server",
        };
        view! {
            <li class="entry" data-event=entry.event.clone()>
                <time datetime=entry.timestamp.clone() title=format::moment_long(&entry.timestamp, &zone)>
                    {format::clock_time(&entry.timestamp, &zone)}<span class="soft">{after}</span>
                </time>
                <div class="stack tight">
                    <p dir="auto">{entry.summary}</p>
                    <details>
                        <summary>{named}" · reported by "{source}</summary>
                        <dl class="facts">
                            <dt>"Received"</dt><dd>{format::moment_long(&entry.received_at, &zone)}</dd>
                            <dt>"Log ID"</dt><dd><code>{entry.log_id}</code></dd>
                        </dl>
                        <div class="code-box"><pre tabindex="0">{data}</pre></div>
                    </details>
                </div>
            </li>
        }
    };
    view! { <ol class="timeline">{entries.into_iter().map(entry).collect_view()}</ol> }
}
