//! Tests that events and decisions are sealed once, in an unbroken chain.

use crate::support::{ADMIN_TOKEN, Answer, SLOW, Server};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_shared::wire::Logged;
use reqwest::Method;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A seal as it is stored.
#[derive(Debug)]
struct StoredSeal {
    text: Value,
    slots: Vec<String>,
}

/// Logs so many events, each of a call of its own.
async fn log_events(server: &Server, from: usize, count: usize) {
    for n in from..from + count {
        let more = json!({"customerData": {"customerId": format!("C{n}"), "name": "Zoë 😀"}});
        let (sid, at) = (format!("call-{n}"), "2025-10-12T10:30:00Z");
        server.log_event("initiated", &sid, at, more).await.ok::<Logged>();
    }
}

/// Returns the root of a tree of lines, worked out as RFC 6962 describes it.
fn root_of(lines: &[Vec<u8>]) -> Vec<u8> {
    match lines {
        [] => Sha256::digest([]).to_vec(),
        [line] => Sha256::new().chain_update([0]).chain_update(line).finalize().to_vec(),
        _ => {
            let left = lines.len().next_power_of_two() / 2;
            let (left, right) = lines.split_at(left);
            let pair = [root_of(left), root_of(right)].concat();
            Sha256::new().chain_update([1]).chain_update(pair).finalize().to_vec()
        }
    }
}

/// Reads a client's seals and checks that they are a chain without a gap, signed by a key that the
/// server publishes, and that each names the root of its lines.
async fn check_chain(server: &Server) -> Vec<StoredSeal> {
    let keys: Value =
        Answer::from_request(server.request(Method::GET, "/api/seal-keys")).await.ok();
    let rows = "SELECT text || '|' || signature || '|' || slots FROM seals ORDER BY number";
    let (mut seals, mut previous) = (Vec::new(), String::new());
    let (mut event, mut decision) = (1, 1);
    for row in server.database.read_texts(rows).await {
        let parts: Vec<&str> = row.splitn(3, '|').collect();
        let text: Value = serde_json::from_str(parts[0]).unwrap();
        assert_eq!(text["seal"], json!(seals.len() + 1));
        assert_eq!(text["previous"], json!(previous), "{text}");
        assert_eq!((&text["events"][0], &text["decisions"][0]), (&json!(event), &json!(decision)));
        event = text["events"][1].as_i64().unwrap() + 1;
        decision = text["decisions"][1].as_i64().unwrap() + 1;
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["keyId"] == text["key"]);
        let key = STANDARD.decode(key.unwrap()["publicKey"].as_str().unwrap()).unwrap();
        let signature = STANDARD.decode(parts[1]).unwrap();
        UnparsedPublicKey::new(&ED25519, key).verify(parts[0].as_bytes(), &signature).unwrap();
        let slots: Vec<String> = parts[2].lines().map(str::to_owned).collect();
        let lines: Vec<Vec<u8>> = slots
            .iter()
            // The line is what precedes the salt.
            .map(|slot| slot.splitn(6, ' ').take(5).collect::<Vec<_>>().join(" ").into_bytes())
            .collect();
        assert_eq!(text["lines"], json!(lines.len()));
        assert_eq!(text["root"], json!(STANDARD.encode(root_of(&lines))));
        previous = STANDARD.encode(Sha256::digest(parts[0]));
        seals.push(StoredSeal { text, slots });
    }
    let sealed = format!("{} {}", event - 1, decision - 1);
    let heads = "SELECT last_event || ' ' || last_decision || ' ' || hash FROM seal_heads";
    assert_eq!(server.database.read_texts(heads).await, [format!("{sealed} {previous}")]);
    seals
}

async fn show_state(server: &Server) -> Value {
    server.request_as_operator(Method::GET, "/seals", Value::Null).await.ok()
}

#[tokio::test]
async fn two_servers_seal_everything_once_in_one_chain() {
    let server = Server::start().await;
    let other = server.start_another(SLOW).await;
    server.add_other_client().await;
    for round in 0..4 {
        log_events(&server, round * 150, 150).await;
        let call = server.start_call("+919876543210").await;
        server.control_call(&call.session_id, "hangup", json!({})).await.ok::<Value>();
        tokio::join!(
            server.app.seal_records(),
            other.app.seal_records(),
            server.app.seal_records(),
            other.app.seal_records()
        );
        let state = show_state(&server).await;
        assert_eq!((&state["waitingEvents"], &state["waitingDecisions"]), (&json!(0), &json!(0)));
    }
    let seals = check_chain(&server).await;
    let state = show_state(&server).await;
    assert_eq!(state["seal"], json!(seals.len()));
    let text: Value = serde_json::from_str(state["text"].as_str().unwrap()).unwrap();
    assert_eq!(text, seals.last().unwrap().text);
    let kinds = |kind: char| {
        let slots = seals.iter().flat_map(|seal| &seal.slots);
        slots.filter(|slot| slot.starts_with(kind)).count()
    };
    let count = |table: &'static str| server.database.read_texts(table);
    let events = count("SELECT CAST(COUNT(*) AS TEXT) FROM events").await;
    assert_eq!((events, kinds('d')), (vec![kinds('e').to_string()], 4));
    // Nothing new: no seal.
    server.app.seal_records().await;
    assert_eq!(check_chain(&server).await.len(), seals.len());
}

