//! Tests a person's data rights: export and erasure.

use crate::support::database::wants_postgres;
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY, Server};
use call_ribbon_shared::wire::{CallLogs, CallObject, Logged};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;

const PATH: &str = "/api/admin/clients/client-demo/customers/";
/// The texts to search for afterwards: id, name, number, email, context, notes.
const TRACES: &[&str] =
    &["cust/7", "Meera", "98450", "meera@", "loan-4711", "asked about", "Koramangala"];

async fn admin(server: &Server, method: Method, path: &str) -> Answer {
    Answer::from_request(server.request(method, &format!("{PATH}{path}")).bearer_auth(ADMIN_TOKEN))
        .await
}

/// Adds a person in every place that can hold personal data, and other people beside.
async fn fill(server: &Server) {
    let meera = json!({"customerId": "cust/7", "name": "Meera Nair", "email": "meera@example.com",
        "phoneNumber": "+919845012345", "callType": "loan-4711 call",
        "context": {"loan": "loan-4711"}, "metadata": {"note": "Meera asked about it"}});
    let ravi = json!({"customerId": "c2", "name": "Ravi"});
    let of = |who: &Value, phone: &str| {
        json!({"phoneNumber": phone, "customerData": who,
        "reason": "said by the page"})
    };
    server.log_ended_call("m1", "2025-10-12T10:30:00Z", 40, of(&meera, "+91 98450 12345")).await;
    server.log_ended_call("m2", "2025-10-12T11:30:00Z", 90, of(&meera, "+919845012345")).await;
    server.log_ended_call("r1", "2025-10-12T10:31:00Z", 20, of(&ravi, "+918000000001")).await;
    // A call that was assigned to her first and turned out to be another customer's.
    let sid = "turned";
    server
        .log_event("initiated", sid, "2025-10-12T12:00:00Z", of(&meera, "+918000000001"))
        .await
        .ok::<Logged>();
    server
        .log_event("callEnded", sid, "2025-10-12T12:01:00Z", of(&ravi, "+918000000001"))
        .await
        .ok::<Logged>();
    // Her number, without a customer's id.
    server
        .log_ended_call("n1", "2025-10-12T13:00:00Z", 10, json!({"phoneNumber": "098450 12345"}))
        .await;
    server
        .log_ended_call("n2", "2025-10-12T13:00:00Z", 10, json!({"phoneNumber": "+919845012345"}))
        .await;
    let more = json!({"customerId": "cust/7", "name": "Meera Nair", "phone": "+919845012345",
        "tags": ["Meera"], "customFields": {"street": "Koramangala"}});
    server.post_json("/api/ribbon/customer", json!({"customerData": more})).await.ok::<Value>();
    let logs: CallLogs = server.get("/api/ribbon/call-logs?customerId=cust/7").await.ok();
    let notes = format!("/api/ribbon/calls/{}", logs.logs[0].session_id);
    let notes = server.request(Method::PATCH, &notes).header("X-API-Key", KEY);
    let body = json!({"notes": "Meera asked about a plan", "disposition": "promise-to-pay",
        "followUp": {"at": "2025-11-01T10:30:00Z", "note": "Meera"}});
    Answer::from_request(notes.json(&body)).await.ok::<CallObject>();
    for (customer, number) in [(meera, "+919845012345"), (json!({"name": "Meera"}), "9845012345")] {
        let due = json!({"to": number, "agentId": "agent1", "customerData": customer,
            "followUp": {"at": "2030-11-01T10:30:00Z", "note": "Meera asked about a plan"}});
        assert_eq!(server.post_json("/api/ribbon/follow-ups", due).await.status, 201);
    }
    for quiet in [
        json!({"customerId": "cust/7", "from": "09:00", "to": "17:00", "reason": "asked about it"}),
        json!({"phoneNumber": "+919845012345", "kind": "bereavement", "until": "2026-06-01",
            "since": "2026-05-01", "reason": "Meera's father"}),
    ] {
        let made = server.post_json("/api/ribbon/quiet-times", quiet).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let lead = json!({"user": "agent1", "lead_id": "5", "full_name": "Meera Nair",
        "phone": "+919845012345", "city": "Koramangala"});
    let request = server.request(Method::POST, "/api/leads/from-dialer");
    let lead =
        Answer::from_request(request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead)).await;
    assert_eq!(lead.status, 201);
    // A request to a provider about one of these calls.
    server
        .run_sql(
            "INSERT INTO provider_requests (client_id, request_id, account_id, at, direction,
                purpose, method, url, request, answer, session_id)
             SELECT client_id, 'r', 'a', 0, 'out', 'connect', 'POST', '', 'To=…2345',
                'asked about Meera', session_id FROM calls WHERE call_sid = 'm1'",
        )
        .await;
}

