//! Tests the keys that encrypt providers' secrets, and their rotation.

use crate::support::process::{program_in, run_to_end};
use crate::support::{ADMIN_TOKEN, Answer, Server};
use call_ribbon_server::config::Secret;
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const FIRST: &str = "the first secret key of long ago";
const SECOND: &str = "the second secret key which is new";
const PATH: &str = "/api/admin/clients/client-demo/providers";

/// Runs a command on the server's database, with these keys.
async fn command(server: &Server, args: &[&str], keys: (&str, &str)) -> Output {
    let folder = TempDir::new().unwrap();
    let mut command = program_in(folder.path());
    command
        .args(args)
        .args(["--database", &server.database.url()])
        .env("CALL_RIBBON_SECRET_KEY", keys.0)
        .env("CALL_RIBBON_PREVIOUS_SECRET_KEYS", keys.1);
    run_to_end(command).await
}

fn said(done: &Output) -> String {
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    for secret in [FIRST, SECOND, "t0ken"] {
        assert!(!said.contains(secret), "{said}");
    }
    said
}

/// Returns the doctor's finding on the accounts.
async fn doctor(server: &Server, keys: (&str, &str)) -> String {
    let said = said(&command(server, &["doctor"], keys).await);
    said.lines().find(|line| line.contains("provider accounts:")).unwrap().to_owned()
}

async fn add(server: &Server) -> String {
    let body = json!({"provider": "simulator", "settings": {"apiToken": "t0ken"}});
    let made: Value = server.request_as_staff(Method::POST, PATH, ADMIN_TOKEN, body).await.read();
    made["webhookUrl"].as_str().unwrap().to_owned()
}

async fn is_heard(server: &Server, webhook: &str) -> bool {
    Answer::from_request(server.request(Method::POST, webhook).body("x=1")).await.status == 200
}

#[tokio::test]
async fn the_key_is_exchanged_without_losing_a_secret() {
    let server =
        Server::start_with_settings(|config| config.keys.secret_key = Some(Secret::new(FIRST)))
            .await;
    let old = add(&server).await;
    let keys = |newest: &'static str, previous: &'static [&'static str]| {
        move |config: &mut call_ribbon_server::config::Config| {
            config.keys.secret_key = Some(Secret::new(newest));
            config.keys.previous_secret_keys =
                previous.iter().map(|key| Secret::new(*key)).collect();
        }
    };
    let server = server.stop().await.start_with(keys(SECOND, &[FIRST])).await;
    // With both keys, old secrets can be decrypted, and new ones are encrypted under the new key.
    assert!(is_heard(&server, &old).await);
    let new = add(&server).await;
    let used = || server.database.read_texts("SELECT DISTINCT key_name FROM provider_accounts");
    assert_eq!(used().await.len(), 2);
    let line = doctor(&server, (SECOND, FIRST)).await;
    assert!(
        line.starts_with("warning") && line.contains("1 are encrypted under an older"),
        "{line}"
    );
    let line = doctor(&server, (SECOND, "")).await;
    assert!(line.starts_with("problem") && line.contains("1 are encrypted under a secret key"));

    // Without the old key nothing is lost, and the missing key is reported.
    let done = command(&server, &["rotate-secrets"], (SECOND, "")).await;
    assert_eq!(done.status.code(), Some(1));
    assert!(said(&done).contains("CALL_RIBBON_PREVIOUS_SECRET_KEYS"));
    let done = command(&server, &["rotate-secrets"], (SECOND, &format!("wrong,{FIRST}"))).await;
    assert!(done.status.success(), "{}", said(&done));
    assert!(said(&done).contains("re-encrypted: 1"));
    let done = command(&server, &["rotate-secrets"], (SECOND, FIRST)).await;
    assert!(said(&done).contains("re-encrypted: 0"));
    assert_eq!(used().await.len(), 1);
    let line = doctor(&server, (SECOND, "")).await;
    assert!(line.starts_with("ok ") && line.contains("2, all of which"), "{line}");
    let server = server.stop().await.start_with(keys(SECOND, &[])).await;
    assert!(is_heard(&server, &old).await && is_heard(&server, &new).await);
    let server = server.stop().await.start_with(keys(FIRST, &[])).await;
    assert!(!is_heard(&server, &old).await);
}

#[tokio::test]
async fn accounts_are_kept_by_the_command_line() {
    let server =
        Server::start_with_settings(|config| config.keys.secret_key = Some(Secret::new(FIRST)))
            .await;
    let folder = TempDir::new().unwrap();
    let settings = folder.path().join("settings.json");
    fs::write(&settings, json!({"apiToken": "t0ken"}).to_string()).unwrap();
    let settings = settings.to_str().unwrap();
    let add = |more: &[&'static str]| {
        let mut args = vec!["provider", "add", "client-demo", "simulator", "--settings", settings];
        args.extend(more);
        args
    };
    // Secrets are stored under the key, or not at all.
    let done = command(&server, &add(&[]), ("", "")).await;
    assert!(!done.status.success() && said(&done).contains("Set CALL_RIBBON_SECRET_KEY"));
    let more = ["--name", "Mumbai", "--default", "--public-url", "https://calls.example.com"];
    let done = command(&server, &add(&more), (FIRST, "")).await;
    assert!(done.status.success(), "{}", said(&done));
    let made = said(&done);
    let mut words = made.lines().map(|line| line.rsplit(": ").next().unwrap());
    let (account, webhook) = (words.next().unwrap(), words.next().unwrap());
    let path = webhook.strip_prefix("https://calls.example.com").unwrap();
    assert!(is_heard(&server, path).await);
    let one = |act: &'static str| vec!["provider", act, "client-demo", account];
    let list =
        async || said(&command(&server, &["provider", "list", "client-demo"], (FIRST, "")).await);
    assert_eq!(list().await, format!("{account}\tsimulator\tenabled\tdefault\tMumbai\n"));
    let done = command(&server, &one("validate"), (FIRST, "")).await;
    assert_eq!(said(&done), "Connection successful\n");
    let done = command(&server, &one("validate"), (SECOND, "")).await;
    assert!(!done.status.success() && said(&done).contains("CALL_RIBBON_PREVIOUS_SECRET_KEYS"));
    assert!(command(&server, &one("disable"), (FIRST, "")).await.status.success());
    assert_eq!(list().await, format!("{account}\tsimulator\tdisabled\tdefault\tMumbai\n"));
    let done = command(&server, &["provider", "webhooks", "client-demo"], (FIRST, "")).await;
    assert_eq!(said(&done), format!("{account}\tsimulator\t{path}\n"));
    assert!(command(&server, &one("remove"), (FIRST, "")).await.status.success());
    assert_eq!(list().await, "");
    fs::write(Path::new(settings), "{\"apiToken\": t0ken}").unwrap();
    let done = command(&server, &add(&[]), (FIRST, "")).await;
    assert!(!done.status.success() && said(&done).contains("not a JSON object"));
}

#[tokio::test]
async fn keys_may_stand_in_files() {
    let server =
        Server::start_with_settings(|config| config.keys.secret_key = Some(Secret::new(FIRST)))
            .await;
    add(&server).await;
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let newest = file("newest", &format!("{SECOND}\n"));
    let previous = file("previous", &format!("another\n\n{FIRST}\n"));
    let mut command = program_in(folder.path());
    command
        .args(["rotate-secrets", "--secret-key-file", &newest])
        .args(["--previous-secret-keys-file", &previous])
        .args(["--database", &server.database.url()]);
    let done = run_to_end(command).await;
    assert!(said(&done).contains("re-encrypted: 1"), "{}", said(&done));
}
