//! Lists, creates and revokes keys and tokens; each is shown in full once, when it is created.

use super::form::{Form, FormError, SaveState, StatusText};
use super::guard::Guard;
use super::lead_address::LeadAddress;
use super::small_table::{Moment, SmallTable};
use crate::dashboard::access::Access;
use crate::dashboard::address::absolute_url;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Confirm, Empty, SecretOnce, Tag, Tone};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::Value;

/// What distinguishes one kind of credential from the others.
pub struct CredentialKind {
    /// Their path, below the client's.
    pub path: &'static str,
    /// The name of one, such as "API key".
    pub what: &'static str,
    /// The question that the list answers.
    pub title: &'static str,
    /// The text of an empty list.
    pub none: &'static str,
    /// The titles of the columns between the first one and the times.
    pub heads: &'static [&'static str],
    /// Whether the time of last use is recorded.
    pub tells_use: bool,
    /// The texts for these columns.
    pub cells: fn(&Credential) -> Vec<String>,
    /// Describes what stops working when one is revoked.
    pub stops: fn(&Credential) -> String,
}

/// A credential, as the server shows it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    #[serde(alias = "keyId", alias = "tokenId")]
    id: String,
    /// Its first characters.
    #[serde(alias = "apiKey", alias = "token", alias = "dialerKey")]
    start: String,
    /// The scopes of an API key.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What an API key sees of phone numbers.
    pub numbers: Option<String>,
    /// The person who owns a token.
    pub name: Option<String>,
    /// The role of a token.
    pub role: Option<String>,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

#[derive(Clone, Deserialize)]
struct List {
    #[serde(alias = "keys", alias = "tokens", alias = "dialerKeys")]
    all: Vec<Credential>,
}

#[derive(Clone, Deserialize)]
struct Made {
    #[serde(alias = "apiKey", alias = "token", alias = "dialerKey")]
    secret: String,
    /// The address for a dialer that cannot set headers; it contains the key.
    #[serde(rename = "leadUrl")]
    lead_url: Option<String>,
}

/// The list, and the form that creates a credential.
#[component]
pub fn Credentials(
    /// The kind of credential.
    kind: &'static CredentialKind,
    /// The state of the creation; the form's fields show their errors from it.
    saving: SaveState,
    /// Returns the body of the request that creates one.
    #[prop(into)]
    body: Callback<(), Value>,
    /// Called after one was created, to empty the fields.
    #[prop(into)]
    on_made: Callback<()>,
    /// The form's fields.
    children: Children,
) -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<List>(move || Some(access.settings_path(kind.path)));
    let fresh = RwSignal::new(None::<Made>);
    let revoking = SaveState::new();
    let chosen = RwSignal::new(None::<Credential>);
    let asking = RwSignal::new(false);
    let may = Memo::new(move |_| access.may_change());
    // A secret that was not copied yet would be lost.
    Guard::from_context().watch_form(Signal::derive(move || fresh.read().is_some()));
    let make = Callback::new(move |()| {
        let path = access.settings_path(kind.path);
        saving.send_change(Method::POST, path, Some(body.run(())), move |answer: Made| {
            fresh.set(Some(answer));
            on_made.run(());
            loaded.reload();
            String::new()
        });
    });
    let revoke = Callback::new(move |()| {
        let Some(gone) = chosen.get_untracked() else { return };
        let path = access.settings_path(&format!("{}/{}", kind.path, gone.id));
        revoking.send_change(Method::DELETE, path, None, move |_: Value| {
            loaded.reload();
            format!("Revoked the {} {}.", kind.what, gone.start)
        });
    });
    let ask = Callback::new(move |one: Credential| {
        chosen.set(Some(one));
        asking.set(true);
    });
    let rows = move |list: List| {
        if list.all.is_empty() {
            return view! { <Empty title=kind.none /> }.into_any();
        }
        let rows = list
            .all
            .into_iter()
            .map(|one| credential_row(kind, one, may.into(), ask))
            .collect_view();
        view! { <Table kind=kind>{rows}</Table> }.into_any()
    };
    let named = move || chosen.read().as_ref().map(|one| one.start.clone()).unwrap_or_default();
    let title = Signal::derive(move || format!("Revoke the {} {}?", kind.what, named()));
    let stops = move || chosen.read().as_ref().map(|one| (kind.stops)(one));
    view! {
        <Card title=kind.title flush=true>
            {render_answer(loaded, rows)}
            <SaveResult saving=revoking />
        </Card>
        <Show when=move || may.get()><ShownOnce kind=kind fresh=fresh /></Show>
        <section class="card" hidden=move || !may.get() || fresh.read().is_some() aria-label=format!("Create: {}", kind.what)>
            <h2>{format!("Create another {}", kind.what)}</h2>
            <Form saving=saving changed=false on_save=make act="Create">{children()}</Form>
        </section>
        <Confirm open=asking title=title act="Revoke" on_yes=revoke>
            <p>{stops}</p>
            <p>"This cannot be undone. You can create a new one."</p>
        </Confirm>
    }
}

