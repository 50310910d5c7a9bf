//! Tests all kinds of writes under the strictest isolation, where conflicting transactions of two
//! servers fail and are retried (40001, 40P01), as on databases without another level.

use crate::support::database::wants_postgres;
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, Database, KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallLogs, CallStarted, ConfigAnswer};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const ROUNDS: usize = 6;
/// Writes of each kind in a round, half of them on each server.
const WIDE: usize = 4;
const CLIENT: &str = "/api/admin/clients/client-demo";

async fn strict() -> Option<(Server, Server)> {
    if !wants_postgres() {
        return None;
    }
    let database = Arc::new(Database::new().await);
    let strict = "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) ||
        ' SET default_transaction_isolation = serializable'; END $$";
    database.run_sql(strict).await;
    let on = || Server::start_on(Arc::clone(&database), Arc::default(), SLOW);
    Some(futures_util::future::join(on(), on()).await)
}

async fn admin(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    let request = server.request(method, path).bearer_auth(ADMIN_TOKEN);
    Answer::from_request(request.json(&body)).await
}

/// Does the `n`th write of every kind; returns whether each succeeded.
async fn write(server: &Server, n: usize, session: &str) -> Vec<Answer> {
    let event = |event: &str, sid: String, at: &str| {
        json!({"event": event, "timestamp": at, "data": {"callSid": sid, "duration": 7,
            "phoneNumber": "+919876543210", "callDirection": "outbound",
            "customerData": {"customerId": format!("c{}", n % 3), "name": "Asha"}}})
    };
    let (start, end) = ("2025-10-12T10:30:00Z", "2025-10-12T10:31:00Z");
    let single = async {
        server.post_json("/api/ribbon/log-call", event("initiated", format!("one{n}"), start)).await
    };
    let several = async {
        let sid = |part: &str| format!("many{n}{part}");
        let events = json!([
            event("callEnded", sid("a"), end),
            event("initiated", sid("a"), start),
            event("connected", sid("b"), start)
        ]);
        server.post_json("/api/ribbon/log-calls", json!({"events": events})).await
    };
    let customer = async {
        let field = ["name", "email", "company"][n % 3];
        let data = json!({"customerId": "shared", field: format!("{field}{n}")});
        let name = json!({"customerId": format!("own{n}"), "name": "Own"});
        let path = "/api/ribbon/customer";
        server.post_json(path, json!({"customerData": name})).await;
        let mut whole = data;
        whole["name"] = json!("Shared");
        server.post_json(path, json!({"customerData": whole})).await
    };
    let lead = async {
        let request = server.request(Method::POST, "/api/leads/from-dialer");
        let lead = json!({"user": "agent1", "lead_id": format!("L{}", n / 2),
            "full_name": "Lead", "phone": "9876543210"});
        Answer::from_request(request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead)).await
    };
    let notes = async {
        let request = server.request(Method::PATCH, &format!("/api/ribbon/calls/{session}"));
        let body =
            if n.is_multiple_of(2) { json!({"notes": "n"}) } else { json!({"disposition": "d"}) };
        Answer::from_request(request.header("X-API-Key", KEY).json(&body)).await
    };
    let client = async { admin(server, Method::PATCH, CLIENT, json!({"limit": 20})).await };
    let agent = async {
        let path = format!("{CLIENT}/agents");
        admin(server, Method::POST, &path, json!({"agentId": format!("new{n}")})).await;
        let path = format!("{path}/new{n}");
        admin(server, Method::PATCH, &path, json!({"name": "New"})).await
    };
    let key = async {
        let path = format!("{CLIENT}/keys");
        let made: Value = admin(server, Method::POST, &path, json!({})).await.read();
        let path = format!("{path}/{}", made["keyId"].as_str().unwrap());
        admin(server, Method::DELETE, &path, json!({})).await
    };
    let calls = futures_util::future::join4(single, several, customer, lead);
    let others = futures_util::future::join4(notes, client, agent, key);
    let (calls, others) = futures_util::future::join(calls, others).await;
    vec![calls.0, calls.1, calls.2, calls.3, others.0, others.1, others.2, others.3]
}

#[tokio::test]
async fn every_kind_of_writing_is_tried_again_until_it_is_through() {
    let Some((one, other)) = strict().await else { return };
    admin(&one, Method::PATCH, CLIENT, json!({"limit": 20})).await.ok::<Value>();
    let session = one.start_call("+919876543210").await.session_id;
    let on = |n: usize| if n.is_multiple_of(2) { &one } else { &other };
    let mut started = 1;
    for round in 0..ROUNDS {
        let numbers = round * WIDE..(round + 1) * WIDE;
        let writings = join_all(numbers.clone().map(|n| write(on(n), n, &session)));
        let to = json!({"to": "+919876543210"});
        let starts = join_all(numbers.map(|n| on(n).post_json("/api/ribbon/calls", to.clone())));
        let (written, starts) = futures_util::future::join(writings, starts).await;
        for answer in written.iter().flatten() {
            assert!((200..300).contains(&answer.status), "{}", answer.text);
        }
        for answer in starts {
            match answer.status {
                202 => started += usize::from(!answer.read::<CallStarted>().session_id.is_empty()),
                _ => drop(answer.problem(429, "monthly_limit_exceeded")),
            }
        }
    }
    // Exactly the month's limit of calls, although the starts conflicted.
    assert_eq!(started, 20);
    let config: ConfigAnswer = other.get("/api/ribbon/config").await.ok();
    assert_eq!(config.usage.calls_this_month, 20);
    // Each call once, and the totals as a recount has them.
    let logs: CallLogs = one.get("/api/ribbon/call-logs").await.ok();
    let all = ROUNDS * WIDE;
    assert_eq!(logs.pagination.total, i64::try_from(20 + 3 * all).unwrap());
    assert!(one.rebuild_analytics().await.contains("nothing differed"));
    // Fields that only one request set have their last value.
    let shared: Value = one.get("/api/ribbon/customer/shared").await.ok();
    for field in ["name", "email", "company"] {
        assert!(shared["customer"][field].is_string(), "{field}");
    }
    // Two requests about one lead made one lead, and its events have no gap.
    let leads = one.database.read_texts("SELECT CAST(id AS TEXT) FROM leads").await;
    let expected: BTreeSet<_> = (1..=all / 2).map(|id| id.to_string()).collect();
    assert_eq!(leads.into_iter().collect::<BTreeSet<_>>(), expected);
    // Every action of an operator has its entry: client, agent twice, key twice.
    let acts =
        one.database.read_texts("SELECT act FROM audit_log WHERE client_id = 'client-demo'").await;
    assert_eq!(acts.len(), 1 + 5 * all);
}
