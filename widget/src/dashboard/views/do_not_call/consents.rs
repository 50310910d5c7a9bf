//! What customers agreed to.

use super::new_consent::NewConsent;
use super::reason::{ReasonAsked, ReasonDialog};
use super::words::{Standing, consent_standing, kind_name, proof_text, purpose_name};
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{
    Card, Choice, Column, DataTable, Empty, Icon, Search, Segments, Tag, Tone, focus_soon, format,
};
use crate::dashboard::views::customers::customer_link;
use crate::dashboard::views::paged_list::{Page, Paged, load_pages};
use crate::dashboard::views::settings::form::{FormError, StatusText, focus_first};
use call_ribbon_shared::wire::{Consent, Consents};
use gloo_net::http::Method;
use icondata_lu::LuPlus;
use leptos::prelude::*;
use serde_json::json;

/// The id of the form that enters a consent.
const ADD_ID: &str = "new-consent";

impl Page for Consents {
    type Row = Consent;

    fn into_parts(self) -> (Vec<Consent>, Option<String>) {
        (self.consents, self.next_cursor)
    }
}

/// The tab.
#[component]
pub fn ConsentList() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    // The API finds by a number or by a customer.
    let by =
        Memo::new(
            move |_| {
                if address.filter_or("by", "") == "customer" { "customerId" } else { "number" }
            },
        );
    let wanted = Memo::new(move |_| address.filter_or(by.get(), ""));
    let list: Paged<Consent> = load_pages::<Consents>(move || {
        let fields = [(by.get(), &*wanted.get()), ("limit", "50")];
        api_query(&access.settings_path("consents"), &fields)
    });
    let adding = RwSignal::new(false);
    let toggle = move |_| {
        adding.update(|adding| *adding = !*adding);
        if adding.get_untracked() {
            focus_first(ADD_ID);
        }
    };
    let asked = ReasonAsked::new();
    let withdraw = move |reason: String| {
        let path = asked.path.get_untracked();
        let body = json!({"reason": reason});
        asked.saving.send_change(Method::POST, path, Some(body), move |gone: Consent| {
            list.rows.update(|rows| {
                if let Some(row) = rows.iter_mut().find(|row| row.consent_id == gone.consent_id) {
                    *row = gone;
                }
            });
            // The button that had the focus is gone.
            focus_soon("#main".to_owned());
            "The consent is withdrawn.".to_owned()
        });
    };
    let pick = move |picked: String| {
        address.set_filters(&[("by", &picked), ("number", ""), ("customerId", "")]);
    };
    let label = move || if by.get() == "number" { "Whole number" } else { "Customer ID" };
    view! {
        <div class="filters">
            <Segments
                label="Find by"
                choices=vec![Choice::new("", "By number"), Choice::new("customer", "By customer")]
                value=Signal::derive(move || if by.get() == "number" { String::new() } else { "customer".to_owned() })
                on_pick=pick
            />
            <Search
                label=Signal::derive(move || label().to_owned())
                value=wanted
                on_search=move |text: String| address.set_filters(&[(by.get_untracked(), &text)])
            />
            <Show when=move || access.may_change()>
                <button type="button" class="button main" aria-expanded=move || adding.get().to_string() on:click=toggle>
                    <Icon of=LuPlus />"Enter a consent"
                </button>
            </Show>
            <StatusText
                text=Signal::derive(move || asked.saving.success_text())
                good=Signal::derive(move || !asked.saving.success_text().is_empty())
            />
        </div>
        <Show when=move || adding.get()>
            <NewConsent id=ADD_ID on_added=move |()| list.reload() on_close=move |()| adding.set(false) />
        </Show>
        <FormError saving=asked.saving />
        <Card title="What did customers agree to?" flush=true>
            <DataTable
                name="consents"
                caption="Consents"
                columns=consent_columns(access, asked)
                rows=list.rows
                key=|row: &Consent| format!("{}·{}", row.consent_id, row.withdrawn.is_some())
                busy=list.busy
                empty=move || list.render_placeholder(|| view! {
                    <Empty title="No such consents">
                        <p>"Rules that a consent lifts object to a call without one. Your own programs enter consents through the API, and admins here."</p>
                    </Empty>
                }.into_any())
                footer=move || list.render_footer()
            />
        </Card>
        <ReasonDialog
            asked=asked
            act="Withdraw"
            about="From now on the consent permits no call. It stays as history with your reason."
            on_reason=withdraw
        />
    }
}

