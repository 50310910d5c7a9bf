//! Tests every SQL text of the server, including those of requests without a test.

use crate::support::Server;
use crate::support::database::wants_postgres;
use crate::support::portable;
use crate::support::sources::Sources;
use sqlx::postgres::{PgTypeInfo, types::Oid};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Postgres, SqlSafeStr as _,
    SqliteConnection, Type,
};

/// What only SQLite supports: a text that contains one of these is for SQLite only.
const OF_SQLITE: &[&str] = &[
    "sqlite_version()",
    "BEGIN IMMEDIATE",
    "sqlite_master",
    "json_each(",
    "(?,?,?)",
    "COLLATE BINARY",
    "PRAGMA ",
];
/// What only PostgreSQL supports.
const OF_POSTGRES: &[&str] = &[
    "pg_notify(",
    "version()",
    "UNNEST(",
    "ISOLATION LEVEL",
    "clock_timestamp()",
    "information_schema",
    "current_setting(",
    "DEALLOCATE ",
    "pg_backend_pid()",
    "COLLATE \"C\"",
];
/// Reads a client's first and last event.
const ENDS: &str = "storage/clients/stored.rs";
/// Files that build texts at run time. Each has tests of its own that run them.
const VOUCHED_FOR: &[&str] = &[
    "storage/database/copy.rs",
    "storage/database/copy/snapshot.rs",
    "storage/database/pools/bulk.rs",
];

