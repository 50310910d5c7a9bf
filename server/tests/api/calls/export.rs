//! Tests the export of calls as a file.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/export/calls";
const HEADER: &str =
    "Session ID,Customer Name,Phone Number,Direction,Start Time,End Time,Duration (s),Customer ID";

#[tokio::test]
async fn a_csv_holds_every_call_and_runs_nothing() {
    let server = Server::start().await;
    let customer = json!({"customerData": {"customerId": "=1+1", "name": "@Rao, \"Asha\""}});
    server.log_event("initiated", "c1", "2025-10-12T10:30:00Z", customer).await;
    server.log_event("callEnded", "c1", "2025-10-12T10:31:00Z", json!({"duration": 45})).await;
    server.log_event("initiated", "c2", "2025-10-12T11:00:00Z", json!({})).await;
    let answer =
        server.get(&format!("{PATH}?format=csv&startDate=2025-10-01&endDate=2025-10-31")).await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"call-logs-2025-10-01-to-2025-10-31.csv\""
    );
    let lines: Vec<&str> = answer.text.split("\r\n").collect();
    assert_eq!((lines.len(), lines[0], lines[3]), (4, HEADER, ""));
    assert!(lines[1].ends_with(",,+919876543210,outbound,2025-10-12T11:00:00Z,,,"));
    assert!(lines[2].ends_with(
        ",\"'@Rao, \"\"Asha\"\"\",+919876543210,outbound,2025-10-12T10:30:00Z,2025-10-12T10:31:00Z,45,'=1+1"
    ), "{}", lines[2]);
    let none = server.get(&format!("{PATH}?format=csv&endDate=2020-01-01")).await;
    assert_eq!(none.text, format!("{HEADER}\r\n"));
}

#[tokio::test]
async fn a_csv_is_for_excel_where_that_is_asked() {
    let server = Server::start().await;
    for (call, phone) in
        [("c1", "+919876543210"), ("c2", "+91-98765-43211"), ("c3", "+1-100"), ("c4", "+91 987")]
    {
        let more = json!({"phoneNumber": phone, "customerData": {"name": "आशा राव"}});
        assert_eq!(
            server.log_event("initiated", call, "2025-10-12T10:30:00Z", more).await.status,
            200
        );
    }
    let plain = server.get(&format!("{PATH}?format=csv")).await;
    assert!(plain.text.starts_with(HEADER), "{}", plain.text);
    for phone in [",+919876543210,", ",'+91-98765-43211,", ",'+1-100,", ",+91 987,"] {
        assert!(plain.text.contains(phone), "{phone} in {}", plain.text);
    }
    // Read as bytes, because reading as text would remove the mark.
    for asked in ["format=csv&bom=true", "format=CSV&bom=1", "format=Csv&bom=TRUE"] {
        let request = server.request(Method::GET, &format!("{PATH}?{asked}"));
        let marked = request.header("X-Api-Key", KEY).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(marked.strip_prefix(b"\xef\xbb\xbf").unwrap(), plain.text.as_bytes(), "{asked}");
    }
    for asked in ["format=csv&bom=false", "format=csv&bom=", "format=CSV&bom=0"] {
        assert_eq!(server.get(&format!("{PATH}?{asked}")).await.text, plain.text);
    }
    for asked in ["bom=true", "format=csv&bom=yes"] {
        assert_eq!(server.get(&format!("{PATH}?{asked}")).await.wrong_field(), "bom");
    }
}

