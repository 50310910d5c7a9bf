//! The dispositions from which agents choose the result of a call.

mod effects;
mod fields;
mod line;

use super::client::{Shown, reload_client};
use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Confirm, Icon, Note};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::Disposition;
use gloo_net::http::Method;
use icondata_lu::LuPlus;
use leptos::prelude::*;
use line::{DispositionLine, OneLine, focus_part};
use serde_json::{Value, json};

/// The server's name of a line, without its index.
const FIELD: &str = "dispositions[";

/// The tab.
#[component]
pub fn Dispositions() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Shown>(move || Some(access.settings_path("")));
    let list = move |client: Shown| {
        // A client without a list of its own has the product's, which the ribbon shows.
        let offered = untrack(|| access.client()).map(|about| about.dispositions);
        let is_own = client.dispositions.is_some();
        let list = client.dispositions.or(offered).unwrap_or_default();
        view! { <List list=list is_own=is_own on_reset=move |()| loaded.reload() /> }.into_any()
    };
    view! {
        <Card title="Which outcomes can a call have?">{render_answer(loaded, list)}</Card>
    }
}

#[component]
fn List(
    list: Vec<Disposition>,
    is_own: bool,
    /// Called when the list was reset to the product's.
    #[prop(into)]
    on_reset: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    saving.show_beside(FIELD);
    let last = StoredValue::new(0);
    let fresh = move |one: &Disposition| {
        last.update_value(|last| *last += 1);
        DispositionLine::new(last.get_value(), one)
    };
    let lines = RwSignal::new(list.iter().map(fresh).collect::<Vec<_>>());
    let kept = RwSignal::new(list);
    let is_own = RwSignal::new(is_own);
    let asking = RwSignal::new(false);
    let now = move || lines.read().iter().map(|line| line.to_disposition()).collect::<Vec<_>>();
    let changed = Memo::new(move |_| now() != *kept.read());
    let save = Callback::new(move |()| {
        let body = json!({"dispositions": untrack(now)});
        saving.send_change(
            Method::PATCH,
            access.settings_path(""),
            Some(body),
            move |client: Shown| {
                kept.set(client.dispositions.unwrap_or_default());
                is_own.set(true);
                reload_client(access);
                "Saved. Ribbons use the new list from their next sign-in.".to_owned()
            },
        );
    });
    let reset = Callback::new(move |()| {
        let body = json!({"dispositions": null});
        saving.send_change(Method::PATCH, access.settings_path(""), Some(body), move |_: Value| {
            is_own.set(false);
            leptos::task::spawn_local(async move {
                // The product's list arrives with the client.
                let client = access.client().map(|client| client.client_id);
                if access.open_client(client).await.is_ok() {
                    on_reset.run(());
                }
            });
            "The default list is used again.".to_owned()
        });
    });
    let add = move |_| {
        let line = fresh(&Disposition::default());
        lines.update(|lines| lines.push(line));
        focus_part(line.id, "label");
    };
    let may = Memo::new(move |_| access.may_change());
    let back = move || {
        (is_own.get() && may.get()).then(|| {
            view! { <button type="button" class="button" on:click=move |_| asking.set(true)>"Use the default list"</button> }
        })
    };
    view! {
        <Form saving=saving changed=changed on_save=save more=move || view! { {back} }>
            <p class="soft">
                "Agents choose one after a call, by the keys 1 to 9 for the first nine. Figures count by the code, so a label can change and a code should not. An outcome with call types is only offered after such calls. What each one means decides whether figures count it as a contact, a promise or a payment. Alt with the arrow keys moves a line. Below each line is what the agent fills in with it, and what happens then: one can stop all calls to the number."
            </p>
            <Show when=move || !is_own.get()>
                <Note>"This is the default list. Other texts are accepted too. If you save your own list, only its outcomes are accepted."</Note>
            </Show>
            <div class="line outcome-line line-heads" aria-hidden="true">
                <span>"Label"</span><span>"Code"</span><span>"Call types"</span><span>"Meaning in figures"</span>
            </div>
            <ol class="lines numbered outcomes">
                <For each=move || lines.get() key=|line| line.id children=move |line| {
                    view! { <OneLine line=line lines=lines saving=saving /> }
                } />
            </ol>
            <div><button type="button" class="button small" on:click=add><Icon of=LuPlus />"Add a line"</button></div>
        </Form>
        <Confirm open=asking title="Use the default list again?" act="Use the default list" on_yes=reset>
            <p>"Your list is removed. Outcomes that agents already chose stay in the calls and figures."</p>
        </Confirm>
    }
}
