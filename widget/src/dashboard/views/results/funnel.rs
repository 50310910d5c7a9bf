//! The way from a lead to its outcome, and which attempt at which hour reaches people.

use super::outcomes::rate_text;
use super::questions::figures_path;
use super::shaded_table::{ShadedCell, ShadedRow, ShadedTable, show_table};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::ChooseDays;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, Choice, Column, DataTable, DateRange, Day, Empty, Hue, Measure,
    Segments, format,
};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::counted_from::counted_from_note;
use call_ribbon_shared::share::{difference_interval, share_of, wilson_interval};
use call_ribbon_shared::wire::{
    AttemptFigures, Funnel, HourFigures, LeadCohort, LeadFunnel, ReachCounts,
};
use leptos::prelude::*;

/// By what leads can be divided: the word in the address and the label.
const COHORTS: [(&str, &str); 4] =
    [("", "All leads"), ("campaign", "By campaign"), ("agentId", "By agent"), ("week", "By week")];
/// Hours with fewer calls are not compared.
const FEW: i64 = 20;

/// The tab.
#[component]
pub fn FunnelTab() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let by = Memo::new(move |_| address.filter_or("by", ""));
    let funnel: Loaded<Funnel> = load_json(move || {
        let more = [("by", by.get())];
        Some(figures_path(access, address, "analytics/funnel", &more))
    });
    let choices = COHORTS.map(|(key, name)| Choice::new(key, name)).to_vec();
    let pick = move |by: String| address.set_filters(&[("by", &by)]);
    view! {
        <div class="filters">
            <ChooseDays />
            <Segments label="Leads by" choices=choices value=by on_pick=pick />
        </div>
        {render_answer(funnel, move |funnel| {
            let leads = render_leads(&funnel.leads);
            let cohorts = (funnel.leads.leads > 0 && !funnel.cohorts.is_empty())
                .then(|| render_cohorts(funnel.cohorts.clone(), &untrack(|| by.get())));
            view! {
                {counted_from_note(funnel.counted_from.as_deref())}
                {leads}
                {cohorts}
                <Attempts funnel=funnel />
            }
            .into_any()
        })}
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn render_leads(leads: &LeadFunnel) -> AnyView {
    if leads.leads == 0 {
        return view! {
            <Card title="How far do leads get?">
                <Empty title="No leads in these days"><p>"Your dialer sends them; choose other days to see earlier ones."</p></Empty>
            </Card>
        }
        .into_any();
    }
    let steps = [
        ("Leads", leads.leads),
        ("Called", leads.called),
        ("Connected", leads.connected),
        ("Right person reached", leads.contacts),
        ("Promised", leads.promises),
        ("Paid", leads.payments),
    ];
    let bars = Bars {
        of: "Step".to_owned(),
        value_name: "Customers".to_owned(),
        second: Some(("Of the leads".to_owned(), Measure::Share)),
        bars: steps
            .iter()
            .map(|(name, count)| Bar {
                name: (*name).to_owned(),
                value: *count as f64,
                second: Some(share_of(*count, leads.leads)),
                ..Bar::default()
            })
            .collect(),
        ..Bars::default()
    };
    let called = format::percent(share_of(leads.called, leads.leads));
    let wait = leads
        .median_seconds_to_call
        .map(|seconds| format!(" Half of the first calls came within {}.", wait_text(seconds)));
    let answer = format!("{called} of the leads were called.{}", wait.unwrap_or_default());
    view! {
        <Card title="How far do leads get?" table=bars.table() answer=answer>
            <BarChart data=bars keep_order=true />
        </Card>
    }
    .into_any()
}

/// Shows how far the leads of each cohort got.
fn render_cohorts(cohorts: Vec<LeadCohort>, by: &str) -> impl IntoView + use<> {
    let of = match by {
        "campaign" => "Campaign",
        "agentId" => "Agent",
        _ => "Week from",
    };
    let name = move |cohort: &LeadCohort| match (&cohort.label, &cohort.value) {
        (Some(label), _) => label.clone(),
        (None, Some(value)) => {
            let day = Day::parse(value).filter(|_| of == "Week from");
            day.map_or_else(|| value.clone(), |day| DateRange::new(day, day).to_text())
        }
        (None, None) => "No campaign".to_owned(),
    };
    let share = |key, title, of: fn(&LeadFunnel) -> i64| {
        Column::new(key, title, move |cohort: &LeadCohort| {
            let (part, whole) = (of(&cohort.leads), cohort.leads.leads);
            let count = format::number(part);
            view! { <span title=count>{rate_text(part, whole)}</span> }
        })
        .numeric()
    };
    let columns = vec![
        Column::new("name", of, move |cohort: &LeadCohort| {
            let name = name(cohort);
            view! { <span class="name" dir="auto" title=name.clone()>{name.clone()}</span> }
        }),
        Column::new("leads", "Leads", |cohort: &LeadCohort| format::number(cohort.leads.leads))
            .numeric(),
        share("called", "Called", |of| of.called),
        share("connected", "Connected", |of| of.connected),
        share("contacts", "Right person", |of| of.contacts),
        share("promises", "Promised", |of| of.promises),
        share("payments", "Paid", |of| of.payments),
        Column::new("wait", "Wait for the first call", |cohort: &LeadCohort| {
            cohort.leads.median_seconds_to_call.map_or_else(|| "–".to_owned(), wait_text)
        })
        .numeric(),
    ];
    view! {
        <Card title="How far does each group of leads get?" answer="Shares of the group's leads." flush=true>
            <DataTable
                name="cohorts"
                caption="Leads by group"
                columns=columns
                rows=Signal::stored(cohorts)
                key=|cohort: &LeadCohort| format!("{cohort:?}")
            />
        </Card>
    }
}

/// Returns a time of waiting, in days if it is long.
fn wait_text(seconds: i64) -> String {
    let days = seconds / (24 * 60 * 60);
    if days < 2 { format::duration(seconds) } else { format::count(days + 1, "day", "days") }
}

#[component]
fn Attempts(funnel: Funnel) -> impl IntoView {
    let address = Address::from_router();
    let show = Signal::derive(move || address.filter_or("show", ""));
    let choices = vec![Choice::new("", "Connect rate"), Choice::new("contacts", "Contact rate")];
    let funnel = StoredValue::new(funnel);
    let shown = move || {
        let by_contacts = show.get() == "contacts";
        funnel.with_value(|funnel| render_attempts(funnel, by_contacts))
    };
    view! {
        <div class="filters">
            <Segments label="What is shown" choices=choices value=show on_pick=move |value: String| address.set_filters(&[("show", &value)]) />
        </div>
        {shown}
    }
}

fn reached(of: &ReachCounts, by_contacts: bool) -> (i64, i64) {
    (if by_contacts { of.contacts } else { of.connected }, of.calls)
}

fn attempt_name(attempt: i64, last: bool) -> String {
    if last { format!("{attempt} or later") } else { attempt.to_string() }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn render_attempts(funnel: &Funnel, by_contacts: bool) -> AnyView {
    let calls: i64 = funnel.attempts.iter().map(|of| of.reached.calls).sum();
    if calls == 0 {
        return view! {
            <Card title="Which attempt reaches people?">
                <Empty title="No outbound calls in these days"><p>"Choose other days."</p></Empty>
            </Card>
        }
        .into_any();
    }
    let last = funnel.attempts.len();
    let bars = Bars {
        of: "Attempt".to_owned(),
        value_name: if by_contacts { "Contact rate" } else { "Connect rate" }.to_owned(),
        measure: Measure::Share,
        second: Some(("Calls".to_owned(), Measure::Count)),
        bars: funnel
            .attempts
            .iter()
            .enumerate()
            .filter(|(_, of)| of.reached.calls > 0)
            .map(|(place, AttemptFigures { attempt, reached: of })| {
                let (part, whole) = reached(of, by_contacts);
                Bar {
                    name: attempt_name(*attempt, place + 1 == last),
                    value: share_of(part, whole),
                    second: Some(whole as f64),
                    ..Bar::default()
                }
            })
            .collect(),
        hue: Hue::Connected,
    };
    let unknown = (funnel.unattributed > 0).then(|| {
        format!(
            " {} to nobody known are left out.",
            format::count(funnel.unattributed, "call", "calls")
        )
    });
    let about = format!(
        "Outbound calls; attempt 1 is the first call to a customer in these days.{}",
        unknown.unwrap_or_default()
    );
    let table = hour_table(funnel, by_contacts);
    view! {
        <Card title="Which attempt reaches people?" table=bars.table() answer=about>
            <BarChart data=bars keep_order=true />
        </Card>
        <Card title="Which attempt at which hour?" numbers=table.plain() answer=best_hour(funnel, by_contacts) flush=true>
            {show_table(table, "Rate by attempt and hour".to_owned())}
        </Card>
    }
    .into_any()
}

/// Names the best hour only if it is clearly better than all others together.
fn best_hour(funnel: &Funnel, by_contacts: bool) -> String {
    let of = |hour: &HourFigures| reached(&hour.reached, by_contacts);
    let low = |hour: &HourFigures| {
        let (part, whole) = of(hour);
        wilson_interval(part, whole).low
    };
    let told = funnel.hours.iter().filter(|hour| hour.reached.calls >= FEW);
    let Some(best) = told.max_by(|one, two| low(one).total_cmp(&low(two))) else {
        return "Too few calls to name a best hour.".to_owned();
    };
    let others = funnel.hours.iter().filter(|hour| hour.hour != best.hour).map(of);
    let others = others.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let (part, whole) = of(best);
    if others.1 == 0 || difference_interval((part, whole), others).low <= 0.0 {
        return "No clear difference between the hours.".to_owned();
    }
    let hour = format::hour_of_day(usize::try_from(best.hour).unwrap_or(0));
    let (best, rest) = (share_of(part, whole), share_of(others.0, others.1));
    format!(
        "{hour} is best: {} of {}, all other hours {}.",
        format::percent(best),
        format::count(whole, "call", "calls"),
        format::percent(rest)
    )
}

fn hour_table(funnel: &Funnel, by_contacts: bool) -> ShadedTable {
    let last = funnel.attempts.len();
    let used: Vec<&HourFigures> =
        funnel.hours.iter().filter(|hour| hour.reached.calls > 0).collect();
    let attempts: Vec<(usize, &AttemptFigures)> =
        funnel.attempts.iter().enumerate().filter(|(_, of)| of.reached.calls > 0).collect();
    let row = |hour: &&HourFigures| {
        let cells = attempts.iter().map(|(_, of)| {
            let cell = funnel
                .cells
                .iter()
                .find(|cell| cell.hour == hour.hour && cell.attempt == of.attempt);
            let Some(cell) = cell else { return ShadedCell::default() };
            let (part, whole) = reached(&cell.reached, by_contacts);
            let text = format!("{} of {}", rate_text(part, whole), format::number(whole));
            ShadedCell { text, strength: share_of(part, whole), href: None }
        });
        let (part, whole) = reached(&hour.reached, by_contacts);
        ShadedRow {
            name: format::hour_of_day(usize::try_from(hour.hour).unwrap_or(0)),
            href: None,
            cells: cells.collect(),
            total: rate_text(part, whole),
        }
    };
    let totals = attempts.iter().map(|(_, of)| reached(&of.reached, by_contacts));
    let all = totals.clone().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let mut totals: Vec<String> = totals.map(|(part, whole)| rate_text(part, whole)).collect();
    totals.push(rate_text(all.0, all.1));
    ShadedTable {
        of: "Hour".to_owned(),
        columns: attempts
            .iter()
            .map(|(place, of)| format!("Attempt {}", attempt_name(of.attempt, place + 1 == last)))
            .collect(),
        total_name: "All".to_owned(),
        rows: used.iter().map(row).collect(),
        totals,
        hue: Hue::Connected,
    }
}
