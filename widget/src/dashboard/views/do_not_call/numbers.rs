//! The list of numbers that must not be called.

use super::add::AddNumber;
use super::reason::{ReasonAsked, ReasonDialog};
use super::sources::source_choices;
use super::words::{Standing, entry_standing, scope_text, source_text};
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{Address, api_query, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Choice, Column, DataTable, Empty, Icon, Search, Segments, Select, Tag, Tone, focus_soon,
    format,
};
use crate::dashboard::views::file_button::FileButton;
use crate::dashboard::views::paged_list::{Page, Paged, load_pages};
use crate::dashboard::views::settings::form::{FormError, StatusText, focus_first};
use call_ribbon_shared::wire::{Suppression, SuppressionImports, Suppressions};
use gloo_net::http::Method;
use icondata_lu::LuPlus;
use leptos::prelude::*;
use serde_json::json;

/// The id of the form that adds a number.
const ADD_ID: &str = "add-number";

impl Page for Suppressions {
    type Row = Suppression;

    fn into_parts(self) -> (Vec<Suppression>, Option<String>) {
        (self.suppressions, self.next_cursor)
    }
}

/// The tab.
#[component]
pub fn Numbers() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let number = Memo::new(move |_| address.filter_or("number", ""));
    let source = Memo::new(move |_| address.filter_or("source", ""));
    let state = Memo::new(move |_| {
        if address.filter_or("state", "") == "removed" {
            "removed".to_owned()
        } else {
            String::new()
        }
    });
    let list: Paged<Suppression> = load_pages::<Suppressions>(move || {
        let fields = [
            ("number", &*number.get()),
            ("state", &state.get()),
            ("source", &source.get()),
            ("limit", "50"),
        ];
        api_query(&access.settings_path("suppressions"), &fields)
    });
    let imports: Loaded<SuppressionImports> =
        load_json(move || Some(access.settings_path("suppressions/imports")));
    let sources = Memo::new(move |_| {
        let imports = imports.answer().map(|answer| answer.imports).unwrap_or_default();
        source_choices(&imports, &source.get())
    });
    let may = Memo::new(move |_| access.may_change());
    let adding = RwSignal::new(false);
    let toggle = move |_| {
        adding.update(|adding| *adding = !*adding);
        if adding.get_untracked() {
            focus_first(ADD_ID);
        }
    };
    let asked = ReasonAsked::new();
    let remove = move |reason: String| remove_number(asked, list, number, &reason);
    let states = vec![Choice::new("", "On the list"), Choice::new("removed", "Removed")];
    view! {
        <div class="filters">
            <Search
                label="Number"
                value=number
                on_search=move |text: String| address.set_filters(&[("number", &text)])
            />
            <span hidden=move || !number.read().is_empty()>
                <Segments
                    label="State"
                    choices=states
                    value=state
                    on_pick=move |picked: String| address.set_filters(&[("state", &picked)])
                />
            </span>
            <Select
                bare=true
                label="Source"
                choices=sources
                value=source
                on_pick=move |picked: String| address.set_filters(&[("source", &picked)])
            />
            <Show when=move || may.get()>
                <button type="button" class="button main" aria-expanded=move || adding.get().to_string() on:click=toggle>
                    <Icon of=LuPlus />"Add a number"
                </button>
                <FileButton label="Export" path=move |()| access.settings_path("suppressions/export") />
            </Show>
            <StatusText
                text=Signal::derive(move || asked.saving.success_text())
                good=Signal::derive(move || !asked.saving.success_text().is_empty())
            />
        </div>
        <Show when=move || adding.get()>
            <AddNumber id=ADD_ID on_added=move |()| list.reload() on_close=move |()| adding.set(false) />
        </Show>
        <FormError saving=asked.saving />
        <Card title="Which numbers must not be called?" flush=true>
            <DataTable
                name="suppressions"
                caption="Numbers that must not be called"
                columns=number_columns(access, asked)
                rows=list.rows
                key=|row: &Suppression| format!("{}·{}·{:?}", row.entry_id, row.removed.is_some(), row.until)
                busy=list.busy
                empty=move || list.render_placeholder(|| nothing_found(address, access))
                footer=move || list.render_footer()
            />
        </Card>
        <ReasonDialog
            asked=asked
            act="Remove"
            about="Calls to this number are possible again, unless another entry or rule forbids them. The entry stays as history with your reason."
            on_reason=remove
        />
    }
}

