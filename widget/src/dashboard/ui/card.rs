//! A card: a question, a chart that answers it, and the answer in words.

use super::export_menu::ExportMenu;
use super::icon::Icon;
use super::plain_table::{PlainTable, PlainTableView};
use icondata_lu::{LuChartNoAxesColumn, LuTable2};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A card. With `table`, a button shows the same numbers as a table; so does the key `t` while
/// anything in the card has the focus.
#[component]
pub fn Card(
    /// The question that the card answers, such as "When do people pick up?".
    #[prop(into)]
    title: Signal<String>,
    /// The answer in a sentence.
    #[prop(optional, into)]
    answer: MaybeProp<String>,
    /// The numbers of the chart.
    #[prop(optional, into)]
    table: MaybeProp<PlainTable>,
    /// The numbers that the card itself shows as a table, to be copied, saved or printed.
    #[prop(optional, into)]
    numbers: MaybeProp<PlainTable>,
    /// Buttons in the card's head.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Whether the card takes a whole row of the grid.
    #[prop(optional)]
    wide: bool,
    /// Whether the content reaches the card's edges, as a table does.
    #[prop(optional)]
    flush: bool,
    /// The chart.
    children: Children,
) -> impl IntoView {
    let as_table = RwSignal::new(false);
    let has_table = Memo::new(move |_| table.read().is_some());
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if plain && event.key() == "t" && has_table.get_untracked() && !is_typing(&event) {
            event.prevent_default();
            as_table.update(|shown| *shown = !*shown);
        }
    };
    let button = move || {
        has_table.get().then(|| {
            let (icon, name) = if as_table.get() {
                (LuChartNoAxesColumn, "Show as chart")
            } else {
                (LuTable2, "Show as table")
            };
            view! { <Icon of=icon /><span class="unseen">{name}</span> }
        })
    };
    let name = move || if as_table.get() { "Show as chart (t)" } else { "Show as table (t)" };
    let shown = move || {
        as_table.get().then(|| {
            let numbers = Signal::derive(move || table.get().unwrap_or_default());
            view! { <PlainTableView caption=title table=numbers /> }
        })
    };
    let exported = Callback::new(move |()| {
        table.get_untracked().or_else(|| numbers.get_untracked()).unwrap_or_default()
    });
    let has_numbers = Memo::new(move |_| table.read().is_some() || numbers.read().is_some());
    let export =
        move || has_numbers.get().then(|| view! { <ExportMenu title=title numbers=exported /> });
    view! {
        <section class="card" class:wide=wide class:flush=flush on:keydown=on_key aria-label=title>
            <div class="card-head">
                <h2>{title}</h2>
                <div class="card-actions">
                    {move || actions.run()}
                    // The element stays the same, so that it keeps the focus.
                    <button
                        type="button"
                        class="button quiet small only"
                        hidden=move || !has_table.get()
                        title=name
                        on:click=move |_| as_table.update(|shown| *shown = !*shown)
                    >
                        {button}
                    </button>
                    {export}
                </div>
            </div>
            <div class="card-body">
                <div hidden=as_table>{children()}</div>
                {shown}
            </div>
            <p class="card-answer" hidden=move || answer.read().is_none()>{move || answer.get()}</p>
        </section>
    }
}

/// Returns whether a key was typed into a field.
fn is_typing(event: &leptos::ev::KeyboardEvent) -> bool {
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(
        |element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"),
    )
}
