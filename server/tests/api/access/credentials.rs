//! Tests that API keys, dialer keys and staff tokens, which are stored together, stay apart: each
//! kind is accepted, listed and revoked only as itself.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_server::config::Secret;
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";

/// A kind of credential, as the API names it.
struct Kind {
    path: &'static str,
    list: &'static str,
    id: &'static str,
    secret: &'static str,
    /// The body that creates one.
    body: fn() -> Value,
    /// What an unknown one is called.
    name: &'static str,
    audit: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        path: "keys",
        list: "keys",
        id: "keyId",
        secret: "apiKey",
        body: || json!({}),
        name: "API key",
        audit: "key",
    },
    Kind {
        path: "dialer-keys",
        list: "dialerKeys",
        id: "keyId",
        secret: "dialerKey",
        body: || Value::Null,
        name: "dialer key",
        audit: "dialer-key",
    },
    Kind {
        path: "tokens",
        list: "tokens",
        id: "tokenId",
        secret: "token",
        body: || json!({"name": "Asha", "role": "admin"}),
        name: "admin token",
        audit: "token",
    },
];

/// Sends a request that needs a credential of this kind.
async fn open_door(server: &Server, kind: &Kind, secret: &str) -> Answer {
    let request = match kind.path {
        "keys" => server.request(Method::GET, "/api/ribbon/config").header("X-API-Key", secret),
        "dialer-keys" => server
            .request(Method::POST, "/api/leads/from-dialer/")
            .header("X-Dialer-Api-Key", secret)
            .json(&json!({"user": "agent1"})),
        _ => server.request(Method::GET, CLIENT).bearer_auth(secret),
    };
    Answer::from_request(request).await
}

async fn ask_operator(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    server.request_as_staff(method, &format!("{CLIENT}/{path}"), ADMIN_TOKEN, body).await
}

#[tokio::test]
async fn each_kind_is_accepted_listed_and_revoked_only_as_itself() {
    let server = Server::start().await;
    let mut created = Vec::new();
    for kind in &KINDS {
        let answer = ask_operator(&server, Method::POST, kind.path, (kind.body)()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let answer: Value = answer.read();
        let text = |field: &str| answer[field].as_str().unwrap().to_owned();
        created.push((text(kind.id), text(kind.secret)));
    }
    for (kind, (id, _)) in KINDS.iter().zip(&created) {
        for (other, (other_id, secret)) in KINDS.iter().zip(&created) {
            let answer = open_door(&server, kind, secret).await;
            if id == other_id {
                assert!([200, 201].contains(&answer.status), "{}", answer.text);
                continue;
            }
            let problem = answer.problem(401, "invalid_api_key");
            assert_eq!(problem.error, format!("This {} is not valid.", kind.name));
            let path = format!("{}/{other_id}", kind.path);
            let answer = ask_operator(&server, Method::DELETE, &path, Value::Null).await;
            answer.problem(404, "not_found");
            let list = ask_operator(&server, Method::GET, kind.path, Value::Null).await;
            assert!(!list.text.contains(other_id), "{} lists {}", kind.path, other.name);
        }
        let list: Value = ask_operator(&server, Method::GET, kind.path, Value::Null).await.ok();
        let listed = list[kind.list].as_array().unwrap();
        assert!(listed.iter().any(|one| one[kind.id] == *id), "{list}");
    }
    // The refused attempts revoked nothing.
    for (kind, (id, secret)) in KINDS.iter().zip(&created) {
        let path = format!("{}/{id}", kind.path);
        ask_operator(&server, Method::DELETE, &path, Value::Null).await.ok::<Value>();
        let problem = open_door(&server, kind, secret).await.problem(401, "revoked_api_key");
        assert_eq!(problem.error, format!("This {} was revoked.", kind.name));
    }
    let audit: Value = ask_operator(&server, Method::GET, "audit", Value::Null).await.ok();
    let mut expected = Vec::new();
    for action in ["created", "revoked"] {
        for (kind, (id, _)) in KINDS.iter().zip(&created) {
            expected.push((format!("{}.{action}", kind.audit), id.clone()));
        }
    }
    let entries = audit["audit"].as_array().unwrap().iter().rev();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries: Vec<_> =
        entries.map(|entry| (text(&entry["act"]), text(&entry["subject"]))).collect();
    assert_eq!(entries, expected);
    // Only hashes are stored.
    let stored = server.database.read_texts("SELECT hash FROM credentials").await;
    assert_eq!(stored.len(), 5);
    assert!(stored.iter().all(|hash| created.iter().all(|(_, secret)| !secret.contains(hash))));
}

/// An operator may have set the dialer's key to the API key, because both are "the key".
#[tokio::test]
async fn one_text_may_be_a_credential_of_two_kinds() {
    let server = Server::start_with_settings(|config| {
        config.dialer_api_key = Some(Secret::new(KEY));
    })
    .await;
    let [api_key, dialer_key, token] = &KINDS;
    assert_eq!(open_door(&server, api_key, KEY).await.status, 200);
    assert_eq!(open_door(&server, dialer_key, KEY).await.status, 201);
    open_door(&server, token, KEY).await.problem(401, "invalid_api_key");
    let path = "dialer-keys/key-settings";
    ask_operator(&server, Method::DELETE, path, Value::Null).await.ok::<Value>();
    assert_eq!(open_door(&server, api_key, KEY).await.status, 200);
    open_door(&server, dialer_key, KEY).await.problem(401, "revoked_api_key");
}
