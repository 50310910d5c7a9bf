//! Tries packs on past calls.

use crate::support::{ADMIN_TOKEN, Answer, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};

const TRIAL: &str = "/api/admin/clients/client-demo/call-rules/trial";

async fn try_rules(server: &Server, token: &str, query: &str) -> Answer {
    server.request_as_staff(Method::GET, &format!("{TRIAL}?{query}"), token, Value::Null).await
}

#[tokio::test]
async fn past_calls_are_judged_at_their_own_time() {
    let server = Server::start().await;
    let recovery = json!({"customerData": {"customerId": "C1", "callType": "recovery"}});
    for (sid, at) in [
        ("early", "2026-10-12T07:00:00+05:30"),
        ("fine", "2026-10-12T09:00:00+05:30"),
        ("second", "2026-10-12T10:00:00+05:30"),
        ("third", "2026-10-12T11:00:00+05:30"),
        ("fourth", "2026-10-12T18:59:59+05:30"),
        ("late", "2026-10-12T19:00:00+05:30"),
        ("after", "2026-10-13T12:00:00+05:30"),
    ] {
        let logged = server.log_event("initiated", sid, at, recovery.clone()).await;
        assert_eq!(logged.status, 200, "{}", logged.text);
    }
    let whole = "pack=in-rbi-recovery&startDate=2026-10-12&endDate=2026-10-12T13:30:00Z";
    let report: Value = try_rules(&server, ADMIN_TOKEN, whole).await.ok();
    assert_eq!(
        (&report["calls"], &report["stopped"], &report["warned"], &report["nextCursor"]),
        (&json!(6), &json!(2), &json!(2), &Value::Null)
    );
    let rules: Vec<(&str, u64)> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["rule"].as_str().unwrap(), rule["calls"].as_u64().unwrap()))
        .collect();
    assert_eq!(rules, [("persistence", 3), ("hours", 2)]);
    let found: Vec<(&str, bool)> = report["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (call["at"].as_str().unwrap(), call["stopped"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("2026-10-12T01:30:00Z", true),
            ("2026-10-12T05:30:00Z", false),
            ("2026-10-12T13:29:59Z", false),
            ("2026-10-12T13:30:00Z", true),
        ]
    );
    let file = try_rules(&server, ADMIN_TOKEN, &format!("{whole}&format=csv")).await;
    assert_eq!(file.status, 200, "{}", file.text);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 5, "{}", file.text);
    assert!(lines[1].contains(",C1,+919876543210,stopped,hours,"), "{}", lines[1]);
    // Nobody who may not see numbers finds them here.
    let (_, masked) = create_token(&server, "masked-viewer").await;
    for format in ["json", "csv"] {
        let seen = try_rules(&server, &masked, &format!("{whole}&format={format}")).await;
        assert!(seen.status == 200 && !seen.text.contains("9876543210"), "{}", seen.text);
    }
    // A trial changes nothing.
    let texts = server.database.read_texts("SELECT decision_id FROM decisions").await;
    assert!(texts.is_empty());
    for (field, query) in [
        ("pack", "startDate=2026-10-12"),
        ("pack", "pack=in-rbi"),
        ("startDate", "pack=uk-sales&startDate=soon"),
        ("cursor", "pack=uk-sales&cursor=x"),
        ("format", "pack=uk-sales&format=pdf"),
    ] {
        assert_eq!(try_rules(&server, ADMIN_TOKEN, query).await.wrong_field(), field, "{query}");
    }
}
