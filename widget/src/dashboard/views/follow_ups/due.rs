//! Follow-ups: overdue, due today, later.

use super::QueueWork;
use super::owners::{Owner, Owners};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::{Card, Choice, Empty, Segments, Tag, Tone, format};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::customers::customer_link;
use crate::dashboard::views::rows::{Customer, call_link, customer_title};
use crate::dashboard::views::settings::small_table::SmallTable;
use call_ribbon_shared::wire::{CallObject, FollowUps};
use leptos::prelude::*;

/// When a follow-up is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Overdue,
    Today,
    Later,
}

impl Due {
    const ALL: [Self; 3] = [Self::Overdue, Self::Today, Self::Later];

    /// Compares a due time with the current time, by the client's days.
    fn of(at: &str, zone: &str, now: f64) -> Self {
        let due = js_sys::Date::parse(at);
        if due < now {
            Self::Overdue
        } else if format::today_in(zone, due) == format::today_in(zone, now) {
            Self::Today
        } else {
            Self::Later
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Later => "later",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::Today => "Due today",
            Self::Later => "Later",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Overdue => Tone::Red,
            Self::Today => Tone::Amber,
            Self::Later => Tone::Plain,
        }
    }
}

/// The card with the follow-ups.
#[component]
pub fn DueCard(due: Loaded<FollowUps>, owners: Owners, work: QueueWork) -> impl IntoView {
    let address = Address::from_router();
    let render = move |list: FollowUps| {
        let zone = Access::from_context().time_zone();
        let now = format::now_millis();
        let state = |call: &CallObject| {
            call.follow_up.as_ref().map_or(Due::Later, |due| Due::of(&due.at, &zone, now))
        };
        let rows: Vec<(Due, CallObject)> =
            list.follow_ups.into_iter().map(|call| (state(&call), call)).collect();
        if rows.is_empty() {
            return view! {
                <Empty title="No follow-ups"><p>"Agents set them when they write notes on a call, or when a customer may not be called yet. A follow-up is done once somebody speaks with the customer."</p></Empty>
            }
            .into_any();
        }
        let mut choices = vec![Choice::new("", format!("All {}", rows.len()))];
        for due in Due::ALL {
            let count = rows.iter().filter(|(state, _)| *state == due).count();
            choices.push(Choice::new(due.word(), format!("{} {count}", due.label())));
        }
        let rows = StoredValue::new(rows);
        let picked = Memo::new(move |_| address.filter_or("due", ""));
        let shown = move || {
            let picked = picked.get();
            let rows = rows.get_value().into_iter();
            rows.filter(|(due, _)| picked.is_empty() || due.word() == picked)
                .map(|(due, call)| view! { <DueRow due=due call=call owners=owners work=work /> })
                .collect_view()
        };
        view! {
            <div class="table-bar">
                <Segments
                    label="Due"
                    choices=choices
                    value=picked
                    on_pick=move |picked: String| address.set_filters(&[("due", &picked)])
                />
            </div>
            <SmallTable caption="Follow-ups" heads=vec!["Customer", "Number", "Due", "Subject", "Owner", "Action"]>
                {shown}
            </SmallTable>
        }
        .into_any()
    };
    view! {
        <Card title="Which follow-ups are due?" flush=true>{render_answer(due, render)}</Card>
    }
}

#[component]
fn DueRow(due: Due, call: CallObject, owners: Owners, work: QueueWork) -> impl IntoView {
    let access = Access::from_context();
    let zone = access.time_zone();
    let follow_up = call.follow_up.clone();
    let at = follow_up.as_ref().map(|due| due.at.clone()).unwrap_or_default();
    let note = follow_up.as_ref().and_then(|due| due.note.clone());
    let owner = follow_up.and_then(|due| due.agent_id);
    let number = call.phone_number.clone();
    let whose = customer_title(&call);
    let session = StoredValue::new(call.session_id.clone());
    let name = StoredValue::new(whose.clone());
    // A follow-up without a call leads to its customer.
    let href = if call.call_sid.is_empty() {
        Customer::of_call(&call).id.map(|id| customer_link(&id))
    } else {
        Some(call_link(&call))
    };
    let customer = match href {
        Some(href) => {
            view! { <a class="name cut" href=href dir="auto">{whose.clone()}</a> }.into_any()
        }
        None => view! { <span class="name cut" dir="auto">{whose.clone()}</span> }.into_any(),
    };
    let done =
        move |_| session.with_value(|id| work.mark_done("follow-ups", id, &name.get_value()));
    view! {
        <tr>
            <th scope="row">{customer}</th>
            <td dir="ltr">{number}</td>
            <td>
                <span class="row">
                    <Tag text=due.label() tone=due.tone() />
                    <time datetime=at.clone() title=format::moment_long(&at, &zone)>{format::relative_time(&at, format::now_millis())}</time>
                </span>
            </td>
            <td class="text" dir="auto">{note}</td>
            <td><Owner owner=owner list="follow-ups" session_id=session.get_value() whose=whose.clone() owners=owners work=work /></td>
            <td>
                <button type="button" class="button small" hidden=move || !access.may_organise() aria-label=format!("Done: {whose}") on:click=done>"Done"</button>
            </td>
        </tr>
    }
}
