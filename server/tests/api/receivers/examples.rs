//! Tests the receivers in `examples/receivers/`.

use super::{ask, create, find_key, log_call};
use crate::support::Server;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const CALL: [&str; 4] = ["call.initiated", "call.ringing", "call.connected", "call.callEnded"];

/// A running receiver, which is stopped when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/receivers")
}

/// Returns a port that no program uses.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn receiver(language: &str, port: u16) -> Command {
    let file = |name: &str| folder().join(name);
    let mut command = match language {
        "node" => Command::new("node"),
        "python" => Command::new("python3"),
        "php" => Command::new("php"),
        _ => {
            let tests = std::env::current_exe().unwrap();
            Command::new(tests.parent().unwrap().join("../examples/receiver"))
        }
    };
    match language {
        "node" => command.arg(file("receiver.mjs")),
        "python" => command.arg(file("receiver.py")),
        "php" => command.args(["-S", &format!("127.0.0.1:{port}")]).arg(file("receiver.php")),
        _ => &mut command,
    };
    command.env("PORT", port.to_string()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Each receiver of the examples accepts what is signed, and does its work once, even if a message
/// comes twice.
#[tokio::test]
async fn the_receivers_of_the_examples_take_each_message_once() {
    let server = Server::start().await;
    for language in ["node", "python", "php", "rust"] {
        let seen = TempDir::new().unwrap();
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}/");
        let id = create(&server, json!({"url": url, "types": CALL})).await;
        let mut command = receiver(language, port);
        command.env("WEBHOOK_KEY", find_key(&server, &id).await).env("SEEN", seen.path());
        let Ok(mut child) = command.spawn() else {
            eprintln!(
                "NOT TESTED: the receiver for {language}, which is not installed; run \
                 `cargo xtask setup`"
            );
            ask(&server, Method::DELETE, &id, Value::Null).await.ok::<Value>();
            continue;
        };
        let out = BufReader::new(child.stdout.take().unwrap());
        let running = Running(child);
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let test = format!("{id}/test");
        for tries in 0.. {
            let tested: Value = ask(&server, Method::POST, &test, Value::Null).await.ok();
            if tested["ok"] == true {
                break;
            }
            assert!(tries < 15, "{language}: {tested}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let forged = server.http.post(&url).body(r#"{"type":"forged","data":{}}"#);
        let forged = forged
            .header("webhook-id", "forged")
            .header(
                "webhook-timestamp",
                chrono::DateTime::parse_from_rfc3339(&server.time_now())
                    .unwrap()
                    .timestamp()
                    .to_string(),
            )
            .header("webhook-signature", "v1,AAAA");
        assert_eq!(forged.send().await.unwrap().status(), 401, "{language}");
        let from = server.time_now();
        log_call(&server, language).await;
        server.app.send_to_receivers().await;
        let until = chrono::DateTime::parse_from_rfc3339(&from).unwrap() + Duration::from_mins(5);
        let again = json!({"from": from, "until": until.to_rfc3339()});
        let again = ask(&server, Method::POST, &format!("{id}/resend"), again).await;
        assert_eq!(again.ok::<Value>()["messages"], 4, "{language}");
        for _ in 0..400 {
            server.app.send_to_receivers().await;
            let path = format!("{id}/deliveries?state=waiting");
            let waiting: Value = ask(&server, Method::GET, &path, Value::Null).await.ok();
            if waiting["deliveries"].as_array().unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        drop(running);
        let said: Vec<String> = lines.iter().filter(|line| line.contains("call.")).collect();
        assert_eq!(said, CALL.map(|kind| format!("{kind} {language}")), "{language}");
        ask(&server, Method::DELETE, &id, Value::Null).await.ok::<Value>();
    }
}