/// Returns every text in the whole database.
async fn everything(server: &Server) -> Vec<String> {
    let columns = if wants_postgres() {
        "SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type = 'text'"
    } else {
        "SELECT t.name || '.' || c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND c.type = 'TEXT'"
    };
    let mut all = Vec::new();
    for name in server.database.read_texts(columns).await {
        let (table, column) = name.split_once('.').unwrap();
        if table == "_sqlx_migrations" {
            continue;
        }
        let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
        all.extend(server.database.read_texts(sql.leak()).await);
    }
    assert!(all.len() > 100);
    all
}

#[tokio::test]
async fn after_an_erasure_no_text_of_the_database_names_the_person() {
    let server = Server::start().await;
    fill(&server).await;
    let held = everything(&server).await;
    for trace in TRACES {
        assert!(held.iter().any(|text| text.contains(trace)), "{trace} was never there");
    }
    let sums = server
        .database
        .read_texts("SELECT bucket || ' ' || calls || ' ' || duration FROM totals ORDER BY 1")
        .await;
    let look: Value = admin(&server, Method::DELETE, "cust%2F7?dryRun=true").await.ok();
    assert_eq!((&look["calls"], &look["callsWithSameNumber"]), (&json!(2), &json!(2)));
    assert_eq!(
        (&look["events"], &look["notes"], &look["leads"]),
        (&json!(5), &json!(1), &json!(1))
    );
    assert_eq!(look["followUps"], 1);
    let before = everything(&server).await;
    assert!(before.iter().any(|text| text.contains("loan-4711")), "a dry run changes nothing");

    let done: Value = admin(&server, Method::DELETE, "cust%2F7?includeSameNumber=true").await.ok();
    assert_eq!((&done["calls"], &done["customers"]), (&json!(4), &json!(1)));
    assert_eq!(done["followUps"], 2);
    let left = everything(&server).await;
    for trace in TRACES {
        let found: Vec<_> = left.iter().filter(|text| text.contains(trace)).collect();
        assert!(found.is_empty(), "{trace}: {found:?}");
    }
    // The other customers are unchanged, and so are the totals.
    assert!(left.iter().any(|text| text.contains("Ravi")));
    assert_eq!(
        sums,
        server
            .database
            .read_texts("SELECT bucket || ' ' || calls || ' ' || duration FROM totals ORDER BY 1")
            .await
    );
    assert!(server.rebuild_analytics().await.contains("nothing differed"));
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.pagination.total, 6);
    server.get("/api/ribbon/customer/cust%2F7").await.problem(404, "not_found");
    admin(&server, Method::DELETE, "cust%2F7").await.problem(404, "not_found");
    // The feed keeps its numbers, and an event that is repeated is recognised.
    let mut stream = server.events_after(0).await;
    for seq in 1..=12 {
        assert_eq!(stream.next_event().await.unwrap().seq, seq);
    }
    let audit = server.request(Method::GET, "/api/admin/clients/client-demo/audit");
    let audit: Value = Answer::from_request(audit.bearer_auth(ADMIN_TOKEN)).await.ok();
    assert_eq!(audit["audit"][0]["act"], "customer.erased");
    assert_eq!(audit["audit"][0]["subject"], done["mark"]);
}

