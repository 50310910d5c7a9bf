//! Starts a PostgreSQL server for the tests.
//!
//! A server that is named by an environment variable is used as it is. Otherwise a fresh one is
//! created in a temporary folder, with PostgreSQL's own programs and without the system's service,
//! and is removed when this program ends.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{exec, paths};

/// The environment variable with the URL of a server on which the tests may create databases.
pub const ADDRESS: &str = "CALL_RIBBON_TEST_POSTGRES";
/// The folder with each version's programs on Debian, which does not put them on the search path.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The user that Debian's package creates. PostgreSQL refuses to run as root.
const USER: &str = "postgres";
/// Creates, runs and removes the server.
const SCRIPT: &str = include_str!("postgres.sh");

/// A server on which tests may create databases.
#[derive(Debug)]
pub struct TestServer {
    /// Its URL, as the tests expect it.
    pub address: String,
    /// The log file with all statements sent to it; `None` for a server that was started elsewhere.
    pub log: Option<PathBuf>,
    /// The script that runs it; `None` for a server that was started elsewhere.
    script: Option<Child>,
}

/// Finds or starts a server.
pub fn ensure() -> Result<TestServer> {
    if let Ok(address) = env::var(ADDRESS)
        && !address.is_empty()
    {
        return Ok(TestServer { address, log: None, script: None });
    }
    start_server(&ensure_programs()?).with_context(|| {
        format!("no PostgreSQL server could be started for the tests; start one yourself and put its address into {ADDRESS}")
    })
}

impl Drop for TestServer {
    /// Closes the script's standard input and waits until it has removed everything.
    fn drop(&mut self) {
        if let Some(mut script) = self.script.take() {
            drop(script.stdin.take());
            // The script prints its own errors, and nothing more can be done here.
            let _ = script.wait();
        }
    }
}

/// Returns the folder of PostgreSQL's programs, and installs them if they are missing.
pub fn ensure_programs() -> Result<PathBuf> {
    if let Some(there) = find_programs() {
        return Ok(there);
    }
    apt::install("PostgreSQL", "to test the server on its second database", &["postgresql"])?;
    find_programs().context("PostgreSQL is installed, but its `initdb` was not found")
}

/// Returns the folder of PostgreSQL's programs: on the search path, otherwise Debian's newest.
fn find_programs() -> Option<PathBuf> {
    // The program on the search path may be a link; its neighbours are at the link's target.
    let found = paths::on_path("initdb").and_then(|program| fs::canonicalize(program).ok());
    let found = found.and_then(|program| program.parent().map(Path::to_owned));
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions
        .filter_map(|version| Some((folder_version(&version.path())?, version.path().join("bin"))))
        .collect();
    versions.sort();
    let newest_first = versions.into_iter().rev().map(|(_, programs)| programs);
    found
        .into_iter()
        .chain(newest_first)
        .find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|p| folder.join(p).is_file()))
}

/// Returns the version of a folder: the 15 of `/usr/lib/postgresql/15`.
fn folder_version(folder: &Path) -> Option<u32> {
    folder.file_name()?.to_str()?.parse().ok()
}

fn start_server(programs: &Path) -> Result<TestServer> {
    // The port is freed before the server binds it; no other program requests this port at that
    // moment.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = unprivileged_shell()?;
    command.args(["-c", SCRIPT, "postgres.sh"]).arg(programs).arg(port.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).current_dir("/");
    let mut script = command.spawn().context("`sh` could not be started")?;
    let said = script.stdout.take().context("the script's output is not there")?;
    let mut server = TestServer {
        address: format!("postgres://{USER}@127.0.0.1:{port}/postgres"),
        log: None,
        script: Some(script),
    };
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line)?;
    let Some(log) = line.trim().strip_prefix("ready ") else {
        bail!("PostgreSQL did not start (its own words stand above)");
    };
    server.log = Some(PathBuf::from(log));
    Ok(server)
}

/// Returns `sh`, run by a user that PostgreSQL accepts.
fn unprivileged_shell() -> Result<Command> {
    let user = exec::read_output(exec::command("id").arg("-u"));
    if user.is_some_and(|id| id.trim() != "0") {
        return Ok(exec::command("sh"));
    }
    if exec::read_output(exec::command("id").args(["-u", USER])).is_none() {
        bail!("PostgreSQL does not run as root, and there is no user `{USER}`");
    }
    let mut command = if paths::on_path("setpriv").is_some() {
        let mut setpriv = exec::command("setpriv");
        setpriv.args(["--reuid", USER, "--regid", USER, "--clear-groups", "sh"]);
        setpriv
    } else {
        let mut runuser = exec::command("runuser");
        runuser.args(["-u", USER, "--", "sh"]);
        runuser
    };
    // Other users may have no access to root's folder for temporary files.
    command.env_remove("TMPDIR");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_count_among_debians_folders() {
        assert_eq!(folder_version(Path::new("/usr/lib/postgresql/15")), Some(15));
        assert_eq!(folder_version(Path::new("/usr/lib/postgresql/common")), None);
    }
}
