//! The decisions of the chosen days as figures: by outcome, by day, by rule.

use super::OUTCOMES;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{chosen_days, link_to};
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, Column, DataTable, DateRange, Day, Empty, Figure, Hue, Note,
    PlainTable, format,
};
use crate::dashboard::views::overview::figures::to_float;
use call_ribbon_shared::wire::{DecisionCounts, DecisionDay, DecisionFigures, RuleFigures};
use leptos::prelude::*;

/// The most bars that can still be compared.
const BARS: usize = 12;

/// Shows the figures; each leads to its rows.
pub fn render_figures(found: DecisionFigures, address: Address) -> impl IntoView {
    let days = chosen_days(address);
    let tiles = OUTCOMES.map(|(outcome, label)| {
        let href = rows_link(days, &[("outcome", outcome)]);
        let number = count_of(&found.total, outcome);
        view! { <Figure label=label value=format::number(number) href=href /> }
    });
    let cut = found.counted_from.as_ref().and_then(|at| at.get(..10)).and_then(Day::parse);
    let cut = cut.map(|day| {
        view! { <Note>{format!("Decisions before {} were deleted.", DateRange::new(day, day).to_text())}</Note> }
    });
    let logged = found.only_logged;
    let logged_note = (logged > 0).then(|| {
        let calls = format::count(logged, "outbound call was", "outbound calls were");
        let more = "only logged: a page or another program dialed them, so no rule judged them.";
        view! { <Note>{format!("{calls} {more}")}</Note> }
    });
    let bars = rule_bars(&found.rules, days);
    let answer = found.rules.first().map(|rule| {
        let calls = format::count(objections(rule), "call", "calls");
        format!("{} · {} objected most: to {calls}.", rule.pack, rule.rule)
    });
    let has_rules = !found.rules.is_empty();
    let rules_card = view! {
        <Card title="Which rules objected?" table=has_rules.then(|| rule_table(&found.rules)) answer=answer>
            {if has_rules {
                view! { <BarChart data=bars /> }.into_any()
            } else {
                view! { <Empty title="No rule objected to a call in these days"><p>"Which rules judge calls is chosen in the settings, at Call rules."</p></Empty> }.into_any()
            }}
        </Card>
    };
    view! {
        <div class="figures">
            {tiles.into_iter().collect_view()}
            <Figure label="Only logged, not judged" value=format::number(logged) />
        </div>
        {cut}
        {logged_note}
        <div class="grid">
            {rules_card}
            <Card title="What was decided on each day?" flush=true>
                <DataTable
                    name="decision-days"
                    caption="Decisions by day"
                    columns=day_columns()
                    rows=Signal::stored(found.days)
                    key=|day: &DecisionDay| format!("{day:?}")
                    tall=true
                    empty=|| view! {
                        <Empty title="No calls were asked for in these days"><p>"Every call that is dialed from here is judged; calls that a page only logs are not."</p></Empty>
                    }
                />
            </Card>
        </div>
    }
}

fn day_columns() -> Vec<Column<DecisionDay>> {
    let mut columns = vec![Column::new("day", "Day", |day: &DecisionDay| {
        let text = Day::parse(&day.date).map(|day| DateRange::new(day, day).to_text());
        text.unwrap_or_else(|| day.date.clone())
    })];
    columns.extend(OUTCOMES.map(|(outcome, label)| {
        Column::new(outcome, label, move |day: &DecisionDay| {
            let number = count_of(&day.counts, outcome);
            match Day::parse(&day.date).filter(|_| number > 0) {
                Some(date) => {
                    let href = rows_link(DateRange::new(date, date), &[("outcome", outcome)]);
                    view! { <a href=href>{format::number(number)}</a> }.into_any()
                }
                None => view! { {format::number(number)} }.into_any(),
            }
        })
        .numeric()
    }));
    columns
}

/// Returns the address of the decisions of some days.
fn rows_link(days: DateRange, filters: &[(&str, &str)]) -> String {
    link_to("/dashboard/compliance", days, filters)
}

fn count_of(counts: &DecisionCounts, outcome: &str) -> i64 {
    match outcome {
        "allowed" => counts.allowed,
        "warned" => counts.warned,
        "overridden" => counts.overridden,
        _ => counts.refused,
    }
}

/// Returns the number of calls to which a rule objected.
fn objections(rule: &RuleFigures) -> i64 {
    rule.forbade + rule.warned + rule.overridden
}

fn rule_bars(rules: &[RuleFigures], days: DateRange) -> Bars {
    let bar = |rule: &RuleFigures| Bar {
        name: format!("{} · {}", rule.pack, rule.rule),
        value: to_float(objections(rule)),
        href: Some(rows_link(days, &[("pack", &rule.pack), ("rule", &rule.rule)])),
        ..Bar::default()
    };
    Bars {
        of: "Rule".to_owned(),
        value_name: "Calls".to_owned(),
        bars: rules.iter().take(BARS).map(bar).collect(),
        hue: Hue::Calls,
        ..Bars::default()
    }
}

/// Returns all rules with what each did, and what agents read.
fn rule_table(rules: &[RuleFigures]) -> PlainTable {
    let heads = ["Rule", "Forbade", "Warned", "Overridden", "What agents read"];
    let row = |rule: &RuleFigures| {
        vec![
            format!("{} · {}", rule.pack, rule.rule),
            format::number(rule.forbade),
            format::number(rule.warned),
            format::number(rule.overridden),
            rule.said.clone(),
        ]
    };
    PlainTable {
        heads: heads.map(str::to_owned).to_vec(),
        rows: rules.iter().map(row).collect(),
        total: None,
    }
}
