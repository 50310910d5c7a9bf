//! Tests dispositions: the list that agents choose from, and how often each was chosen.

use crate::support::{ADMIN_TOKEN, Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CallLogs, DetailedAnalytics, InitAnswer, Logged};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;

const CLIENT: &str = "/api/admin/clients/client-demo";

async fn admin(server: &Server, body: Value) -> Answer {
    let request = server.request(Method::PATCH, CLIENT).bearer_auth(ADMIN_TOKEN);
    Answer::from_request(request.json(&body)).await
}

async fn offered(server: &Server, key: &str) -> Value {
    let init =
        server.post_json("/api/ribbon/init", json!({"apiKey": key, "agentId": "agent1"})).await;
    init.ok::<Value>()["dispositions"].clone()
}

async fn patch(server: &Server, session_id: &str, body: Value) -> Answer {
    let path = format!("/api/ribbon/calls/{session_id}");
    Answer::from_request(server.request(Method::PATCH, &path).header("X-API-Key", KEY).json(&body))
        .await
}

async fn judge(server: &Server, session_id: &str, disposition: &str) {
    patch(server, session_id, json!({"disposition": disposition})).await.ok::<Value>();
}

async fn session(server: &Server, call_sid: &str, start: &str) -> String {
    server.log_ended_call(call_sid, start, 40, json!({})).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?pageSize=500").await.ok();
    let found = logs.logs.into_iter().find(|row| row.data.get().contains(call_sid));
    found.unwrap().session_id
}

async fn counts(server: &Server, query: &str) -> Value {
    let path = format!("/api/ribbon/analytics/detailed?{query}");
    json!(server.get(&path).await.ok::<DetailedAnalytics>().dispositions)
}

/// Both of the product's lists offer one that forbids further calls.
#[tokio::test]
async fn the_products_list_has_one_that_stops_calls() {
    let server = Server::start().await;
    server.add_other_client().await;
    for key in [KEY, OTHER_KEY] {
        let list = offered(&server, key).await;
        let codes = list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap());
        assert_eq!(codes.filter(|code| *code == "do_not_call").count(), 1, "{list}");
    }
    let shown: Value = server.get("/api/ribbon/client").await.ok();
    let listed = shown["dispositions"].as_array().unwrap().iter();
    let does: Vec<_> = listed.filter(|one| one["code"] == "do_not_call").collect();
    assert_eq!(does[0]["does"], json!(["suppress"]), "{does:?}");
    let id = session(&server, "a", "2025-10-12T10:30:00Z").await;
    judge(&server, &id, "do_not_call").await;
    let number = server.database.read_texts("SELECT phone FROM calls").await.remove(0);
    let refused = server.post_json("/api/ribbon/calls", json!({"to": number})).await;
    refused.problem(403, "call_not_permitted");
}

#[tokio::test]
async fn agents_choose_from_the_clients_own_list_or_the_products() {
    let server = Server::start().await;
    server.add_other_client().await;
    // The demo client is a collections business; another client has the product's list.
    let demo = offered(&server, KEY).await;
    let promise =
        json!({"code": "promise_to_pay", "label": "Promise to pay", "callTypes": ["collections"]});
    assert_eq!(demo[0], promise);
    // The page offers these first after a call that nobody answered.
    let wrong = json!({"code": "wrong_number", "label": "Wrong number", "outcome": "no_contact"});
    assert_eq!(demo[12], wrong);
    let init: InitAnswer =
        server.post_json("/api/ribbon/init", json!({"apiKey": OTHER_KEY})).await.ok();
    assert_eq!((init.dispositions[0].code.as_str(), init.dispositions.len()), ("resolved", 9));
    let id = session(&server, "a", "2025-10-12T10:30:00Z").await;
    judge(&server, &id, "anything at all").await;

    let own = json!([
        {"code": "sold", "label": "Verkauft", "callTypes": ["sales", "follow up"]},
        {"code": "NO-1", "label": "Nein, न"},
    ]);
    let seen: Value = admin(&server, json!({"dispositions": own})).await.ok();
    assert_eq!(seen["dispositions"], own);
    assert_eq!(offered(&server, KEY).await, own);
    let refused = patch(&server, &id, json!({"disposition": "promise_to_pay", "notes": "x"})).await;
    let problem = refused.problem(400, "invalid_request");
    assert_eq!(problem.field.as_deref(), Some("disposition"));
    assert_eq!(problem.error, "disposition must be one of sold, NO-1.");
    assert!(server.show_call(&id).await.notes.is_none(), "nothing was half written");
    judge(&server, &id, "NO-1").await;
    patch(&server, &id, json!({"disposition": null, "notes": "n"})).await.ok::<Value>();

    // Another change leaves the list as it is; null restores the product's.
    let seen: Value = admin(&server, json!({"name": "Demo"})).await.ok();
    assert_eq!(seen["dispositions"], own);
    let seen: Value = admin(&server, json!({"dispositions": null})).await.ok();
    assert_eq!(seen["dispositions"], Value::Null);
    assert_eq!(offered(&server, KEY).await, demo);
    judge(&server, &id, "anything at all").await;

    let body = json!({"name": "x", "plan": "trial", "dispositions": own});
    let request = server.request(Method::POST, "/api/admin/clients").bearer_auth(ADMIN_TOKEN);
    let made: Value = Answer::from_request(request.json(&body)).await.read();
    assert_eq!(offered(&server, made["apiKey"].as_str().unwrap()).await, own);
}

