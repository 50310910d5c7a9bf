//! Tests that no answer is large because a client stores much, and that the server's memory stays
//! small while it answers.

use crate::support::process::Process;
use crate::support::{ADMIN_TOKEN, Answer, KEY, http_client};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::fs;

/// The calls in progress, all with one customer.
const ACTIVE: usize = 300;
/// The calls that ended, each with a customer and a follow-up of its own.
const ENDED: usize = 100;
/// The events of one call with the largest data.
const FACTS: usize = 60;
/// The bytes of an answer whose list is cut, at most: a portion of rows and the last of them.
const CUT: usize = 5 * 1024 * 1024;
const SMALL: usize = 2 * 1024 * 1024;
/// What an answer may add to the server's memory, whatever its size.
const MEMORY_KIB: u64 = 48 * 1024;

/// A server with a client that stores as much as it may with each call.
struct Full {
    server: Process,
    http: Client,
    /// The session of the call with the most data.
    session_id: String,
}

/// Returns `customerData` of nearly the largest size.
fn customer(id: &str) -> Value {
    json!({"customerId": id, "name": "Asha Rao", "context": {"x": "y".repeat(64 * 1024 - 100)}})
}

impl Full {
    async fn start() -> Self {
        let server = Process::serve(&[]).await;
        let mut full = Self { server, http: http_client(), session_id: String::new() };
        let event = |n: usize, event: &str, id: &str| {
            let data = json!({"callSid": format!("c{n}"), "phoneNumber": "+919876543210",
                "callDirection": "outbound", "agentId": "agent1", "customerData": customer(id)});
            json!({"event": event, "data": data})
        };
        let mut events: Vec<Value> = (0..ACTIVE).map(|n| event(n, "connected", "C1")).collect();
        let ended = (ACTIVE..ACTIVE + ENDED).map(|n| event(n, "callEnded", &format!("E{n}")));
        events.extend(ended);
        for batch in events.chunks(15) {
            let body = json!({"apiKey": KEY, "events": batch});
            let request = full.request(Method::POST, "/api/ribbon/log-calls").json(&body);
            let results: Value = Answer::from_request(request).await.ok();
            let results = results["results"].as_array().unwrap();
            assert!(results.iter().all(|result| result["success"] == true));
        }
        full.save_follow_ups().await;
        for n in 0..FACTS {
            let data = json!({"callSid": "facts", "remark": "z".repeat(90_000)});
            let body = json!({"apiKey": KEY, "event": format!("note.{n}"), "data": data});
            let request = full.request(Method::POST, "/api/ribbon/log-call").json(&body);
            Answer::from_request(request).await.ok::<Value>();
        }
        let found: Value = full.read("/api/ribbon/calls?list=all&search=facts").await;
        found["calls"][0]["sessionId"].as_str().unwrap().clone_into(&mut full.session_id);
        full
    }

    async fn save_follow_ups(&self) {
        let mut path =
            "/api/ribbon/calls?list=all&status=completed,missed,failed,no_answer".to_owned();
        loop {
            let page: Value = self.read(&path).await;
            for call in page["calls"].as_array().unwrap() {
                let call = format!("/api/ribbon/calls/{}", call["sessionId"].as_str().unwrap());
                let body = json!({"apiKey": KEY, "followUp": {"at": "2099-10-14T09:00:00Z"}});
                let request = self.request(Method::PATCH, &call).json(&body);
                Answer::from_request(request).await.ok::<Value>();
            }
            let Some(cursor) = page["nextCursor"].as_str() else { return };
            path = format!(
                "/api/ribbon/calls?list=all&status=completed,missed,failed,no_answer&cursor={cursor}"
            );
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server.url));
        request.header("x-api-key", KEY)
    }

    async fn read(&self, path: &str) -> Value {
        Answer::from_request(self.request(Method::GET, path)).await.ok()
    }

    /// Returns the server's memory in KiB: what it holds now, or the most since the last reset.
    fn memory(&self, line: &str) -> u64 {
        let pid = self.server.pid().as_raw_nonzero();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|one| one.starts_with(line)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Begins a new measurement of the most memory (proc(5), `clear_refs`).
    fn reset_peak(&self) {
        let pid = self.server.pid().as_raw_nonzero();
        fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    }

    /// Reads an answer without keeping it; returns its bytes.
    async fn count_bytes(&self, path: &str) -> usize {
        let request = self.request(Method::GET, path);
        let admin = path.starts_with("/api/admin/");
        let request = if admin { request.bearer_auth(ADMIN_TOKEN) } else { request };
        let mut response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let mut bytes = 0;
        while let Some(part) = response.chunk().await.unwrap() {
            bytes += part.len();
        }
        bytes
    }
}

