//! A database that an older version created is brought up to date when the server starts.

use crate::support::database::{Database, wants_postgres};
use crate::support::{SLOW, Server};
use call_ribbon_shared::wire::CallLogs;
use sqlx::migrate::Migrator;
use sqlx::{PgPool, SqlitePool};
use std::process::Command;
use std::sync::Arc;

/// For each schema, by the number of its last migration: what a server of that schema stored. A
/// migration that was released never changes, and each release adds an entry.
const STORED: &[(i64, &str)] = &[(1, include_str!("upgrade/0001.sql"))];

/// Creates the tables as they were after this migration.
async fn create_schema(database: &Database, version: i64) {
    let up_to = |mut all: Migrator| {
        let migrations = all.iter().filter(|migration| migration.version <= version).cloned();
        all.migrations = migrations.collect();
        all
    };
    if wants_postgres() {
        let pool = PgPool::connect(&database.url()).await.unwrap();
        up_to(sqlx::migrate!("migrations/postgres")).run(&pool).await.unwrap();
        pool.close().await;
    } else {
        let file = database.url();
        let file = std::path::Path::new(file.trim_start_matches("sqlite:"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let url = format!("{}?mode=rwc", database.url());
        let pool = SqlitePool::connect(&url).await.unwrap();
        up_to(sqlx::migrate!("migrations/sqlite")).run(&pool).await.unwrap();
        pool.close().await;
    }
}

#[tokio::test]
async fn a_database_of_each_older_schema_keeps_its_calls_and_totals() {
    for (version, stored) in STORED {
        let database = Arc::new(Database::new().await);
        create_schema(&database, *version).await;
        database.run_sql(stored).await;
        let server = Server::start_on(database, Arc::default(), SLOW).await;
        let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
        let statuses: Vec<&str> = logs.logs.iter().map(|log| log.call_status.as_str()).collect();
        assert_eq!(statuses, ["missed", "completed"]);
        assert!(
            server.rebuild_analytics().await.ends_with("nothing differed.\n"),
            "schema {version}"
        );
        let answer = server
            .log_event(
                "callEnded",
                "call-3",
                "2025-10-14T09:00:00Z",
                serde_json::json!({"duration": 5}),
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn tables_of_another_version_are_refused_in_words() {
    let database = Database::new().await;
    create_schema(&database, i64::MAX).await;
    for change in [
        "UPDATE _sqlx_migrations SET version = 9999",
        "UPDATE _sqlx_migrations SET version = 1, checksum = CAST('other' AS BLOB)",
    ] {
        let binary = if wants_postgres() { "bytea" } else { "BLOB" };
        database.run_sql(&change.replace("BLOB", binary)).await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.args(["migrate", "--database", &database.url()]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert!(text.contains("the database's tables are not this version's"), "{text}");
    }
}
