//! Replays a floor's day under each pack: the table of docs/floor-day.md is what the commands print.

use crate::support::{ADMIN_TOKEN, Server};
use call_ribbon_rules::packs;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::Command;

const PAGE: &str = include_str!("../../../../docs/floor-day.md");
const DAY: &str = "2025-11-06";
const REGISTERS: [&str; 5] =
    ["in-preference", "us-national-dnc", "au-do-not-call", "ca-dncl", "uk-tps"];

/// Runs `call-ribbon` on the server's database.
async fn run(server: &Server, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.args(arguments).args(["--database", &server.database.url()]);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let errors = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(done.stdout).unwrap()
}

/// Returns the calls that were judged, and a cell of the table: stopped, warned of, and the rules.
fn read_trial(printed: &str) -> (u64, String) {
    let (first, rest) = printed.split_once('\n').unwrap();
    let numbers: Vec<u64> =
        first.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    let [calls, stopped, warned] = numbers[..] else { panic!("{first}") };
    let mut cell = format!("{stopped} / {warned}");
    let rules: Vec<String> = rest
        .lines()
        .map(|line| {
            let mut parts = line.split('\t');
            let count = parts.next().unwrap();
            format!("{} {count}", parts.next().unwrap())
        })
        .collect();
    if !rules.is_empty() {
        write!(cell, ": {}", rules.join(", ")).unwrap();
    }
    (calls, cell)
}

#[tokio::test]
async fn a_floors_day_under_each_pack_is_as_the_page_says() {
    let server = Server::start().await;
    let demo = ["demo-data", "--calls", "4000", "--days", "10", "--until", DAY];
    let made = run(&server, &demo).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "number\n+919876500001\n").unwrap();
    let file = file.path().to_str().unwrap();
    let mut clients = Vec::new();
    for (name, purpose) in [("Sahyadri Finance", "recovery"), ("Harborline Software", "sales")] {
        let line = made.lines().find(|line| line.ends_with(&format!(": {name}"))).unwrap();
        let client = line.split(':').next().unwrap().to_owned();
        let path = format!("/api/admin/clients/{client}/call-rules");
        let rules = json!({"callTypes": {"collections": purpose}});
        server.request_as_staff(Method::PUT, &path, ADMIN_TOKEN, rules).await.ok::<Value>();
        for register in REGISTERS {
            let source = format!("registry:{register}");
            run(&server, &["suppressions", "import", &client, file, "--source", &source]).await;
        }
        clients.push(client);
    }
    let mut rows = String::new();
    let mut judged = Vec::new();
    for pack in &packs::built_in().unwrap() {
        let pack = pack.name.as_str();
        write!(rows, "| `{pack}` |").unwrap();
        for client in &clients {
            let dates = ["--from", DAY, "--to", DAY];
            let arguments = [&["rules", "try", pack, "--client", client][..], &dates].concat();
            let (calls, cell) = read_trial(&run(&server, &arguments).await);
            write!(rows, " {cell} |").unwrap();
            judged.push(calls);
        }
        rows.push('\n');
    }
    let heading = format!(
        "| pack | collections in India, {} calls | sales in the United States, {} calls |\n| --- | --- | --- |\n",
        judged[0], judged[1]
    );
    let table = heading + &rows;
    assert!(PAGE.contains(&table), "docs/floor-day.md must have this table:\n{table}");
    // The CSV names each call to which a rule objects.
    let arguments = [
        "rules",
        "try",
        "in-rbi-recovery",
        "--client",
        &clients[0],
        "--from",
        DAY,
        "--to",
        DAY,
        "--csv",
    ];
    let csv = run(&server, &arguments).await;
    assert!(csv.starts_with("Time,Session ID,Agent,"), "{csv}");
    let objected: usize = rows
        .lines()
        .next()
        .unwrap()
        .split("| ")
        .nth(2)
        .unwrap()
        .split(':')
        .next()
        .unwrap()
        .split(" / ")
        .map(|n| n.trim().parse::<usize>().unwrap())
        .sum();
    assert_eq!(csv.lines().count(), objected + 1, "{csv}");
}

#[tokio::test]
async fn a_trial_of_the_command_says_what_is_wrong() {
    let server = Server::start().await;
    for (arguments, sentence) in [
        (&["in-rbi", "--client", "client-demo"][..], "pack must be one of"),
        (&["uk-sales", "--client", "nobody"], "There is no such client"),
        (&["uk-sales", "--client", "client-demo", "--from", "soon"], "startDate"),
        (&["uk-sales"], "--client"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.args(["rules", "try"]).args(arguments).args(["--database", &server.database.url()]);
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let errors = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && errors.contains(sentence), "{arguments:?}: {errors}");
    }
}
