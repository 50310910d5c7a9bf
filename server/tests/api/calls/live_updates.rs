//! Tests what listeners and pages that open late learn about calls: saved notes, and holds.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server, Stream, TALKS, create_token};
use call_ribbon_shared::wire::{ActiveCalls, CallObject, EventsUrl, InitAnswer};
use reqwest::Method;
use serde_json::{Value, json};

async fn save(server: &Server, session_id: &str, notes: Value) -> Answer {
    let request = server.request(Method::PATCH, &format!("/api/ribbon/calls/{session_id}"));
    Answer::from_request(request.header("X-API-Key", KEY).json(&notes)).await
}

#[tokio::test]
async fn saved_notes_reach_the_listeners_of_the_call() {
    let server = Server::start().await;
    let call = server.start_call("+919876543210").await;
    let mut all = server.events_after(0).await;
    let url = async |agent: &str| {
        let init = server.post_json("/api/ribbon/init", json!({"agentId": agent})).await;
        init.ok::<InitAnswer>().events_url
    };
    let mut own = Stream::open(server.request(Method::GET, &url("agent1").await)).await;
    let mut other = Stream::open(server.request(Method::GET, &url("agent2").await)).await;
    let (_, masked) = create_token(&server, "masked-viewer").await;
    let path = "/api/admin/clients/client-demo/ribbon/events/ticket";
    let ticket = server.request_as_staff(Method::GET, path, &masked, Value::Null).await;
    let ticket: EventsUrl = ticket.ok();
    let mut hidden = Stream::open(server.request(Method::GET, &ticket.events_url)).await;

    let notes = json!({"disposition": "paid 9876543210", "notes": "by UPI",
        "followUp": {"at": "2030-10-14T04:30:00Z"}});
    save(&server, &call.session_id, notes).await.ok::<CallObject>();
    for stream in [&mut all, &mut own] {
        assert_eq!(
            stream.next_update().await.unwrap(),
            json!({"sessionId": call.session_id, "agentId": "agent1",
                "disposition": "paid 9876543210", "followUpAt": "2030-10-14T04:30:00Z",
                "hasNotes": true})
        );
    }
    let update = hidden.next_update().await.unwrap();
    assert!(!update.to_string().contains("9876543210"), "{update}");
    // Notes are no part of the feed, so the next event has the next number.
    server.control_call(&call.session_id, "hangup", json!({"agentId": "agent1"})).await;
    let events = all.events_until("callEnded").await;
    assert!(events.is_sorted_by(|a, b| a.seq + 1 == b.seq), "{events:?}");
    // Another agent hears of its own calls only.
    let theirs = json!({"to": "+919876543211", "agentId": "agent2"});
    let theirs = server.post_json("/api/ribbon/calls", theirs).await.read::<Value>();
    let theirs = theirs["sessionId"].as_str().unwrap();
    save(&server, theirs, json!({"notes": "mine"})).await.ok::<CallObject>();
    assert_eq!(other.next_update().await.unwrap()["sessionId"], theirs);
}

#[tokio::test]
async fn a_page_that_opens_late_sees_who_is_on_hold() {
    let server = Server::start_with_simulator(TALKS).await;
    let call = server.start_call("+919876543210").await;
    let mut stream = server.events_after(0).await;
    stream.events_until("connected").await;
    for on in [true, false] {
        let body = json!({"agentId": "agent1", "onHold": on});
        server.control_call(&call.session_id, "hold", body).await.ok::<CallObject>();
        let path = "/api/admin/clients/client-demo/ribbon/active-calls";
        let answer = server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await;
        let active: ActiveCalls = answer.ok();
        assert_eq!(active.active_calls[0].on_hold, Some(on));
    }
}
