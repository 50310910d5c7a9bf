//! Tests `call-ribbon copy-db`: copies everything from one database to another, of either kind.

use crate::support::database::wants_postgres;
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, Database, SLOW, Server};
use call_ribbon_shared::wire::Logged;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::Arc;

const CLIENT: &str = "/api/admin/clients/client-demo";

async fn copy(from: &Database, to: &Database, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.args(["copy-db", "--from", &from.url(), "--to", &to.url()]).args(more);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Each table with its rows, as the command prints them; all must be the same.
fn rows(done: &Output) -> BTreeMap<String, u64> {
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(
        said.lines().last().unwrap().starts_with("Both databases contain the same data: "),
        "{said}"
    );
    said.lines()
        .filter_map(|line| line.strip_suffix("\tsame"))
        .map(|line| {
            let mut words = line.split('\t');
            (words.next().unwrap().to_owned(), words.next().unwrap().parse().unwrap())
        })
        .collect()
}

async fn admin(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    Answer::from_request(server.request(method, path).bearer_auth(ADMIN_TOKEN).json(&body)).await
}

/// Puts data into every table.
async fn fill(server: &Server) {
    let odd = "Zoë \"O'Hara\"; DROP TABLE calls -- \u{1F4DE} \u{7f} \\ \t";
    for n in 0..40 {
        let start = format!("2025-10-12T{:02}:{:02}:00Z", n / 4, n % 4 * 15);
        let data = json!({"customerData": {"customerId": format!("c/{}", n % 7), "name": odd,
            "context": {"due": 1.10, "nothing": null}}});
        server.log_ended_call(&format!("sid {n}"), &start, n, data).await;
    }
    // More than a page of events.
    let digit = |n: usize| {
        json!({"event": "dtmf", "data": {"callSid": "sid 1", "digit": "5"},
        "timestamp": format!("2025-10-12T00:15:00.{n:03}Z")})
    };
    for part in 0..2 {
        let events: Vec<_> = (part * 400..part * 400 + 400).map(digit).collect();
        server.post_json("/api/ribbon/log-calls", json!({"events": events})).await.ok::<Value>();
    }
    let session = server.start_call("+919876543210").await.session_id;
    let notes = server.request(Method::PATCH, &format!("/api/ribbon/calls/{session}"));
    let follow = json!({"notes": odd, "followUp": {"at": "2025-11-01T10:30:00Z"}});
    Answer::from_request(notes.header("X-API-Key", crate::support::KEY).json(&follow))
        .await
        .ok::<Value>();
    let due = json!({"to": "+919876543211", "agentId": "agent1", "customerData": {"name": odd},
        "followUp": {"at": "2030-11-01T10:30:00Z"}});
    server.post_json("/api/ribbon/follow-ups", due).await.read::<Value>();
    let customer = json!({"customerId": "c/1", "name": odd, "tags": ["a"], "customFields": {}});
    let customer = json!({"customerData": customer});
    server.post_json("/api/ribbon/customer", customer).await.ok::<Value>();
    let lead = json!({"user": "agent1", "lead_id": "1", "full_name": odd, "phone": "9876543210"});
    let request = server.request(Method::POST, "/api/leads/from-dialer");
    let request = request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead);
    assert_eq!(Answer::from_request(request).await.status, 201);
    admin(server, Method::PATCH, CLIENT, json!({"limit": 500})).await.ok::<Value>();
    admin(server, Method::POST, &format!("{CLIENT}/keys"), json!({})).await;
    let account = json!({"provider": "simulator", "settings": {"apiToken": odd}});
    admin(server, Method::POST, &format!("{CLIENT}/providers"), account).await;
    let quiet = json!({"customerId": "c/1", "from": "22:00", "to": "06:00", "reason": odd});
    admin(server, Method::POST, &format!("{CLIENT}/quiet-times"), quiet).await;
    let holidays = json!({"holidays": [{"region": "AU", "date": "2026-12-25", "name": odd}]});
    admin(server, Method::PUT, &format!("{CLIENT}/call-rules/holidays"), holidays)
        .await
        .ok::<Value>();
    let pack = json!({"title": "Wishes", "rules": [{"id": "times", "test": {"kind": "quiet-times"},
        "effect": "block", "standing": "policy", "source": "Our policy",
        "sourceDate": "2026-11-29", "says": "Not at this time."}]});
    let own = format!("{CLIENT}/call-rules/packs/own-wishes");
    admin(server, Method::PUT, &own, pack).await.ok::<Value>();
    server
        .run_sql(
            "INSERT INTO provider_requests (client_id, request_id, account_id, at, direction,
                purpose, method, url, request, answer)
             VALUES ('client-demo', 'r', 'a', 0, 'out', 'connect', 'POST', '', '', '')",
        )
        .await;
    let token = json!({"name": odd, "role": "viewer"});
    admin(server, Method::POST, &format!("{CLIENT}/tokens"), token).await;
    server.add_other_client().await;
    // The tests' servers get their secrets as settings; other servers store them here.
    server.run_sql("INSERT INTO settings (name, value) VALUES ('theme', 'dark')").await;
}

