//! Tests the list of numbers that must not be called: entering, removing, searching and files.

use crate::support::{ADMIN_TOKEN, Answer, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::Command;

const LIST: &str = "/api/admin/clients/client-demo/suppressions";
const NUMBER: &str = "+919876543210";

async fn list(server: &Server, query: &str) -> Value {
    let path = format!("{LIST}?{query}");
    server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await.ok()
}

async fn add(server: &Server, body: Value) -> Answer {
    server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, body).await
}

async fn import(server: &Server, query: &str, file: String) -> Answer {
    let request = server.request(Method::POST, &format!("{LIST}/import?{query}"));
    let request = request.bearer_auth(ADMIN_TOKEN).header("content-type", "text/csv");
    Answer::from_request(request.body(file)).await
}

async fn dial(server: &Server, to: &str) -> u16 {
    server.post_json("/api/ribbon/calls", json!({"to": to})).await.status
}

fn numbers(page: &Value) -> Vec<&str> {
    let entries = page["suppressions"].as_array().unwrap();
    entries.iter().map(|entry| entry["phoneNumber"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_entry_stops_calls_until_somebody_removes_it_with_a_reason() {
    let server = Server::start().await;
    server.add_other_client().await;
    let (_, admin) = create_token(&server, "admin").await;
    let body = json!({"phoneNumber": "+91 98765 43210", "reason": "Asked in writing",
        "source": "customer"});
    let made = server.request_as_staff(Method::POST, LIST, &admin, body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    assert_eq!((&made["phoneNumber"], &made["scope"]), (&json!(NUMBER), &json!("all")));
    // The same again is the same entry.
    let again: Value = add(&server, body).await.read();
    assert_eq!(again["entryId"], made["entryId"]);
    let refused = server.post_json("/api/ribbon/calls", json!({"to": NUMBER})).await;
    let problem = refused.problem(403, "call_not_permitted");
    assert!(problem.error.contains("customer asked"), "{}", problem.error);
    assert!(problem.error.ends_with("Reason: Asked in writing."), "{}", problem.error);
    let other = json!({"to": NUMBER, "apiKey": crate::support::OTHER_KEY});
    assert_eq!(server.post_json("/api/ribbon/calls", other).await.status, 202);

    let one = format!("{LIST}/{}/remove", made["entryId"].as_str().unwrap());
    let remove = async |token: &str, body: Value| {
        server.request_as_staff(Method::POST, &one, token, body).await
    };
    for body in [json!({}), json!({"reason": " "}), json!({"reason": "x".repeat(501)})] {
        assert_eq!(remove(&admin, body).await.wrong_field(), "reason");
    }
    for role in ["viewer", "masked-viewer"] {
        let (_, token) = create_token(&server, role).await;
        remove(&token, json!({"reason": "x"})).await.problem(403, "scope_missing");
    }
    assert_eq!(dial(&server, NUMBER).await, 403);
    let gone: Value = remove(&admin, json!({"reason": "By mistake"})).await.ok();
    assert_eq!(gone["removed"]["reason"], "By mistake");
    assert_eq!(gone, remove(&admin, json!({"reason": "Again"})).await.ok::<Value>());
    assert_eq!(dial(&server, NUMBER).await, 202);
    assert_eq!(list(&server, "").await["suppressions"], json!([]));
    assert_eq!(list(&server, "state=removed").await["suppressions"], json!([gone]));
    let unknown = format!("{LIST}/sup_0/remove");
    server
        .request_as_staff(Method::POST, &unknown, &admin, json!({"reason": "x"}))
        .await
        .problem(404, "not_found");
    let acts = server.database.read_texts("SELECT act FROM audit_log ORDER BY seq").await;
    let of = |act: &str| acts.iter().filter(|line| line.starts_with(act)).count();
    assert_eq!((of("suppression.added sup_"), of("suppression.removed sup_")), (2, 1));
}

#[tokio::test]
async fn wrong_entries_are_refused_by_the_field_that_is_wrong() {
    let server = Server::start().await;
    for (field, more) in [
        ("phoneNumber", json!({"phoneNumber": null})),
        ("phoneNumber", json!({"phoneNumber": "none"})),
        ("phoneNumber", json!({"phoneNumber": "9876543210"})),
        ("phoneNumber", json!({"phoneNumber": "+9112"})),
        ("scope", json!({"scope": "some"})),
        ("scopeValue", json!({"scope": "purpose"})),
        ("scopeValue", json!({"scope": "purpose", "scopeValue": "marketing"})),
        ("scopeValue", json!({"scopeValue": "sales"})),
        ("source", json!({"source": "agent"})),
        ("source", json!({"source": "registry:"})),
        ("since", json!({"since": "yesterday"})),
        ("until", json!({"until": "2020-01-01"})),
    ] {
        let mut body = json!({"phoneNumber": NUMBER});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        assert_eq!(add(&server, body).await.wrong_field(), field, "{more}");
    }
    // These do not stop every call, or not now. A call that does not say what it is about could be
    // one of those that they stop.
    for more in [
        json!({"scope": "purpose", "scopeValue": "sales"}),
        json!({"scope": "account", "scopeValue": "LN-1"}),
        json!({"since": "2020-01-01", "until": "2020-02-01"}),
        json!({"source": "import", "since": "2099-01-01"}),
    ] {
        let mut body = json!({"phoneNumber": NUMBER});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        assert_eq!(add(&server, body).await.status, 201, "{more}");
    }
    assert_eq!(dial(&server, NUMBER).await, 403);
    for (call_type, account, status) in
        [("sales", "LN-2", 403), ("service", "LN-1", 403), ("service", "LN-2", 202)]
    {
        let customer = json!({"callType": call_type, "context": {"accountId": account}});
        let body = json!({"to": NUMBER, "customerData": customer});
        let answer = server.post_json("/api/ribbon/calls", body).await;
        assert_eq!(answer.status, status, "{call_type} {account}: {}", answer.text);
    }
}

#[tokio::test]
async fn the_list_is_paged_and_searched() {
    let server = Server::start().await;
    let country = json!({"defaultCountry": "IN"});
    server.request_as_operator(Method::PATCH, "", country).await.ok::<Value>();
    for last in 0..5 {
        add(&server, json!({"phoneNumber": format!("+9198765432{last}0")})).await;
        server.clock.advance(std::time::Duration::from_millis(2));
    }
    add(&server, json!({"phoneNumber": "+14155550101"})).await;
    let mut seen = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = list(&server, &query).await;
        seen.extend(numbers(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 6);
    assert_eq!((seen[0].as_str(), seen[5].as_str()), ("+14155550101", "+919876543200"));
    for (text, found) in [
        ("%2B919876543210", 1),
        ("098765 43210", 1),
        ("98765", 5),
        ("%2B91", 5),
        ("%2B1", 1),
        ("12345", 0),
        ("x", 0),
    ] {
        let page = list(&server, &format!("number={text}")).await;
        assert_eq!(numbers(&page).len(), found, "{text}: {page}");
    }
    let page = list(&server, "number=98765&limit=3").await;
    let cursor = page["nextCursor"].as_str().unwrap();
    assert_eq!(numbers(&list(&server, &format!("number=98765&cursor={cursor}")).await).len(), 2);
    // A reader without numbers finds a number that it knows, and cannot find one digit by digit.
    let (_, masked) = create_token(&server, "masked-viewer").await;
    for (text, found) in [("%2B919876543210", 1), ("98765", 0)] {
        let path = format!("{LIST}?number={text}");
        let page = server.request_as_staff(Method::GET, &path, &masked, Value::Null).await;
        assert_eq!(numbers(&page.ok()).len(), found, "{text}");
        assert!(!page.text.contains("9876543210"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_file_is_imported_with_a_report_of_its_bad_lines() {
    let server = Server::start().await;
    let mut file = "Phone Number,Reason,Until\r\n".to_owned();
    for n in 0..2_500 {
        write!(file, "+9198765{n:05},\"Listed, n° {n}\",\r\n").unwrap();
    }
    file.push_str("12,,\r\n\r\n,x,\r\n+919876500001,again,2020-01-01\r\n+919876500001,again,");
    let report: Value =
        import(&server, "source=registry:in-preference&asOf=2025-11-01", file.clone()).await.ok();
    let counts = ["lines", "entries", "badLines"].map(|name| report[name].as_i64().unwrap());
    assert_eq!(counts, [2_504, 2_501, 3]);
    assert_eq!(report["addedEntries"], 2_500);
    let bad = report["firstBadLines"].as_array().unwrap();
    let bad: Vec<_> =
        bad.iter().map(|bad| (bad["line"].as_i64().unwrap(), &bad["error"])).collect();
    assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2_502, 2_504, 2_505]);
    assert!(bad[1].1.as_str().unwrap().contains("missing"), "{bad:?}");
    let count = "SELECT CAST(COUNT(*) AS TEXT) FROM suppressions WHERE removed_at IS NULL";
    assert_eq!(server.database.read_texts(count).await, ["2500"]);
    let refused = server.post_json("/api/ribbon/calls", json!({"to": "+919876500007"})).await;
    let problem = refused.problem(403, "call_not_permitted");
    assert!(problem.error.contains("listed by in-preference"), "{}", problem.error);
    assert!(problem.error.contains("since 2025-11-01"), "{}", problem.error);
    // Again, and as a part that replaces the whole.
    let again: Value =
        import(&server, "source=registry:in-preference&asOf=2025-11-01", file).await.ok();
    assert_eq!((&again["entries"], &again["addedEntries"]), (&json!(2_501), &json!(0)));
    assert_eq!(server.database.read_texts(count).await, ["2500"]);
    let kept = add(&server, json!({"phoneNumber": "+919876500009"})).await;
    assert_eq!(kept.status, 201);
    let part = "number\n+919876500001\n+919876500002\n".to_owned();
    let report: Value =
        import(&server, "source=registry:in-preference&replace=true", part).await.ok();
    assert_eq!(report["removedEntries"], 2_498);
    assert_eq!(server.database.read_texts(count).await, ["3"]);
    // By their source, with and without a beginning of the number.
    for (query, found) in [
        ("source=staff", vec!["+919876500009"]),
        ("source=registry:in-preference", vec!["+919876500001", "+919876500002"]),
        ("source=agent", vec![]),
        ("source=staff&number=%2B9198765", vec!["+919876500009"]),
        ("source=registry:x&number=%2B9198765", vec![]),
    ] {
        // What one file enters in the same millisecond is in any order.
        let page = list(&server, query).await;
        let mut listed = numbers(&page);
        listed.sort_unstable();
        assert_eq!(listed, found, "{query}");
    }
    let removed = list(&server, "source=registry:in-preference&state=removed&limit=1").await;
    assert_eq!(numbers(&removed).len(), 1);
    let path = format!("{LIST}?source=some");
    let wrong = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await;
    assert_eq!(wrong.wrong_field(), "source");
    // Without a heading; a file with bad lines removes nothing.
    let part = "+919876500005\nx\n".to_owned();
    let report: Value =
        import(&server, "source=registry:in-preference&replace=true", part).await.ok();
    assert_eq!((&report["entries"], &report["removedEntries"]), (&json!(1), &Value::Null));
    assert_eq!(server.database.read_texts(count).await, ["4"]);
    let imports = format!("{LIST}/imports");
    let imports: Value =
        server.request_as_staff(Method::GET, &imports, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(imports["imports"].as_array().unwrap().len(), 4);
    assert_eq!(imports["imports"][0]["badLines"], 1);
    assert!(imports["imports"][3]["finishedAt"].is_string(), "{imports}");
    for (query, field) in [
        ("source=some", "source"),
        ("asOf=today", "asOf"),
        ("replace=perhaps", "replace"),
        ("", "body"),
    ] {
        assert_eq!(import(&server, query, String::new()).await.wrong_field(), field);
    }
}

#[tokio::test]
async fn an_export_is_a_file_that_can_be_imported() {
    let server = Server::start().await;
    server.add_other_client().await;
    add(&server, json!({"phoneNumber": NUMBER, "reason": "a, \"b\"\nc"})).await;
    add(&server, json!({"phoneNumber": NUMBER, "scope": "account", "scopeValue": "LN-1"})).await;
    let export = format!("{LIST}/export");
    let file = server.request_as_staff(Method::GET, &export, ADMIN_TOKEN, Value::Null).await;
    assert!(file.text.starts_with("number,scope,scopeValue,reason,since,until,"), "{}", file.text);
    let (_, viewer) = create_token(&server, "viewer").await;
    let refused = server.request_as_staff(Method::GET, &export, &viewer, Value::Null).await;
    refused.problem(403, "scope_missing");
    let other = LIST.replace("client-demo", "client-other");
    let request = server.request(Method::POST, &format!("{other}/import"));
    let request = request.bearer_auth(ADMIN_TOKEN).header("content-type", "text/csv");
    let report: Value = Answer::from_request(request.body(file.text)).await.ok();
    assert_eq!((&report["entries"], &report["badLines"]), (&json!(2), &json!(0)), "{report}");
    let rows = "SELECT client_id || number || scope_value || COALESCE(reason, '')
        FROM suppressions ORDER BY 1";
    let rows = server.database.read_texts(rows).await;
    assert_eq!(rows.len(), 4);
    for place in 0..2 {
        assert_eq!(
            rows[place].trim_start_matches("client-demo"),
            rows[place + 2].trim_start_matches("client-other")
        );
    }
    server.request_as_operator(Method::PATCH, "", json!({"defaultCountry": "IN"})).await;
    let command = async |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.arg("suppressions").args(arguments).args(["--database", &server.database.url()]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "98765 43211\nx\n").unwrap();
    let path = file.path().to_str().unwrap();
    let (done, said) = command(&["import", "client-demo", path, "--source", "customer"]).await;
    assert!(done && said.starts_with("2 lines: 1 entered, 1 left out.\nline 2: "), "{said}");
    let (_, said) = command(&["list", "client-demo", "--number", "98765 4321"]).await;
    assert_eq!(said.lines().count(), 3, "{said}");
    let (_, said) = command(&["export", "client-demo"]).await;
    assert_eq!(said.matches("+9198765").count(), 3, "{said}");
    assert!(!command(&["list", "nobody"]).await.0);
    assert!(!command(&["import", "client-demo", path, "--source", "agent"]).await.0);
}

#[tokio::test]
async fn an_erased_persons_number_stays_on_the_list() {
    let server = Server::start().await;
    let customer = json!({"customerId": "cust-1", "name": "Asha Rao", "phoneNumber": NUMBER});
    server.post_json("/api/ribbon/customer", customer).await;
    let data = json!({"phoneNumber": NUMBER, "customerData": {"customerId": "cust-1"}});
    server.log_ended_call("call-1", "2025-10-12T10:30:00Z", 40, data).await;
    add(&server, json!({"phoneNumber": NUMBER, "reason": "Asha Rao wrote"})).await;
    for whose in [json!({"customerId": "cust-1"}), json!({"phoneNumber": NUMBER})] {
        let mut body = whose;
        body["kind"] = json!("explicit");
        let path = LIST.replace("suppressions", "consents");
        let made = server.request_as_staff(Method::POST, &path, ADMIN_TOKEN, body).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let path = "/api/admin/clients/client-demo/customers/cust-1";
    server.request_as_staff(Method::DELETE, path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    assert_eq!(dial(&server, NUMBER).await, 403);
    let rows =
        server.database.read_texts("SELECT COALESCE(reason, 'none') FROM suppressions").await;
    assert_eq!(rows, ["none"]);
    let left = server.database.read_texts("SELECT consent_id FROM consents").await;
    assert_eq!(left, [""; 0]);
}
