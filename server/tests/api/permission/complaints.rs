//! Tests files for complaints: what they have, and that every alteration of them is found.

use crate::support::{ADMIN_TOKEN, Server, create_token};
use call_ribbon_shared::wire::Logged;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Cursor, Read as _, Write as _};
use std::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const NUMBER: &str = "+919845012345";
const PATH: &str = "/api/admin/clients/client-demo/complaint-files";

type Members = Vec<(String, Vec<u8>)>;

/// Makes a dialed and a logged call with a customer, and a call that is refused.
async fn fill(server: &Server) {
    server.clock.stop_at("2026-11-30T12:00:00+05:30");
    let rules = json!({"packs": ["in-rbi-recovery"], "callTypes": {"collections": "recovery"}});
    server.request_as_operator(Method::PUT, "/call-rules", rules).await.ok::<Value>();
    let body = json!({"to": NUMBER, "agentId": "agent1", "customerData": {"customerId": "C1",
        "name": "आशा Rao", "phoneNumber": NUMBER, "callType": "collections",
        "context": {"accountId": "L-1", "party": "borrower"}}});
    let call: Value = server.post_json("/api/ribbon/calls", body.clone()).await.read();
    let id = call["sessionId"].as_str().unwrap();
    server.control_call(id, "hangup", json!({})).await.ok::<Value>();
    server.clock.stop_at("2026-11-30T22:00:00+05:30");
    server.post_json("/api/ribbon/calls", body).await.problem(403, "call_not_permitted");
    let data = json!({"phoneNumber": NUMBER, "customerData": {"customerId": "C1", "name": "Asha"}});
    server.log_ended_call("logged", "2026-11-20T10:30:00Z", 40, data).await;
    let entry = json!({"phoneNumber": NUMBER, "reason": "asked in writing"});
    let path = "/suppressions";
    let made = server.request_as_operator(Method::POST, path, entry).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

async fn make_file(server: &Server, who: Value) -> Vec<u8> {
    let mut body = who;
    body["reason"] = json!("Complaint 7 about +919845012345");
    let request = server.request(Method::POST, PATH).bearer_auth(ADMIN_TOKEN).json(&body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/zip", "{:?}", answer.status());
    answer.bytes().await.unwrap().to_vec()
}

fn unpack(file: &[u8]) -> Members {
    let mut zip = ZipArchive::new(Cursor::new(file)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut member = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            let member = &member;
            (member.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn pack(members: &Members) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in members {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn member(file: &[u8], name: &str) -> Vec<u8> {
    unpack(file).into_iter().find(|(found, _)| found == name).unwrap().1
}

fn calls_of(file: &[u8]) -> Value {
    serde_json::from_slice(&member(file, "calls.json")).unwrap()
}

/// Runs `call-ribbon verify`; returns whether it succeeded, and what it said.
fn verify(file: &[u8], more: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("complaint-file.zip");
    std::fs::write(&path, file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    let done = command.arg("verify").arg(&path).args(more).output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_file_has_every_attempt_and_verifies() {
    let server = Server::start().await;
    fill(&server).await;
    for who in [json!({"customerId": "C1"}), json!({"phoneNumber": "+91 98450-12345"})] {
        let file = make_file(&server, who.clone()).await;
        let (good, said) = verify(&file, &[]);
        assert!(good, "{who}: {said}");
        let names: Vec<String> = unpack(&file).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["calls.json", "proof.json", "report.pdf", "verify.html", "manifest.json"]
        );
        let calls = calls_of(&file);
        let attempts = calls["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 2, "{calls}");
        assert_eq!(attempts[0]["call"]["callSid"], "logged");
        let dialed = &attempts[1];
        assert_eq!(dialed["decisions"][0]["public"]["outcome"], "allowed");
        assert_eq!(dialed["decisions"][0]["personal"]["number"], NUMBER);
        assert_eq!(dialed["call"]["agentId"], "agent1");
        let events = dialed["events"].as_array().unwrap();
        assert_eq!(events[0]["public"]["event"], "initiated");
        assert!(events.iter().all(|event| event["seal"].is_number()), "{events:?}");
        assert_eq!(calls["decisions"][0]["public"]["outcome"], "refused");
        assert_eq!(calls["suppressions"][0]["reason"], "asked in writing");
        assert!(member(&file, "report.pdf").starts_with(b"%PDF-"));
        let report = String::from_utf8_lossy(&member(&file, "report.pdf")).into_owned();
        assert!(report.contains("Calls: 2") && !report.contains("?????"), "{report}");
        assert!(member(&file, "verify.html").starts_with(b"<!doctype html>"));
        // Each key that a verifier may compare is published.
        let manifest: Value = serde_json::from_slice(&member(&file, "manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(manifest["text"].as_str().unwrap()).unwrap();
        let key = manifest["key"].as_str().unwrap();
        let keys = server.get("/api/seal-keys").await;
        assert!(keys.text.contains(key));
        assert!(verify(&file, &["--key", key]).0);
        let (good, said) = verify(&file, &["--key", "0123"]);
        assert!(!good && said.contains("not by 0123"), "{said}");
    }
    // A range without calls.
    let who = json!({"customerId": "C1", "endDate": "2026-11-01"});
    let file = make_file(&server, who).await;
    assert!(verify(&file, &[]).0);
    assert_eq!(calls_of(&file)["attempts"], json!([]));
    let audit = server.request_as_operator(Method::GET, "/audit", Value::Null).await;
    assert!(audit.text.contains("complaint-file.made"), "{}", audit.text);
    assert!(!audit.text.contains("9845012345") && !audit.text.contains("C1"), "{}", audit.text);
}

/// Follow-ups without a call are calls that were not made: a file has those of the customer, and of
/// the number if it is nobody's.
#[tokio::test]
async fn follow_ups_without_a_call_are_in_the_file() {
    let server = Server::start().await;
    fill(&server).await;
    for (number, customer) in
        [(NUMBER, "C1"), ("+919845012399", "C1"), (NUMBER, "nobody"), (NUMBER, "C2")]
    {
        let mut body = json!({"to": number, "agentId": "agent1", "customerData": {},
            "followUp": {"at": "2026-12-01T02:30:00Z", "note": format!("for {customer}")}});
        if customer != "nobody" {
            body["customerData"]["customerId"] = json!(customer);
        }
        let made = server.post_json("/api/ribbon/follow-ups", body).await;
        // An agent has one for a customer.
        let status = if number == NUMBER { 201 } else { 200 };
        assert_eq!(made.status, status, "{}", made.text);
    }
    for (who, notes) in [
        (json!({"customerId": "C1"}), vec!["for C1", "for nobody"]),
        (json!({"phoneNumber": NUMBER}), vec!["for nobody"]),
        (json!({"customerId": "C2"}), vec!["for C2"]),
    ] {
        let file = make_file(&server, who.clone()).await;
        assert!(verify(&file, &[]).0);
        let calls = calls_of(&file);
        let planned = calls["followUps"].as_array().unwrap();
        let mut found: Vec<_> =
            planned.iter().map(|one| one["note"].as_str().unwrap().to_owned()).collect();
        found.sort();
        assert_eq!(found, notes, "{who}");
        assert_eq!(planned[0]["at"], json!("2026-12-01T02:30:00Z"));
        assert_eq!(planned[0]["plannedAt"], json!("2026-11-30T16:30:00Z"));
    }
}

#[tokio::test]
async fn one_altered_byte_in_any_member_is_refused_and_named() {
    let server = Server::start().await;
    fill(&server).await;
    let file = make_file(&server, json!({"customerId": "C1"})).await;
    let whole = unpack(&file);
    assert!(verify(&pack(&whole), &[]).0, "packing again alters nothing");
    for at in 0..whole.len() {
        let (name, length) = (whole[at].0.clone(), whole[at].1.len());
        for place in [0, length / 3, length / 2, length - 1] {
            let mut altered = whole.clone();
            altered[at].1[place] ^= 1;
            let (good, said) = verify(&pack(&altered), &[]);
            assert!(!good && said.contains(&name), "{name} at {place}: {said}");
        }
        let mut fewer = whole.clone();
        fewer.remove(at);
        let (good, said) = verify(&pack(&fewer), &[]);
        assert!(!good && said.contains(&format!("{name} is missing")), "{name}: {said}");
        let mut longer = whole.clone();
        longer[at].1.push(b'\n');
        let (good, said) = verify(&pack(&longer), &[]);
        assert!(!good && said.contains(&name), "{name}: {said}");
    }
    // Of another file, and so signed, but not by this list.
    let other = make_file(&server, json!({"customerId": "C2"})).await;
    let mut mixed = whole.clone();
    mixed[0].1 = member(&other, "calls.json");
    let (good, said) = verify(&pack(&mixed), &[]);
    assert!(!good && said.contains("calls.json was altered"), "{said}");
    let mut more = whole;
    more.push(("more.txt".to_owned(), Vec::new()));
    assert!(!verify(&pack(&more), &[]).0);
    assert!(!verify(&file[..file.len() / 2], &[]).0 && !verify(b"", &[]).0);
}

/// What was changed in the database after it was sealed is named, however the file is made.
#[tokio::test]
async fn a_change_of_the_database_is_named() {
    for (what, change, sentence) in [
        (
            "an event is removed",
            "DELETE FROM events WHERE seq = 2",
            "event 2 was sealed and is gone",
        ),
        (
            "a call's first event",
            "DELETE FROM events WHERE seq = 1",
            "event 1 was sealed and is gone",
        ),
        (
            "an event is renamed",
            "UPDATE events SET event = 'ringing' WHERE seq = 1",
            "event 1 was changed",
        ),
        ("its time", "UPDATE events SET at = at + 1 WHERE seq = 1", "event 1 was changed"),
        (
            "its data",
            "UPDATE events SET data = '{}', customer_at = NULL WHERE seq = 1",
            "event 1 was changed",
        ),
        (
            "a customer's name",
            "UPDATE calls SET customer = REPLACE(customer, 'Rao', 'Roy') WHERE call_seq = 1",
            "event 1 was changed",
        ),
        (
            "a decision is removed",
            "DELETE FROM decisions WHERE seq = 1",
            "decision 1 was sealed and is gone",
        ),
        (
            "a refusal is removed",
            "DELETE FROM decisions WHERE seq = 2",
            "decision 2 was sealed and is gone",
        ),
        (
            "a decision",
            "UPDATE decisions SET outcome = 'overridden' WHERE seq = 1",
            "decision 1 was changed",
        ),
        (
            "who was called",
            "UPDATE decisions SET number = '+911' WHERE seq = 1",
            "decision 1 was changed",
        ),
        (
            "a seal",
            "UPDATE seals SET text = REPLACE(text, 'client-demo', 'client-dem0')",
            "is not signed by its key",
        ),
        ("its signature", "UPDATE seals SET signature = 'AAAA'", "is not signed by its key"),
        (
            "its lines",
            "UPDATE seals SET slots = REPLACE(slots, 'e 1 ', 'e 11 ')",
            "does not belong to seal 1",
        ),
    ] {
        let server = Server::start().await;
        fill(&server).await;
        server.app.seal_records().await;
        assert!(verify(&make_file(&server, json!({"customerId": "C1"})).await, &[]).0);
        server.run_sql(change).await;
        let file = make_file(&server, json!({"customerId": "C1"})).await;
        let (good, said) = verify(&file, &[]);
        assert!(!good && said.contains(sentence), "{what}: {said}");
    }
}

#[tokio::test]
async fn after_an_erasure_the_next_file_shows_what_was_erased_and_verifies() {
    let server = Server::start().await;
    fill(&server).await;
    // A call that was C1's first and turned out to be C2's.
    let of = |who: &str| json!({"customerData": {"customerId": who, "name": format!("N-{who}")}});
    let (call, at) = ("turned", "2026-11-21T10:30:00Z");
    server.log_event("initiated", call, at, of("C1")).await.ok::<Logged>();
    let at = "2026-11-21T10:31:00Z";
    server.log_event("callEnded", call, at, of("C2")).await.ok::<Logged>();
    let before = make_file(&server, json!({"customerId": "C2"})).await;
    assert!(verify(&before, &[]).0);
    server.request_as_operator(Method::DELETE, "/customers/C1", Value::Null).await.ok::<Value>();
    // A file that was made before stays valid.
    assert!(verify(&before, &[]).0);
    let file = make_file(&server, json!({"customerId": "C2"})).await;
    let (good, said) = verify(&file, &[]);
    assert!(good && said.contains("1 erased with the person"), "{said}");
    let calls = calls_of(&file);
    let events = calls["attempts"][0]["events"].as_array().unwrap();
    assert_eq!((events.len(), &events[0]["personal"]), (2, &Value::Null), "{calls}");
    assert!(events[1]["personal"].is_object());
    assert!(calls["remarks"].to_string().contains("personal part of 1 events"));
    // Of the erased customer nothing is left but the entry that it was erased.
    let file = make_file(&server, json!({"customerId": "C1"})).await;
    assert!(verify(&file, &[]).0);
    let calls = calls_of(&file);
    assert_eq!(calls["attempts"], json!([]));
    assert!(calls["audit"].to_string().contains("customer.erased"), "{calls}");
    // Nobody can hide a change as an erasure.
    server.run_sql("UPDATE events SET event = 'missed' WHERE data LIKE '%erased%'").await;
    let (good, said) = verify(&make_file(&server, json!({"customerId": "C2"})).await, &[]);
    assert!(!good && said.contains("was changed"), "{said}");
}

#[tokio::test]
async fn what_retention_removed_is_named_and_no_fault() {
    let server = Server::start().await;
    fill(&server).await;
    server.app.seal_records().await;
    server
        .run_sql("INSERT INTO retention (client_id, events_days) VALUES ('client-demo', 3)")
        .await;
    server.app.enforce_retention().await;
    // A longer period afterwards explains the gaps as well.
    server.run_sql("UPDATE retention SET events_days = 3000").await;
    let file = make_file(&server, json!({"customerId": "C1"})).await;
    let (good, said) = verify(&file, &[]);
    assert!(good && !said.contains(" 0 removed after"), "{said}");
    let remarks = calls_of(&file)["remarks"].to_string();
    assert!(remarks.contains("removed when their time of retention had ended"), "{remarks}");
}

#[tokio::test]
async fn only_an_admin_makes_a_file_and_says_why_and_about_whom() {
    let server = Server::start().await;
    let ask = async |token: &str, body: Value| {
        server.request_as_staff(Method::POST, PATH, token, body).await
    };
    let (_, viewer) = create_token(&server, "viewer").await;
    assert_eq!(ask(&viewer, json!({"customerId": "C1", "reason": "r"})).await.status, 403);
    for (body, field) in [
        (json!({"customerId": "C1"}), "reason"),
        (json!({"customerId": "C1", "reason": " "}), "reason"),
        (json!({"reason": "r"}), "customerId"),
        (json!({"reason": "r", "phoneNumber": "abc"}), "phoneNumber"),
        (json!({"reason": "r", "customerId": "C1", "startDate": "soon"}), "startDate"),
    ] {
        let problem = ask(ADMIN_TOKEN, body.clone()).await.problem(400, "invalid_request");
        assert_eq!(problem.field.as_deref(), Some(field), "{body}");
    }
    let (_, admin) = create_token(&server, "admin").await;
    assert_eq!(ask(&admin, json!({"customerId": "C1", "reason": "r"})).await.status, 200);
}
