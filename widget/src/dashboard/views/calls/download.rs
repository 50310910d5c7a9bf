//! Downloads exactly the listed calls as a file.

use super::filters::list_query;
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::api;
use crate::dashboard::ui::{Icon, Menu, Note, Tone, format, shown_columns};
use crate::dashboard::views::rows;
use gloo_net::http::{Method, Response};
use icondata_lu::LuDownload;
use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, ReadableStreamDefaultReader, Url};

/// The progress of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is downloaded.
    Nowhere,
    /// Bytes received so far.
    Received(usize),
    /// The file is saved: its bytes.
    Done(usize),
    /// Why the download failed.
    Failed(String),
    /// The user stopped it.
    Stopped,
}

impl Progress {
    /// Returns what to say of it; `None` if nothing is downloaded.
    pub fn said(self) -> Option<(Tone, String)> {
        match self {
            Self::Nowhere => None,
            Self::Received(bytes) => Some((Tone::Blue, format!("{} so far …", format_size(bytes)))),
            Self::Done(bytes) => {
                Some((Tone::Green, format!("The file is ready: {}.", format_size(bytes))))
            }
            Self::Failed(sentence) => Some((Tone::Red, sentence)),
            Self::Stopped => Some((Tone::Plain, "The export was stopped.".to_owned())),
        }
    }
}

/// The button, and the progress of the download.
#[component]
pub fn Download() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let (going, open) = (RwSignal::new(Progress::Nowhere), RwSignal::new(false));
    let stopped = StoredValue::new(false);
    let start = move |format: &'static str| {
        open.set(false);
        going.set(Progress::Received(0));
        stopped.set_value(false);
        let mut fields = list_query(address);
        // Longest and shortest first are orders of the list only; a file is ordered by time.
        fields.retain(|(name, value)| name != "sort" || value == "oldest");
        let mut pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("format", format));
        let columns =
            if format == "table" { table_columns(access, address) } else { String::new() };
        pairs.push(("columns", &columns));
        if format != "json" {
            // Without a byte order mark, Excel misreads characters beyond ASCII.
            pairs.push(("bom", "true"));
        }
        let path = api_query(&access.records_path("export/calls"), &pairs);
        spawn_local(async move {
            let came = download_file(access, &path, going, stopped).await;
            going.try_set(match came {
                Ok(Some(bytes)) => Progress::Done(bytes),
                Ok(None) => Progress::Stopped,
                Err(sentence) => Progress::Failed(sentence),
            });
        });
    };
    let said = move || going.get().said();
    let is_going = move || matches!(going.get(), Progress::Received(_));
    view! {
        <span role="status">{move || said().map(|(tone, text)| view! { <Note tone=tone>{text}</Note> })}</span>
        <button type="button" class="button" hidden=move || !is_going() on:click=move |_| stopped.set_value(true)>"Stop"</button>
        <Show when=move || access.may_export()>
        <Menu open=open end=true label=|| view! { <Icon of=LuDownload />"Export" }>
            <p class="title">"Download these calls"</p>
            <button type="button" class="choice" on:click=move |_| start("table")>"Table as shown (CSV, local times)"</button>
            <button type="button" class="choice" on:click=move |_| start("csv")>"CSV for integrations (fixed columns, UTC)"</button>
            <button type="button" class="choice" on:click=move |_| start("json")>"JSON, with notes and all fields"</button>
        </Menu>
        </Show>
    }
}

/// Returns the shown columns as the server names them, and the fields that the client has named.
fn table_columns(access: Access, address: Address) -> String {
    let mut columns: Vec<String> = shown_columns("calls", &rows::call_columns(access))
        .into_iter()
        .filter_map(|key| match key {
            "disposition" => Some("outcome".to_owned()),
            // The server's table does not have them.
            "reason" | "provider" => None,
            key => Some(key.to_owned()),
        })
        .collect();
    let labels = access.client.with_untracked(|client| {
        client.as_ref().map(|client| client.field_labels.clone()).unwrap_or_default()
    });
    columns.extend(labels.into_iter().map(|label| label.field));
    let filtered = untrack(|| address.get("field")).filter(|field| field.contains('.'));
    columns.extend(filtered);
    // A field whose name has a comma cannot be named in the list.
    columns.retain(|column| !column.contains(','));
    columns.dedup();
    columns.join(",")
}

/// Fetches a file and hands it to the browser. Returns its size; `None` if the download was
/// stopped.
pub async fn download_file(
    access: Access,
    path: &str,
    going: RwSignal<Progress>,
    stopped: StoredValue<bool>,
) -> Result<Option<usize>, String> {
    let answer = api::send_request(access, Method::GET, path, None)
        .await
        .map_err(|trouble| trouble.sentence)?;
    let name = file_name(&answer);
    let broken = |_: JsValue| "The download was interrupted. Try again.".to_owned();
    let body =
        answer.body().ok_or("This browser does not support this download. Use a newer browser.")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into().map_err(|_| {
        "This browser does not support this download. Use a newer browser.".to_owned()
    })?;
    let pieces = Array::new();
    let mut bytes = 0;
    loop {
        // The view may have been left; then the file is no longer needed.
        if stopped.try_get_value() != Some(false) {
            // A failed cancel changes nothing.
            let _ = JsFuture::from(reader.cancel()).await;
            return Ok(None);
        }
        let step = JsFuture::from(reader.read()).await.map_err(broken)?;
        let done = Reflect::get(&step, &"done".into()).map_err(broken)?;
        if done.is_truthy() {
            break;
        }
        let piece: Uint8Array =
            Reflect::get(&step, &"value".into()).map_err(broken)?.dyn_into().map_err(broken)?;
        bytes += piece.length() as usize;
        pieces.push(&piece);
        going.try_set(Progress::Received(bytes));
    }
    save_file(&pieces, &name).map_err(broken)?;
    Ok(Some(bytes))
}

/// Returns the file name that the server sent.
pub fn file_name(answer: &Response) -> String {
    let header = answer.headers().get("content-disposition").unwrap_or_default();
    let named = header.split('"').nth(1).filter(|name| !name.is_empty());
    named.unwrap_or("call-logs").to_owned()
}

/// Makes the browser save the received data.
pub fn save_file(pieces: &Array, name: &str) -> Result<(), JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/octet-stream");
    let blob = Blob::new_with_u8_array_sequence_and_options(pieces, &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    Url::revoke_object_url(&url)
}

/// Formats a number of bytes for people.
#[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^53")]
fn format_size(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", format::decimal((bytes as f64 / 1000.0).round())),
        _ => format!("{} MB", format::decimal((bytes as f64 / 100_000.0).round() / 10.0)),
    }
}
