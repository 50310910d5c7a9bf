//! A real Asterisk for tests, with phones that behave as the last four digits of their number say
//! (`xtask/asterisk/`).

use super::{Server, http_client};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs::{create_dir_all, read_dir, write};
use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

/// The environment variable with the folder into which Asterisk and sipp are unpacked.
const FOLDER: &str = "CALL_RIBBON_TEST_ASTERISK";
const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/asterisk");
/// Long enough for a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(40);
const PASSWORD: &str = "a-password-of-the-tests";
/// Ports for sound: four for each call.
const RTP_PORTS: u16 = 400;

/// A number that answers.
pub const ANSWERS: &str = "+919876500100";
pub const BUSY: &str = "+919876500001";
pub const SILENT: &str = "+919876500002";
pub const REJECTS: &str = "+919876500003";
pub const UNKNOWN: &str = "+919876500004";
/// A number that answers and soon hangs up.
pub const BRIEF: &str = "+919876500005";

/// A running Asterisk.
pub struct Asterisk {
    root: PathBuf,
    folder: TempDir,
    http: u16,
    pbx: Option<Child>,
    phones: Child,
}

impl Asterisk {
    /// Starts one; `None`, said aloud, if this machine has none.
    pub async fn start() -> Option<Self> {
        let Some(root) = std::env::var_os(FOLDER).map(PathBuf::from).filter(|root| root.is_dir())
        else {
            // Not by a macro of the test harness, which would keep it for failed tests.
            let says = format!(
                "NOT TESTED: calls through a real Asterisk, because {FOLDER} names no folder; \
                 `cargo xtask test` sets it\n"
            );
            std::io::stderr().write_all(says.as_bytes()).unwrap();
            return None;
        };
        let folder = TempDir::new().unwrap();
        let (http, sip, phones, dead) = (tcp_port(), udp_port(), udp_port(), udp_port());
        create_dir_all(folder.path().join("etc")).unwrap();
        create_dir_all(folder.path().join("var/spool")).unwrap();
        let rtp = 20_000 + (http % 50) * RTP_PORTS;
        for template in read_dir(TEMPLATES).unwrap() {
            let path = template.unwrap().path();
            let mut text = std::fs::read_to_string(&path).unwrap();
            for (name, value) in [
                ("@folder@", folder.path().display().to_string()),
                ("@root@", root.display().to_string()),
                ("@http@", http.to_string()),
                ("@sip@", sip.to_string()),
                ("@phones@", phones.to_string()),
                ("@dead@", dead.to_string()),
                ("@rtp_start@", rtp.to_string()),
                ("@rtp_end@", (rtp + RTP_PORTS / 2 - 1).to_string()),
                ("@password@", PASSWORD.to_owned()),
            ] {
                text = text.replace(name, &value);
            }
            write(folder.path().join("etc").join(path.file_name().unwrap()), text).unwrap();
        }
        let media = (rtp + RTP_PORTS / 2).to_string();
        let phones = Self::run_phones(&root, folder.path(), phones, &media);
        let mut asterisk = Self { root, folder, http, pbx: None, phones };
        asterisk.revive().await;
        Some(asterisk)
    }

    fn run_phones(root: &Path, folder: &Path, port: u16, media: &str) -> Child {
        let port = port.to_string();
        unpacked(root, "usr/bin/sipp")
            .current_dir(folder)
            .args(["-sf", "etc/phones.xml", "-i", "127.0.0.1", "-p", &port, "-nostdin"])
            .args(["-mi", "127.0.0.1", "-mp", media, "-rtp_echo"])
            .args(["-trace_msg", "-message_file", "messages.log"])
            // It prepares a screen that nobody sees.
            .env("TERM", "xterm")
            .spawn()
            .unwrap()
    }

