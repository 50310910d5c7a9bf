//! Tests that both databases behave the same for all code above them.

use crate::support::Server;
use crate::support::database::wants_postgres;
use call_ribbon_shared::wire::{CallLogs, Logged};
use serde_json::json;
use sqlx::SqlitePool;
use std::collections::BTreeMap;
use std::io::Write as _;
use tempfile::TempDir;

/// A test binary that should use PostgreSQL but ran on SQLite would pass without testing anything.
#[tokio::test]
async fn the_database_is_the_one_that_was_asked_for() {
    let server = Server::start().await;
    let version = server.app.database_version().await.unwrap();
    let expected = if wants_postgres() { "PostgreSQL " } else { "SQLite 3" };
    assert!(version.starts_with(expected), "asked for {expected}, got {version}");
    // Bypasses the test harness's capture, so that each run shows which database it used.
    writeln!(std::io::stderr(), "these tests run on {version}").unwrap();
}

/// What a migration may use, and what both databases treat in the same way.
fn kind(of_postgres: &str) -> &'static str {
    match of_postgres {
        "bigint" => "BIGINT",
        "text" => "TEXT",
        other => panic!("{other} is no type that both databases have"),
    }
}

#[tokio::test]
async fn both_sets_of_migrations_make_the_same_tables() {
    let names = |folder: &str| {
        let folder = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let server = Server::start().await;
    if !wants_postgres() {
        return;
    }
    // name of table and column → type, nullable, position in the primary key
    let mut on_postgres = BTreeMap::new();
    let columns: Vec<(String, String, String, String, i64)> = sqlx::query_as(
        "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT),
                CAST(c.data_type AS TEXT), CAST(c.is_nullable AS TEXT),
                CAST(COALESCE((SELECT k.ordinal_position
                 FROM information_schema.key_column_usage k
                 JOIN information_schema.table_constraints t
                   ON t.constraint_name = k.constraint_name AND t.table_name = k.table_name
                 WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
                   AND k.table_name = c.table_name AND k.column_name = c.column_name), 0) AS BIGINT)
         FROM information_schema.columns c
         WHERE c.table_schema = 'public' AND c.table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&server.database.connect_postgres().await)
    .await
    .unwrap();
    for (table, column, data_type, nullable, key) in columns {
        on_postgres.insert((table, column), (kind(&data_type).to_owned(), nullable == "YES", key));
    }
    let folder = TempDir::new().unwrap();
    let file = format!("sqlite:{}?mode=rwc", folder.path().join("tables.db").display());
    let sqlite = SqlitePool::connect(&file).await.unwrap();
    sqlx::migrate!("migrations/sqlite").run(&sqlite).await.unwrap();
    let columns: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk
         FROM sqlite_master t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'
           AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .fetch_all(&sqlite)
    .await
    .unwrap();
    let on_sqlite: BTreeMap<_, _> = columns
        .into_iter()
        .map(|(table, column, kind, not_null, key)| ((table, column), (kind, not_null == 0, key)))
        .collect();
    assert!(!on_sqlite.is_empty());
    assert_eq!(on_sqlite, on_postgres);
}

#[tokio::test]
async fn odd_texts_are_taken_and_hurt_nobody_beside_them() {
    let server = Server::start().await;
    let long = "x".repeat(5000);
    // Too long for an index, even after compression.
    let noisy: String = (0..1000_u64).map(|n| (n * n * 7919).to_string()).collect();
    let texts = [
        json!({"reason": "nul \u{0} inside", "customerData": {"name": "\u{0}", "context": {"x\u{0}": "\u{0}"}}}),
        json!({"agentId": noisy, "agentName": noisy}),
        json!({"customerData": {"customerId": noisy, "agentId": long, "phoneNumber": long}}),
        json!({"status": "\u{0}", "duration": "5"}),
    ];
    let send = |n: usize| {
        let (server, more) = (&server, texts.get(n % 8).cloned().unwrap_or_else(|| json!({})));
        async move {
            let sid = format!("c{n}");
            server.log_event("callEnded", &sid, "2025-10-12T10:30:00Z", more).await.ok::<Logged>();
        }
    };
    futures_util::future::join_all((0..80).map(send)).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=all&pageSize=500").await.ok();
    assert_eq!(logs.pagination.total, 80);
    // Data comes back as it was sent.
    assert!(logs.logs.iter().any(|row| row.data.get().contains(r#""x\u0000":"\u0000""#)));
    // A NUL in an address is only searched for, never stored.
    server.get("/api/ribbon/calls/a%00b").await.problem(404, "not_found");
    assert_eq!(
        server.get("/api/ribbon/call-logs?customerId=a%00b").await.wrong_field(),
        "customerId"
    );
}

/// A value that no check before catches: the database itself refuses one of many.
#[tokio::test]
async fn a_record_that_cannot_be_kept_does_not_fail_the_others() {
    let server = Server::start().await;
    server.run_sql("CREATE UNIQUE INDEX only_one ON calls (client_id, phone)").await;
    let log = |n: usize| {
        let server = &server;
        async move {
            let phone = if n < 5 { "same".to_owned() } else { format!("other{n}") };
            let more = json!({"phoneNumber": phone});
            let sid = format!("c{n}");
            server.log_event("initiated", &sid, "2025-10-12T10:30:00Z", more).await
        }
    };
    let answers = futures_util::future::join_all((0..50).map(log)).await;
    let taken = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(taken, 46);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.problem(400, "invalid_request");
    }
    let mut stream = server.events_after(0).await;
    for seq in 1..=46 {
        assert_eq!(stream.next_event().await.unwrap().seq, seq);
    }
}
