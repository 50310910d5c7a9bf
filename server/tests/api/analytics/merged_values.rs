//! Tests figures of values that count as one, and figures of hours of the day, against the list of
//! calls.

use crate::support::{ADMIN_TOKEN, Answer, Server};
use call_ribbon_shared::wire::{
    Breakdown, CallHistory, CampaignList, GroupKind, Outcomes, Pivot, PivotGroup,
};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";
const LANGUAGES: [&str; 5] = ["hi", "HI", "Hindi", "en", "1"];
const DAYS: &str = "startDate=2025-03-01&endDate=2025-03-31";

async fn change(server: &Server, labels: Value) -> Answer {
    let body = json!({"fieldLabels": labels});
    server.request_as_staff(Method::PATCH, CLIENT, ADMIN_TOKEN, body).await
}

/// Logs 60 calls, one every 50 minutes, in all spellings and with a number.
async fn fill(server: &Server) {
    for n in 0..60 {
        let at = 1_740_787_200 + n * 3_000;
        let at = chrono::DateTime::from_timestamp(at, 0).unwrap().to_rfc3339();
        let n = usize::try_from(n).unwrap();
        let language = match n % 6 {
            5 => json!(1),
            of => json!(LANGUAGES[of]),
        };
        let data = json!({"agentId": format!("a{}", n % 3), "customerData": {
            "context": {"language": language},
            "metadata": {"campaign": LANGUAGES[n % 5]}}});
        server.log_ended_call(&format!("call-{n}"), &at, 30, data).await;
    }
}

async fn count_calls(server: &Server, query: &str) -> i64 {
    let path = format!("/api/ribbon/calls?list=all&limit=500&{DAYS}&{query}");
    let found: CallHistory = server.get(&path).await.ok();
    i64::try_from(found.calls.len()).unwrap()
}

async fn languages(server: &Server, query: &str) -> Breakdown {
    let path = format!("/api/ribbon/analytics/breakdown?by=context.language&{DAYS}&{query}");
    server.get(&path).await.ok()
}

fn calls_of(groups: &[PivotGroup], value: &str) -> i64 {
    let is_it = |group: &&PivotGroup| group.row.value.as_ref() == Some(&json!(value));
    groups.iter().find(is_it).map_or(0, |group| group.row.figures.calls)
}

