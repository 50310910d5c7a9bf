//! A database for one test, of the kind that this test run uses.

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, Row as _, SqlitePool};
use std::thread;
use tempfile::TempDir;

/// The environment variable with the address of a PostgreSQL server that allows creating databases.
/// If it is set, all tests use that server; else SQLite.
const POSTGRES: &str = "CALL_RIBBON_TEST_POSTGRES";

/// A database that is removed with the last server on it.
pub enum Database {
    Sqlite(TempDir),
    Postgres { server: String, url: String, name: String },
}

/// Returns whether this test run uses PostgreSQL.
pub fn wants_postgres() -> bool {
    std::env::var(POSTGRES).is_ok_and(|address| !address.is_empty())
}

impl Database {
    /// Creates a database.
    pub async fn new() -> Self {
        if !wants_postgres() {
            return Self::in_file();
        }
        let server = std::env::var(POSTGRES).unwrap();
        // The folder's name is unique among all tests, in any process.
        let folder = TempDir::new().unwrap();
        let name: String = folder.path().file_name().unwrap().to_string_lossy().into_owned();
        let name = format!("call_ribbon_test_{}_{}", std::process::id(), name.replace('.', ""));
        on_server(&server, format!("CREATE DATABASE \"{name}\"")).await;
        let (start, query) = server.split_once('?').unwrap_or((&server, ""));
        let slash = start.find("://").map_or(0, |at| at + 3);
        let host = start[slash..].find('/').map_or(start, |at| &start[..slash + at]);
        let url = format!("{host}/{name}?{query}");
        Self::Postgres { server, url, name }
    }

    /// Creates a database in a file, in any test run.
    pub fn in_file() -> Self {
        Self::Sqlite(TempDir::new().unwrap())
    }

    /// Returns its address, as the server takes it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => {
                format!("sqlite:{}", folder.path().join("data/call-ribbon.db").display())
            }
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    /// Changes it without the server.
    pub async fn run_sql(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(_) => {
                let pool = SqlitePool::connect(&self.url()).await.unwrap();
                sqlx::raw_sql(sql).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Self::Postgres { .. } => {
                let pool = self.connect_postgres().await;
                sqlx::raw_sql(sql).execute(&pool).await.unwrap();
                pool.close().await;
            }
        }
    }

    /// Reads a column of texts without the server.
    pub async fn read_texts(&self, sql: &'static str) -> Vec<String> {
        match self {
            Self::Sqlite(_) => {
                let pool = SqlitePool::connect(&self.url()).await.unwrap();
                let rows = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
                pool.close().await;
                rows
            }
            Self::Postgres { .. } => {
                let pool = self.connect_postgres().await;
                let rows = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
                pool.close().await;
                rows
            }
        }
    }

    /// Returns the plan of a query, as for a table that is large enough for an index.
    pub async fn query_plan(&self, sql: &str) -> String {
        let rows: Vec<String> = match self {
            Self::Sqlite(_) => {
                let pool = SqlitePool::connect(&self.url()).await.unwrap();
                let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
                let rows = sqlx::query(sql).fetch_all(&pool).await.unwrap();
                pool.close().await;
                rows.iter().map(|row| row.get("detail")).collect()
            }
            Self::Postgres { .. } => {
                let pool = self.connect_postgres().await;
                let always = "SET enable_seqscan = off; SET enable_sort = off;
                    SET enable_bitmapscan = off; SET enable_incremental_sort = off";
                sqlx::raw_sql(always).execute(&pool).await.unwrap();
                let sql = AssertSqlSafe(format!("EXPLAIN {sql}"));
                let rows = sqlx::query(sql).fetch_all(&pool).await.unwrap();
                pool.close().await;
                rows.iter().map(|row| row.get(0)).collect()
            }
        };
        rows.join("\n")
    }

    /// Runs a statement on the database server, outside of this database.
    pub async fn run_beside(&self, sql: &str) {
        let Self::Postgres { server, name, .. } = self else { panic!("a file has no server") };
        on_server(server, sql.replace("{name}", name)).await;
    }

    /// Opens a connection beside the server's own.
    pub async fn connect_postgres(&self) -> PgPool {
        PgPoolOptions::new().max_connections(1).connect(&self.url()).await.unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, name, .. } = self else { return };
        let (server, name) = (server.clone(), name.clone());
        // This cannot wait for the test's own runtime.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let sql = format!("DROP DATABASE \"{name}\" WITH (FORCE)");
            runtime.unwrap().block_on(on_server(&server, sql));
        });
        if dropped.join().is_err() {
            eprintln!("a test's database was left behind");
        }
    }
}

async fn on_server(server: &str, sql: String) {
    let mut connection =
        PgConnection::connect(server).await.expect("the PostgreSQL server answers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
