//! How fast incoming calls are answered.

use super::questions::figures_path;
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{self, ChooseDays, chosen_days};
use crate::dashboard::address::team::ChooseTeam;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Bar, Bars, Card, Choice, ColumnChart, Empty, Figure, Hue, Measure, Segments, format,
};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::counted_from::counted_from_note;
use crate::dashboard::views::rows::OVER;
use crate::dashboard::views::time_of_day::{TimeOfDay, hour_filters};
use call_ribbon_shared::share::share_of;
use call_ribbon_shared::wire::{AnsweredCalls, Answering};
use leptos::prelude::*;

/// The seconds within which a call should be answered, to choose from.
const WITHIN: [&str; 4] = ["10", "20", "30", "60"];
const USUAL_WITHIN: &str = "20";
/// Hours with fewer calls are not compared.
const FEW: i64 = 10;

/// The tab.
#[component]
pub fn AnsweringTab() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let within = Memo::new(move |_| address.filter_or("within", USUAL_WITHIN));
    let found: Loaded<Answering> = load_json(move || {
        let more = [("within", within.get())];
        Some(figures_path(access, address, "analytics/answering", &more))
    });
    let choices = WITHIN.map(|seconds| Choice::new(seconds, format!("{seconds} s"))).to_vec();
    let pick = move |seconds: String| {
        let seconds = if seconds == USUAL_WITHIN { String::new() } else { seconds };
        address.set_filters(&[("within", &seconds)]);
    };
    view! {
        <div class="filters">
            <ChooseDays />
            <ChooseTeam />
            <TimeOfDay />
            <span class="soft">"Answered within"</span>
            <Segments label="Answered within" choices=choices value=within on_pick=pick />
        </div>
        {render_answer(found, move |found| render_answering(&found, address))}
    }
}

fn render_answering(found: &Answering, address: Address) -> AnyView {
    let all = found.all;
    if all.calls == 0 {
        return view! {
            <div class="card">
                <Empty title="No incoming calls in these days"><p>"Choose other days or hours."</p></Empty>
            </div>
        }
        .into_any();
    }
    let hours = hour_filters(address);
    let calls = |more: &[(&str, &str)]| {
        let mut filters = vec![("callDirection", "inbound")];
        filters.extend(hours.iter().map(|(name, value)| (*name, value.as_str())));
        filters.extend(more);
        range::calls_link(chosen_days(address), &filters)
    };
    let wait = |mean: Option<i64>| mean.map_or_else(|| "–".to_owned(), format::duration);
    let in_time = if all.judged() == 0 {
        "–".to_owned()
    } else {
        format::percent(share_of(all.in_time, all.judged()))
    };
    let bars = hour_bars(found);
    view! {
        {counted_from_note(found.counted_from.as_deref())}
        <div class="figures">
            <Figure label="Incoming calls" value=format::number(all.calls) href=calls(&[]) />
            <Figure label=format!("Answered within {} s", found.within) value=in_time />
            <Figure
                label="Answered"
                value=format::percent(share_of(all.answered, all.calls))
                href=calls(&[("connected", "true")])
            />
            <Figure label="Average wait" value=wait(all.mean_wait()) />
            <Figure label="Longest wait" value=format::duration(found.longest_wait) />
            <Figure
                label="Not answered"
                value=format::number(all.lost())
                href=calls(&[("connected", "false"), ("status", OVER)])
            />
        </div>
        <Card title="When are calls answered in time?" table=bars.table() answer=sentence(found)>
            <ColumnChart data=bars />
        </Card>
    }
    .into_any()
}

/// Says how many calls were answered in time, how long the others waited, and when it was worst.
fn sentence(found: &Answering) -> String {
    let all = found.all;
    let mut said = vec![format!(
        "{} of {} were answered within {} seconds.",
        format::number(all.in_time),
        format::count(all.judged(), "call", "calls"),
        found.within
    )];
    if let Some(wait) = all.mean_lost_wait() {
        let lost = format::count(all.lost(), "call", "calls");
        let wait = format::duration(wait);
        said.push(format!("{lost} got no answer; these callers waited {wait} on average."));
    }
    if all.wait_unknown > 0 {
        let calls = format::count(all.wait_unknown, "answered call", "answered calls");
        said.push(format!("Of {calls} it is not known how long the caller waited."));
    }
    if let Some(hour) = worst_hour(&found.hours) {
        said.push(format!("Worst: {}.", format::hour_of_day(hour)));
    }
    said.join(" ")
}

/// Returns the hour with the smallest share in time; `None` if it is no worse than all together, or if
/// there are too few calls.
fn worst_hour(hours: &[AnsweredCalls]) -> Option<usize> {
    let share = |hour: &AnsweredCalls| share_of(hour.in_time, hour.judged());
    let busy: Vec<(usize, &AnsweredCalls)> =
        hours.iter().enumerate().filter(|(_, hour)| hour.judged() >= FEW).collect();
    let worst = busy.iter().min_by(|one, two| share(one.1).total_cmp(&share(two.1)))?;
    let best = busy.iter().max_by(|one, two| share(one.1).total_cmp(&share(two.1)))?;
    (share(worst.1) < share(best.1)).then_some(worst.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn hour_bars(found: &Answering) -> Bars {
    let busy = |hour: &AnsweredCalls| hour.calls > 0;
    let first = found.hours.iter().position(busy).unwrap_or(0);
    let last = found.hours.iter().rposition(busy).unwrap_or(0);
    let bar = |(hour, of): (usize, &AnsweredCalls)| Bar {
        name: format::hour_of_day(hour),
        value: share_of(of.in_time, of.judged()),
        second: Some(of.calls as f64),
        ..Bar::default()
    };
    let of_day = found.hours.iter().enumerate();
    let shown = of_day.filter(|(hour, _)| (first..=last).contains(hour));
    Bars {
        of: "Hour".to_owned(),
        value_name: format!("Answered within {} s", found.within),
        measure: Measure::Share,
        second: Some(("Incoming calls".to_owned(), Measure::Count)),
        bars: shown.map(bar).collect(),
        hue: Hue::Connected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(calls: i64, in_time: i64) -> AnsweredCalls {
        AnsweredCalls { calls, answered: calls, in_time, ..Default::default() }
    }

    #[test]
    fn the_worst_hour_is_named_only_if_there_is_one() {
        for (hours, worst) in [
            (vec![hour(20, 10), hour(20, 5), hour(20, 15)], Some(1)),
            (vec![hour(20, 10), hour(9, 0)], None),
            (vec![hour(20, 10), hour(20, 10)], None),
            (vec![hour(3, 1)], None),
            (Vec::new(), None),
        ] {
            assert_eq!(worst_hour(&hours), worst, "{hours:?}");
        }
    }
}
