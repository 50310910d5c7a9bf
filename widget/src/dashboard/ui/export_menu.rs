//! A menu that takes the numbers of a table or a chart elsewhere: as text, as a file, on paper.

use super::icon::Icon;
use super::menu::Menu;
use super::plain_table::PlainTable;
use icondata_lu::{LuCopy, LuDownload, LuEllipsis, LuPrinter};
use js_sys::{Array, Uint8Array};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Element, HtmlAnchorElement, Url};

/// The class of the part of the page that is printed alone.
const PRINTED: &str = "printed-alone";

/// The menu.
#[component]
pub fn ExportMenu(
    /// What the numbers are about; also the name of the file.
    #[prop(into)]
    title: Signal<String>,
    /// Returns the numbers as they are shown now.
    #[prop(into)]
    numbers: Callback<(), PlainTable>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let said = RwSignal::new("");
    let copy = move |_| {
        let text = numbers.run(()).to_tabbed_text();
        spawn_local(async move {
            let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            said.try_set(match done {
                Ok(_) => "Copied.",
                Err(_) => "The browser did not allow copying. Save the file instead.",
            });
        });
        open.set(false);
    };
    let save = move |_| {
        let name =
            title.get_untracked().replace(['?', '/', '\\', ':', '*', '"', '<', '>', '|'], "");
        let saved = save_text(&numbers.run(()).to_csv(), &format!("{name}.csv"));
        said.set(if saved.is_ok() { "Saved." } else { "The browser could not save the file." });
        open.set(false);
    };
    let print = move |event: MouseEvent| {
        let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let part = button.and_then(|button| button.closest(".card, .table-wrap").ok().flatten());
        open.set(false);
        if let Some(part) = part {
            print_alone(part);
        }
    };
    view! {
        <Menu
            class="button quiet small only"
            end=true
            open=open
            name=Signal::derive(move || format!("Copy, save or print: {}", title.get()))
            label=|| view! { <Icon of=LuEllipsis /> }
        >
            <button type="button" class="choice" on:click=copy><Icon of=LuCopy />"Copy as text"</button>
            <button type="button" class="choice" on:click=save><Icon of=LuDownload />"Save as CSV"</button>
            <button type="button" class="choice" on:click=print><Icon of=LuPrinter />"Print"</button>
        </Menu>
        <span class="unseen" role="status">{said}</span>
    }
}

/// Prints one part of the page without the rest.
fn print_alone(part: Element) {
    // A class of an element of the page can always be changed.
    let _ = part.class_list().add_1(PRINTED);
    // The menu closes first.
    request_animation_frame(move || {
        // A browser that cannot print does nothing.
        let _ = window().print();
        let _ = part.class_list().remove_1(PRINTED);
    });
}

/// Makes the browser save a text as a file.
///
/// # Errors
///
/// Fails if the browser cannot make the file.
pub fn save_text(text: &str, name: &str) -> Result<(), JsValue> {
    // Without a byte order mark, Excel misreads characters beyond ASCII.
    let bytes = Uint8Array::from(["\u{feff}", text].concat().as_bytes());
    let kind = BlobPropertyBag::new();
    kind.set_type("text/csv;charset=utf-8");
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(&bytes), &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    Url::revoke_object_url(&url)
}

/// Reads the visible cells of a table of the page.
pub(super) fn read_shown_table(table: &Element) -> PlainTable {
    let rows = |selector: &str| -> Vec<Vec<String>> {
        let Ok(found) = table.query_selector_all(selector) else { return Vec::new() };
        (0..found.length())
            .filter_map(|place| found.item(place)?.dyn_into::<Element>().ok())
            .map(|row| row_texts(&row))
            .collect()
    };
    PlainTable {
        heads: rows("thead tr").into_iter().next().unwrap_or_default(),
        rows: rows("tbody tr"),
        total: rows("tfoot tr").into_iter().next(),
    }
}

fn row_texts(row: &Element) -> Vec<String> {
    let cells = row.children();
    (0..cells.length())
        .filter_map(|place| cells.item(place))
        .filter(|cell| !cell.has_attribute("hidden"))
        .map(|cell| shown_text(&cell))
        .collect()
}

/// Returns the text of a cell that can be seen; all of its text if nothing can.
fn shown_text(cell: &Element) -> String {
    let all = || cell.text_content().unwrap_or_default();
    let copy =
        cell.clone_node_with_deep(true).ok().and_then(|node| node.dyn_into::<Element>().ok());
    let text = copy.map_or_else(all, |copy| {
        while let Ok(Some(unseen)) = copy.query_selector(".unseen") {
            unseen.remove();
        }
        // What stands in a line of its own.
        while let Ok(Some(under)) = copy.query_selector(".under") {
            let text = under.text_content().filter(|text| !text.trim().is_empty());
            under.set_text_content(text.map(|text| [" · ", &text].concat()).as_deref());
            under.set_class_name("");
        }
        copy.text_content().unwrap_or_default()
    });
    let text = if text.trim().is_empty() { all() } else { text };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