fn consent_columns(access: Access, asked: ReasonAsked) -> Vec<Column<Consent>> {
    let zone = StoredValue::new(access.time_zone());
    let moment = move |at: &str| {
        let text = zone.with_value(|zone| format::moment(at, zone));
        view! { <time datetime=at.to_owned()>{text}</time> }
    };
    let mut columns = vec![
        Column::new("number", "Number", |row: &Consent| match &row.phone_number {
            Some(number) => view! { <span dir="ltr">{number.clone()}</span> }.into_any(),
            None => view! { <span class="soft">"Every number"</span> }.into_any(),
        }),
        Column::new("customer", "Customer", |row: &Consent| {
            row.customer_id.clone().map(|id| {
                view! { <a class="name" dir="auto" href=customer_link(&id)>{id.clone()}</a> }
            })
        }),
        Column::new("state", "State", move |row: &Consent| state_tag(row, &zone.get_value())),
        Column::new("purpose", "Purpose, kind", |row: &Consent| {
            let purpose =
                row.purpose.as_deref().map_or_else(|| "Every purpose".to_owned(), purpose_name);
            view! { {purpose}<span class="under">{kind_name(&row.kind)}</span> }
        }),
        Column::new("given", "Given, ends", move |row: &Consent| {
            let ends = row.expires_at.as_deref().map(|at| view! { "until "{moment(at)} });
            let ends = ends.map_or_else(|| "no end".into_any(), IntoAny::into_any);
            view! { {moment(&row.given_at)}<span class="under">{ends}</span> }
        }),
        Column::new("proof", "Proof, entered by", |row: &Consent| {
            let text = row.proof.as_ref().map(|proof| proof_text(proof.get()));
            view! { <span class="wrap" dir="auto">{text}</span><span class="under name" dir="auto">{row.by.clone()}</span> }
        }),
    ];
    if access.may_change() {
        columns.push(Column::new("act", "Action", move |row: &Consent| {
            let path = format!("consents/{}/withdraw", encode_component(&row.consent_id));
            let whose = row.phone_number.clone().or_else(|| row.customer_id.clone()).unwrap_or_default();
            let named = format!("Withdraw the consent of {whose}");
            let press = move |_| {
                asked.ask(access.settings_path(&path), format!("Withdraw the consent of {whose}?"));
            };
            row.withdrawn.is_none().then(|| {
                view! { <button type="button" class="button small" aria-label=named on:click=press>"Withdraw"</button> }
            })
        }));
    }
    columns
}

/// How a consent stands; of a withdrawn one also who withdrew it, when and why.
fn state_tag(row: &Consent, zone: &str) -> AnyView {
    let (text, tone) = match consent_standing(row, format::now_millis()) {
        Standing::Active => ("In force", Tone::Green),
        Standing::Later => ("Begins later", Tone::Blue),
        Standing::Over => ("Ended", Tone::Plain),
        Standing::Ended => ("Withdrawn", Tone::Plain),
    };
    let more = row.withdrawn.as_ref().map(|gone| {
        let when = format::moment(&gone.at, zone);
        view! { <span class="soft wrap" dir="auto">{format!("{when}, {}: {}", gone.by, gone.reason)}</span> }
    });
    view! { <span class="row"><Tag text=text tone=tone />{more}</span> }.into_any()
}
