//! Tests the live stream: no gap, no repeat, and no other client's events.

use crate::support::{ADMIN_TOKEN, Answer, OTHER_KEY, Server, Stream, TALKS};
use call_ribbon_shared::wire::{CallObject, CallStarted, EventsUrl, InitAnswer};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const T0: &str = "2025-10-12T10:30:00Z";

async fn init(server: &Server, agent: &str) -> InitAnswer {
    server.post_json("/api/ribbon/init", json!({"agentId": agent})).await.ok()
}

async fn open(server: &Server, events_url: &str) -> Stream {
    Stream::open(server.request(Method::GET, events_url)).await
}

#[tokio::test]
async fn what_happens_between_init_and_the_stream_is_told() {
    let server = Server::start().await;
    server.log_event("initiated", "before", T0, json!({})).await;
    let url = init(&server, "agent1").await.events_url;
    server.log_event("initiated", "between", T0, json!({})).await;
    let mut stream = open(&server, &url).await;
    server.log_event("initiated", "after", T0, json!({})).await;
    assert_eq!(stream.next_event().await.unwrap().call_sid, "between");
    assert_eq!(stream.next_event().await.unwrap().call_sid, "after");
}

#[tokio::test]
async fn an_event_at_the_very_moment_a_stream_opens_is_told() {
    let server = Server::start().await;
    for n in 0..20 {
        let sid = format!("c{n}");
        let log = async {
            // At another point of the opening each time.
            tokio::time::sleep(Duration::from_micros(500 * n)).await;
            server.log_event("initiated", &sid, T0, json!({})).await
        };
        let opening = server.events_after(i64::try_from(n).unwrap() * 2);
        let (_, mut stream) = futures_util::future::join(log, opening).await;
        assert_eq!(stream.next_event().await.unwrap().call_sid, sid);
        // And sent only once.
        server.log_event("connected", &sid, T0, json!({})).await;
        assert_eq!(stream.next_event().await.unwrap().event, "connected");
    }
}

#[tokio::test]
async fn a_listener_that_reads_slowly_misses_nothing() {
    let server = Server::start().await;
    let mut stream = server.events_after(0).await;
    // More than the hub keeps, and far more than the socket buffers hold.
    let wide = "x".repeat(40_000);
    let log = async |n: i64| {
        let more = json!({"customerData": {"note": wide, "n": n}});
        assert_eq!(server.log_event("note", &format!("c{n}"), T0, more).await.status, 200);
    };
    // At once: the server ends a stream that is not read for long.
    for fifty in 0..10 {
        futures_util::future::join_all((0..50).map(|n| log(fifty * 50 + n))).await;
    }
    for seq in 1..=500 {
        assert_eq!(stream.next_event().await.unwrap().seq, seq);
    }
}

#[tokio::test]
async fn a_stream_resumes_without_gap_or_repeat() {
    let server = Server::start().await;
    let url = init(&server, "agent1").await.events_url;
    // More than the hub keeps for a slow listener, and more than one read of the feed returns.
    let logged = 1200;
    let log = async |n: i64| {
        let data = json!({"callSid": format!("c{}", n % 7)});
        let body = json!({"event": "note", "eventId": format!("e{n}"), "data": data});
        assert_eq!(server.post_json("/api/ribbon/log-call", body).await.status, 200);
    };
    let mut stream = open(&server, &url).await;
    let log_all = async {
        for fifty in 0..logged / 50 {
            futures_util::future::join_all((0..50).map(|n| log(fifty * 50 + n))).await;
        }
    };
    let read_some = async {
        let mut last = 0;
        // Reconnects again and again, each time from its last position.
        for _ in 0..6 {
            for _ in 0..100 {
                let event = stream.next_event().await.unwrap();
                assert_eq!(event.seq, last + 1);
                last = event.seq;
            }
            let again = server.request(Method::GET, &url).header("last-event-id", last);
            stream = Stream::open(again).await;
        }
        let by_query = format!("{url}&lastEventId={last}");
        stream = open(&server, &by_query).await;
        while last < logged {
            let event = stream.next_event().await.unwrap();
            assert_eq!(event.seq, last + 1);
            last = event.seq;
        }
    };
    futures_util::future::join(log_all, read_some).await;
    log(logged).await;
    assert_eq!(stream.next_event().await.unwrap().seq, logged + 1);
}

