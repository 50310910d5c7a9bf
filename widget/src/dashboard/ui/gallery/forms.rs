//! The gallery's filters, fields and other controls.

use crate::dashboard::ui::{
    Card, Chips, Choice, Confirm, CopyButton, DateRangePicker, Icon, Preset, Search, SecretOnce,
    Segments, Select, Tabs, TextField, Toggle, format,
};
use icondata_lu::{LuDownload, LuPlus};
use leptos::prelude::*;

/// Shows all form components.
#[component]
pub fn Forms() -> impl IntoView {
    let today = format::today_in("Asia/Kolkata", format::now_millis());
    let preset = RwSignal::new(Some(Preset::Last7Days));
    let range = RwSignal::new(Preset::Last7Days.date_range(today));
    let direction = RwSignal::new(String::new());
    let searched = RwSignal::new(String::new());
    let on = RwSignal::new(true);
    let open = RwSignal::new(false);
    let (name, bad) = (RwSignal::new("लक्ष्मी नारायण".to_owned()), RwSignal::new("12".to_owned()));
    let directions = vec![
        Choice::new("", "All"),
        Choice::new("inbound", "Incoming"),
        Choice::new("outbound", "Outgoing"),
    ];
    let pick = move |value: String| direction.set(value);
    view! {
        <div class="filters">
            <DateRangePicker range=range preset=preset today=today on_pick=move |(name, days)| {
                preset.set(name);
                range.set(days);
            } />
            <Segments label="Direction" choices=directions.clone() value=direction on_pick=pick />
            <Select label="Agent" bare=true choices=vec![Choice::new("", "All agents"), Choice::new("a", "Bartholomew Featherstonehaugh")] value="" on_pick=|_| {} />
            <Search label="Name, number or ID" value=searched on_search=move |text| searched.set(text) />
            <button type="button" class="button end"><Icon of=LuDownload />"Export"</button>
        </div>
        <div class="grid">
            <Card title="What is this key for?">
                <div class="stack">
                    <TextField label="Name" value=name hint="Shown in the list of keys." />
                    <TextField label="Digits" value=bad error="A key's name has at least three letters. Write more of it." />
                    <Select label="Direction" choices=directions.clone() value=direction on_pick=pick />
                    <Toggle label="Mask numbers" value=on on_change=move |now| on.set(now) hint="Only the last four digits are shown." />
                    <Chips label="Outcome" choices=vec![Choice::new("", "Any"), Choice::new("inbound", "Promised to pay"), Choice::new("c", "Call back later")] value=direction on_pick=pick />
                    <div class="row">
                        <button type="button" class="button main"><Icon of=LuPlus />"Create a key"</button>
                        <button type="button" class="button danger" on:click=move |_| open.set(true)>"Revoke"</button>
                        <button type="button" class="button" disabled=true>"Saved"</button>
                        <CopyButton text="x" what="the embed snippet" />
                    </div>
                </div>
            </Card>
            <Card title="Which one is it?">
                <div class="stack">
                    <Tabs label="Settings" choices=vec![Choice::new("", "Keys"), Choice::new("inbound", "Providers"), Choice::new("outbound", "People")] value=direction on_pick=pick />
                    <SecretOnce what="API key" secret="crk_live_9f8e7d6c5b4a39281706f5e4d3c2b1a0" />
                </div>
            </Card>
        </div>
        <Confirm open=open title="Revoke the key “Website”?" act="Revoke" on_yes=|()| {}>
            <p>"Pages that use it stop working at once. This cannot be undone."</p>
        </Confirm>
    }
}