#[tokio::test]
async fn json_is_whole_over_many_pages() {
    let server = Server::start().await;
    for batch in 0..3 {
        // Many start at the same moment, so that pages break within it.
        let events: Vec<Value> = (0..400)
            .map(|n| {
                json!({"event": "initiated", "timestamp": format!("2025-10-1{batch}T10:30:00Z"),
                "data": {"callSid": format!("c{batch}-{n}")}})
            })
            .collect();
        server.post_json("/api/ribbon/log-calls", json!({"events": events})).await.ok::<Value>();
    }
    let file: Value = server.get(PATH).await.ok();
    assert_eq!(file["client"], json!({"clientId": "client-demo", "name": "Demo Client"}));
    assert_eq!(file["dateRange"], json!({"startDate": null, "endDate": null}));
    assert!(file["exportDate"].as_str().unwrap().ends_with('Z'));
    let calls = file["calls"].as_array().unwrap();
    let names: std::collections::HashSet<&str> =
        calls.iter().map(|call| call["callSid"].as_str().unwrap()).collect();
    assert_eq!((calls.len(), names.len()), (1200, 1200));
    assert!(calls.is_sorted_by(|a, b| a["startTime"].as_str() >= b["startTime"].as_str()));
    let csv = server.get(&format!("{PATH}?format=csv")).await;
    assert_eq!(csv.text.lines().count(), 1201);
    let day = "2025-10-11";
    let range = server.get(&format!("{PATH}?startDate={day}&endDate={day}")).await;
    assert_eq!(
        range.header("content-disposition"),
        "attachment; filename=\"call-logs-2025-10-11-to-2025-10-11.json\""
    );
    let file: Value = range.ok();
    assert_eq!(file["dateRange"], json!({"startDate": day, "endDate": day}));
    assert_eq!(file["calls"].as_array().unwrap().len(), 400);
    let none: Value = server.get(&format!("{PATH}?endDate=2020-01-01")).await.ok();
    assert_eq!(none["calls"], json!([]));
}

#[tokio::test]
async fn a_day_is_the_clients_own_or_the_one_asked_for() {
    let server = Server::start().await;
    server.log_event("initiated", "c1", "2025-10-11T23:30:00Z", json!({})).await;
    let count = async |query: &str| {
        let path = format!("{PATH}?startDate=2025-10-12&endDate=2025-10-12{query}");
        server.get(&path).await.ok::<Value>()["calls"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 0);
    assert_eq!(count("&timezone=Asia/Kolkata").await, 1);
    server.run_sql("UPDATE clients SET time_zone = 'Asia/Kolkata'").await;
    assert_eq!((count("").await, count("&timezone=UTC").await), (1, 0));
    for (field, query) in [
        ("timezone", "timezone=Nowhere"),
        ("format", "format=xml"),
        ("startDate", "startDate=soon"),
        ("startDate", "startDate=2025-10-13&endDate=2025-10-12"),
    ] {
        assert_eq!(server.get(&format!("{PATH}?{query}")).await.wrong_field(), field, "{query}");
    }
}

#[tokio::test]
async fn a_link_may_carry_the_key_here_and_nowhere_else() {
    let server = Server::start().await;
    server.add_other_client().await;
    let get = async |path: &str| Answer::from_request(server.request(Method::GET, path)).await;
    for name in ["X-API-Key", "x-api-key", "apiKey"] {
        get(&format!("{PATH}?{name}={KEY}&format=csv")).await;
        assert_eq!(get(&format!("{PATH}?{name}={KEY}")).await.status, 200, "{name}");
        get(&format!("{PATH}?{name}=nope")).await.problem(401, "invalid_api_key");
    }
    get(PATH).await.problem(401, "missing_api_key");
    get(&format!("/api/ribbon/call-logs?apiKey={KEY}")).await.problem(401, "missing_api_key");
    get(&format!("{PATH}?apiKey={OTHER_KEY}")).await.problem(403, "scope_missing");
    server.log_event("initiated", "c1", "2025-10-11T23:30:00Z", json!({})).await;
    server.run_sql("UPDATE credentials SET scopes = '[\"export\"]' WHERE kind = 'api_key'").await;
    let theirs: Value = get(&format!("{PATH}?apiKey={OTHER_KEY}")).await.ok();
    assert_eq!(theirs["calls"], json!([]));
}
