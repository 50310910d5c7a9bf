//! Tests the list of callers to call back.

use crate::support::{ADMIN_TOKEN, Answer, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CallHistory, InitAnswer, Logged, MissedCalls};
use reqwest::Method;
use serde_json::{Value, json};

const MISSED: &str = "/api/ribbon/missed-calls";

/// Logs a call that rang at this time and was missed.
async fn miss(server: &Server, call_sid: &str, at: &str, more: Value) {
    let mut data = more;
    data["callDirection"] = json!("inbound");
    server.log_event("incoming", call_sid, at, data.clone()).await.ok::<Logged>();
    server.log_event("missed", call_sid, &at.replace('Z', ".5Z"), data).await.ok::<Logged>();
}

/// Logs an outbound call of this many seconds.
async fn call_back(server: &Server, call_sid: &str, at: &str, seconds: u32, data: Value) {
    server.log_event("initiated", call_sid, at, data.clone()).await.ok::<Logged>();
    let mut end = data;
    end["duration"] = json!(seconds);
    server.log_event("callEnded", call_sid, &at.replace('Z', ".5Z"), end).await.ok::<Logged>();
}

fn from(number: &str, agent: Option<&str>, customer: Option<&str>) -> Value {
    let mut data = json!({"phoneNumber": number, "customerData": {"name": "Asha"}});
    if let Some(agent) = agent {
        data["customerData"]["agentId"] = json!(agent);
    }
    if let Some(customer) = customer {
        data["customerData"]["customerId"] = json!(customer);
    }
    data
}

/// Returns the latest call of each caller, and the number of calls.
async fn listed(server: &Server, query: &str) -> Vec<(String, u32)> {
    let missed: MissedCalls = server.get(&format!("{MISSED}?{query}")).await.ok();
    missed.missed_calls.into_iter().map(|one| (one.last_call.call_sid, one.count)).collect()
}

fn own(calls: &[(&str, u32)]) -> Vec<(String, u32)> {
    calls.iter().map(|(call_sid, count)| ((*call_sid).to_owned(), *count)).collect()
}

/// Changes a missed call as staff.
async fn change_call_back(server: &Server, call_sid: &str, change: Value) {
    let search = format!("/api/ribbon/calls?list=all&search={call_sid}");
    let found: CallHistory = server.get(&search).await.ok();
    let session = &found.calls[0].session_id;
    let path = format!("/api/admin/clients/client-demo/call-backs/{session}");
    server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, change).await.ok::<Value>();
}

#[tokio::test]
async fn missed_callers_are_listed_once_until_somebody_has_spoken_with_them() {
    let server = Server::start().await;
    server.add_other_client().await;
    let body = json!({"agentId": "a"});
    let init: InitAnswer = server.post_json("/api/ribbon/init", body).await.ok();
    let today = &init.expires_at[..10];
    let on = |clock: &str| format!("{today}T{clock}Z");
    let all = &format!("agentId=a&since={}", on("00:00:00"));
    miss(&server, "m1", &on("10:00:00"), from("+919800000001", Some("a"), None)).await;
    miss(&server, "m2", &on("10:01:00"), from("+919800000001", Some("a"), None)).await;
    miss(&server, "m3", &on("10:02:00"), from("+919800000002", None, Some("C2"))).await;
    miss(&server, "m4", &on("10:03:00"), from("+919800000003", Some("b"), None)).await;
    let mut declined = from("+919800000004", Some("a"), None);
    declined["reason"] = json!("declined");
    miss(&server, "m5", &on("10:04:00"), declined).await;
    assert_eq!(listed(&server, all).await, own(&[("m3", 1), ("m2", 2)]));
    assert_eq!(listed(&server, &all.replace("=a", "=b")).await, own(&[("m4", 1), ("m3", 1)]));
    assert_eq!(listed(&server, &format!("{all}&limit=1")).await, own(&[("m3", 1)]));
    assert_eq!(
        listed(&server, &format!("agentId=a&since={}", on("10:00:30"))).await,
        own(&[("m3", 1), ("m2", 1)])
    );

    // Called back in vain: the caller is still waiting.
    let back = from("+919800000001", Some("b"), None);
    call_back(&server, "v1", &on("11:00:00"), 0, back).await;
    assert_eq!(listed(&server, all).await, own(&[("m3", 1), ("m2", 2)]));
    // Spoken with: by another agent, and on another number of the same customer.
    let back = from("+919800000001", Some("b"), None);
    call_back(&server, "v2", &on("11:01:00"), 30, back).await;
    assert_eq!(listed(&server, all).await, own(&[("m3", 1)]));
    let back = from("+919800000009", Some("a"), Some("C2"));
    call_back(&server, "v3", &on("11:02:00"), 30, back).await;
    assert_eq!(listed(&server, all).await, own(&[]));
    // A call that is missed later is new.
    miss(&server, "m6", &on("11:03:00"), from("+919800000001", Some("a"), None)).await;
    assert_eq!(listed(&server, all).await, own(&[("m6", 1)]));
    // Staff have marked calls as done: one of the agent's, and one that rang for every agent.
    miss(&server, "m7", &on("11:04:00"), from("+919800000007", None, None)).await;
    for (call_sid, done, left) in
        [("m6", true, own(&[("m7", 1)])), ("m7", true, own(&[])), ("m6", false, own(&[("m6", 1)]))]
    {
        change_call_back(&server, call_sid, json!({"done": done})).await;
        assert_eq!(listed(&server, all).await, left);
    }
    // Staff give calls to agents: one of the agent's, one that rang for every agent, and back.
    miss(&server, "m8", &on("11:05:00"), from("+919800000008", None, None)).await;
    let of_b = &all.replace("=a", "=b");
    for (call_sid, agent, a, b) in [
        ("m6", "b", own(&[("m8", 1)]), own(&[("m8", 1), ("m6", 1), ("m4", 1)])),
        ("m8", "b", own(&[]), own(&[("m8", 1), ("m6", 1), ("m4", 1)])),
        ("m8", "a", own(&[("m8", 1)]), own(&[("m6", 1), ("m4", 1)])),
        ("m6", "a", own(&[("m8", 1), ("m6", 1)]), own(&[("m4", 1)])),
    ] {
        change_call_back(&server, call_sid, json!({"agentId": agent})).await;
        assert_eq!((listed(&server, all).await, listed(&server, of_b).await), (a, b), "{call_sid}");
    }

    let request = server.request(Method::GET, &format!("{MISSED}?{all}"));
    let other = Answer::from_request(request.header("X-API-Key", OTHER_KEY)).await;
    assert_eq!(other.ok::<MissedCalls>().missed_calls.len(), 0);
    for (query, field) in
        [("", "agentId"), ("agentId=a&since=soon", "since"), ("agentId=a&limit=x", "limit")]
    {
        assert_eq!(server.get(&format!("{MISSED}?{query}")).await.wrong_field(), field);
    }
}
