//! What an agent writes down after a call.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::CallObject;
use reqwest::Method;
use serde_json::{Value, json};

async fn patch(server: &Server, session_id: &str, key: &str, body: Value) -> Answer {
    let path = format!("/api/ribbon/calls/{session_id}");
    Answer::of(server.request(Method::PATCH, &path).header("X-API-Key", key).json(&body)).await
}

#[tokio::test]
async fn notes_are_kept_with_the_call() {
    let server = Server::start().await;
    let id = server.call("+919876543210").await.session_id;
    assert!(server.look_at(&id).await.notes.is_none());
    let whole = json!({"notes": "Asked for a plan", "disposition": "promise-to-pay",
        "followUp": {"at": "2025-11-01T16:00:00+05:30", "note": "Call again"}});
    let answer = patch(&server, &id, KEY, whole).await;
    let value: Value = answer.ok();
    assert_eq!(value["followUp"], json!({"at": "2025-11-01T10:30:00Z", "note": "Call again"}));
    assert_eq!((&value["notes"], &value["sessionId"]), (&json!("Asked for a plan"), &json!(id)));
    // What is not named stays; null empties; the call going on changes nothing.
    patch(&server, &id, KEY, json!({"notes": null})).await.ok::<CallObject>();
    server.control(&id, "hangup", json!({"agentId": "agent1"})).await.ok::<CallObject>();
    let call = server.look_at(&id).await;
    assert_eq!(
        (call.notes.as_deref(), call.disposition.as_deref()),
        (None, Some("promise-to-pay"))
    );
    assert_eq!(call.follow_up.unwrap().note.as_deref(), Some("Call again"));
    patch(&server, &id, KEY, json!({"apiKey": KEY, "followUp": null})).await.ok::<CallObject>();
    assert!(server.look_at(&id).await.follow_up.is_none());
}

#[tokio::test]
async fn wrong_notes_and_strangers_are_refused() {
    let server = Server::start().await;
    server.add_other_client().await;
    let id = server.call("+919876543210").await.session_id;
    for (field, body) in [
        ("notes", json!({"notes": 5})),
        ("notes", json!({"notes": "x".repeat(20_001)})),
        ("disposition", json!({"disposition": []})),
        ("followUp.at", json!({"followUp": {}})),
        ("followUp.at", json!({"followUp": {"at": "tomorrow"}})),
        ("followUp.note", json!({"followUp": {"at": "2025-11-01T10:30:00Z", "note": 1}})),
    ] {
        assert_eq!(patch(&server, &id, KEY, body.clone()).await.wrong_field(), field, "{body}");
    }
    let body = json!({"notes": "x"});
    let path = format!("/api/ribbon/calls/{id}");
    let request = server.request(Method::PATCH, &path).json(&body);
    Answer::of(request).await.problem(401, "missing_api_key");
    patch(&server, &id, "nope", body.clone()).await.problem(401, "invalid_api_key");
    patch(&server, &id, OTHER_KEY, body.clone()).await.problem(404, "not_found");
    patch(&server, "ses_nothing", KEY, body).await.problem(404, "not_found");
    assert!(server.look_at(&id).await.notes.is_none());
}
