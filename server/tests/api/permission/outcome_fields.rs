//! Tests what an outcome asks for: its fields are checked, stored, shown, exported and erased.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_server::time::Clock as _;
use call_ribbon_shared::wire::CallLogs;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const NUMBER: &str = "+919876543210";

/// Logs a finished call of a customer and returns its session.
async fn finished_call(server: &Server, call_sid: &str) -> String {
    let data = json!({"phoneNumber": NUMBER, "agentId": "agent1",
        "customerData": {"customerId": "CUST-1", "name": "Asha Rao"}});
    server.log_ended_call(call_sid, "2025-10-12T10:30:00Z", 40, data).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?pageSize=500").await.ok();
    let found = logs.logs.into_iter().find(|row| row.data.get().contains(call_sid));
    found.unwrap().session_id
}

async fn judge(server: &Server, session_id: &str, body: Value) -> Answer {
    let path = format!("/api/ribbon/calls/{session_id}");
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
    Answer::from_request(request.json(&body)).await
}

async fn set_list(server: &Server, list: Value) -> Answer {
    server.request_as_operator(Method::PATCH, "", json!({"dispositions": list})).await
}

fn field(name: &str, kind: &str) -> Value {
    json!({"name": name, "label": name.to_uppercase(), "kind": kind})
}

/// An entry that asks for one value of each kind, and one that asks for none.
fn full_list() -> Value {
    json!([
        {"code": "promise", "label": "Promise to pay", "outcome": "promise", "requires": [
            field("amount", "amount"),
            field("date", "date"),
            {"name": "way", "label": "Way", "kind": "choice", "choices": ["UPI", "Cash, नकद"]},
            {"name": "why", "label": "Why", "kind": "text", "optional": true},
        ]},
        {"code": "plain", "label": "Plain"},
    ])
}

fn good() -> Value {
    json!({"amount": 1500.5, "date": "2026-12-01", "way": "UPI"})
}

#[tokio::test]
async fn each_field_takes_its_kind_of_value_and_no_other() {
    let server = Server::start().await;
    set_list(&server, full_list()).await.ok::<Value>();
    let id = finished_call(&server, "call-1").await;
    let long = "न".repeat(1000);
    for (name, value, stored) in [
        ("amount", json!(0), json!(0)),
        ("amount", json!(0.1), json!(0.1)),
        ("amount", json!("1500.50"), json!(1500.5)),
        ("amount", json!("5,000"), json!(5000)),
        ("amount", json!("₹ 1,23,456.50"), json!(123_456.5)),
        ("amount", json!("rs 5,000"), json!(5000)),
        ("amount", json!("5,000 INR"), json!(5000)),
        ("amount", json!("५,०००"), json!(5000)),
        ("amount", json!("۱٬۵۰۰٫۵"), json!(1500.5)),
        ("amount", json!("99999999999.9999"), json!(99_999_999_999.999_9)),
        ("amount", json!("0.0001"), json!(0.0001)),
        ("date", json!("2024-02-29"), json!("2024-02-29")),
        ("date", json!("1900-01-01"), json!("1900-01-01")),
        ("way", json!("Cash, नकद"), json!("Cash, नकद")),
        ("why", json!(long), json!(long)),
        ("why", json!("a \"quoted\"\nline"), json!("a \"quoted\"\nline")),
        ("why", Value::Null, Value::Null),
        ("why", json!(""), json!("")),
    ] {
        let mut fields = good();
        fields[name] = value.clone();
        let body = json!({"disposition": "promise", "dispositionFields": fields});
        let saved: Value = judge(&server, &id, body).await.ok();
        assert_eq!(saved["dispositionFields"][name], stored, "{name} {value}");
        let seen = json!(server.show_call(&id).await);
        assert_eq!(seen["dispositionFields"], saved["dispositionFields"]);
    }
    let before = json!(server.show_call(&id).await);
    for (name, value) in [
        ("amount", Value::Null),
        ("amount", json!(-1)),
        ("amount", json!("")),
        ("amount", json!("5,5")),
        ("amount", json!("5k")),
        ("amount", json!("₹ -5")),
        ("amount", json!("NaN")),
        ("amount", json!("Infinity")),
        ("amount", json!("1.2.3")),
        ("amount", json!("1,2,345")),
        ("amount", json!("99999999999999999999")),
        ("amount", json!({"value": 5})),
        ("amount", json!(1.00001)),
        ("amount", json!("1e3")),
        ("amount", json!(100_000_000_000_i64)),
        ("amount", json!([5])),
        ("amount", json!(true)),
        ("date", Value::Null),
        ("date", json!("")),
        ("date", json!("2026-02-30")),
        ("date", json!("1.12.2026")),
        ("date", json!("2026-1-2")),
        ("date", json!("2026-12-01T10:00:00Z")),
        ("date", json!(20_261_201)),
        ("date", json!("9999-12-31")),
        ("way", json!("upi")),
        ("way", json!("")),
        ("way", json!(["UPI"])),
        ("why", json!(7)),
        ("why", json!("x".repeat(1001))),
        ("why", json!("a\u{0}b")),
    ] {
        let mut fields = good();
        fields[name] = value.clone();
        let body = json!({"disposition": "promise", "dispositionFields": fields, "notes": "x"});
        let refused = judge(&server, &id, body).await;
        let problem = refused.problem(422, "invalid_disposition_fields");
        let field = format!("dispositionFields.{name}");
        assert_eq!(problem.field.as_deref(), Some(field.as_str()), "{name} {value}");
        assert!(problem.error.starts_with(&field), "{}", problem.error);
        assert!(["give", "choose", "write"].iter().any(|word| problem.error.contains(word)));
    }
    assert_eq!(json!(server.show_call(&id).await), before, "nothing was half written");
}

