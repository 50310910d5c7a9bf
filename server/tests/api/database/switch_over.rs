//! Tests a database that cannot be written to for a while: the server reports it, and recovers
//! automatically.

use crate::support::database::wants_postgres;
use crate::support::{Answer, Database, SLOW, Server};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longer than any step here may take.
const PATIENCE: Duration = Duration::from_secs(20);

async fn ready(server: &Server) -> Answer {
    Answer::from_request(server.request(Method::GET, "/health/ready")).await
}

/// Waits until the server's readiness is as expected, and returns the sentence.
async fn wait_for(server: &Server, status: u16) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = ready(server).await;
        if answer.status == status {
            return answer.text;
        }
        assert!(Instant::now() < until, "{status} was expected: {}", answer.text);
        sleep(Duration::from_millis(50)).await;
    }
}

async fn log(server: &Server, sid: &str) -> Answer {
    server.log_event("callEnded", sid, "2025-10-12T10:30:00Z", json!({})).await
}

/// Ends all sessions of the database, as a server that shuts down does.
const END_SESSIONS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = '{name}' AND pid <> pg_backend_pid()";

#[tokio::test]
async fn sessions_that_became_read_only_are_replaced() {
    if !wants_postgres() {
        return;
    }
    let server = Server::start().await;
    assert_eq!(log(&server, "before").await.status, 200);
    // Like a standby: each new session is read-only.
    let database = &server.database;
    database.run_beside("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on").await;
    database.run_beside(END_SESSIONS).await;
    let said = wait_for(&server, 503).await;
    assert!(said.contains("read-only"), "{said}");
    log(&server, "during").await.problem(503, "unavailable");
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
    // Existing sessions stay read-only; new ones can write.
    database.run_beside("ALTER DATABASE \"{name}\" RESET default_transaction_read_only").await;
    wait_for(&server, 200).await;
    // A session that was opened just before may be tested once more.
    let until = Instant::now() + PATIENCE;
    let mut logged = log(&server, "after").await;
    while logged.status == 503 && Instant::now() < until {
        sleep(Duration::from_millis(50)).await;
        logged = log(&server, "after").await;
    }
    assert_eq!(logged.status, 200, "{}", logged.text);
}

#[tokio::test]
async fn a_server_that_ended_its_sessions_is_used_again_at_once() {
    if !wants_postgres() {
        return;
    }
    let server = Server::start().await;
    for round in 0..5 {
        assert_eq!(server.get("/api/ribbon/config").await.status, 200);
        server.database.run_beside(END_SESSIONS).await;
        let logged = log(&server, &format!("c{round}")).await;
        assert_eq!(logged.status, 200, "{}", logged.text);
    }
}

#[tokio::test]
async fn statements_that_no_longer_fit_the_tables_are_prepared_again() {
    if !wants_postgres() {
        return;
    }
    let server = Server::start().await;
    for _ in 0..20 {
        assert_eq!(server.get("/api/ribbon/config").await.status, 200);
    }
    server.run_sql("ALTER TABLE clients ALTER COLUMN name TYPE VARCHAR(500)").await;
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(server.get("/api/ribbon/config").await.status != 200);
    }
    assert!(refused <= 2, "{refused} of 40 reads failed");
    server.run_sql("ALTER TABLE feed_heads ALTER COLUMN seq TYPE BIGINT USING seq + 0").await;
    assert_eq!(log(&server, "c1").await.status, 200);
}

/// Returns the database's file.
fn file(database: &Database) -> PathBuf {
    database.url().trim_start_matches("sqlite:").into()
}

async fn on_file() -> Server {
    Server::start_on(Arc::new(Database::in_file()), Arc::default(), SLOW).await
}

#[tokio::test]
async fn a_deleted_or_replaced_file_is_noticed() {
    let server = on_file().await;
    let path = file(&server.database);
    let aside = path.with_extension("aside");
    assert_eq!(ready(&server).await.status, 200);
    for replaced in [false, true] {
        std::fs::rename(&path, &aside).unwrap();
        if replaced {
            std::fs::copy(&aside, &path).unwrap();
        }
        let problem = ready(&server).await.problem(503, "unavailable");
        assert!(problem.error.contains("deleted or replaced"), "{}", problem.error);
        // A write would be lost now: no request is acknowledged.
        log(&server, "lost").await.problem(503, "unavailable");
        std::fs::rename(&aside, &path).unwrap();
        assert_eq!(log(&server, "kept").await.status, 200);
        assert_eq!(ready(&server).await.status, 200);
    }
}

#[tokio::test]
async fn a_locked_file_is_not_ready() {
    let server = on_file().await;
    let mut other = SqliteConnection::connect(&server.database.url()).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    wait_for(&server, 503).await;
    other.execute("ROLLBACK").await.unwrap();
    wait_for(&server, 200).await;
}

#[tokio::test]
async fn many_who_ask_cost_one_write() {
    let server = Server::start().await;
    assert_eq!(ready(&server).await.status, 200);
    let written = "SELECT value FROM settings WHERE name = 'last_written'";
    let first = server.database.read_texts(written).await;
    let asked = (0..50).map(|_| ready(&server));
    let began = Instant::now();
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    // If the machine is so busy that the cached answer has expired, it is checked again.
    if began.elapsed() < Duration::from_secs(1) {
        assert_eq!(server.database.read_texts(written).await, first);
    }
}
