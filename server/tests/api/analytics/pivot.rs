//! Tests figures by two fields against a recount of the export, and each cell against its calls.

use crate::analytics::totals::Seeded;
use crate::support::breakdown::{field_value, generate_calls, log_events};
use crate::support::{Answer, SLOW, Server};
use call_ribbon_shared::wire::{CallHistory, GroupKind, Pivot, PivotAxis, PivotCell, PivotGroup};
use serde_json::Value;
use std::collections::BTreeMap;

const DAYS: &str = "startDate=2025-02-28&endDate=2025-03-31&timezone=UTC";

async fn get_pivot(server: &Server, query: &str) -> Pivot {
    server.get(&format!("/api/ribbon/analytics/pivot?{query}")).await.ok()
}

/// Returns the group of a value in an axis.
fn group_of(axis: &PivotAxis, value: Option<&Value>) -> usize {
    let holds = |group: &PivotGroup| match (group.kind, value) {
        (GroupKind::Missing, None) => true,
        (GroupKind::Value, Some(value)) => group.row.value.as_ref() == Some(value),
        (GroupKind::Range, Some(value)) => {
            let at = value.as_f64().unwrap();
            group.row.from.is_none_or(|from| from <= at) && group.row.to.is_none_or(|to| at < to)
        }
        _ => false,
    };
    let own = axis.groups.iter().position(holds);
    own.or_else(|| axis.groups.iter().position(|group| group.kind == GroupKind::Other)).unwrap()
}

/// Fails unless the cells add up to the groups of both axes, and these to the calls.
fn assert_sums(pivot: &Pivot, what: &str) {
    let sum = |of: &dyn Fn(&PivotCell) -> bool| {
        let cells = pivot.cells.iter().filter(|cell| of(cell));
        cells.fold((0, 0, 0, 0), |(calls, connected, missed, seconds), cell| {
            let PivotCell { calls: more, .. } = *cell;
            (
                calls + more,
                connected + cell.connected,
                missed + cell.missed,
                seconds + cell.total_duration,
            )
        })
    };
    let all = pivot.summary;
    let figures = |of: &call_ribbon_shared::wire::Figures| {
        (of.calls, of.connected, of.missed, of.total_duration)
    };
    assert_eq!(sum(&|_| true), figures(&all), "{what}");
    for (n, group) in pivot.rows.groups.iter().enumerate() {
        assert_eq!(sum(&|cell| cell.row == n), figures(&group.row.figures), "{what}, row {n}");
    }
    for (n, group) in pivot.columns.groups.iter().enumerate() {
        assert_eq!(sum(&|cell| cell.column == n), figures(&group.row.figures), "{what}, {n}");
    }
}

fn filters(prefix: bool, field: &str, group: &PivotGroup) -> Option<String> {
    let name = |plain: &str| {
        if !prefix {
            return plain.to_owned();
        }
        let (first, rest) = plain.split_at(1);
        format!("and{}{rest}", first.to_uppercase())
    };
    let encode =
        |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let of = match group.kind {
        GroupKind::Other => return None,
        GroupKind::Missing => format!("{}=true", name("missing")),
        GroupKind::Value => {
            let value = group.row.value.as_ref().unwrap();
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}={}", name("value"), encode(&text))
        }
        GroupKind::Range => {
            let end = |plain: &str, at: Option<f64>| {
                at.map(|at| format!("{}={at}", name(plain))).unwrap_or_default()
            };
            format!("{}&{}", end("from", group.row.from), end("to", group.row.to))
        }
    };
    Some(format!("{}={field}&{of}", name("field")))
}