/// Reads everything that was filled in, through the API.
async fn answers(server: &Server) -> Vec<String> {
    let mut answers = Vec::new();
    for path in [
        "/api/ribbon/call-logs?event=all&pageSize=500",
        "/api/ribbon/call-logs",
        "/api/ribbon/active-calls",
        "/api/ribbon/analytics?startDate=2025-10-12&endDate=2025-10-12",
        "/api/ribbon/analytics/detailed?startDate=2025-10-12&endDate=2025-10-12",
        "/api/ribbon/export/calls?format=csv",
        "/api/ribbon/customer/c%2F1",
        "/api/ribbon/customer/c%2F1/calls",
        "/api/ribbon/config",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answers.push(answer.text);
    }
    let (audit, tokens) = (format!("{CLIENT}/audit"), format!("{CLIENT}/tokens"));
    // It can be decrypted on the other side too, with the same secret key.
    let (providers, webhooks) = (format!("{CLIENT}/providers"), format!("{CLIENT}/webhooks"));
    for path in ["/api/admin/clients", CLIENT, &tokens, &providers, &webhooks] {
        answers.push(admin(server, Method::GET, path, json!({})).await.text);
    }
    // Reading the export above adds a line to the log.
    let log: Value = admin(server, Method::GET, &audit, json!({})).await.ok();
    let lines = log["audit"].as_array().unwrap().iter();
    answers.extend(lines.filter(|line| line["act"] != "calls.exported").map(Value::to_string));
    // A key's last use is the only thing that reading changes.
    let keys: Value = admin(server, Method::GET, &format!("{CLIENT}/keys"), json!({})).await.ok();
    answers.extend(keys["keys"].as_array().unwrap().iter().map(|key| key["keyId"].to_string()));
    answers
}

/// From the kind of this run to SQLite and back, and from SQLite to SQLite.
#[tokio::test]
async fn a_copy_of_a_copy_answers_as_the_first_database_does() {
    let server = Server::start().await;
    fill(&server).await;
    let expected = answers(&server).await;
    // The server continues while it is copied.
    let file = Arc::new(Database::in_file());
    let copied = rows(&copy(&server.database, &file, &[]).await);
    for table in [
        "agents",
        "audit_log",
        "call_notes",
        "calls",
        "clients",
        "credentials",
        "customer_totals",
        "customers",
        "events",
        "feed_heads",
        "follow_ups",
        "lead_heads",
        "leads",
        "provider_accounts",
        "provider_requests",
        "settings",
        "totals",
        "usage",
    ] {
        assert!(copied.get(table).is_some_and(|rows| *rows > 0), "{table} was not copied");
    }
    assert!(copied["events"] > 800);
    let back = Arc::new(Database::new().await);
    assert_eq!(rows(&copy(&file, &back, &[]).await), copied);
    assert_eq!(rows(&copy(&server.database, &back, &["--compare"]).await), copied);
    for database in [file, back] {
        let again = Server::start_on(database, Arc::clone(&server.clock), SLOW).await;
        assert_eq!(answers(&again).await, expected);
        // The copy continues from there: the feed's next number, the lead's, the same event again.
        let more = json!({"customerData": {"customerId": "c/1"}});
        again.log_event("initiated", "fresh", "2025-10-13T10:30:00Z", more).await.ok::<Logged>();
        assert!(again.rebuild_analytics().await.contains("nothing differed"));
    }
}

/// Every table of either database is in the output, so none can be forgotten.
#[tokio::test]
async fn no_table_is_left_out() {
    let server = Server::start().await;
    let (to, sql) = (
        Database::in_file(),
        if wants_postgres() {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' ORDER BY 1"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'
         AND name <> '_sqlx_migrations' ORDER BY 1"
        },
    );
    let copied: Vec<_> = rows(&copy(&server.database, &to, &[]).await).into_keys().collect();
    assert_eq!(copied, server.database.read_texts(sql).await);
}

#[tokio::test]
async fn a_damaged_copy_is_found() {
    let server = Server::start().await;
    server.log_ended_call("c1", "2025-10-12T10:30:00Z", 7, json!({})).await;
    let to = Database::new().await;
    rows(&copy(&server.database, &to, &[]).await);
    for (table, damage, repair) in [
        ("calls", "UPDATE calls SET duration = 8", "UPDATE calls SET duration = 7"),
        ("clients", "UPDATE clients SET crm_url = ''", ""),
        ("agents", "DELETE FROM agents WHERE agent_id = 'agent2'", ""),
        (
            "usage",
            "INSERT INTO usage VALUES ('client-demo', '2001-01', 1)",
            "DELETE FROM usage WHERE month = '2001-01'",
        ),
    ] {
        to.run_sql(damage).await;
        let done = copy(&server.database, &to, &["--compare"]).await;
        assert_eq!(done.status.code(), Some(1), "{damage}");
        let said = String::from_utf8(done.stdout).unwrap();
        let line = said.lines().find(|line| line.starts_with(&format!("{table}\t"))).unwrap();
        assert!(line.contains("DIFFERENT"), "{said}");
        if !repair.is_empty() {
            to.run_sql(repair).await;
        }
    }
}

#[tokio::test]
async fn only_a_fresh_database_is_copied_to_and_only_one_that_is_there_from() {
    let server = Server::start().await;
    let refused = |done: Output, word: &str| {
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.code() == Some(1) && said.contains(word), "{said}");
    };
    refused(copy(&server.database, &server.database, &[]).await, "already contains data");
    let other = Server::start().await;
    refused(copy(&server.database, &other.database, &[]).await, "already contains data");
    let nothing = Database::in_file();
    refused(copy(&nothing, &other.database, &[]).await, "there is no database at");
    assert!(!std::fs::exists(nothing.url().strip_prefix("sqlite:").unwrap()).unwrap());
}

/// A value that SQLite allows in a column of another type stops the copy instead of being changed.
#[tokio::test]
async fn a_value_of_another_type_is_an_error() {
    let file = Arc::new(Database::in_file());
    let server = Server::start_on(Arc::clone(&file), Arc::default(), SLOW).await;
    server.log_ended_call("c1", "2025-10-12T10:30:00Z", 7, json!({})).await;
    server.run_sql("UPDATE calls SET duration = 'long'").await;
    let done = copy(&file, &Database::new().await, &[]).await;
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.code() == Some(1) && said.contains("calls.duration"), "{said}");
}