    /// Starts Asterisk again, and waits until it answers.
    pub async fn revive(&mut self) {
        let mut command = unpacked(&self.root, "usr/sbin/asterisk");
        command.args(["-f", "-C"]).arg(self.folder.path().join("etc/asterisk.conf"));
        self.pbx = Some(command.spawn().unwrap());
        let begun = Instant::now();
        while self.try_ari(Method::GET, "asterisk/info").await.is_none_or(|answer| answer.0 != 200)
        {
            assert!(begun.elapsed() < PATIENCE, "Asterisk does not answer:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills Asterisk with all calls.
    pub fn kill(&mut self) {
        if let Some(mut pbx) = self.pbx.take() {
            pbx.kill().unwrap();
            pbx.wait().unwrap();
        }
    }

    /// Returns what Asterisk has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("var/messages")).unwrap_or_default()
    }

    /// Returns what the phones sent and received.
    pub fn phone_messages(&self) -> String {
        let bytes = std::fs::read(self.folder.path().join("messages.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Returns the port of HTTP and WebSockets.
    pub fn port(&self) -> u16 {
        self.http
    }

    /// Returns the settings of an account that uses this app.
    pub fn settings(&self, app: &str) -> Value {
        json!({"ariUrl": format!("http://127.0.0.1:{}", self.http), "user": "ribbon",
            "password": PASSWORD, "app": app, "trunk": "PJSIP/{number}@trunk",
            "agentEndpoint": "PJSIP/{agent}@trunk", "callerId": "+912233445566",
            "ringSeconds": 10})
    }

    async fn try_ari(&self, method: Method, path: &str) -> Option<(u16, Value)> {
        let url = format!("http://127.0.0.1:{}/ari/{path}", self.http);
        let request = http_client().request(method, url).basic_auth("ribbon", Some(PASSWORD));
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.unwrap_or(Value::Null)))
    }

    /// Asks Asterisk itself.
    pub async fn ari(&self, method: Method, path: &str) -> (u16, Value) {
        self.try_ari(method, path).await.unwrap()
    }

    /// Returns the ids of the channels that begin so.
    pub async fn channels(&self, prefix: &str) -> Vec<String> {
        let (_, channels) = self.ari(Method::GET, "channels").await;
        let ids = channels.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
        ids.filter(|id| id.starts_with(prefix)).map(str::to_owned).collect()
    }

    /// Returns the ids of the channels that hear each other in a call, in alphabetical order.
    pub async fn talking(&self, call: &str) -> Vec<String> {
        // A caller's name contains a semicolon if it is the far half of a local channel.
        let path = format!("bridges/{}", call.replace(';', "%3B"));
        let (_, bridge) = self.ari(Method::GET, &path).await;
        let ids = bridge["channels"].as_array().into_iter().flatten();
        let mut ids: Vec<String> = ids.map(|id| id.as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    /// Has a caller call an app, which is to ring this agent; returns the caller's own channel.
    pub async fn call_in(&self, app: &str, agent: &str, number: &str) -> String {
        let channel = format!("caller-{app}-{}", number.trim_start_matches('+'));
        let query = format!(
            "channels?endpoint=Local/{app}*{agent}@incoming/n&context=caller&extension=talk\
             &priority=1&callerId={}&channelId={channel}",
            number.replace('+', "%2B")
        );
        let (status, answer) = self.ari(Method::POST, &query).await;
        assert_eq!(status, 200, "{answer}");
        channel
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        for child in self.pbx.iter_mut().chain([&mut self.phones]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until a server is connected to the events of an account.
pub async fn wait_for_events(server: &Server, account: &super::provided::Account) {
    wait_for("a connection to the events", async || {
        let (ok, says) = server.validate_account(account).await;
        assert!(ok || says.contains("not connected") || says.contains("reached"), "{says}");
        ok.then_some(())
    })
    .await;
}

/// Waits until something is so.
pub async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "still waiting for {what}");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// Returns a command for an unpacked program, which finds its libraries beside it.
fn unpacked(root: &Path, program: &str) -> Command {
    let mut command = Command::new(root.join(program));
    let folders: Vec<PathBuf> = [
        "usr/lib",
        "usr/lib/x86_64-linux-gnu",
        "lib/x86_64-linux-gnu",
        "usr/lib/aarch64-linux-gnu",
        "lib/aarch64-linux-gnu",
    ]
    .iter()
    .map(|folder| root.join(folder))
    .collect();
    command
        .env("LD_LIBRARY_PATH", std::env::join_paths(folders).unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn tcp_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