#[tokio::test]
async fn spellings_of_a_value_count_and_filter_as_one() {
    let server = Server::start().await;
    fill(&server).await;
    assert_eq!(languages(&server, "").await.rows.len(), 6);
    let values = json!([
        {"value": "Hindi", "spellings": ["hi", "HI"]},
        {"value": "One", "spellings": ["1"]},
    ]);
    let labels = json!([
        {"field": "context.language", "name": "Language", "values": values},
        {"field": "metadata.campaign", "name": "Campaign", "values": values},
    ]);
    assert_eq!(change(&server, labels.clone()).await.ok::<Value>()["fieldLabels"], labels);
    let about: Value = server.get("/api/ribbon/client").await.ok();
    assert_eq!(about["fieldLabels"], labels);

    for query in ["", "callDirection=outbound", "hour=0&hourTo=23"] {
        let found = languages(&server, query).await;
        let rows: Vec<(String, i64)> = found
            .rows
            .iter()
            .map(|row| (row.value.as_ref().unwrap().to_string(), row.figures.calls))
            .collect();
        let right = [("\"Hindi\"", 30), ("\"One\"", 20), ("\"en\"", 10)];
        assert_eq!(rows, right.map(|(name, calls)| (name.to_owned(), calls)), "{query}");
    }
    // Each number leads to its calls; a spelling alone finds its own.
    for (value, calls, of_agent) in
        [("Hindi", 30, 10), ("One", 20, 10), ("en", 10, 0), ("HI", 10, 10)]
    {
        let query = format!("field=context.language&value={value}");
        assert_eq!(count_calls(&server, &query).await, calls, "{value}");
        let query = format!("field=agentId&value=a1&andField=context.language&andValue={value}");
        assert_eq!(count_calls(&server, &query).await, of_agent, "{value}");
    }
    let path = "/api/ribbon/analytics";
    let pivot = format!("{path}/pivot?by=agentId&across=context.language&{DAYS}");
    let pivot: Pivot = server.get(&pivot).await.ok();
    assert_eq!(calls_of(&pivot.columns.groups, "Hindi"), 30);
    assert_eq!(pivot.columns.groups.len(), 3);
    let outcomes: Outcomes =
        server.get(&format!("{path}/outcomes?by=context.language&{DAYS}")).await.ok();
    let hindi = outcomes.groups.iter().find(|one| one.row.value == Some(json!("Hindi"))).unwrap();
    assert_eq!((hindi.kind, hindi.row.figures.calls), (GroupKind::Value, 30));
    let campaigns: CampaignList = server.get(&format!("/api/ribbon/campaigns?{DAYS}")).await.ok();
    let found = campaigns.campaigns.iter();
    let found: Vec<_> = found.map(|one| (one.campaign.as_str(), one.figures.calls)).collect();
    assert_eq!(found, [("Hindi", 36), ("One", 12), ("en", 12)]);

    let wrong = |value: Value| json!([{"field": "context.a", "name": "A", "values": value}]);
    for (field, values) in [
        ("values[0].value", json!([{"value": " ", "spellings": ["a"]}])),
        ("values[0].spellings", json!([{"value": "A", "spellings": []}])),
        ("values[0].spellings[1]", json!([{"value": "A", "spellings": ["a", "a"]}])),
        (
            "values[1].value",
            json!([
            {"value": "A", "spellings": ["a"]}, {"value": "a", "spellings": ["b"]}]),
        ),
        ("values[0].spellings[0]", json!([{"value": "A", "spellings": ["x".repeat(101)]}])),
    ] {
        let field = format!("fieldLabels[0].{field}");
        assert_eq!(change(&server, wrong(values)).await.wrong_field(), field);
    }
}

#[tokio::test]
async fn figures_of_hours_are_those_of_the_calls_in_them() {
    let server = Server::start().await;
    fill(&server).await;
    let path = "/api/ribbon/analytics";
    for (zone, hours) in [
        ("Asia/Kolkata", "hour=10&hourTo=13"),
        ("UTC", "hour=23"),
        ("America/New_York", "hour=0&hourTo=5"),
    ] {
        let query = format!("{hours}&timezone={zone}");
        let right = count_calls(&server, &query).await;
        assert!(right > 0 && right < 60, "{query}: {right}");
        let found = languages(&server, &query).await;
        assert_eq!(found.summary.calls, right, "{query}");
        let one = count_calls(&server, &format!("{query}&field=context.language&value=en")).await;
        let row = found.rows.iter().find(|row| row.value == Some(json!("en")));
        assert_eq!(row.map_or(0, |row| row.figures.calls), one, "{query}");
        let pivot = format!("{path}/pivot?by=agentId&across=context.language&{DAYS}&{query}");
        assert_eq!(server.get(&pivot).await.ok::<Pivot>().summary.calls, right, "{query}");
        let outcomes = format!("{path}/outcomes?by=agentId&{DAYS}&{query}");
        let outcomes: Outcomes = server.get(&outcomes).await.ok();
        assert_eq!(outcomes.summary.figures.calls, right, "{query}");
    }
    for (field, hours) in
        [("hour", "hour=24"), ("hourTo", "hourTo=5"), ("hourTo", "hour=5&hourTo=4")]
    {
        for what in
            ["breakdown?by=agentId", "outcomes?by=agentId", "pivot?by=agentId&across=status"]
        {
            let answer = server.get(&format!("{path}/{what}&{hours}")).await;
            assert_eq!(answer.wrong_field(), field, "{what} {hours}");
        }
    }
}
