//! Tests settings from a file, the environment and flags.

use crate::support::process::{program_in, run_to_end};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

async fn stdout(folder: &Path, args: &[&str]) -> String {
    let mut command = program_in(folder);
    command.args(args);
    let done = run_to_end(command).await;
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Returns the doctor's finding on the address, which shows the value of `listen`.
async fn address(folder: &Path, args: &[&str], environment: Option<&str>) -> String {
    let mut command = program_in(folder);
    command.arg("doctor").args(args);
    if let Some(listen) = environment {
        command.env("CALL_RIBBON_LISTEN", listen);
    }
    let said = String::from_utf8(run_to_end(command).await.stdout).unwrap();
    let line =
        said.lines().find(|line| line.contains("address:")).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().nth(2).unwrap().to_owned()
}

/// Returns the error for a settings file with this content.
async fn refused(text: &str) -> String {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("call-ribbon.toml"), text).unwrap();
    let mut command = program_in(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    let done = run_to_end(command).await;
    assert!(!done.status.success() && done.stdout.is_empty(), "{text}");
    String::from_utf8(done.stderr).unwrap()
}

#[tokio::test]
async fn every_flag_is_in_the_file_and_the_other_way_round() {
    let folder = TempDir::new().unwrap();
    let file = stdout(folder.path(), &["config"]).await;
    let in_file: BTreeSet<String> = file
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once(" = "))
        .filter(|(name, _)| !name.starts_with(' '))
        .map(|(name, _)| name.to_owned())
        .collect();
    let help = stdout(folder.path(), &["serve", "--help"]).await;
    let flags: BTreeSet<String> = help
        .lines()
        .filter_map(|line| line.trim_start().trim_start_matches("-h, ").strip_prefix("--"))
        .map(|flag| flag.split([' ', '=']).next().unwrap().replace('-', "_"))
        .filter(|flag| !["help", "config"].contains(&flag.as_str()))
        .collect();
    assert!(flags.len() > 20, "{help}");
    assert_eq!(in_file, flags);
    // Each with the default that the help states.
    for default in help.lines().filter_map(|line| line.split_once("[default: ")) {
        let value = default.1.trim_end_matches(']');
        let found = [format!(" = {value}"), format!(" = \"{value}\"")];
        assert!(file.lines().any(|line| found.iter().any(|end| line.ends_with(end))), "{value}");
    }
}

#[tokio::test]
async fn the_file_with_everything_uncommented_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let file = stdout(folder.path(), &["config"]).await;
    let uncommented: Vec<&str> = file
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            _ => line,
        })
        .collect();
    fs::write(folder.path().join("all.toml"), uncommented.join("\n")).unwrap();
    let migrated = stdout(folder.path(), &["migrate", "--config", "all.toml"]).await;
    assert!(migrated.starts_with("The tables were migrated from version 0 to "), "{migrated}");
    // The same database as without a file.
    let again = stdout(folder.path(), &["migrate"]).await;
    assert!(again.starts_with("The tables are up to date"), "{again}");
    let help = stdout(folder.path(), &["serve", "--help"]).await;
    assert_eq!(help, stdout(folder.path(), &["serve", "--help", "--config", "all.toml"]).await);
}

#[tokio::test]
async fn a_flag_is_stronger_than_the_environment_and_that_than_the_file() {
    let folder = TempDir::new().unwrap();
    let (file, environment, flag) = ("127.0.0.2:0", "127.0.0.3:0", "127.0.0.4:0");
    assert_eq!(address(folder.path(), &[], None).await, "127.0.0.1:8787");
    fs::write(folder.path().join("call-ribbon.toml"), format!("[server]\nlisten = \"{file}\"\n"))
        .unwrap();
    assert_eq!(address(folder.path(), &[], None).await, file);
    assert_eq!(address(folder.path(), &[], Some(environment)).await, environment);
    assert_eq!(address(folder.path(), &["--listen", flag], Some(environment)).await, flag);
    // A file that is named is read instead of the one in the folder.
    fs::write(folder.path().join("other.toml"), "[server]\nlisten = \"127.0.0.5:0\"\n").unwrap();
    assert_eq!(address(folder.path(), &["--config", "other.toml"], None).await, "127.0.0.5:0");
}