#[tokio::test]
async fn answers_and_memory_stay_small() {
    let full = Full::start().await;
    let whole = (ACTIVE + ENDED) * 2 * 66 * 1024 + 10 * 1024 * 1024;
    let call = format!("/api/ribbon/calls/{}", full.session_id);
    let staff = "/api/admin/clients/client-demo";
    let mut wrong = Vec::new();
    for (path, most) in [
        // In pieces, of any size.
        ("/api/ribbon/active-calls", whole),
        ("/api/ribbon/call-logs?pageSize=500", whole),
        ("/api/ribbon/call-logs?pageSize=500&event=all", 2 * whole),
        ("/api/ribbon/call-logs?pageSize=500&customerId=C1", whole),
        ("/api/ribbon/export/calls", whole),
        ("/api/ribbon/export/calls?format=csv", SMALL),
        (&format!("{staff}/ribbon/active-calls"), whole),
        // Cut, with a cursor or a remark.
        ("/api/ribbon/analytics?limit=500", CUT),
        ("/api/ribbon/analytics/detailed", SMALL),
        ("/api/ribbon/calls?list=all&limit=500", CUT),
        ("/api/ribbon/calls?list=all&limit=500&sort=longest", CUT),
        ("/api/ribbon/calls?agentId=agent1&limit=500", CUT),
        ("/api/ribbon/calls?customerId=C1&limit=500", CUT),
        ("/api/ribbon/calls?list=all&limit=500&search=asha", CUT),
        ("/api/ribbon/follow-ups?limit=500", CUT),
        ("/api/ribbon/missed-calls?agentId=agent1&limit=500", CUT),
        ("/api/ribbon/customer/C1", CUT),
        ("/api/ribbon/customer/C1/calls?limit=500", CUT),
        (call.as_str(), CUT),
        // Small whatever is stored.
        ("/api/ribbon/customers?limit=500", SMALL),
        ("/api/ribbon/leads?limit=500", SMALL),
        ("/api/ribbon/analytics/breakdown?by=agentId", SMALL),
        ("/api/ribbon/analytics/pivot?by=agentId&across=status", SMALL),
        ("/api/ribbon/analytics/outcomes?by=agentId", SMALL),
        ("/api/ribbon/analytics/funnel", SMALL),
        ("/api/ribbon/analytics/today", SMALL),
        ("/api/ribbon/analytics/fields", SMALL),
        ("/api/ribbon/analytics/agents", SMALL),
        ("/api/ribbon/campaigns", SMALL),
        ("/api/ribbon/analytics/trends", SMALL),
        (&format!("{staff}/audit?limit=500"), SMALL),
        (&format!("{staff}/provider-requests?limit=200"), SMALL),
        ("/api/admin/analytics/all", SMALL),
        ("/api/openapi.json", SMALL),
    ] {
        full.reset_peak();
        let before = full.memory("VmRSS");
        let bytes = full.count_bytes(path).await;
        let added = full.memory("VmHWM").saturating_sub(before);
        if bytes > most || added > MEMORY_KIB {
            wrong.push(format!("{path}: {bytes} bytes of {most}, {added} KiB of memory"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    nothing_is_lost(&full).await;
}

/// What is sent in pieces is whole, and what is cut says so.
async fn nothing_is_lost(full: &Full) {
    let active = full.read("/api/ribbon/active-calls").await;
    // The one with many facts is in progress too.
    assert_eq!(active["count"], ACTIVE + 1);
    let calls = active["activeCalls"].as_array().unwrap();
    assert_eq!(calls.len(), ACTIVE + 1);
    assert_eq!(calls.last().unwrap()["customerData"], customer("C1"));
    let page = full.read("/api/ribbon/call-logs?pageSize=390").await;
    let logs = page["logs"].as_array().unwrap();
    assert_eq!((logs.len(), page["pagination"]["total"].as_u64()), (390, Some(401)));
    let cursor = page["pagination"]["nextCursor"].as_str().unwrap();
    let rest = full.read(&format!("/api/ribbon/call-logs?pageSize=390&cursor={cursor}")).await;
    assert_eq!(rest["logs"].as_array().unwrap().len(), 11);
    let mut sessions: Vec<Value> = Vec::new();
    let mut path = "/api/ribbon/calls?list=all&limit=500".to_owned();
    loop {
        let page = full.read(&path).await;
        let calls = page["calls"].as_array().unwrap();
        sessions.extend(calls.iter().map(|call| call["sessionId"].clone()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/ribbon/calls?list=all&limit=500&cursor={cursor}");
    }
    assert_eq!(sessions.len(), ACTIVE + ENDED + 1);
    for path in [
        "/api/ribbon/analytics?limit=500",
        "/api/ribbon/follow-ups?limit=500",
        "/api/ribbon/customer/C1",
        "/api/ribbon/customer/C1/calls?limit=500",
    ] {
        assert_eq!(full.read(path).await["truncated"], true, "{path}");
    }
    let call = full.read(&format!("/api/ribbon/calls/{}", full.session_id)).await;
    let timeline = call["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), FACTS);
    assert_eq!(timeline[0]["data"]["remark"], "z".repeat(90_000));
    assert_eq!(timeline[FACTS - 1]["data"], json!({}));
}