#[component]
fn Table(kind: &'static CredentialKind, children: Children) -> impl IntoView {
    let mut heads = vec!["Begins with"];
    heads.extend(kind.heads);
    heads.push("Created");
    if kind.tells_use {
        heads.push("Last used");
    }
    heads.push("State");
    view! { <SmallTable caption=kind.title heads=heads>{children()}</SmallTable> }
}

fn credential_row(
    kind: &'static CredentialKind,
    one: Credential,
    may: Signal<bool>,
    ask: Callback<Credential>,
) -> impl IntoView {
    let cells = (kind.cells)(&one).into_iter();
    let cells = cells
        .map(|cell| view! { <td class="name" dir="auto" title=cell.clone()>{cell.clone()}</td> });
    let cells = cells.collect_view();
    let Credential { start, created_at, last_used_at, revoked_at, .. } = one.clone();
    let name = format!("Revoke {start}");
    let state = if revoked_at.is_some() {
        view! { <Tag text="Revoked" tone=Tone::Red />" "<span class="soft"><Moment at=revoked_at /></span> }.into_any()
    } else {
        view! {
            <Show when=move || may.get() fallback=|| view! { <Tag text="In use" tone=Tone::Green /> }>
                <button type="button" class="button small danger" aria-label=name.clone() on:click={
                    let one = one.clone();
                    move |_| ask.run(one.clone())
                }>"Revoke"</button>
            </Show>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row"><code>{start}</code></th>
            {cells}
            <td><Moment at=Some(created_at) /></td>
            {kind.tells_use.then(|| view! { <td><Moment at=last_used_at never="Never" /></td> })}
            <td>{state}</td>
        </tr>
    }
}

/// A secret that was just created, until the user confirms that it is stored.
#[component]
fn ShownOnce(kind: &'static CredentialKind, fresh: RwSignal<Option<Made>>) -> impl IntoView {
    let shown = move || {
        fresh.get().map(|Made { secret, lead_url }| {
            view! {
                <section class="card" aria-label=format!("The new {}", kind.what)>
                    <SecretOnce what=kind.what secret=secret />
                    {lead_url.map(|url| view! { <LeadAddress url=absolute_url(&url) /> })}
                    <div class="row">
                        <button type="button" class="button main" on:click=move |_| fresh.set(None)>
                            "I have stored it"
                        </button>
                    </div>
                </section>
            }
        })
    };
    view! { <div class="stack" class:unseen=move || fresh.read().is_none() role="status">{shown}</div> }
}

/// The result of an action on a row, below the table.
#[component]
pub fn SaveResult(
    /// The state of the action.
    saving: SaveState,
) -> impl IntoView {
    let quiet = move || saving.success_text().is_empty() && saving.other_error().is_none();
    view! {
        <div class="told" class:quiet=quiet>
            <FormError saving=saving />
            <StatusText text=Signal::derive(move || saving.success_text()) good=Signal::derive(move || !saving.success_text().is_empty()) />
        </div>
    }
}