#[tokio::test]
async fn fields_belong_to_their_outcome() {
    let server = Server::start().await;
    let id = finished_call(&server, "call-1").await;
    // Without a list of its own, and for an entry that asks for none, there are none.
    let extra = json!({"disposition": "resolved", "dispositionFields": {"amount": 5}});
    let refused = judge(&server, &id, extra).await;
    assert!(refused.problem(422, "invalid_disposition_fields").error.contains("left out"));
    judge(&server, &id, json!({"disposition": "resolved", "dispositionFields": {}}))
        .await
        .ok::<Value>();
    set_list(&server, full_list()).await.ok::<Value>();
    let stored = "SELECT COALESCE(fields, 'none') FROM call_notes";
    let kept = r#"{"amount":1500.5,"date":"2026-12-01","way":"UPI"}"#;
    for (body, status, fields) in [
        (json!({"disposition": "promise"}), 422, "none"),
        (json!({"disposition": "promise", "dispositionFields": null}), 422, "none"),
        (json!({"disposition": "promise", "dispositionFields": good()}), 200, kept),
        // The same outcome, other parts and a repeated request keep them.
        (json!({"disposition": "promise"}), 200, kept),
        (json!({"notes": "n"}), 200, kept),
        (json!({"dispositionFields": good()}), 200, kept),
        (json!({"dispositionFields": {}}), 422, kept),
        (json!({"dispositionFields": {"amount": 1, "other": 2}}), 422, kept),
        (json!({"disposition": null, "dispositionFields": good()}), 422, kept),
        (json!({"disposition": "plain", "dispositionFields": good()}), 422, kept),
        (json!({"disposition": "plain"}), 200, "none"),
        (json!({"disposition": "promise", "dispositionFields": good()}), 200, kept),
        (json!({"disposition": null}), 200, "none"),
        (json!({"dispositionFields": good()}), 422, "none"),
    ] {
        let answer = judge(&server, &id, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert_eq!(server.database.read_texts(stored).await, [fields], "{body}");
    }
    // A field that the client has removed is forgotten, and a new one is asked for.
    let promise = json!({"disposition": "promise", "dispositionFields": good()});
    judge(&server, &id, promise).await.ok::<Value>();
    let entry = |requires: Value| json!([{"code": "promise", "label": "P", "requires": requires}]);
    set_list(&server, entry(json!([field("amount", "amount")]))).await.ok::<Value>();
    judge(&server, &id, json!({"disposition": "promise"})).await.ok::<Value>();
    assert_eq!(server.database.read_texts(stored).await, [r#"{"amount":1500.5}"#]);
    let list = entry(json!([field("amount", "amount"), field("until", "date")]));
    set_list(&server, list).await.ok::<Value>();
    let refused = judge(&server, &id, json!({"disposition": "promise"})).await;
    let problem = refused.problem(422, "invalid_disposition_fields");
    assert_eq!(problem.field.as_deref(), Some("dispositionFields.until"));
}

#[tokio::test]
async fn lists_with_fields_are_shown_to_pages_and_wrong_ones_are_refused() {
    let server = Server::start().await;
    let list = json!([
        {"code": "refused", "label": "Refused"},
        {"code": "no_money", "label": "No money", "parent": "refused", "outcome": "refusal"},
        {"code": "later", "label": "Later", "does": ["follow_up"], "followUpAfterMinutes": 30},
        {"code": "day", "label": "Day", "does": ["follow_up"], "requires": [
            field("on", "date"),
            {"name": "way", "label": "Way", "kind": "choice", "choices": ["A", "B"], "optional": true},
        ]},
    ]);
    let seen: Value = set_list(&server, list.clone()).await.ok();
    assert_eq!(seen["dispositions"], list);
    let init = server.post_json("/api/ribbon/init", json!({"agentId": "agent1"})).await;
    let offered = init.ok::<Value>()["dispositions"].clone();
    assert_eq!(offered[1], json!({"code": "no_money", "label": "No money", "parent": "refused"}));
    assert_eq!(offered[3]["requires"], list[3]["requires"]);
    assert_eq!(offered[2], json!({"code": "later", "label": "Later", "outcome": "no_contact"}));
    assert_eq!(
        offered[0],
        json!({"code": "refused", "label": "Refused"}),
        "a heading of a refusal"
    );

    let one = |more: Value| {
        let mut entry = json!({"code": "a", "label": "A"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([entry, {"code": "b", "label": "B"}, {"code": "c", "label": "C", "parent": "b"}])
    };
    let asks = |more: Value| {
        let mut field = field("x", "text");
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one(json!({"requires": [field]}))
    };
    let many: Vec<_> = (0..11).map(|n| field(&format!("f{n}"), "text")).collect();
    let choices: Vec<_> = (0..51).map(|n| n.to_string()).collect();
    for (part, list) in [
        ("parent", one(json!({"parent": "a"}))),
        ("parent", one(json!({"parent": "nobody"}))),
        ("parent", one(json!({"parent": "c"}))),
        ("parent", one(json!({"parent": 7}))),
        ("outcome", one(json!({"outcome": "paid"}))),
        ("does", one(json!({"does": ["retry", "follow_up"]}))),
        ("does", one(json!({"does": ["call"]}))),
        ("followUpAfterMinutes", one(json!({"does": ["follow_up"]}))),
        ("followUpAfterMinutes", one(json!({"followUpAfterMinutes": 5}))),
        ("followUpAfterMinutes", one(json!({"does": ["retry"], "followUpAfterMinutes": 0}))),
        ("followUpAfterMinutes", one(json!({"does": ["retry"], "followUpAfterMinutes": 525_601}))),
        ("requires", one(json!({"requires": many}))),
        ("requires", one(json!({"requires": "date"}))),
        ("requires[0].kind", asks(json!({"kind": "number"}))),
        ("requires[0].name", asks(json!({"name": "a b"}))),
        ("requires[0].label", asks(json!({"label": ""}))),
        ("requires[0].label", asks(json!({"label": "x".repeat(61)}))),
        ("requires[0].choices", asks(json!({"choices": ["A"]}))),
        ("requires[0].choices", asks(json!({"kind": "choice"}))),
        ("requires[0].choices", asks(json!({"kind": "choice", "choices": ["A", "A"]}))),
        ("requires[0].choices", asks(json!({"kind": "choice", "choices": choices}))),
        ("requires[1].name", one(json!({"requires": [field("x", "text"), field("x", "date")]}))),
    ] {
        let refused = set_list(&server, list.clone()).await;
        assert_eq!(refused.wrong_field(), format!("dispositions[0].{part}"), "{list}");
    }
    // A heading is not chosen, so it asks for nothing and does nothing.
    let heading = json!([
        {"code": "b", "label": "B", "does": ["suppress"]},
        {"code": "c", "label": "C", "parent": "b"},
    ]);
    assert_eq!(set_list(&server, heading).await.wrong_field(), "dispositions[0].does");
    let deep = json!([
        {"code": "a", "label": "A"},
        {"code": "b", "label": "B", "parent": "a"},
        {"code": "c", "label": "C", "parent": "b"},
    ]);
    let refused = set_list(&server, deep).await;
    assert!(refused.problem(400, "invalid_request").error.contains("only one level"));

    let id = finished_call(&server, "call-1").await;
    let refused = judge(&server, &id, json!({"disposition": "refused"})).await;
    let problem = refused.problem(400, "invalid_request");
    assert_eq!(problem.field.as_deref(), Some("disposition"));
    assert!(problem.error.contains("no_money"), "{}", problem.error);
    judge(&server, &id, json!({"disposition": "no_money"})).await.ok::<Value>();
}

#[tokio::test]
async fn an_outcome_makes_a_follow_up_and_another_one_takes_it_back() {
    let server = Server::start().await;
    let list = json!([
        {"code": "later", "label": "Later", "does": ["follow_up"], "followUpAfterMinutes": 30},
        {"code": "day", "label": "On a day", "does": ["follow_up"], "requires": [field("on", "date")]},
        {"code": "again", "label": "Again", "does": ["retry"]},
        {"code": "plain", "label": "Plain"},
    ]);
    set_list(&server, list).await.ok::<Value>();
    let zone = json!({"timeZone": "Asia/Kolkata"});
    server.request_as_operator(Method::PATCH, "", zone).await.ok::<Value>();
    let id = finished_call(&server, "call-1").await;
    let due = async |body: Value| {
        let saved: Value = judge(&server, &id, body).await.ok();
        let due = &saved["followUp"];
        (due["at"].as_str().unwrap_or("none").to_owned(), due["note"].clone())
    };
    let none = ("none".to_owned(), Value::Null);
    let first = due(json!({"disposition": "later"})).await;
    assert_eq!(first.1, json!("Later"));
    // The same outcome once more does not move it, and a day is nine o'clock of the client's zone.
    server.clock.advance(Duration::from_mins(10));
    assert_eq!(due(json!({"disposition": "later", "notes": "n"})).await, first);
    let on_day = json!({"disposition": "day", "dispositionFields": {"on": "2026-12-01"}});
    let ninth = ("2026-12-01T03:30:00Z".to_owned(), json!("On a day"));
    assert_eq!(due(on_day.clone()).await, ninth);
    let moved = json!({"dispositionFields": {"on": "2026-12-02"}});
    assert_eq!(due(moved).await.0, "2026-12-02T03:30:00Z");
    assert_eq!(due(json!({"disposition": "plain"})).await, none);
    let again = due(json!({"disposition": "again"})).await;
    assert_ne!(again, none);
    assert_ne!(again.0, first.0);
    assert_eq!(due(json!({"disposition": null})).await, none);
    // What a person chose stays, whatever the outcome.
    let own = json!({"disposition": "day", "dispositionFields": {"on": "2026-12-01"},
        "followUp": {"at": "2026-12-05T10:00:00Z"}});
    assert_eq!(due(own).await.0, "2026-12-05T10:00:00Z");
    for body in [json!({"disposition": "later"}), json!({"disposition": "plain"})] {
        assert_eq!(due(body).await.0, "2026-12-05T10:00:00Z");
    }
    assert_eq!(due(json!({"disposition": "later", "followUp": null})).await, none);
    // A follow-up that is done does not come back with the same outcome.
    assert_eq!(due(json!({"disposition": "later"})).await, none);
}

#[tokio::test]
async fn another_attempt_is_due_when_a_call_is_permitted() {
    let server = Server::start().await;
    let retry = |minutes: i64| {
        json!([{"code": "again", "label": "Again", "does": ["retry"],
        "followUpAfterMinutes": minutes}])
    };
    set_list(&server, retry(10)).await.ok::<Value>();
    let id = finished_call(&server, "call-1").await;
    server.clock.stop_at("2026-11-30T06:00:00Z");
    let now = server.clock.now();
    let due = async |id: &str| {
        let saved: Value = judge(&server, id, json!({"disposition": "again"})).await.ok();
        let at = saved["followUp"]["at"].as_str().unwrap().to_owned();
        chrono::DateTime::parse_from_rfc3339(&at).unwrap().timestamp_millis()
    };
    assert_eq!(due(&id).await, now + 600_000);
    // With hours of calling, a time outside of them becomes the next one within.
    let rules = json!({"packs": ["in-rbi-recovery"]});
    server.request_as_operator(Method::PUT, "/call-rules", rules).await.ok::<Value>();
    for hours in 0..24 {
        set_list(&server, retry(hours * 60 + 1)).await.ok::<Value>();
        let id = finished_call(&server, &format!("call-at-{hours}")).await;
        let (asked, given) = (now + (hours * 60 + 1) * 60_000, due(&id).await);
        let local_minute = |at: i64| (at / 60_000 + 330).rem_euclid(1440);
        let open = 480..1140;
        if open.contains(&local_minute(asked)) {
            assert_eq!(given, asked, "{hours}");
        } else {
            assert_eq!((local_minute(given), given > asked), (480, true), "{hours}");
            assert!(given - asked < 14 * 3_600_000);
        }
    }
}

#[tokio::test]
async fn fields_are_listed_exported_and_erased_with_the_customer() {
    let server = Server::start().await;
    set_list(&server, full_list()).await.ok::<Value>();
    let id = finished_call(&server, "call-1").await;
    let body = json!({"disposition": "promise", "dispositionFields":
        {"amount": "1500.50", "date": "2026-12-01", "way": "UPI", "why": "Salary; \"late\""}});
    judge(&server, &id, body).await.ok::<Value>();
    let fields = json!({"amount": 1500.5, "date": "2026-12-01", "way": "UPI",
        "why": "Salary; \"late\""});
    let listed: Value = server.get("/api/ribbon/calls").await.ok();
    assert_eq!(listed["calls"][0]["dispositionFields"], fields);
    let exported: Value = server.get("/api/ribbon/export/calls").await.ok();
    assert_eq!(exported["calls"][0]["dispositionFields"], fields);
    let table =
        server.get("/api/ribbon/export/calls?format=table&columns=outcome,outcomeFields").await;
    let line =
        "Promise to pay,\"AMOUNT: 1500.5; DATE: 2026-12-01; Way: UPI; Why: Salary; \"\"late\"\"\"";
    assert_eq!(table.text, format!("Outcome,Outcome details\r\n{line}\r\n"));
    let person = "/api/admin/clients/client-demo/customers/CUST-1";
    let ask = async |method: Method, path: &str| {
        Answer::from_request(server.request(method, path).bearer_auth(ADMIN_TOKEN)).await
    };
    let all: Value = ask(Method::GET, &format!("{person}/data")).await.ok();
    assert_eq!(all["calls"][0]["notes"]["dispositionFields"], fields);
    ask(Method::DELETE, person).await;
    let left = "SELECT COALESCE(fields, 'none') || ' ' || disposition FROM call_notes";
    assert_eq!(server.database.read_texts(left).await, ["none promise"]);
    let promises = "SELECT call_sid FROM promises";
    assert!(server.database.read_texts(promises).await.is_empty());
}