#[tokio::test]
async fn an_export_holds_all_that_is_kept() {
    let server = Server::start().await;
    fill(&server).await;
    let answer = admin(&server, Method::GET, "cust%2F7/data").await;
    assert!(answer.header("content-disposition").starts_with("attachment"));
    for trace in TRACES {
        assert!(answer.text.contains(trace), "{trace}: {}", answer.text);
    }
    assert!(!answer.text.contains("Ravi"));
    let value: Value = answer.ok();
    assert_eq!(value["calls"].as_array().unwrap().len(), 2);
    assert_eq!(value["calls"][0]["events"].as_array().unwrap().len(), 2);
    assert_eq!(value["leads"].as_array().unwrap().len(), 1);
    assert_eq!(value["followUps"].as_array().unwrap().len(), 1);
    let more: Value =
        admin(&server, Method::GET, "cust%2F7/data?includeSameNumber=true").await.ok();
    assert_eq!(more["calls"].as_array().unwrap().len(), 4);
    assert_eq!(more["followUps"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_call_that_goes_on_and_strangers_are_refused() {
    let server = Server::start().await;
    let data = json!({"customerData": {"customerId": "c1", "name": "Asha"}});
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", data.clone()).await.ok::<Logged>();
    admin(&server, Method::DELETE, "c1").await.problem(409, "conflict");
    assert_eq!(server.get("/api/ribbon/customer/c1").await.status, 200);
    server.log_event("callEnded", "c1", "2025-10-12T10:31:00Z", data).await.ok::<Logged>();
    let own = server.request(Method::DELETE, &format!("{PATH}c1")).header("X-API-Key", KEY);
    assert_eq!(Answer::from_request(own).await.status, 401);
    admin(&server, Method::DELETE, "nobody").await.problem(404, "not_found");
    admin(&server, Method::GET, "nobody/data").await.problem(404, "not_found");
    admin(&server, Method::DELETE, "c1?dryRun=perhaps").await.problem(400, "invalid_request");
    let other = server.request(Method::DELETE, "/api/admin/clients/client-other/customers/c1");
    Answer::from_request(other.bearer_auth(ADMIN_TOKEN)).await.problem(404, "not_found");
    assert_eq!(server.get("/api/ribbon/customer/c1").await.status, 200);
}

#[tokio::test]
async fn the_command_line_exports_and_erases_too() {
    let server = Server::start().await;
    fill(&server).await;
    let say = async |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.arg("customer").args(args).args(["--client", "client-demo"]);
        command.args(["--customer", "cust/7", "--database", &server.database.url()]);
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(!String::from_utf8_lossy(&done.stderr).contains("98450"));
        (done.status.success(), String::from_utf8(done.stdout).unwrap())
    };
    assert!(say(&["export"]).await.1.contains("loan-4711"));
    let (_, said) = say(&["erase", "--dry-run"]).await;
    assert!(said.starts_with("Would be erased: 2 calls, 5 events, 1 notes, 1 leads."), "{said}");
    let (done, said) = say(&["erase", "--include-same-number"]).await;
    assert!(done && said.starts_with("Erased: 4 calls, 9 events, 1 notes, 1 leads."), "{said}");
    assert!(!say(&["export"]).await.0);
}

/// Calls with no event beyond a page of the export, with exactly a page, and with many.
#[tokio::test]
async fn an_export_has_every_event_of_every_call() {
    let server = Server::start().await;
    let counts = [1, 49, 50, 51, 130];
    for (n, count) in counts.into_iter().enumerate() {
        let customer = json!({"customerId": "cust/7", "name": "Meera Nair"});
        let events: Vec<Value> = (0..count)
            // Many at the same time, so that pages break within it.
            .map(|event| {
                json!({"event": format!("page.step-{event}"), "eventId": format!("{n}-{event}"),
                "timestamp": format!("2025-10-12T10:3{n}:{:02}Z", event / 40),
                "data": {"callSid": format!("c{n}"), "phoneNumber": "+919845012345",
                    "callDirection": "inbound", "customerData": customer}})
            })
            .collect();
        server.post_json("/api/ribbon/log-calls", json!({"events": events})).await.ok::<Value>();
    }
    let answer = admin(&server, Method::GET, "cust%2F7/data").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let data: Value = answer.ok();
    let calls = data["calls"].as_array().unwrap();
    assert_eq!(calls.len(), counts.len());
    for call in calls {
        let n: usize = call["call"]["callSid"].as_str().unwrap()[1..].parse().unwrap();
        let events = call["events"].as_array().unwrap().iter().map(|event| event["event"].clone());
        let expected: Vec<Value> =
            (0..counts[n]).map(|event| json!(format!("page.step-{event}"))).collect();
        assert_eq!(events.collect::<Vec<_>>(), expected, "call {n}");
        assert_eq!(call["notes"]["notes"], Value::Null);
    }
    for field in ["exportedAt", "clientId", "customerId", "customer", "leads"] {
        assert!(data.get(field).is_some(), "{field}");
    }
    assert_eq!((&data["eventsOfOtherCalls"], &data["callsWithSameNumber"]), (&json!(0), &json!(0)));
}
