//! Tests the health checks.

use crate::support::process::{program_in, run_to_end};
use crate::support::{Answer, Server};
use reqwest::Method;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

#[tokio::test]
async fn a_server_without_its_database_is_not_ready() {
    let server = Server::start().await;
    server.run_sql("ALTER TABLE settings RENAME TO hidden").await;
    let answer = Answer::from_request(server.request(Method::GET, "/health/ready")).await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(Answer::from_request(server.request(Method::GET, "/health")).await.status, 200);
    server.run_sql("ALTER TABLE hidden RENAME TO settings").await;
    // A failure is cached for half a second.
    let until = Instant::now() + Duration::from_secs(20);
    while Answer::from_request(server.request(Method::GET, "/health/ready")).await.status != 200 {
        assert!(Instant::now() < until, "it is ready again");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Runs `call-ribbon health`; returns whether it succeeded, and everything that it said.
async fn ask(args: &[&str]) -> (bool, String) {
    let folder = TempDir::new().unwrap();
    let mut command = program_in(folder.path());
    command.arg("health").args(args);
    let done = run_to_end(command).await;
    let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    (done.status.success(), said)
}

#[tokio::test]
async fn the_program_itself_asks_whether_a_server_is_ready() {
    let (ready, broken) = (Server::start().await, Server::start().await);
    broken.run_sql("ALTER TABLE settings RENAME TO hidden").await;
    let listens = |server: &Server| server.url.trim_start_matches("http://").to_owned();
    let everywhere = listens(&ready).replace("127.0.0.1", "0.0.0.0");
    for args in [["--listen", &everywhere], ["--url", &ready.url]] {
        let (good, said) = ask(&args).await;
        assert!(good && said.contains("is ready."), "{args:?}: {said}");
    }
    let (good, said) = ask(&["--listen", &listens(&broken)]).await;
    assert!(!good && said.contains("is not ready: it answers with status 503"), "{said}");
    let gone = listens(&ready);
    ready.stop().await;
    let (good, said) = ask(&["--listen", &gone]).await;
    assert!(!good && said.contains("does not answer"), "{said}");
}