#[tokio::test]
async fn a_ticket_opens_a_stream_for_ten_minutes() {
    let server = Server::start().await;
    let init = init(&server, "agent1").await;
    server.clock.advance(Duration::from_secs(599));
    let mut stream = open(&server, &init.events_url).await;
    server.clock.advance(Duration::from_secs(2));
    let late = Answer::from_request(server.request(Method::GET, &init.events_url)).await;
    late.problem(401, "invalid_ticket");
    // An open stream stays open.
    server.log_event("initiated", "c1", T0, json!({})).await;
    assert_eq!(stream.next_event().await.unwrap().call_sid, "c1");
    let nothing =
        Answer::from_request(server.request(Method::GET, "/api/ribbon/events?ticket=")).await;
    nothing.problem(401, "missing_api_key");
    for bad in ["x", "x.y", &init.session_token] {
        let url = format!("/api/ribbon/events?ticket={bad}");
        Answer::from_request(server.request(Method::GET, &url))
            .await
            .problem(401, "invalid_ticket");
    }
    let url: EventsUrl = server.get("/api/ribbon/events/ticket").await.ok();
    server.run_sql("UPDATE clients SET suspended_at = 1").await;
    let suspended = Answer::from_request(server.request(Method::GET, &url.events_url)).await;
    suspended.problem(403, "client_suspended");
}

#[tokio::test]
async fn an_agent_sees_its_own_calls_and_those_that_are_nobodys() {
    let server = Server::start_with_simulator(TALKS).await;
    let mut first = open(&server, &init(&server, "agent1").await.events_url).await;
    let mut second = open(&server, &init(&server, "agent2").await.events_url).await;
    let whole: EventsUrl = server.get("/api/ribbon/events/ticket").await.ok();
    let mut whole = open(&server, &whole.events_url).await;

    server.log_event("initiated", "ones", T0, json!({"agentId": "agent1"})).await;
    let ring = server.post_json("/api/ribbon/simulator/incoming", json!({"from": "12345"})).await;
    let incoming: CallStarted = ring.read();
    // agent2 is notified too that agent1 answered, or it would ring there forever.
    let answer = json!({"agentId": "agent1"});
    server.control_call(&incoming.session_id, "answer", answer).await.ok::<CallObject>();
    server
        .control_call(&incoming.session_id, "mute", json!({"muted": true}))
        .await
        .ok::<CallObject>();
    server.log_event("initiated", "last", T0, json!({})).await;
    let mut names = Vec::new();
    for stream in [&mut first, &mut second, &mut whole] {
        let mut seen = Vec::new();
        loop {
            let event = stream.next_event().await.unwrap();
            if event.call_sid == "last" {
                break;
            }
            seen.push(event.event);
        }
        names.push(seen.join(" "));
    }
    assert_eq!(
        names,
        [
            "initiated incoming connected mutetoggle",
            "incoming connected",
            "initiated incoming connected mutetoggle",
        ]
    );
}