#[tokio::test]
async fn wrong_lists_are_refused_by_the_line_that_is_wrong() {
    let server = Server::start().await;
    let line = |code: &str, label: &str| json!({"code": code, "label": label});
    let many: Vec<_> = (0..51).map(|n| line(&format!("c{n}"), "x")).collect();
    for (field, list) in [
        ("dispositions", json!([])),
        ("dispositions", json!(many)),
        ("dispositions", json!("sold")),
        ("dispositions[0]", json!(["sold"])),
        ("dispositions[0]", json!([["sold", "Sold"]])),
        ("dispositions[0]", json!([{"code": "sold"}])),
        ("dispositions[0].code", json!([line("", "x")])),
        ("dispositions[0].code", json!([line("call back", "x")])),
        ("dispositions[0].code", json!([line(&"x".repeat(65), "x")])),
        ("dispositions[1].code", json!([line("a", "x"), line("a", "y")])),
        ("dispositions[1].label", json!([line("a", "x"), line("b", " ")])),
        ("dispositions[0].label", json!([line("a", &"न".repeat(61))])),
        ("dispositions[0].label", json!([line("a", "x\u{0}")])),
        ("dispositions[0].callTypes", json!([{"code": "a", "label": "x", "callTypes": [""]}])),
        ("dispositions[0].does", json!([{"code": "a", "label": "x", "does": ["call"]}])),
        ("dispositions[0].does", json!([{"code": "a", "label": "x", "does": vec!["suppress"; 6]}])),
        (
            "dispositions[0].callTypes",
            json!([{"code": "a", "label": "x", "callTypes": ["x".repeat(65)]}]),
        ),
        (
            "dispositions[0].callTypes",
            json!([{"code": "a", "label": "x", "callTypes": vec!["x"; 21]}]),
        ),
    ] {
        let answer = admin(&server, json!({"dispositions": list})).await;
        assert_eq!(answer.wrong_field(), field, "{list}");
    }
    let widest: Vec<_> = (0..50).map(|n| line(&format!("{n:064}"), &"न".repeat(60))).collect();
    assert_eq!(admin(&server, json!({"dispositions": widest})).await.status, 200);
}

#[tokio::test]
async fn calls_are_counted_by_disposition_where_they_begin() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for (n, start) in ["2025-10-12T10:30:00Z", "2025-10-12T10:31:00Z", "2025-10-13T00:10:00Z"]
        .into_iter()
        .enumerate()
    {
        ids.push(session(&server, &format!("call-{n}"), start).await);
    }
    assert_eq!(counts(&server, "").await, json!({}));
    for id in &ids {
        judge(&server, id, "paid").await;
    }
    // The same one again, another one, and none: the last one counts.
    judge(&server, &ids[0], "paid").await;
    judge(&server, &ids[1], "refused").await;
    assert_eq!(counts(&server, "").await, json!({"paid": 2, "refused": 1}));
    patch(&server, &ids[1], json!({"disposition": null})).await.ok::<Value>();
    assert_eq!(counts(&server, "").await, json!({"paid": 2}));
    judge(&server, &ids[1], "").await;
    assert_eq!(counts(&server, "").await, json!({"paid": 2}));
    judge(&server, &ids[1], &"long".repeat(17)).await;
    assert_eq!(counts(&server, "").await, json!({"paid": 2, "other": 1}));
    // Days of a time zone, and a part of a quarter of an hour.
    assert_eq!(counts(&server, "endDate=2025-10-12").await, json!({"paid": 1, "other": 1}));
    let zone = "startDate=2025-10-13&timezone=America/New_York";
    assert_eq!(counts(&server, zone).await, json!({}));
    let piece = "startDate=2025-10-12T10:30:30Z&endDate=2025-10-13T00:09:59Z";
    assert_eq!(counts(&server, piece).await, json!({"other": 1}));

    // A call whose start turns out to be on another day takes its disposition along.
    let earlier = server.log_event("ringing", "call-0", "2025-10-10T08:00:00Z", json!({})).await;
    earlier.ok::<Logged>();
    assert_eq!(counts(&server, "startDate=2025-10-12").await, json!({"paid": 1, "other": 1}));
    assert_eq!(counts(&server, "endDate=2025-10-11").await, json!({"paid": 1}));
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));

    // A recount corrects errors.
    let right = server.read_totals().await;
    server
        .run_sql(
            "UPDATE field_totals SET sums = REPLACE(sums, 'tpaid', 'tghost')
             WHERE field = 'disposition';
             DELETE FROM field_values WHERE value = 'tpaid';
             INSERT INTO field_totals
             VALUES ('client-demo', 'disposition', 900000, 'tghost	2 0 0 0|')",
        )
        .await;
    assert_ne!(server.read_totals().await, right);
    assert!(server.rebuild_analytics().await.ends_with("were corrected.\n"));
    assert_eq!(server.read_totals().await, right);
    assert_eq!(counts(&server, "").await, json!({"paid": 2, "other": 1}));
}