/// Removes the entry that the dialog asked about, and shows the list without it.
fn remove_number(asked: ReasonAsked, list: Paged<Suppression>, number: Memo<String>, reason: &str) {
    let path = asked.path.get_untracked();
    let body = json!({"reason": reason});
    asked.saving.send_change(Method::POST, path, Some(body), move |gone: Suppression| {
        let said = format!("{} may be called again.", gone.phone_number);
        list.rows.update(|rows| {
            // A search shows removed entries, too.
            if number.get_untracked().is_empty() {
                rows.retain(|row| row.entry_id != gone.entry_id);
            } else if let Some(row) = rows.iter_mut().find(|row| row.entry_id == gone.entry_id) {
                *row = gone;
            }
        });
        // The button that had the focus is gone.
        focus_soon("#main".to_owned());
        said
    });
}

/// What stands in place of missing rows.
fn nothing_found(address: Address, access: Access) -> AnyView {
    if address.get("number").is_some() {
        let masked = access.role() == Role::Viewer;
        return view! {
            <Empty title="No such number">
                <p>"The number, or what it begins with, is not on the list and was not removed from it."</p>
                {masked.then(|| view! { <p>"If phone numbers are hidden from you, only a whole number is found."</p> })}
            </Empty>
        }
        .into_any();
    }
    if address.get("state").is_some() || address.get("source").is_some() {
        return view! { <Empty title="No such entries"><p>"Choose another source, or look at the other list."</p></Empty> }
            .into_any();
    }
    view! {
        <Empty title="No number is on the list">
            <p>"An agent puts a number here with the outcome “Do not call”. An admin adds a number, or imports a file."</p>
        </Empty>
    }
    .into_any()
}

fn number_columns(access: Access, asked: ReasonAsked) -> Vec<Column<Suppression>> {
    let zone = StoredValue::new(access.time_zone());
    let moment = move |at: &str| {
        let text = zone.with_value(|zone| format::moment(at, zone));
        view! { <time datetime=at.to_owned()>{text}</time> }
    };
    let mut columns = vec![
        Column::new("number", "Number", |row: &Suppression| {
            view! { <span dir="ltr">{row.phone_number.clone()}</span> }
        }),
        Column::new("state", "State", move |row: &Suppression| state_tag(row, &zone.get_value())),
        Column::new("scope", "What is forbidden", |row: &Suppression| {
            let text = scope_text(&row.scope, row.scope_value.as_deref());
            view! { <span class="name" dir="auto" title=text.clone()>{text.clone()}</span> }
        }),
        Column::new("reason", "Why", |row: &Suppression| {
            view! { <span class="wrap" dir="auto">{row.reason.clone()}</span> }
        }),
        Column::new("source", "Source, entered by", |row: &Suppression| {
            view! { {source_cell(row)}<span class="under name" dir="auto">{row.by.clone()}</span> }
        }),
        Column::new("since", "Since, until", move |row: &Suppression| {
            let until = row.until.as_deref().map(|until| view! { "until "{moment(until)} });
            let until = until.map_or_else(|| "no end".into_any(), IntoAny::into_any);
            view! { {moment(&row.since)}<span class="under">{until}</span> }
        }),
        Column::new("created", "Entered", move |row: &Suppression| moment(&row.created_at))
            .hidden(),
    ];
    if access.may_change() {
        columns.push(Column::new("act", "Action", move |row: &Suppression| {
            let path = format!("suppressions/{}/remove", encode_component(&row.entry_id));
            let number = row.phone_number.clone();
            let named = format!("Remove {number}");
            let press = move |_| {
                asked.ask(access.settings_path(&path), format!("Allow calls to {number} again?"));
            };
            row.removed.is_none().then(|| {
                view! { <button type="button" class="button small" aria-label=named on:click=press>"Remove"</button> }
            })
        }));
    }
    columns
}

/// The source of an entry; of an agent's entry it leads to the call.
fn source_cell(row: &Suppression) -> AnyView {
    let text = source_text(&row.source);
    match &row.session_id {
        Some(session) => {
            let href = view_link(&format!("/dashboard/calls/{}", encode_component(session)), &[]);
            view! { <a href=href>{text}</a> }.into_any()
        }
        None => view! { <span class="name" dir="auto" title=row.source.clone()>{text}</span> }
            .into_any(),
    }
}

/// How an entry stands; of a removed one also who removed it, when and why.
fn state_tag(row: &Suppression, zone: &str) -> AnyView {
    let (text, tone) = match entry_standing(row, format::now_millis()) {
        Standing::Active => ("Active", Tone::Green),
        Standing::Later => ("Begins later", Tone::Blue),
        Standing::Over => ("Over", Tone::Plain),
        Standing::Ended => ("Removed", Tone::Plain),
    };
    let more = row.removed.as_ref().map(|gone| {
        let when = format::moment(&gone.at, zone);
        view! { <span class="soft wrap" dir="auto">{format!("{when}, {}: {}", gone.by, gone.reason)}</span> }
    });
    view! { <span class="row"><Tag text=text tone=tone />{more}</span> }.into_any()
}