#[tokio::test]
async fn every_statement_can_be_prepared_on_this_database() {
    let server = Server::start().await;
    let found = Sources::read_sources();
    assert_eq!(found.unreadable, [""; 0], "handed to the database, and not understood");
    let unknown: Vec<_> =
        found.vouched_for.iter().filter(|file| !VOUCHED_FOR.contains(&file.as_str())).collect();
    assert!(unknown.is_empty(), "put together while the program runs: {unknown:?}");
    assert!(found.statements.len() > 60, "only {} were found", found.statements.len());

    let names = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let mut wrong = Vec::new();
    for (file, text) in &found.statements {
        let of_sqlite = names(text, OF_SQLITE);
        let of_postgres = !of_sqlite && names(text, OF_POSTGRES);
        if (wants_postgres() && of_sqlite) || (!wants_postgres() && of_postgres) {
            continue;
        }
        // Queries about many keys at once find them in this table (`pools::about`).
        let whole = if text.contains("FROM asked") {
            let asked = "SELECT CAST('' AS TEXT), CAST('' AS TEXT)";
            format!("WITH asked (client_id, name) AS ({asked}) {text}")
        } else {
            text.clone()
        };
        if let Err(error) = prepare(&server, &whole).await {
            wrong.push(format!("{file}: {error}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn prepare(server: &Server, text: &str) -> Result<(), sqlx::Error> {
    // Transaction commands cannot be prepared.
    if text.starts_with("BEGIN") {
        return Ok(());
    }
    let sql = AssertSqlSafe(text.to_owned()).into_sql_str();
    if !wants_postgres() {
        let mut connection = SqliteConnection::connect(&server.database.url()).await?;
        (&mut connection).prepare(sql).await?;
        return connection.close().await;
    }
    let mut connection = PgConnection::connect(&server.database.url()).await?;
    let mut types = Vec::new();
    loop {
        let Err(error) = (&mut connection).prepare_with(sql.clone(), &types).await else {
            return connection.close().await;
        };
        let Some(at) = without_type(&error).filter(|at| types.get(*at) != Some(&text_type()))
        else {
            return Err(error);
        };
        types.resize(types.len().max(at + 1), PgTypeInfo::with_oid(Oid(0)));
        types[at] = text_type();
    }
}

/// Without good statistics SQLite takes a table's own key, and then reads all events of a client.
#[tokio::test]
async fn no_statement_reads_all_events_of_a_client_to_find_some() {
    if wants_postgres() {
        return;
    }
    let server = Server::start().await;
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (file, text) in Sources::read_sources().statements {
        let unknown = OF_POSTGRES.iter().any(|word| text.contains(word));
        if unknown || file == ENDS || !text.contains("events") {
            continue;
        }
        let asked = "SELECT value ->> 0, value ->> 1 FROM json_each($1)";
        let whole = if text.contains("FROM asked") {
            format!("WITH asked (client_id, name) AS ({asked}) {text}")
        } else {
            text.clone()
        };
        let plan = server.database.query_plan(&whole).await;
        let reads_all = |line: &str| {
            ["SEARCH e ", "SEARCH events "].iter().any(|start| line.starts_with(start))
                && line.ends_with(" (client_id=?)")
                || ["SCAN e", "SCAN events"].iter().any(|scan| {
                    line.strip_prefix(scan).is_some_and(|rest| rest.starts_with(" USING"))
                })
        };
        if plan.lines().any(reads_all) {
            wrong.push(format!("{file}: {text}: {plan}"));
        }
        checked += 1;
    }
    assert!(checked > 15, "only {checked} statements were checked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `events_by_name` leaves out two names, and SQLite uses it only if a query does as well.
#[tokio::test]
async fn events_of_a_rare_name_are_found_by_their_name() {
    if wants_postgres() {
        return;
    }
    let server = Server::start().await;
    let mut checked = 0;
    for (file, text) in Sources::read_sources().statements {
        if text.contains("event NOT IN (") {
            let plan = server.database.query_plan(&text).await;
            assert!(plan.contains("events_by_name"), "{file}: {text}: {plan}");
            checked += 1;
        }
    }
    assert!(checked >= 3, "only {checked} statements were checked");
}

/// SQLite reads statistics when it opens a database. The migration writes them later, and its
/// connection works on until the server ends.
#[tokio::test]
async fn the_connection_that_makes_the_tables_knows_their_size() {
    let folder = format!("{}/migrations/sqlite", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for file in files {
        let migration = AssertSqlSafe(std::fs::read_to_string(file).unwrap());
        sqlx::raw_sql(migration).execute(&mut connection).await.unwrap();
    }
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "EXPLAIN QUERY PLAN SELECT log_id FROM events WHERE client_id = $1 AND dedup = $2",
    )
    .bind("client")
    .bind(1)
    .fetch_all(&mut connection)
    .await
    .unwrap();
    // Without statistics it would read all events of the client.
    assert!(plan.iter().any(|step| step.3.contains("events_once")), "{plan:?}");
}

fn text_type() -> PgTypeInfo {
    <str as Type<Postgres>>::type_info()
}

/// PostgreSQL cannot infer the type of `$1` in `$1 IS NULL`. The program sends the type with each
/// value; all values compared like that are texts.
fn without_type(error: &sqlx::Error) -> Option<usize> {
    let said = error.as_database_error()?;
    if !matches!(said.code().as_deref(), Some("42P18" | "42P08")) {
        return None;
    }
    let (_, place) = said.message().rsplit_once('$')?;
    place.parse::<usize>().ok()?.checked_sub(1)
}

/// The same rules as for what the whole suite sends, applied to the sources, because not every run
/// has a log of the statements.
#[test]
fn every_statement_and_migration_keeps_to_what_distributed_databases_have() {
    let mut texts = Sources::read_sources().statements;
    let folder = format!("{}/migrations/postgres", env!("CARGO_MANIFEST_DIR"));
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    }
    let refused: Vec<_> = texts
        .iter()
        .filter(|(_, text)| !OF_SQLITE.iter().any(|word| text.contains(word)))
        .filter_map(|(file, text)| Some(format!("{file}: {}", portable::unsupported_part(text)?)))
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// Checks what the servers of the whole suite sent to PostgreSQL, from its log. `cargo xtask test`
/// runs this last, with the log of the server that the suite used.
#[test]
fn every_statement_that_was_sent_keeps_to_what_distributed_databases_have() {
    let Ok(log) = std::env::var(portable::LOG) else { return };
    let log = String::from_utf8_lossy(&std::fs::read(log).unwrap()).into_owned();
    let sent = portable::sent_statements(&log);
    // An empty log would make the test pass without testing anything.
    for needed in ["INSERT INTO events", "CREATE TABLE calls", "INTO feed_heads"] {
        assert!(sent.iter().any(|text| text.contains(needed)), "{needed} is not in the log");
    }
    let refused: Vec<_> = sent
        .iter()
        .filter_map(|text| Some(format!("{}: {text}", portable::unsupported_part(text)?)))
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    eprintln!("{} statements were looked at", sent.len());
}