#[tokio::test]
async fn cells_are_what_a_recount_finds_and_lead_to_their_calls() {
    let server = Server::start_with_simulator(SLOW).await;
    let (known, events) = generate_calls(&mut Seeded(41), 240);
    log_events(&server, events, 4).await;
    let exported: Value = server.get("/api/ribbon/export/calls?format=json").await.ok();
    assert_eq!(exported["calls"].as_array().unwrap().len(), known.len());
    let mut followed = 0;
    for (by, across, more) in [
        ("agentId", "status", ""),
        ("agentId", "context.loan.type", "&callDirection=outbound"),
        ("context.loan.type", "metadata.vip", "&callDirection=inbound"),
        ("context.daysOverdue", "agentId", "&edges=0,30,60,90"),
        ("metadata.tags", "context.amount", "&acrossEdges=1000,2500,22500"),
        ("status", "callDirection", "&limit=2"),
        ("context.loan.type", "agentId", "&limit=1&acrossLimit=2"),
    ] {
        let what = format!("by={by}&across={across}{more}");
        let pivot = get_pivot(&server, &format!("{what}&{DAYS}")).await;
        assert_sums(&pivot, &what);
        assert_eq!((pivot.rows.field.as_str(), pivot.columns.field.as_str()), (by, across));
        let mut cells: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for call in &known {
            let wrong = match more {
                "&callDirection=outbound" => call.inbound,
                "&callDirection=inbound" => !call.inbound,
                _ => false,
            };
            if wrong {
                continue;
            }
            let (row, column) = (field_value(call, by), field_value(call, across));
            let place =
                (group_of(&pivot.rows, row.as_ref()), group_of(&pivot.columns, column.as_ref()));
            *cells.entry(place).or_default() += 1;
        }
        let found: BTreeMap<(usize, usize), i64> =
            pivot.cells.iter().map(|cell| ((cell.row, cell.column), cell.calls)).collect();
        assert_eq!(found, cells, "{what}");
        let direction = more.strip_prefix("&callDirection").map_or("", |_| more);
        for cell in &pivot.cells {
            let row = filters(false, by, &pivot.rows.groups[cell.row]);
            let column = filters(true, across, &pivot.columns.groups[cell.column]);
            let (Some(row), Some(column)) = (row, column) else { continue };
            let query = format!("list=all&limit=500&{row}&{column}{direction}&{DAYS}");
            let listed: CallHistory = server.get(&format!("/api/ribbon/calls?{query}")).await.ok();
            assert_eq!(i64::try_from(listed.calls.len()).unwrap(), cell.calls, "{query}");
            followed += 1;
        }
    }
    assert!(followed > 60, "{followed}");
}

#[tokio::test]
async fn deleted_calls_are_said_not_to_be_counted() {
    let server = Server::start_with_simulator(SLOW).await;
    let (_, events) = generate_calls(&mut Seeded(7), 40);
    log_events(&server, events, 4).await;
    server
        .run_sql(
            "INSERT INTO retention (client_id, calls_days, counted_from)
             VALUES ('client-demo', 30, 1741651200000)",
        )
        .await;
    let query = "by=agentId&across=callDirection";
    let all = get_pivot(&server, query).await;
    assert_eq!(all.counted_from.as_deref(), Some("2025-03-11T00:00:00Z"));
    assert_sums(&all, "after the cut");
    let later = get_pivot(&server, &format!("{query}&startDate=2025-03-11&timezone=UTC")).await;
    assert_eq!((later.counted_from, later.summary), (None, all.summary));
    assert!(all.summary.calls < 40);
}

#[tokio::test]
async fn wrong_questions_name_the_field() {
    let server = Server::start_with_simulator(SLOW).await;
    let (_, events) = generate_calls(&mut Seeded(3), 20);
    log_events(&server, events, 4).await;
    let path = "/api/ribbon/analytics/pivot?by=agentId&across=status";
    for (query, field) in [
        ("/api/ribbon/analytics/pivot?across=status", "by"),
        ("/api/ribbon/analytics/pivot?by=status", "across"),
        ("/api/ribbon/analytics/pivot?by=status&across=status", "across"),
        ("/api/ribbon/analytics/pivot?by=status&across=context.none", "across"),
        ("/api/ribbon/analytics/pivot?by=name&across=status", "by"),
        (&format!("{path}&edges=1,2"), "edges"),
        (&format!("{path}&acrossEdges=1,2"), "acrossEdges"),
        (&format!("{path}&acrossEdges=2,1"), "acrossEdges"),
        (&format!("{path}&acrossLimit=0"), "acrossLimit"),
        (&format!("{path}&limit=x"), "limit"),
        (&format!("{path}&startDate=2025-03-02&endDate=2025-03-01"), "startDate"),
        ("/api/ribbon/analytics/outcomes", "by"),
        ("/api/ribbon/analytics/outcomes?by=context.none", "by"),
        ("/api/ribbon/analytics/outcomes?by=agentId&edges=1", "edges"),
        ("/api/ribbon/calls?list=all&andValue=x", "andValue"),
        ("/api/ribbon/calls?list=all&andField=status", "andField"),
        ("/api/ribbon/calls?list=all&andField=name&andValue=x", "andField"),
        ("/api/ribbon/calls?list=all&andField=context.a&andFrom=2&andTo=1", "andFrom"),
        ("/api/ribbon/calls?list=all&andField=context.a&andMissing=x", "andMissing"),
    ] {
        let answer: Answer = server.get(query).await;
        assert_eq!(answer.wrong_field(), field, "{query}");
    }
}
