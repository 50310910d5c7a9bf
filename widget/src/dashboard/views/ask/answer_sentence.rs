//! The answer as a sentence.

use crate::dashboard::ui::format;
use crate::dashboard::views::field::row_name;
use crate::dashboard::views::figure_columns::{clearly_best, rate};
use call_ribbon_shared::wire::{Breakdown, BreakdownRow, Figures};

/// Rates and means of rows with fewer calls than this are not meaningful.
const FEW: i64 = 20;

/// Describes the chart in words: its total, and the rows at both ends.
pub fn answer_sentence(breakdown: &Breakdown, show: &str) -> String {
    let all = &breakdown.summary;
    let rows = &breakdown.rows;
    let said = match show {
        "missed" => row_with_most(rows, |sums| sums.missed).map(|row| {
            format!(
                "{} has most of them: {} of {}.",
                row_name(row),
                format::number(row.figures.missed),
                format::count(row.figures.calls, "call", "calls")
            )
        }),
        "talk" => row_with_most(rows, |sums| sums.total_duration).map(|row| {
            format!(
                "{} takes most of it: {}.",
                row_name(row),
                format::duration(row.figures.total_duration)
            )
        }),
        "handling" => handling_sentence(rows),
        _ => rates_sentence(rows, all),
    };
    let all = match show {
        "missed" => {
            format!("{} missed in these days.", format::count(all.missed, "call was", "calls were"))
        }
        "talk" => format!("{} in these days.", format::duration(all.total_duration)),
        "handling" => format!(
            "A connected call takes {} on average.",
            format::duration(all.avg_handling_time)
        ),
        _ => format!(
            "{} in these days, {} connected.",
            format::count(all.calls, "call", "calls"),
            format::percent(rate(all))
        ),
    };
    format!("{all} {}", said.unwrap_or_default()).trim_end().to_owned()
}

/// Returns the row with the most of something; `None` if every row has none.
fn row_with_most(rows: &[BreakdownRow], of: fn(&Figures) -> i64) -> Option<&BreakdownRow> {
    rows.iter().max_by_key(|row| of(&row.figures)).filter(|row| of(&row.figures) > 0)
}

fn handling_sentence(rows: &[BreakdownRow]) -> Option<String> {
    let time = |row: &&BreakdownRow| row.figures.avg_handling_time;
    let told = || rows.iter().filter(|row| row.figures.connected >= FEW);
    let (longest, shortest) = (told().max_by_key(time)?, told().min_by_key(time)?);
    (time(&longest) > time(&shortest)).then(|| {
        format!(
            "{} takes longest with {}, {} shortest with {}.",
            row_name(longest),
            format::duration(time(&longest)),
            row_name(shortest),
            format::duration(time(&shortest))
        )
    })
}

/// Describes where people pick up, and where they do not.
fn rates_sentence(rows: &[BreakdownRow], all: &Figures) -> Option<String> {
    let rate = |row: &BreakdownRow| rate(&row.figures);
    let told = || rows.iter().filter(|row| row.figures.calls >= FEW);
    let worst = told().min_by(|one, two| rate(one).total_cmp(&rate(two)))?;
    if told().count() < 2 {
        return None;
    }
    let of = rows.iter().map(|row| &row.figures).zip(0..);
    let Some(best) = clearly_best(of, all).and_then(|place| rows.get(place)) else {
        return Some("The connect rates show no clear difference.".to_owned());
    };
    Some(format!(
        "{} connects best with {} of {}, {} least with {}.",
        row_name(best),
        format::percent(rate(best)),
        format::count(best.figures.calls, "call", "calls"),
        row_name(worst),
        format::percent(rate(worst))
    ))
}