/// Returns the names of the environment variables of all settings, and the one of the file.
async fn variables(folder: &Path) -> Vec<String> {
    let file = stdout(folder, &["config"]).await;
    let words = file.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let names: BTreeSet<&str> = words.filter(|word| word.starts_with("CALL_RIBBON_")).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Returns what the doctor finds with these variables in its environment, without what changes from
/// one moment to the next.
async fn findings(folder: &Path, variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = program_in(folder);
    command.args(["doctor", "--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
    let done = run_to_end(command).await;
    let error = String::from_utf8(done.stderr).unwrap();
    assert!(error.is_empty(), "{variables:?}: {error}");
    let said = String::from_utf8(done.stdout).unwrap();
    let lines = said.lines().filter(|line| !line.contains("disk") && !line.contains("open files"));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_empty_variable_is_as_one_that_is_not_set() {
    let folder = TempDir::new().unwrap();
    stdout(folder.path(), &["migrate"]).await;
    let names = variables(folder.path()).await;
    assert!(names.len() > 50, "{names:?}");
    let unset = findings(folder.path(), &[]).await;
    for name in &names {
        assert_eq!(findings(folder.path(), &[(name, "")]).await, unset, "{name}");
    }
    let all: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(findings(folder.path(), &all).await, unset);
    // The settings file and commands with variables of their own see none of them either.
    fs::write(folder.path().join("call-ribbon.toml"), "[server]\nlisten = \"127.0.0.2:0\"\n")
        .unwrap();
    assert_eq!(address(folder.path(), &[], Some("")).await, "127.0.0.2:0");
    let mut command = program_in(folder.path());
    command.args(["client", "list"]).envs(all);
    let done = run_to_end(command).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_named() {
    for (text, wanted) in [
        (
            "[limits]\n\nconection = 5\n",
            "call-ribbon.toml, line 3: there is no setting conection; did you mean connections?",
        ),
        ("[limit]\nconnections = 5\n", "line 1: there is no section [limit]; did you mean limits?"),
        ("[server]\nconnections = 5\n", "line 2: connections belongs in [limits]"),
        ("listen = \"127.0.0.1:0\"\n", "line 1: listen belongs below the line [server]"),
        ("[limits]\nconnections = \"many\"\n", "line 2: connections must be a whole number"),
        ("[limits]\nconnections = -5\n", "line 2: connections: invalid value"),
        ("[limits]\ntrusted_proxy = [\"x\"]\n", "line 2: trusted_proxy: invalid value"),
        ("[server]\nno_demo = \"yes\"\n", "line 2: no_demo must be true or false"),
        ("[server]\nlisten = 8787\n", "line 2: listen must be a text"),
        ("[server]\nlisten = \"here\"\n", "line 2: listen: invalid value 'here'"),
        ("[logs]\nlog_format = \"xml\"\n", "line 2: log_format: invalid value 'xml'"),
    ] {
        let said = refused(text).await;
        assert!(said.contains(wanted), "{text}: {said}");
    }
    // An error next to a secret does not reveal it.
    let said = refused("[server]\nadmin_token = \"a-very-secret-thing\n").await;
    assert!(said.contains("line 2") && !said.contains("a-very-secret-thing"), "{said}");
}

#[tokio::test]
async fn a_secret_may_stand_in_a_file() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("token"), "0123456789-0123456789\n").unwrap();
    stdout(folder.path(), &["migrate"]).await;
    let args = ["doctor", "--listen", "127.0.0.1:0", "--admin-token-file", "token"];
    let said = stdout(folder.path(), &args).await;
    assert!(said.contains("ok       admin token: set"), "{said}");
    for (more, wanted) in [
        (["--admin-token-file", "nothing"], "cannot be read"),
        (["--secret-key-file", "/dev/null"], "is empty"),
    ] {
        let mut command = program_in(folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(more);
        let said = String::from_utf8(run_to_end(command).await.stderr).unwrap();
        assert!(said.contains(wanted), "{said}");
    }
}
