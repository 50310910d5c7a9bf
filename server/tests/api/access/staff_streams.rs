//! Tests the live streams of staff, which end with their sessions.

use crate::support::{ADMIN_TOKEN, Answer, Server, Stream, create_token};
use call_ribbon_shared::wire::EventsUrl;
use reqwest::Method;
use serde_json::{Value, json};

const READS: &str = "/api/admin/clients/client-demo/ribbon";
const T0: &str = "2025-10-12T10:30:00Z";

async fn ticket(server: &Server, token: &str) -> String {
    let path = format!("{READS}/events/ticket");
    let url: EventsUrl = server.request_as_staff(Method::GET, &path, token, Value::Null).await.ok();
    url.events_url
}

async fn open(server: &Server, url: &str) -> Stream {
    Stream::open(server.request(Method::GET, url)).await
}

#[tokio::test]
async fn a_stream_ends_with_the_token_by_which_it_was_opened() {
    let server = Server::start().await;
    let (id, viewer) = create_token(&server, "viewer").await;
    let (_, other) = create_token(&server, "viewer").await;
    let url = ticket(&server, &viewer).await;
    let mut by_ticket = open(&server, &url).await;
    let directly = server.request(Method::GET, &format!("{READS}/events")).bearer_auth(&viewer);
    let mut directly = Stream::open(directly).await;
    let mut others = open(&server, &ticket(&server, &other).await).await;
    let mut operators = open(&server, &ticket(&server, ADMIN_TOKEN).await).await;
    server.log_event("initiated", "c1", T0, json!({})).await;
    for stream in [&mut by_ticket, &mut directly, &mut others, &mut operators] {
        assert_eq!(stream.next_event().await.unwrap().call_sid, "c1");
    }
    // On another server than that of the streams.
    let there = server.start_another(crate::support::SLOW).await;
    let path = format!("/api/admin/clients/client-demo/tokens/{id}");
    there.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    assert!(by_ticket.next_event().await.is_none() && directly.next_event().await.is_none());
    let late = Answer::from_request(server.request(Method::GET, &url)).await;
    late.problem(401, "invalid_ticket");
    server.log_event("initiated", "c2", T0, json!({})).await;
    for stream in [&mut others, &mut operators] {
        assert_eq!(stream.next_event().await.unwrap().call_sid, "c2");
    }
    // The client's own streams end when it is suspended, the operator's does not.
    server.run_sql("UPDATE clients SET suspended_at = 1").await;
    assert!(others.next_event().await.is_none());
    let mut again = open(&server, &ticket(&server, ADMIN_TOKEN).await).await;
    server.run_sql("UPDATE clients SET suspended_at = NULL").await;
    server.log_event("initiated", "c3", T0, json!({})).await;
    for stream in [&mut operators, &mut again] {
        assert_eq!(stream.next_event().await.unwrap().call_sid, "c3");
    }
}

#[tokio::test]
async fn a_ticket_is_for_its_client_and_for_no_other_origin() {
    let server = Server::start().await;
    server.add_other_client().await;
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = "/api/admin/clients/client-other/ribbon/events/ticket";
    let others: EventsUrl =
        server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await.ok();
    // With another client's ticket and a token, the stream is that of the token's client.
    let query = others.events_url.split_once('?').unwrap().1;
    let mixed = server.request(Method::GET, &format!("{READS}/events?{query}"));
    let mut mixed = Stream::open(mixed.bearer_auth(&viewer)).await;
    server.log_event("initiated", "c1", T0, json!({})).await;
    assert_eq!(mixed.next_event().await.unwrap().call_sid, "c1");
    let url = ticket(&server, &viewer).await;
    let foreign = server.request(Method::GET, &url).header("Origin", "https://crm.example.com");
    let foreign = foreign.send().await.unwrap();
    assert!(foreign.headers().get("access-control-allow-origin").is_none());
}
