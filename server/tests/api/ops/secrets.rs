//! Tests that the server refuses secrets that could be guessed, and warns of the demo client's key.

use crate::support::process::{Process, program_in, run_to_end};

use crate::support::{Database, KEY, Server};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use rustix::process::Signal;
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;

const GOOD: &str = "4c1d0f6e2b7a98534c1d0f6e2b7a9853x";

#[tokio::test]
async fn a_secret_that_could_be_guessed_stops_the_start() {
    let folder = TempDir::new().unwrap();
    for (name, secret, fault) in [
        ("CALL_RIBBON_SECRET_KEY", "a", "too short"),
        ("CALL_RIBBON_SECRET_KEY", "nineteen-characters", "too short"),
        ("CALL_RIBBON_SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaa", "repeats itself"),
        ("CALL_RIBBON_ADMIN_TOKEN", "a", "too short"),
        ("CALL_RIBBON_ADMIN_TOKEN", "adminadminadminadminadmin", "repeats itself"),
    ] {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:weak.db"];
        for command in [&serve[..], &["doctor", "--listen", "127.0.0.1:0"]] {
            let mut program = program_in(folder.path());
            program.args(command).env(name, secret);
            let done = run_to_end(program).await;
            let said = [done.stdout, done.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert_eq!(done.status.code(), Some(1), "{name}={secret}: {said}");
            for part in [name, fault, "openssl rand -hex 32"] {
                assert!(said.contains(part), "{name}={secret}: {said}");
            }
            let shown = secret.len() > 1 && said.contains(secret);
            assert!(!shown && !said.contains("panicked"), "{said}");
        }
        assert!(!folder.path().join("weak.db").exists(), "the database is not even opened");
    }
}

/// A page has tickets, so it could test guesses of the secret key if that signed them directly.
#[tokio::test]
async fn tickets_are_not_signed_with_the_secret_key_itself() {
    let secret = "a secret of the tests";
    let server = Server::start().await;
    let answer: Value = server.get("/api/ribbon/events/ticket").await.ok();
    let (_, ticket) = answer["eventsUrl"].as_str().unwrap().split_once("ticket=").unwrap();
    let (body, signature) = ticket.split_once('.').unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let forged = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    assert_ne!(forged, signature);
    let path = format!("/api/ribbon/events?ticket={body}.{forged}");
    server.get(&path).await.problem(401, "invalid_ticket");
    assert_eq!(server.request(reqwest::Method::GET, "/health").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_demo_key_that_others_can_use_is_warned_of() {
    let warning = "the demo client's key is public";
    for (args, warns) in [
        (&[][..], false),
        (&["--public-url", "https://calls.example.com"], true),
        (&["--trusted-proxy", "127.0.0.1"], true),
        (&["--public-url", "https://calls.example.com", "--no-demo"], false),
    ] {
        let database = Database::new().await;
        let address = database.url();
        let server = Process::serve_on(database, args);
        let folder = TempDir::new().unwrap();
        let mut doctor = program_in(folder.path());
        doctor.args(["doctor", "--listen", "127.0.0.1:0", "--database", &address]).args(args);
        doctor.env("CALL_RIBBON_SECRET_KEY", GOOD);
        let said = String::from_utf8(run_to_end(doctor).await.stdout).unwrap();
        let line = said.lines().find(|line| line.contains("demo key:")).unwrap();
        assert_eq!(line.starts_with("warning"), warns, "{args:?}: {line}");
        server.signal(Signal::TERM);
        let (code, log) = server.wait_for_end().await;
        assert_eq!(code, Some(0));
        assert_eq!(log.contains(warning), warns, "{args:?}: {log}");
        assert!(!log.contains(KEY), "{log}");
    }
}
