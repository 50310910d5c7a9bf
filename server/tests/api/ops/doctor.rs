//! Tests the findings of `call-ribbon doctor`, and that no command creates a database by mistake.

use crate::support::database::wants_postgres;
use crate::support::emulators::oidc::Provider;
use crate::support::process::{program_in, run_to_end};
use crate::support::{ADMIN_TOKEN, Server};
use serde_json::Value;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Runs the doctor for a server on this database.
async fn doctor(database: &str, args: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let mut command = program_in(folder.path());
    command.arg("doctor").args(args).args(["--database", database]);
    command.env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN);
    run_to_end(command).await
}

/// Returns the line on a subject.
fn line(done: &Output, about: &str) -> String {
    let said = String::from_utf8_lossy(&done.stdout);
    let line = said.lines().find(|line| line[8..].trim_start().starts_with(about));
    line.unwrap_or_else(|| panic!("nothing about {about}: {said}")).to_owned()
}

#[tokio::test]
async fn all_is_well_beside_a_server_that_runs() {
    let server = Server::start().await;
    let listen = server.url.trim_start_matches("http://");
    let done = doctor(&server.database.url(), &["--listen", listen, "--connections", "5"]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    for (about, wanted) in [
        ("address:", "is running at"),
        ("database:", if wants_postgres() { "PostgreSQL" } else { "SQLite" }),
        (
            "tables:",
            concat!("up to date, at version 1, last served by version ", env!("CARGO_PKG_VERSION")),
        ),
        ("writing:", "accepts writes"),
        ("demo key:", "active, which is safe"),
        ("open files:", "are needed"),
        ("clock:", "plausible"),
        ("admin token:", "set"),
    ] {
        let line = line(&done, about);
        assert!(line.starts_with("ok  ") && line.contains(wanted), "{line}");
    }
    assert!(!String::from_utf8_lossy(&done.stdout).contains(ADMIN_TOKEN));
    assert!(!String::from_utf8_lossy(&done.stderr).contains(ADMIN_TOKEN));
}

#[tokio::test]
async fn what_is_wrong_is_found() {
    let server = Server::start().await;
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = other.local_addr().unwrap().to_string();
    // It accepts connections and closes them at once, which Call Ribbon does not.
    tokio::spawn(async move { while other.accept().await.is_ok() {} });
    server.run_sql("UPDATE _sqlx_migrations SET version = 0").await;
    let database = server.database.url();
    let done = doctor(&database, &["--listen", &taken]).await;
    assert_eq!(done.status.code(), Some(1));
    let found = line(&done, "address:");
    assert!(found.starts_with("problem ") && found.contains("another program"), "{found}");
    let found = line(&done, "tables:");
    assert!(found.starts_with("warning ") && found.contains("call-ribbon migrate"), "{found}");

    server.run_sql("UPDATE _sqlx_migrations SET version = 9999").await;
    server.run_sql("UPDATE settings SET value = '9.9.9' WHERE name = 'program_version'").await;
    let args = ["--listen", "0.0.0.0:0", "--connections", "4000000000"];
    let done =
        doctor(&database, &[&args[..], &["--allow-private-addresses", "::/0"]].concat()).await;
    assert_eq!(done.status.code(), Some(1));
    for (about, wanted) in [
        (
            "problem  tables:",
            "served by version 9.9.9, and this program supports up to 1: use a newer",
        ),
        ("warning  demo key:", "publicly known"),
        ("warning  open files:", "raise the limit"),
        ("warning  certificate:", "unencrypted"),
        ("warning  private addresses:", "loopback"),
    ] {
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(
            said.lines().any(|line| line.starts_with(about) && line.contains(wanted)),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_a_problem() {
    let folder = TempDir::new().unwrap();
    let address = if wants_postgres() {
        let server = Server::start().await;
        server.database.url().replace("call_ribbon_test", "no_such_database")
    } else {
        format!("sqlite:{}", folder.path().join("data/typo.db").display())
    };
    let done = doctor(&address, &["--listen", "127.0.0.1:0", "--json"]).await;
    assert_eq!(done.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(found["works"], false);
    let findings = found["findings"].as_array().unwrap();
    let database = findings.iter().find(|finding| finding["about"] == "database").unwrap();
    assert_eq!(database["state"], "problem", "{found}");
}

async fn fails_without_a_file(folder: &Path, args: &[&str]) {
    let mut command = program_in(folder);
    command.args(args).args(["--database", "sqlite:data/typo.db"]);
    let done = run_to_end(command).await;
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && said.contains("there is no database at"), "{args:?}: {said}");
    assert!(!folder.join("data").exists(), "{args:?}");
}

#[tokio::test]
async fn a_mistyped_path_makes_no_database() {
    let folder = TempDir::new().unwrap();
    for args in [
        &["client", "list"][..],
        &["key", "list", "client-demo"],
        &["key", "create", "client-demo"],
        &["rebuild-analytics"],
    ] {
        fails_without_a_file(folder.path(), args).await;
    }
    let mut command = program_in(folder.path());
    command.args(["migrate", "--database", "sqlite:data/right.db"]);
    assert!(run_to_end(command).await.status.success());
    assert!(folder.path().join("data/right.db").exists());
}

#[tokio::test]
async fn a_provider_for_signing_in_is_asked_and_a_missing_setting_is_named() {
    let provider = Provider::start().await;
    let all = |issuer: &str| {
        let flags = [
            ("--oidc-issuer", issuer),
            ("--oidc-client-id", "ribbon"),
            ("--oidc-client-secret", "secret"),
            ("--oidc-roles", "leads=client-demo/admin"),
            ("--public-url", "https://calls.example.com"),
            ("--allow-private-addresses", "127.0.0.0/8"),
        ];
        flags.map(|(flag, value)| format!("{flag}={value}")).to_vec()
    };
    let database = "sqlite:none.db";
    let away = "http://127.0.0.1:1";
    for (flags, state, wanted) in [
        (all(&provider.issuer), "ok", "your company account can be read"),
        (all(away), "problem", "cannot be used: it could not be reached"),
        (all(&format!("{}/x", provider.issuer)), "problem", "it answered with status 404"),
        (all(&provider.issuer)[..4].to_vec(), "problem", "public_url is not set"),
        (all(&provider.issuer)[1..].to_vec(), "problem", "oidc_issuer is not set"),
        (all(&provider.issuer)[..3].to_vec(), "problem", "oidc_roles is not set"),
    ] {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let said = line(&doctor(database, &flags).await, "sign-in provider");
        assert!(said.starts_with(state) && said.contains(wanted), "{said}");
    }
}
