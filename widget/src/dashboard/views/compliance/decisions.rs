//! The decisions behind the figures, the latest first.

use super::{OUTCOMES, days_query};
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{
    Card, Choice, Column, DataTable, Empty, Icon, Segments, Tag, Tone, format,
};
use crate::dashboard::views::customers::customer_link;
use crate::dashboard::views::paged_list::{Page, Paged, load_pages};
use call_ribbon_shared::wire::{DecidedCall, Decisions};
use icondata_lu::LuX;
use leptos::prelude::*;

impl Page for Decisions {
    type Row = DecidedCall;

    fn into_parts(self) -> (Vec<DecidedCall>, Option<String>) {
        (self.decisions, self.next_cursor)
    }
}

/// The filters that are chosen elsewhere, with their names.
const CHIPS: [(&str, &str); 4] =
    [("pack", "Pack"), ("rule", "Rule"), ("agentId", "Agent"), ("customerId", "Customer")];

/// The card with the list.
#[component]
pub fn DecisionList() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let outcome = Memo::new(move |_| {
        let chosen = address.filter_or("outcome", "");
        let known = OUTCOMES.iter().any(|(outcome, _)| *outcome == chosen);
        if known { chosen } else { String::new() }
    });
    let list: Paged<DecidedCall> = load_pages::<Decisions>(move || {
        let filters = CHIPS.map(|(name, _)| (name, address.filter_or(name, "")));
        let mut fields: Vec<(&str, &str)> =
            filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let outcome = outcome.get();
        fields.extend([("outcome", outcome.as_str()), ("limit", "50")]);
        days_query(&access.records_path("decisions"), address, &fields)
    });
    let mut choices = vec![Choice::new("", "All")];
    choices.extend(OUTCOMES.map(|(outcome, label)| Choice::new(outcome, label)));
    let chips = CHIPS.map(|(name, title)| {
        move || {
            address.get(name).map(|value| {
                view! {
                    <a class="chip" href=address.with_filters(&[(name, "")]) title="Remove this filter">
                        <span class="cut" dir="auto">{format!("{title} {value}")}</span><Icon of=LuX />
                    </a>
                }
            })
        }
    });
    view! {
        <Card title="Which calls were they?" flush=true>
            <div class="table-bar wraps">
                <Segments
                    label="Outcome"
                    choices=choices
                    value=outcome
                    on_pick=move |picked: String| address.set_filters(&[("outcome", &picked)])
                />
                {chips.into_iter().collect_view()}
            </div>
            <DataTable
                name="decisions"
                caption="Decisions"
                columns=decision_columns(access)
                rows=list.rows
                key=|row: &DecidedCall| row.decision_id.clone()
                href=Callback::new(|row: DecidedCall| address_of(&row))
                busy=list.busy
                empty=move || list.render_placeholder(|| view! {
                    <Empty title="No such decisions"><p>"Choose other days or another outcome."</p></Empty>
                }.into_any())
                footer=move || list.render_footer()
            />
        </Card>
    }
}

/// Returns the address of the call; of the customer if no call was made.
fn address_of(row: &DecidedCall) -> Option<String> {
    match (&row.session_id, &row.customer_id) {
        (Some(session), _) => {
            Some(view_link(&format!("/dashboard/calls/{}", encode_component(session)), &[]))
        }
        (None, Some(customer)) => Some(customer_link(customer)),
        (None, None) => None,
    }
}

fn decision_columns(access: Access) -> Vec<Column<DecidedCall>> {
    let zone = StoredValue::new(access.time_zone());
    vec![
        Column::new("at", "When", move |row: &DecidedCall| {
            let text = zone.with_value(|zone| format::moment(&row.at, zone));
            view! { <time datetime=row.at.clone()>{text}</time> }
        }),
        Column::new("outcome", "Decision", |row: &DecidedCall| {
            let label = OUTCOMES.iter().find(|(outcome, _)| *outcome == row.outcome);
            let label = label.map_or_else(|| row.outcome.clone(), |(_, label)| (*label).to_owned());
            view! { <Tag text=label tone=tone_of(&row.outcome) /> }
        }),
        Column::new("agent", "Agent", |row: &DecidedCall| {
            let name = row.agent_name.clone().or_else(|| row.agent_id.clone());
            view! { <span class="name" dir="auto">{name.unwrap_or_else(|| "No agent".to_owned())}</span> }
        }),
        Column::new("customer", "Customer", |row: &DecidedCall| {
            view! {
                <span class="name" dir="auto">{row.customer_id.clone()}</span>
                <span class="under"><bdi dir="ltr">{row.phone_number.clone()}</bdi></span>
            }
        }),
        Column::new("why", "Rules that objected", |row: &DecidedCall| {
            let said: Vec<&str> = row.rules.iter().map(|rule| rule.said.as_str()).collect();
            let named: Vec<String> = row
                .rules
                .iter()
                .map(|rule| format!("{} · {} (version {})", rule.pack, rule.rule, rule.version))
                .collect();
            let reason = row.override_reason.clone();
            view! {
                <span class="wrap" dir="auto" title=named.join("\n")>{said.join(" ")}</span>
                {reason.map(|reason| view! { <span class="under" dir="auto">{format!("Called with the reason: {reason}")}</span> })}
            }
        }),
    ]
}

fn tone_of(outcome: &str) -> Tone {
    match outcome {
        "allowed" => Tone::Green,
        "warned" | "overridden" => Tone::Amber,
        "refused" => Tone::Red,
        _ => Tone::Plain,
    }
}
