//! A button that downloads a file from the server, with its progress.

use super::calls::download::{Progress, download_file};
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Icon, Note};
use icondata_lu::LuDownload;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The button, and the progress beside it. While the file arrives, the button stops it.
#[component]
pub fn FileButton(
    /// The label, such as "Export".
    label: &'static str,
    /// Returns the path of the file.
    #[prop(into)]
    path: Callback<(), String>,
) -> impl IntoView {
    let access = Access::from_context();
    let going = RwSignal::new(Progress::Nowhere);
    let stopped = StoredValue::new(false);
    let is_going = Memo::new(move |_| matches!(going.get(), Progress::Received(_)));
    let press = move |_| {
        if is_going.get_untracked() {
            stopped.set_value(true);
            return;
        }
        going.set(Progress::Received(0));
        stopped.set_value(false);
        let path = path.run(());
        spawn_local(async move {
            let came = download_file(access, &path, going, stopped).await;
            going.try_set(match came {
                Ok(Some(bytes)) => Progress::Done(bytes),
                Ok(None) => Progress::Stopped,
                Err(sentence) => Progress::Failed(sentence),
            });
        });
    };
    view! {
        <span role="status">
            {move || going.get().said().map(|(tone, text)| view! { <Note tone=tone>{text}</Note> })}
        </span>
        <button type="button" class="button" on:click=press>
            <Icon of=LuDownload />{move || if is_going.get() { "Stop" } else { label }}
        </button>
    }
}
