//! Tests more load than the database can take: accepted events are stored, the others are refused
//! completely.

use crate::support::{Answer, Database, KEY, SLOW, Server};
use call_ribbon_shared::wire::CallLogs;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use std::sync::Arc;

/// Events in one request, and requests at once: about twice the capacity of the queue.
const BATCH: usize = 100;
const REQUESTS: usize = 80;

#[tokio::test]
async fn requests_are_taken_or_refused_as_a_whole() {
    let server = Server::start_on(Arc::new(Database::in_file()), Arc::default(), SLOW).await;
    // Nothing can be written while another process locks the file.
    let mut other = SqliteConnection::connect(&server.database.url()).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let send = async |n: usize| {
        let event = |at: usize| {
            json!({"event": "note", "eventId": format!("e{n}-{at}"),
                "data": {"callSid": format!("c{n}")}, "timestamp": "2025-10-12T10:30:00Z"})
        };
        let events: Vec<Value> = (0..BATCH).map(event).collect();
        let request = server.request(Method::POST, "/api/ribbon/log-calls");
        Answer::from_request(request.json(&json!({"apiKey": KEY, "events": events}))).await
    };
    let mut answers: FuturesUnordered<_> = (0..REQUESTS).map(send).collect();
    let first = answers.next().await.unwrap();
    // Requests without capacity are refused after a short wait, before the accepted ones are
    // answered.
    let problem = first.problem(503, "unavailable");
    assert_eq!(first.header("retry-after"), "1");
    assert!(problem.error.contains("overloaded; send the same request again"), "{}", problem.error);
    other.execute("ROLLBACK").await.unwrap();
    let mut stored = 0;
    let mut refused = 1;
    while let Some(answer) = answers.next().await {
        if answer.status == 503 {
            answer.problem(503, "unavailable");
            refused += 1;
            continue;
        }
        let answer: Value = answer.ok();
        let results = answer["results"].as_array().unwrap();
        assert!(results.iter().all(|result| result["success"] == true), "{answer}");
        stored += results.len();
    }
    assert!(stored >= 30 * BATCH && refused >= 1, "{stored} stored, {refused} refused");
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=all").await.ok();
    assert_eq!(usize::try_from(logs.pagination.total).unwrap(), stored);
    // Refused requests have capacity again.
    assert_eq!(send(REQUESTS).await.status, 200);
}
