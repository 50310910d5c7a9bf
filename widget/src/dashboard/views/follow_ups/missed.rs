//! Missed callers: who waits for a call, and who was called back how soon.

use super::QueueWork;
use super::owners::{Owner, Owners};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::{Card, Choice, Empty, Figure, Note, Segments, Tag, Tone, format};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::overview::figures::to_float;
use crate::dashboard::views::rows::{call_link, customer_title};
use crate::dashboard::views::settings::small_table::SmallTable;
use call_ribbon_shared::wire::{CallBackCaller, CallBackFigures, CallBacks};
use leptos::prelude::*;

/// The tiles: how many callers wait, and how soon the others were called back.
#[component]
pub fn MissedFigures(missed: Loaded<CallBacks>) -> impl IntoView {
    let share = |part: i64, of: i64| {
        if of == 0 { "–".to_owned() } else { format::percent(to_float(part) / to_float(of)) }
    };
    move || {
        missed.answer().map(|answer| {
            let CallBackFigures { callers, called_back, waiting, .. } = answer.figures;
            let median = match called_back {
                0 => "–".to_owned(),
                _ => format::duration(answer.figures.median_seconds),
            };
            view! {
                <div class="figures">
                    <Figure label="Missed callers, 7 days" value=format::number(callers) />
                    <Figure label="Waiting for a call" value=format::number(waiting) />
                    <Figure label="Called back within 15 minutes" value=share(answer.figures.within_15_minutes, callers) />
                    <Figure label="Within an hour" value=share(answer.figures.within_1_hour, callers) />
                    <Figure label="Called back at all" value=share(called_back, callers) />
                    <Figure label="Median time to the call" value=median />
                </div>
            }
        })
    }
}

/// The card with the callers.
#[component]
pub fn MissedCard(missed: Loaded<CallBacks>, owners: Owners, work: QueueWork) -> impl IntoView {
    let address = Address::from_router();
    let state = Memo::new(move |_| address.filter_or("missed", "open"));
    let choices =
        vec![Choice::new("open", "Waiting"), Choice::new("all", "All of the last 7 days")];
    let render = move |answer: CallBacks| {
        let cut = answer.truncated.then(|| {
            view! { <Note tone=Tone::Amber>"There are more missed calls than one page examines: the latest 2,000 are counted."</Note> }
        });
        if answer.callers.is_empty() {
            return view! {
                <Empty title="Nobody waits for a call"><p>"Callers appear here when their call is missed, until somebody speaks with them."</p></Empty>
            }
            .into_any();
        }
        let rows = answer.callers.into_iter();
        let rows =
            rows.map(move |caller| view! { <MissedRow caller=caller owners=owners work=work /> });
        view! {
            {cut}
            <SmallTable caption="Missed callers" heads=vec!["Caller", "Number", "Missed", "Called back", "Owner", "Action"]>
                {rows.collect_view()}
            </SmallTable>
        }
        .into_any()
    };
    view! {
        <Card title="Who has not been called back?" flush=true>
            <div class="table-bar">
                <Segments
                    label="Callers"
                    choices=choices
                    value=state
                    on_pick=move |picked: String| {
                        let picked = if picked == "open" { String::new() } else { picked };
                        address.set_filters(&[("missed", &picked)]);
                    }
                />
            </div>
            {render_answer(missed, render)}
        </Card>
    }
}

#[component]
fn MissedRow(caller: CallBackCaller, owners: Owners, work: QueueWork) -> impl IntoView {
    let access = Access::from_context();
    let zone = access.time_zone();
    let CallBackCaller { count, first_missed, last_call, owner_id, called_back, done_at, done_by } =
        caller;
    let number = last_call.phone_number.clone();
    let whose = customer_title(&last_call);
    let is_open = called_back.is_none() && done_at.is_none();
    let outcome = match (called_back, done_at) {
        (Some(back), _) => {
            let name = back.agent_name.or(back.agent_id).unwrap_or_else(|| "somebody".to_owned());
            let text = format!("{name}, after {}", format::duration(back.after_seconds));
            view! { <span dir="auto">{text}</span> }.into_any()
        }
        (None, Some(at)) => {
            let text = format!("Done: {}", done_by.unwrap_or_default());
            view! { <span title=format::moment_long(&at, &zone) dir="auto">{text}</span> }
                .into_any()
        }
        (None, None) => view! { <Tag text="Waiting" tone=Tone::Red /> }.into_any(),
    };
    let missed_text = match count {
        1 => String::new(),
        count => format!("{count} times, the last "),
    };
    let at = last_call.start_time.clone();
    let title = format!("First: {}", format::moment_long(&first_missed, &zone));
    let session = StoredValue::new(last_call.session_id.clone());
    let name = StoredValue::new(whose.clone());
    let done =
        move |_| session.with_value(|id| work.mark_done("call-backs", id, &name.get_value()));
    let owner = if is_open {
        view! { <Owner owner=owner_id list="call-backs" session_id=session.get_value() whose=whose.clone() owners=owners work=work /> }.into_any()
    } else {
        let name = owner_id.map_or_else(|| "Nobody".to_owned(), |id| owners.name_of(&id));
        view! { <span dir="auto">{name}</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><a class="name cut" href=call_link(&last_call) dir="auto">{whose.clone()}</a></th>
            <td dir="ltr">{number}</td>
            <td><span title=title>{missed_text}<time datetime=at.clone()>{format::relative_time(&at, format::now_millis())}</time></span></td>
            <td>{outcome}</td>
            <td>{owner}</td>
            <td>
                <button type="button" class="button small" hidden=move || !(is_open && access.may_organise()) aria-label=format!("Done: {whose}") on:click=done>"Done"</button>
            </td>
        </tr>
    }
}