#[tokio::test]
async fn many_judges_at_once_and_sums_outlive_their_calls() {
    let server = Server::start().await;
    let other = server.start_another(crate::support::SLOW).await;
    let id = session(&server, "one", "2025-10-12T10:30:00Z").await;
    let judged = (0..40).map(|n| {
        let (server, id) = (if n % 2 == 0 { &server } else { &other }, &id);
        async move { judge(server, id, ["paid", "refused", "dispute"][n % 3]).await }
    });
    futures_util::future::join_all(judged).await;
    let last = server.show_call(&id).await.disposition.unwrap();
    assert_eq!(counts(&server, "").await, json!({(last.as_str()): 1}));
    // Retention removes the call but not its sum; events of that time that are logged afterwards
    // count until they are removed in turn.
    let keep = admin(&server, json!({"retention": {"callsDays": 1}})).await;
    keep.ok::<Value>();
    server.app.enforce_retention().await;
    assert_eq!(counts(&server, "").await, json!({(last.as_str()): 1}));
    let late = session(&server, "late", "2025-10-12T10:31:00Z").await;
    judge(&server, &late, "call_back").await;
    assert_eq!(counts(&server, "").await, json!({(last.as_str()): 1, "call_back": 1}));
    server.app.enforce_retention().await;
    assert_eq!(counts(&server, "").await, json!({(last.as_str()): 1}));
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
}

#[tokio::test]
async fn more_words_than_anybody_reads_are_added_up() {
    let server = Server::start().await;
    session(&server, "one", "2025-10-12T10:30:00Z").await;
    let lines: Vec<String> =
        (0..220).map(|n| format!("tword {n:03}\t{} 0 0 0|\n", 1000 - n)).collect();
    server
        .run_sql(&format!(
            "INSERT INTO field_totals (client_id, field, bucket, sums)
             SELECT client_id, 'disposition', bucket, '{}' FROM totals",
            lines.concat()
        ))
        .await;
    let counted = counts(&server, "").await;
    let counted = counted.as_object().unwrap();
    assert_eq!((counted.len(), &counted["word 199"]), (201, &json!(801)));
    assert_eq!(counted["other"], json!((200..220).map(|n| 1000 - n).sum::<i64>()));
}

#[tokio::test]
async fn the_list_is_kept_by_the_command_line() {
    let server = Server::start().await;
    let run = async |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.args(["client", "dispositions", "client-demo"]).args(more);
        command.args(["--database", &server.database.url()]);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let shown = run(&[]).await;
    assert!(text(shown.stdout).starts_with("promise_to_pay\tPromise to pay\tpromise\npaid\t"));
    let set = run(&["--set", "sold=Sold = done", "--set", "no=No"]).await;
    assert_eq!(text(set.stdout), "sold\tSold = done\nno\tNo\n", "{}", text(set.stderr));
    assert_eq!(offered(&server, KEY).await[0], json!({"code": "sold", "label": "Sold = done"}));
    let refused = run(&["--set", "a b=c"]).await;
    assert!(!refused.status.success());
    assert!(text(refused.stderr).contains("dispositions[0].code must be"));
    assert!(run(&["--default"]).await.status.success());
    assert_eq!(offered(&server, KEY).await[0]["code"], "promise_to_pay");
}
