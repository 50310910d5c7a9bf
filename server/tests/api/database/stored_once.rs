//! Tests that a call's customer is stored once, that every event is still read as it was sent, and
//! that repeated events are found by their numbers.

use crate::support::{KEY, Server};
use call_ribbon_shared::wire::CallLogs;
use serde_json::{Value, json};

/// Texts that a careless rewrite would change: numbers with many digits, spaces, escapes, and
/// characters of two, three and four bytes.
const CUSTOMER: &str = r#"{ "customerId":"C1","name":"Zo\u00eb Müller 😀 श्री","context":{"amountDue": 12450.500,"x":1e2} }"#;
const OTHER: &str = r#"{"customerId":"C2","name":"Ravi 😀","context":{"amountDue":7.10}}"#;

/// Returns the body of an event of a call whose data has another field before and after.
fn body(event: &str, second: u32, customer: &str) -> String {
    let at = format!("2025-10-12T10:00:{second:02}Z");
    format!(
        r#"{{"apiKey":"{KEY}","event":"{event}","timestamp":"{at}","data":{{"note":"ü😀","callSid":"c1","customerData":{customer},"z":1.0}}}}"#
    )
}

/// Returns the data of all events of the log, in order of time, as texts.
async fn data_of_events(server: &Server) -> Vec<String> {
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=all").await.ok();
    let mut rows = logs.logs;
    rows.reverse();
    rows.iter().map(|row| row.data.get().to_owned()).collect()
}

/// Returns how many stored events contain the customer's id themselves.
async fn copies(server: &Server) -> usize {
    let sql = "SELECT data FROM events WHERE data LIKE '%customerId%'";
    server.database.read_texts(sql).await.len()
}

#[tokio::test]
async fn the_calls_customer_is_stored_once_and_read_as_sent() {
    let server = Server::start().await;
    let log = async |event: &str, second, customer: &str| {
        let answer = server.post_text("/api/ribbon/log-call", &body(event, second, customer)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    log("initiated", 0, CUSTOMER).await;
    log("ringing", 1, CUSTOMER).await;
    assert_eq!(copies(&server).await, 0);
    // The call's customer changes, then an older event arrives late, then the customer returns.
    log("connected", 5, OTHER).await;
    assert_eq!(copies(&server).await, 2);
    log("note", 3, CUSTOMER).await;
    log("callEnded", 9, CUSTOMER).await;
    let sent = [CUSTOMER, CUSTOMER, CUSTOMER, OTHER, CUSTOMER];
    let read = data_of_events(&server).await;
    for (text, customer) in read.iter().zip(sent) {
        assert!(text.contains(&format!(r#""customerData":{customer}"#)), "{text}");
        assert!(text.contains(r#""note":"ü😀""#), "{text}");
    }
    assert_eq!(read.len(), sent.len());
    let mut stream = server.events_after(0).await;
    for customer in [CUSTOMER, CUSTOMER, OTHER, CUSTOMER, CUSTOMER] {
        let event = stream.next_event().await.unwrap();
        assert_eq!(event.customer_data.get(), customer);
    }
}

#[tokio::test]
async fn one_group_with_two_customers_of_a_call_keeps_both() {
    let server = Server::start().await;
    let events = [body("initiated", 0, CUSTOMER), body("connected", 5, OTHER)].join(",");
    let answer: Value = server
        .post_text("/api/ribbon/log-calls", &format!(r#"{{"apiKey":"{KEY}","events":[{events}]}}"#))
        .await
        .ok();
    assert_eq!(answer["results"][1]["success"], json!(true), "{answer}");
    let read = data_of_events(&server).await;
    assert!(read[0].contains(CUSTOMER) && read[1].contains(OTHER), "{read:?}");
    assert_eq!(copies(&server).await, 1);
}

#[tokio::test]
async fn events_with_one_number_are_told_apart() {
    let server = Server::start().await;
    // The numbers of these two events are equal (storage/recording/dedup.rs).
    let at = "2025-10-12T10:30:00Z";
    let mut ids = Vec::new();
    for _ in 0..2 {
        for call in ["c557", "c627"] {
            let answer: Value = server.log_event("note", call, at, json!({})).await.ok();
            ids.push(answer["logId"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(server.database.read_texts("SELECT log_id FROM events").await.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[..2], ids[2..]);
    let numbers = "SELECT CAST(COUNT(DISTINCT dedup) AS TEXT) FROM events";
    assert_eq!(server.database.read_texts(numbers).await, ["1"]);
}
