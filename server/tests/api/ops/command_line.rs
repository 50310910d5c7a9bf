//! Tests the commands for clients and keys, beside a server on the same database.

use crate::support::{ADMIN_TOKEN, Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

async fn run(server: &Server, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.args(args).args(["--database", &server.database.url()]);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Runs a command that must succeed, and returns its output; it must log nothing.
async fn said(server: &Server, args: &[&str]) -> String {
    let done = run(server, args).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!String::from_utf8_lossy(&done.stderr).contains("crk_"));
    String::from_utf8(done.stdout).unwrap()
}

fn words(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.rsplit(": ").next().unwrap().to_owned());
    lines.collect()
}

async fn config(server: &Server, key: &str) -> Answer {
    let request = server.request(Method::GET, "/api/ribbon/config");
    Answer::from_request(request.header("X-API-Key", key)).await
}

#[tokio::test]
async fn clients_and_keys_are_kept_by_the_command_line() {
    let server = Server::start().await;
    let args = ["client", "create", "--name", "Rao & Co", "--plan", "starter", "--limit", "7"];
    let made = words(&said(&server, &args).await);
    let (client, first) = (made[0].as_str(), made[1].as_str());
    assert_eq!(config(&server, first).await.status, 200);
    let list = said(&server, &["client", "list"]).await;
    assert!(list.contains(&format!("{client}\tstarter\t7\tactive\tRao & Co\n")), "{list}");

    said(&server, &["client", "suspend", client]).await;
    config(&server, first).await.problem(403, "client_suspended");
    said(&server, &["client", "resume", client]).await;
    assert_eq!(config(&server, first).await.status, 200);

    let made = words(&said(&server, &["key", "create", client, "--scopes", "read,export"]).await);
    let (key_id, key) = (made[0].as_str(), made[1].as_str());
    let list = said(&server, &["key", "list", client]).await;
    let line = format!("{key_id}\t{}...\tread,export\tgood\tnever\n", &key[..10]);
    assert!(list.contains(&line) && !list.contains(key), "{list}");
    said(&server, &["key", "revoke", client, key_id]).await;
    config(&server, key).await.problem(401, "revoked_api_key");

    let path = format!("/api/admin/clients/{client}/audit");
    let request = server.request(Method::GET, &path).bearer_auth(ADMIN_TOKEN);
    let audit: Value = Answer::from_request(request.json(&json!({}))).await.ok();
    let lines = audit["audit"].as_array().unwrap().iter();
    let acts: Vec<_> = lines.map(|line| line["act"].as_str().unwrap()).collect();
    let expected =
        ["key.revoked", "key.created", "client.changed", "client.suspended", "client.created"];
    assert_eq!(acts, expected);
}

/// Runs a command with this line as its standard input.
async fn tell(server: &Server, args: &[&str], line: &'static str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.args(args).args(["--database", &server.database.url()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn people_are_kept_by_the_command_line() {
    let server = Server::start().await;
    let add = [
        "person",
        "add",
        "client-demo",
        "--email",
        "Asha@example.com",
        "--name",
        "Asha Rao",
        "--role",
        "viewer",
    ];
    assert!(!tell(&server, &add, "too short\n").await.status.success());
    let made = tell(&server, &add, "correct horse battery\n").await;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let id = words(&String::from_utf8(made.stdout).unwrap()).remove(0);
    let sign_in = async |password: &str| {
        let body = json!({"email": "asha@example.com", "password": password});
        Answer::from_request(server.request(Method::POST, "/api/admin/sign-in").json(&body))
            .await
            .status
    };
    assert_eq!(sign_in("correct horse battery").await, 200);
    let list = said(&server, &["person", "list", "client-demo"]).await;
    let line = format!("{id}\tasha@example.com\tviewer\tgood\t");
    assert!(list.starts_with(&line) && list.ends_with("\tAsha Rao\n"), "{list}");
    said(&server, &["person", "disable", "client-demo", &id]).await;
    assert_eq!(sign_in("correct horse battery").await, 401);
    said(&server, &["person", "enable", "client-demo", &id]).await;
    let new = ["person", "password", "client-demo", &id];
    assert!(tell(&server, &new, "another horse entirely\r\n").await.status.success());
    assert_eq!(sign_in("another horse entirely").await, 200);
    said(&server, &["person", "remove", "client-demo", &id]).await;
    assert_eq!(sign_in("another horse entirely").await, 401);
    let path = "/api/admin/clients/client-demo/audit";
    let audit: Value =
        server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(audit["audit"][0]["by"], "command line");
}

#[tokio::test]
async fn what_is_wrong_on_the_command_line_fails() {
    let server = Server::start().await;
    for args in [
        &["client", "suspend", "nobody"][..],
        &["client", "create", "--name", "x", "--plan", "gold"],
        &["client", "create", "--name", ""],
        &["key", "list", "nobody"],
        &["person", "list", "nobody"],
        &["person", "disable", "client-demo", "nobody"],
        &["key", "create", "nobody"],
        &["key", "create", "client-demo", "--scopes", "admin"],
        &["key", "revoke", "client-demo", "nothing"],
    ] {
        let done = run(&server, args).await;
        assert!(!done.status.success() && done.stdout.is_empty(), "{args:?}");
    }
}

#[tokio::test]
async fn a_domain_that_names_no_host_is_refused() {
    let server = Server::start().await;
    let create = ["client", "create", "--name", "Rao", "--allowed-domains"];
    let made = words(&said(&server, &[&create[..], &["crm.test,*.rao.test"]].concat()).await);
    config(&server, &made[1]).await.ok::<Value>();
    let request = server.request(Method::GET, "/api/ribbon/config").header("X-API-Key", &made[1]);
    let answer = Answer::from_request(request.header("origin", "https://evil.test")).await;
    answer.problem(403, "domain_not_allowed");
    let done = run(&server, &[&create[..], &["crm.test,*"]].concat()).await;
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && error.contains("\"*\" names no host"), "{error}");
}
