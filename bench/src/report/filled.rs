//! Measures databases that are filled with made-up calls: how fast they are filled, how large they
//! are, and how long questions take as calls grow.

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::{ADMIN_TOKEN, Setup};
use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use hyper::Method;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// The last day of the calls.
const LAST_DAY: &str = "2025-12-31";
/// The client with the most calls.
const CLIENT: &str = "demo-in";
/// The days that a question is about.
const DAYS: u64 = 90;

/// The questions: a name, and a path after `/api/ribbon/`, whose `{range}` are the dates.
pub const QUESTIONS: [(&str, &str); 9] = [
    ("overview", "analytics?{range}"),
    ("detailed figures", "analytics/detailed?{range}"),
    ("breakdown by agent", "analytics/breakdown?by=agentId&{range}"),
    ("breakdown by days overdue", "analytics/breakdown?by=context.daysOverdue&{range}"),
    ("breakdown by amount", "analytics/breakdown?by=context.amountDue&{range}"),
    ("agents by day", "analytics/agents?{range}"),
    ("calls, first page", "call-logs?pageSize=50&{range}"),
    ("calls, page 100", "call-logs?pageSize=50&page=100&{range}"),
    ("customers", "customers?limit=50"),
];

/// A SQLite file with made-up calls.
pub struct Filled {
    program: PathBuf,
    folder: TempDir,
    pub calls: u64,
    /// How long it took to make them.
    took: Duration,
}

/// How many bytes a table or an index has.
pub type Size = (String, i64);

impl Filled {
    /// Fills a new file with this many calls of one year, and checks that it holds as many.
    pub async fn make(program: &Path, calls: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut filled = Self { program: program.to_owned(), folder, calls, took: Duration::ZERO };
        let watch = Stopwatch::start();
        let done = Command::new(program)
            .arg("demo-data")
            .args(["--calls", &calls.to_string(), "--until", LAST_DAY])
            .args(["--database", &filled.database()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await?;
        filled.took = watch.elapsed();
        ensure!(done.success(), "demo-data failed");
        let mut db = SqliteConnectOptions::new().filename(filled.file()).connect().await?;
        let found: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM calls").fetch_one(&mut db).await?;
        db.close().await?;
        ensure!(u64::try_from(found)? == calls, "{found} calls are stored, and {calls} were made");
        Ok(filled)
    }

    /// Returns the calls per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of calls are small")]
    pub fn rate(&self) -> f64 {
        self.calls as f64 / self.took.as_secs_f64()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("filled.db")
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }

    /// Returns the bytes per call of the whole file, and the sizes of its largest parts.
    pub async fn measure_size(&self, most: usize) -> Result<(u64, Vec<Size>)> {
        let options = SqliteConnectOptions::new().filename(self.file());
        let mut db = options.read_only(true).connect().await?;
        let mut sizes: Vec<Size> = sqlx::query_as(
            "SELECT name, CAST(SUM(pgsize) AS BIGINT) FROM dbstat GROUP BY name ORDER BY 2 DESC",
        )
        .fetch_all(&mut db)
        .await?;
        db.close().await?;
        sizes.truncate(most);
        Ok((std::fs::metadata(self.file())?.len() / self.calls, sizes))
    }

    /// Returns how many calls per second SQLite alone copies, with all that belongs to them, into
    /// empty tables with the same indexes: in one transaction, without waiting for the disk.
    pub async fn measure_copy(&self) -> Result<f64> {
        let copy = self.folder.path().join("copy.db");
        let setup = Setup::new(self.program.clone(), format!("sqlite:{}", copy.display()));
        // The server creates the tables.
        setup.start().await?.stop().await?;
        let options = SqliteConnectOptions::new().filename(&copy);
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let mut db = options.synchronous(SqliteSynchronous::Off).connect().await?;
        sqlx::query("PRAGMA cache_size = -1000000").execute(&mut db).await?;
        let source = self.file();
        let source = source.to_str().context("a path that is no text")?;
        sqlx::query("ATTACH $1 AS written").bind(source).execute(&mut db).await?;
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM written.sqlite_schema WHERE type = 'table'
                AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
        )
        .fetch_all(&mut db)
        .await?;
        let watch = Stopwatch::start();
        let mut tx = db.begin().await?;
        for table in tables {
            let sql = format!("INSERT OR REPLACE INTO main.{table} SELECT * FROM written.{table}");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        let took = watch.elapsed();
        let found = count_copied(&mut db).await?;
        db.close().await?;
        ensure!(found == self.calls, "{found} calls were copied of {}", self.calls);
        std::fs::remove_file(copy)?;
        #[expect(clippy::cast_precision_loss, reason = "counts of calls are small")]
        Ok(self.calls as f64 / took.as_secs_f64())
    }

    /// Asks each question this many times, about as many different ranges. Returns the median and
    /// the 95th percentile of each.
    pub async fn ask_questions(&self, times: u64) -> Result<Vec<(Duration, Duration)>> {
        let server = Setup::new(self.program.clone(), self.database()).start().await?;
        let mut client = Client::connect(server.address).await?;
        let bearer = format!("Bearer {ADMIN_TOKEN}");
        let headers = [("authorization", bearer.as_str())];
        let mut answers = vec![Vec::new(); QUESTIONS.len()];
        let last_day: NaiveDate = LAST_DAY.parse()?;
        for ago in 0..times {
            let last = last_day.checked_sub_days(Days::new(ago)).context("no such day")?;
            let first = last.checked_sub_days(Days::new(DAYS - 1)).context("no such day")?;
            let range = format!("startDate={first}&endDate={last}");
            for ((name, path), took) in QUESTIONS.iter().zip(&mut answers) {
                let path = path.replace("{range}", &range);
                let path = format!("/api/admin/clients/{CLIENT}/ribbon/{path}");
                let watch = Stopwatch::start();
                let answer =
                    client.send_with(Method::GET, &path, &headers, bytes::Bytes::new()).await?;
                took.push(watch.elapsed());
                ensure!(answer.status == 200, "{name}: {} {:?}", answer.status, answer.body);
            }
        }
        server.stop().await?;
        let of = |mut took: Vec<Duration>| {
            took.sort_unstable();
            let of = |percent: usize| took.get((took.len() - 1) * percent / 100).copied();
            Some((of(50)?, of(95)?))
        };
        answers.into_iter().map(of).collect::<Option<_>>().context("no question was asked")
    }
}

async fn count_copied(db: &mut SqliteConnection) -> Result<u64> {
    let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM main.calls").fetch_one(db).await?;
    Ok(found.try_into()?)
}
