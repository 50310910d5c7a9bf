//! A component to choose a range of days.

use super::super::icon::Icon;
use super::super::menu::Menu;
use super::{DateRange, Day, Preset};
use icondata_lu::{LuCalendarDays, LuCheck, LuChevronDown};
use leptos::prelude::*;

/// A button with the current days; it opens the presets, and two fields for any other range.
#[component]
pub fn DateRangePicker(
    /// The current days.
    #[prop(into)]
    range: Signal<DateRange>,
    /// The preset that chose them; `None` if they were chosen as dates.
    #[prop(into)]
    preset: Signal<Option<Preset>>,
    /// Today's date in the client's zone.
    #[prop(into)]
    today: Signal<Day>,
    /// Receives the choice: a preset, or days.
    #[prop(into)]
    on_pick: Callback<(Option<Preset>, DateRange)>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = move || {
        let range = range.get();
        match preset.get() {
            Some(preset) => {
                view! { <span>{preset.label()}</span><span class="soft">{range.to_text()}</span> }
                    .into_any()
            }
            None => view! { <span>{range.to_text()}</span> }.into_any(),
        }
    };
    let choices = move || {
        Preset::ALL
            .into_iter()
            .map(|one| {
                let chosen = move || preset.get() == Some(one);
                view! {
                    <button
                        type="button"
                        class="choice"
                        aria-pressed=move || chosen().to_string()
                        on:click=move |_| {
                            open.set(false);
                            on_pick.run((Some(one), one.date_range(today.get_untracked())));
                        }
                    >
                        {one.label()}
                        <Show when=chosen><Icon of=LuCheck /></Show>
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <Menu
            open=open
            label=move || view! { <Icon of=LuCalendarDays />{label}<Icon of=LuChevronDown /> }
        >
            {choices()}
            <hr />
            <Custom range=range today=today on_pick=move |range| {
                open.set(false);
                on_pick.run((None, range));
            } />
        </Menu>
    }
}

/// Two date fields and a button that applies them.
#[component]
fn Custom(
    range: Signal<DateRange>,
    today: Signal<Day>,
    #[prop(into)] on_pick: Callback<DateRange>,
) -> impl IntoView {
    let shown = range.get_untracked();
    let first = RwSignal::new(shown.start.to_iso());
    let last = RwSignal::new(shown.end.to_iso());
    let trouble = RwSignal::new("");
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match (Day::parse(&first.get_untracked()), Day::parse(&last.get_untracked())) {
            (Some(start), Some(end)) if start <= end => on_pick.run(DateRange { start, end }),
            (Some(_), Some(_)) => {
                trouble.set("The first day is after the last day. Swap them.");
            }
            _ => trouble.set("Choose both a first and a last day."),
        }
    };
    view! {
        <form on:submit=submit>
            <div class="pair">
                <label class="field"><span class="label">"First day"</span>
                    <input class="input" type="date" bind:value=first max=move || today.get().to_iso() />
                </label>
                <label class="field"><span class="label">"Last day"</span>
                    <input class="input" type="date" bind:value=last max=move || today.get().to_iso() />
                </label>
            </div>
            <div class="pair">
                <p class="field" role="alert"><span class="error">{trouble}</span></p>
                <button type="submit" class="button main small">"Show these days"</button>
            </div>
        </form>
    }
}