#[tokio::test]
async fn another_clients_events_are_not_told() {
    let server = Server::start().await;
    server.add_other_client().await;
    let other = server.request(Method::GET, "/api/ribbon/events").header("x-api-key", OTHER_KEY);
    let mut other = Stream::open(other.header("last-event-id", "0")).await;
    server.log_event("initiated", "c1", T0, json!({})).await;
    let theirs = json!({"apiKey": OTHER_KEY, "event": "initiated", "data": {"callSid": "c2"}});
    server.post_json("/api/ribbon/log-call", theirs).await;
    let event = other.next_event().await.unwrap();
    assert_eq!((event.call_sid.as_str(), event.seq), ("c2", 1));
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let server = Server::start().await;
    let mut stream = server.events_after(0).await;
    server.log_event("initiated", "c1", T0, json!({})).await;
    assert!(stream.next_event().await.is_some());
    server.stop().await;
    assert!(stream.next_event().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_after_its_time_and_goes_on_where_it_was() {
    let server = Server::start_with_limits(|limits| limits.stream_timeout = 1).await;
    let url = init(&server, "agent1").await.events_url;
    let mut stream = open(&server, &url).await;
    server.log_event("initiated", "c1", T0, json!({})).await;
    let seen = stream.next_event().await.unwrap();
    assert!(stream.next_event().await.is_none(), "it lasts on");
    server.log_event("initiated", "c2", T0, json!({})).await;
    let again = server.request(Method::GET, &url).header("last-event-id", seen.seq);
    assert_eq!(Stream::open(again).await.next_event().await.unwrap().call_sid, "c2");
}

#[tokio::test]
async fn a_last_event_id_must_be_a_number() {
    let server = Server::start().await;
    let url = init(&server, "agent1").await.events_url;
    let bad = server.request(Method::GET, &url).header("last-event-id", "x");
    assert_eq!(Answer::from_request(bad).await.wrong_field(), "lastEventId");
    // A position past the end, as after a database was restored: the stream starts now.
    let mut stream = server.events_after(1_000_000).await;
    server.log_event("initiated", "c1", T0, json!({})).await;
    assert_eq!(stream.next_event().await.unwrap().seq, 1);
}

/// Sends a request as the operator, which must succeed.
async fn operator(server: &Server, method: Method, path: &str, body: Value) -> Value {
    let request = server.request(method, &format!("/api/admin/clients/client-demo{path}"));
    let answer = Answer::from_request(request.bearer_auth(ADMIN_TOKEN).json(&body)).await;
    assert!((200..300).contains(&answer.status), "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap_or_default()
}

#[tokio::test]
async fn a_stream_ends_with_its_key() {
    let server = Server::start().await;
    let made = operator(&server, Method::POST, "/keys", json!({})).await;
    let (id, key) = (made["keyId"].as_str().unwrap(), made["apiKey"].as_str().unwrap());
    let by_key = || server.request(Method::GET, "/api/ribbon/events").header("X-API-Key", key);
    let init = json!({"apiKey": key, "agentId": "agent1"});
    let ticket = server.post_json("/api/ribbon/init", init).await.ok::<InitAnswer>().events_url;
    let mut streams = [Stream::open(by_key()).await, open(&server, &ticket).await];
    let mut other = server.events_after(0).await;
    operator(&server, Method::DELETE, &format!("/keys/{id}"), json!({})).await;
    for stream in &mut streams {
        assert!(stream.next_event().await.is_none());
    }
    let again = server.request(Method::GET, &ticket);
    Answer::from_request(again).await.problem(401, "revoked_api_key");
    // Another key of the same client stays valid, until the client is suspended.
    server.log_event("initiated", "c1", T0, json!({})).await;
    assert_eq!(other.next_event().await.unwrap().call_sid, "c1");
    operator(&server, Method::DELETE, "", json!({})).await;
    assert!(other.next_event().await.is_none());
}

#[tokio::test]
async fn an_agent_hears_of_a_call_that_it_asked_for_whoevers_it_is() {
    let server = Server::start_with_simulator(TALKS).await;
    let mut streams = Vec::new();
    for agent in ["agent1", "agent2", "agent3"] {
        streams.push(open(&server, &init(&server, agent).await.events_url).await);
    }
    let call = server.start_call("+919876543210").await;
    streams[0].events_until("connected").await;
    // A page claims that the call is another agent's.
    for event in ["moved", "noted"] {
        let data = json!({"callSid": call.call_sid, "agentId": "agent2"});
        let logged =
            server.post_json("/api/ribbon/log-call", json!({"event": event, "data": data}));
        assert_eq!(logged.await.status, 200);
    }
    // An agent who controls another agent's call does not take it over.
    let by_another = json!({"agentId": "agent3"});
    let ended: CallObject = server.control_call(&call.session_id, "hangup", by_another).await.ok();
    assert_eq!(ended.agent_id.as_deref(), Some("agent2"));
    server.log_event("initiated", "last", T0, json!({})).await;
    let mut names = Vec::new();
    for stream in &mut streams {
        let mut seen = stream.names_until("initiated").await;
        // The beginning of the call concerns only agent1, who has received it above.
        seen.pop();
        names.push(seen.join(" "));
    }
    assert_eq!(names, ["moved noted callEnded", "moved noted callEnded", "moved"]);
}
