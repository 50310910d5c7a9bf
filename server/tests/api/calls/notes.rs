//! Tests an agent's notes on a call.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::CallObject;
use reqwest::Method;
use serde_json::{Value, json};

async fn patch(server: &Server, session_id: &str, key: &str, body: Value) -> Answer {
    let path = format!("/api/ribbon/calls/{session_id}");
    Answer::from_request(server.request(Method::PATCH, &path).header("X-API-Key", key).json(&body))
        .await
}

#[tokio::test]
async fn notes_are_kept_with_the_call() {
    let server = Server::start().await;
    let id = server.start_call("+919876543210").await.session_id;
    assert!(server.show_call(&id).await.notes.is_none());
    let whole = json!({"notes": "Asked for a plan", "disposition": "promise-to-pay",
        "followUp": {"at": "2025-11-01T16:00:00+05:30", "note": "Call again"}});
    let answer = patch(&server, &id, KEY, whole).await;
    let value: Value = answer.ok();
    assert_eq!(
        value["followUp"],
        json!({"at": "2025-11-01T10:30:00Z", "note": "Call again", "agentId": "agent1"})
    );
    assert_eq!((&value["notes"], &value["sessionId"]), (&json!("Asked for a plan"), &json!(id)));
    // Missing fields stay; null clears; later events of the call change nothing.
    patch(&server, &id, KEY, json!({"notes": null})).await.ok::<CallObject>();
    server.control_call(&id, "hangup", json!({"agentId": "agent1"})).await.ok::<CallObject>();
    let call = server.show_call(&id).await;
    assert_eq!(
        (call.notes.as_deref(), call.disposition.as_deref()),
        (None, Some("promise-to-pay"))
    );
    assert_eq!(call.follow_up.unwrap().note.as_deref(), Some("Call again"));
    patch(&server, &id, KEY, json!({"apiKey": KEY, "followUp": null})).await.ok::<CallObject>();
    assert!(server.show_call(&id).await.follow_up.is_none());
}

#[tokio::test]
async fn two_who_write_about_a_call_lose_nothing() {
    let server = Server::start().await;
    let id = server.start_call("+919876543210").await.session_id;
    let save = async |body: Value| patch(&server, &id, KEY, body).await.ok::<CallObject>();
    assert_eq!(server.show_call(&id).await.notes_version, None);
    let first = save(json!({"notes": "promised 5000", "notesVersion": 0})).await;
    let seen = first.notes_version.unwrap();
    // Each of the others has read another version than the stored one.
    for (what, body, notes) in [
        ("has seen nothing", json!({"notes": "B", "notesVersion": 0}), "promised 5000\nB"),
        ("has seen an old one", json!({"notes": "C", "notesVersion": seen}), "promised 5000\nB\nC"),
        ("the same once more", json!({"notes": "C", "notesVersion": seen}), "promised 5000\nB\nC"),
        ("empties what it saw", json!({"notes": "", "notesVersion": 7}), "promised 5000\nB\nC"),
        ("removes what it saw", json!({"notes": null, "notesVersion": 7}), "promised 5000\nB\nC"),
        (
            "has all of it",
            json!({"notes": "promised 5000\nB\nC, D", "notesVersion": 7}),
            "promised 5000\nB\nC, D",
        ),
        (
            "an outcome leaves the notes",
            json!({"disposition": "paid", "notesVersion": 0}),
            "promised 5000\nB\nC, D",
        ),
    ] {
        let kept = save(body).await;
        assert_eq!(kept.notes.as_deref(), Some(notes), "{what}");
        assert_eq!(server.show_call(&id).await.notes_version, kept.notes_version, "{what}");
    }
    // A writer who has read the stored version, or sends none, replaces it. Each change has its
    // version.
    let mut versions = vec![seen];
    for body in [
        json!({"notes": "mine", "notesVersion": "stored"}),
        json!({"notes": "alone"}),
        json!({"notes": null, "notesVersion": "stored"}),
    ] {
        let stored = server.show_call(&id).await.notes_version.unwrap();
        versions.push(stored);
        let mut body = body;
        if body["notesVersion"] == "stored" {
            body["notesVersion"] = json!(stored);
        }
        let notes = body["notes"].as_str().map(str::to_owned);
        assert_eq!(save(body).await.notes, notes);
    }
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    // The subject of a follow-up is text, too.
    let due = |note: &str, version: i64| json!({"followUp": {"at": "2025-11-01T10:30:00Z", "note": note}, "notesVersion": version});
    save(due("the plan", 0)).await;
    assert_eq!(
        save(due("the bill", 0)).await.follow_up.unwrap().note.unwrap(),
        "the plan\nthe bill"
    );
    // Text that is too long is refused and changes nothing.
    save(json!({"notes": "a".repeat(19_990)})).await;
    let more = json!({"notes": "b".repeat(10), "notesVersion": 0});
    let refused = patch(&server, &id, KEY, more).await;
    assert!(refused.problem(409, "conflict").error.contains("more than 20000 characters"));
    assert_eq!(server.show_call(&id).await.notes.unwrap().len(), 19_990);
    let wrong = json!({"notes": "x", "notesVersion": "new"});
    assert_eq!(patch(&server, &id, KEY, wrong).await.wrong_field(), "notesVersion");
}

#[tokio::test]
async fn many_who_write_at_once_lose_nothing() {
    let server = Server::start().await;
    let id = server.start_call("+919876543210").await.session_id;
    let words: Vec<String> = (10..22).map(|n| format!("word{n}")).collect();
    let all = words
        .iter()
        .map(|word| patch(&server, &id, KEY, json!({"notes": word, "notesVersion": 0})));
    for answer in futures_util::future::join_all(all).await {
        answer.ok::<CallObject>();
    }
    let notes = server.show_call(&id).await.notes.unwrap();
    let mut lines: Vec<&str> = notes.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, words);
}

#[tokio::test]
async fn wrong_notes_and_strangers_are_refused() {
    let server = Server::start().await;
    server.add_other_client().await;
    let id = server.start_call("+919876543210").await.session_id;
    for (field, body) in [
        ("notes", json!({"notes": 5})),
        ("notes", json!({"notes": "x".repeat(20_001)})),
        ("notesVersion", json!({"notes": "x", "notesVersion": -1})),
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
    Answer::from_request(request).await.problem(401, "missing_api_key");
    patch(&server, &id, "nope", body.clone()).await.problem(401, "invalid_api_key");
    patch(&server, &id, OTHER_KEY, body.clone()).await.problem(404, "not_found");
    patch(&server, "ses_nothing", KEY, body).await.problem(404, "not_found");
    assert!(server.show_call(&id).await.notes.is_none());
}
