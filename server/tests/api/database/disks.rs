//! Tests a disk that accepts no writes: the server reports it, loses nothing, and continues once it
//! can.

use crate::support::disk::SmallDisk;
use crate::support::process::{Process, run_to_end};
use crate::support::{ADMIN_TOKEN, Answer, Database, KEY, http_client};
use call_ribbon_shared::wire::CallLogs;
use reqwest::{Client, Method};
use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longer than any step here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of a server in a process of its own.
struct Page<'s> {
    http: Client,
    server: &'s Process,
    /// Events that the server acknowledged.
    kept: i64,
}

impl<'s> Page<'s> {
    fn of(server: &'s Process) -> Self {
        Self { http: http_client(), server, kept: 0 }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.http.request(Method::GET, format!("{}{path}", self.server.url));
        Answer::from_request(request.header("X-API-Key", KEY)).await
    }

    /// Logs one more event.
    async fn log(&mut self) -> Answer {
        let data = json!({"callSid": format!("c{}", self.kept)});
        let body = json!({"apiKey": KEY, "event": "note", "data": data});
        let url = format!("{}/api/ribbon/log-call", self.server.url);
        let answer = Answer::from_request(self.http.post(url).json(&body)).await;
        self.kept += i64::from(answer.status == 200);
        answer
    }

    /// Logs events until one is refused, and checks the error.
    async fn log_until_refused(&mut self) {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.log().await;
            if answer.status != 200 {
                answer.problem(503, "unavailable");
                assert_eq!(answer.header("retry-after"), "1");
                return;
            }
            assert!(Instant::now() < until, "an event is refused");
        }
    }

    /// Waits until the server's readiness is as expected, and returns the answer.
    async fn wait_for(&self, status: u16) -> Answer {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.get("/health/ready").await;
            if answer.status == status {
                return answer;
            }
            assert!(Instant::now() < until, "{status} was expected: {}", answer.text);
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Checks a server that cannot write for a reason.
    async fn says(&mut self, reason: &str) {
        self.log_until_refused().await;
        let problem = self.wait_for(503).await.problem(503, "unavailable");
        assert!(problem.error.contains(reason), "{}", problem.error);
        // Stored data can be read, and the program runs.
        assert_eq!(self.get("/api/ribbon/config").await.status, 200);
        assert_eq!(self.get("/health").await.status, 200);
    }

    /// Checks a server that can write again: it has what it acknowledged, and nothing else.
    async fn has_recovered(&mut self) {
        self.wait_for(200).await;
        assert_eq!(self.log().await.status, 200);
        let logs: CallLogs = self.get("/api/ribbon/call-logs?event=all").await.ok();
        assert_eq!(logs.pagination.total, self.kept);
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_freed() {
    let Some(disk) = SmallDisk::mount() else { return };
    let server = Process::serve_within(&disk);
    let mut page = Page::of(&server);
    page.wait_for(200).await;
    for _ in 0..2 {
        disk.fill_up();
        page.says("the disk of the database is full").await;
        disk.free_up();
        page.has_recovered().await;
    }
}

/// Sets or lifts a limit on the size of a process's files: its writes fail, as on a disk that the
/// system has remounted read-only.
fn limit_files(pid: Pid, bytes: Option<u64>) {
    let maximum = rustix::process::getrlimit(Resource::Fsize).maximum;
    prlimit(Some(pid), Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
}

#[tokio::test]
async fn a_disk_that_fails_is_told() {
    let server = Process::serve_on(Database::in_file(), &[]);
    let mut page = Page::of(&server);
    page.wait_for(200).await;
    limit_files(server.pid(), Some(0));
    page.says("the disk of the database cannot be written").await;
    limit_files(server.pid(), None);
    page.has_recovered().await;
}

#[tokio::test]
async fn a_server_on_a_read_only_disk_says_why_it_does_not_start() {
    let Some(disk) = SmallDisk::mount() else { return };
    let server = Process::serve_within(&disk);
    let mut page = Page::of(&server);
    page.wait_for(200).await;
    assert_eq!(page.log().await.status, 200);
    let kept = page.kept;
    server.signal(Signal::KILL);
    server.wait_for_end().await;
    // The system refuses this while a file is open for writing.
    disk.mount_again("ro");
    for command in ["serve", "doctor"] {
        let mut program = disk.command(env!("CARGO_BIN_EXE_call-ribbon"));
        program.args([command, "--listen", "127.0.0.1:0", "--database", &disk.database()]);
        program.env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN);
        let ended = run_to_end(program).await;
        assert_eq!(ended.status.code(), Some(1), "{command}");
        let said = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
        assert!(said.contains("readonly database"), "{said}");
    }
    disk.mount_again("rw");
    let server = Process::serve_within(&disk);
    let mut page = Page { kept, ..Page::of(&server) };
    page.has_recovered().await;
}