#[tokio::test]
async fn more_than_one_seal_holds_is_sealed_in_one_pass() {
    let server = Server::start().await;
    log_events(&server, 0, 300).await;
    server.app.seal_records().await;
    assert!(check_chain(&server).await.len() >= 2);
}

#[tokio::test]
async fn an_erasure_leaves_the_chain_valid_and_no_salt() {
    let server = Server::start().await;
    log_events(&server, 0, 3).await;
    let body = json!({"to": "+919845012345", "customerData": {"customerId": "C1"}});
    let call: Value = server.post_json("/api/ribbon/calls", body).await.read();
    let path = format!("/api/ribbon/calls/{}/hangup", call["sessionId"].as_str().unwrap());
    server.post_json(&path, json!({})).await.ok::<Value>();
    let at = "2025-10-12T10:31:00Z";
    server.log_event("callEnded", "call-1", at, json!({"duration": 3})).await.ok::<Logged>();
    server.app.seal_records().await;
    let before = check_chain(&server).await;
    // The pass of each minute may have come between: then there are two seals.
    let slots = |seals: &[StoredSeal]| seals.iter().flat_map(|seal| seal.slots.clone()).collect();
    let texts = |seals: &[StoredSeal]| seals.iter().map(|seal| seal.text.clone()).collect();
    let salted: Vec<String> = slots(&before);
    assert!(salted.iter().all(|slot| slot.contains(" s")), "{before:?}");
    server.request_as_operator(Method::DELETE, "/customers/C1", Value::Null).await.ok::<Value>();
    let after = check_chain(&server).await;
    let (texts_before, texts_after): (Vec<Value>, Vec<Value>) = (texts(&before), texts(&after));
    assert_eq!(texts_before, texts_after);
    let left: Vec<String> = slots(&after);
    let erased = left.iter().filter(|slot| slot.contains(" c")).count();
    // Two events of the logged call, those of the dialed one, and its decision.
    let own = "SELECT CAST(COUNT(*) AS TEXT) FROM events WHERE data LIKE '%erased%'";
    let own: usize = server.database.read_texts(own).await[0].parse().unwrap();
    assert!(own >= 4);
    assert_eq!(erased, own + 1);
    // What was not sealed yet is sealed as it is then.
    log_events(&server, 5, 1).await;
    server
        .request_as_operator(Method::DELETE, "/customers/C2", Value::Null)
        .await
        .problem(409, "conflict");
    server.app.seal_records().await;
    assert_eq!(check_chain(&server).await.len(), before.len() + 1);
}

#[tokio::test]
async fn what_is_gone_before_it_is_sealed_is_named_as_gone() {
    let server = loop {
        let server = Server::start().await;
        log_events(&server, 0, 6).await;
        server.run_sql("DELETE FROM events WHERE seq IN (1, 3, 4, 6)").await;
        let seals = server.database.read_texts("SELECT text FROM seals").await;
        // The pass of each minute may have come before the rows were gone.
        if seals.is_empty() {
            break server;
        }
    };
    server.app.seal_records().await;
    let seals = check_chain(&server).await;
    let slots = seals.iter().flat_map(|seal| &seal.slots);
    let kinds: Vec<&str> = slots.map(|slot| slot.split(' ').nth(1).unwrap()).collect();
    assert_eq!(kinds, ["1-1", "2", "3-4", "5", "6-6"]);
}

/// A key that cannot be decrypted any more is replaced, and stays published.
#[tokio::test]
async fn a_lost_secret_key_gives_a_new_key_beside_the_old_one() {
    let server = Server::start().await;
    log_events(&server, 0, 1).await;
    server.app.seal_records().await;
    let secrets = "SELECT secret FROM seal_keys";
    let stored = server.database.read_texts(secrets).await;
    assert!(stored[0].starts_with("v1."), "the secret is encrypted");
    server.run_sql("UPDATE seal_keys SET secret = 'v1.00000000.AAAA'").await;
    log_events(&server, 1, 1).await;
    server.app.seal_records().await;
    let seals = check_chain(&server).await;
    assert_ne!(seals[0].text["key"], seals[1].text["key"]);
}

#[tokio::test]
async fn only_staff_see_how_far_a_client_is_sealed() {
    let server = Server::start().await;
    let path = "/api/admin/clients/client-demo/seals";
    assert_eq!(Answer::from_request(server.request(Method::GET, path)).await.status, 401);
    let path = "/api/admin/clients/none/seals";
    let answer = server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await;
    answer.problem(404, "not_found");
    let state = show_state(&server).await;
    assert_eq!((&state["seal"], &state["sealedAt"]), (&json!(0), &Value::Null));
}
