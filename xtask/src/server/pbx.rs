//! Serves calls through a real Asterisk on this machine, without any account: `cargo xtask run --pbx`.

use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{clock::Stopwatch, exec, paths, setup::asterisk};

/// Where the server listens if nothing else is said.
const USUAL_ADDRESS: &str = "127.0.0.1:8787";
/// These only guard what runs on this machine while it is tried.
const ADMIN_TOKEN: &str = "pbx-admin-token-of-this-machine";
const SECRET_KEY: &str = "pbx-secret-key-of-this-machine-only";
const PASSWORD: &str = "pbx-password";
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

/// Child processes, which end with this one.
#[derive(Default)]
struct Children(Vec<Child>);

impl Drop for Children {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The ports of Asterisk.
struct Ports {
    http: u16,
    sip: u16,
}

/// Starts Asterisk and the server, adds the account, and says what to do.
pub fn serve(program: &Path, listen: Option<&str>, more: &[String]) -> Result<()> {
    let root = asterisk::find_or_unpack().context("--pbx needs Asterisk")?;
    let folder = paths::cache()?.join("pbx");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let ports = Ports { http: free_tcp_port()?, sip: free_udp_port()? };
    write_config(&root, &folder, &ports)?;
    let mut children = Children::default();
    children.0.push(start_asterisk(&root, &folder)?);
    wait_for(&format!("127.0.0.1:{}", ports.http), "Asterisk")?;

    let address = listen.unwrap_or(USUAL_ADDRESS);
    let mut command = until_we_end(program);
    command
        .args(["serve", "--listen", address, "--allow-private-addresses", "127.0.0.0/8"])
        .arg("--database")
        .arg(format!("sqlite:{}", folder.join("call-ribbon.db").display()))
        .args(more)
        .env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN)
        .env("CALL_RIBBON_SECRET_KEY", SECRET_KEY)
        .current_dir(paths::workspace()?);
    children.0.push(command.spawn().context("the server could not be started")?);
    wait_for(address, "the server")?;
    add_account(address, &ports)?;
    say_what_to_do(address, &ports);
    // The first process that ends, ends the others.
    loop {
        for child in &mut children.0 {
            if let Some(status) = child.try_wait()? {
                bail!("a program ended ({status}); Asterisk's log is in {}", folder.display());
            }
        }
        thread::sleep(POLL);
    }
}

fn write_config(root: &Path, folder: &Path, ports: &Ports) -> Result<()> {
    for part in ["etc", "var/spool"] {
        fs::create_dir_all(folder.join(part))?;
    }
    let values = [
        ("@folder@", folder.display().to_string()),
        ("@root@", root.display().to_string()),
        ("@http@", ports.http.to_string()),
        ("@sip@", ports.sip.to_string()),
        ("@phones@", free_udp_port()?.to_string()),
        ("@dead@", free_udp_port()?.to_string()),
        ("@rtp_start@", "16384".to_owned()),
        ("@rtp_end@", "16784".to_owned()),
        ("@password@", PASSWORD.to_owned()),
    ];
    for entry in fs::read_dir(paths::workspace()?.join("xtask/asterisk"))? {
        let path = entry?.path();
        let mut text = fs::read_to_string(&path)?;
        for (name, value) in &values {
            text = text.replace(name, value);
        }
        let name = path.file_name().context("a template without a name")?;
        fs::write(folder.join("etc").join(name), text)?;
    }
    Ok(())
}

fn start_asterisk(root: &Path, folder: &Path) -> Result<Child> {
    let folders = [
        "usr/lib",
        "usr/lib/x86_64-linux-gnu",
        "lib/x86_64-linux-gnu",
        "usr/lib/aarch64-linux-gnu",
        "lib/aarch64-linux-gnu",
    ];
    let folders: Vec<PathBuf> = folders.iter().map(|part| root.join(part)).collect();
    let mut command = until_we_end(&root.join("usr/sbin/asterisk"));
    command
        .args(["-f", "-C"])
        .arg(folder.join("etc/asterisk.conf"))
        .env("LD_LIBRARY_PATH", env::join_paths(folders)?)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().context("Asterisk could not be started")
}

/// Returns a command that is killed when this process ends, however it ends.
fn until_we_end(program: &Path) -> Command {
    let Some(setpriv) = paths::on_path("setpriv") else { return exec::command(program) };
    let mut command = exec::command(setpriv);
    command.args(["--pdeathsig", "TERM"]).arg(program);
    command
}

fn wait_for(address: &str, what: &str) -> Result<()> {
    let watch = Stopwatch::start();
    while TcpStream::connect(address).is_err() {
        if watch.elapsed() > PATIENCE {
            bail!("{what} does not answer at {address}");
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Agents of the examples' pages, with their names at Asterisk: they talk in the browser.
const AGENTS: [(&str, &str); 2] = [("AGT001", "2001"), ("REP-2", "2002")];

/// Gives the demo client an account at Asterisk, and agents a line there.
fn add_account(address: &str, ports: &Ports) -> Result<()> {
    let account = format!(
        r#"{{"provider": "asterisk", "name": "Asterisk on this machine", "default": true,
            "settings": {{"ariUrl": "http://127.0.0.1:{}", "user": "ribbon",
            "password": "{PASSWORD}", "trunk": "Local/{{number}}@people/n",
            "agentEndpoint": "Local/{{agent}}@agents/n", "callerId": "+912233445566",
            "incomingAgents": "2001, 2002",
            "browserCalling": {{"webSocketUrl": "ws://127.0.0.1:{}/ws"}}}}}}"#,
        ports.http, ports.http
    );
    let client = "/api/admin/clients/client-demo";
    send(address, "POST", &format!("{client}/providers"), &account)?;
    for (agent, name) in AGENTS {
        let agent = format!(r#"{{"agentId": "{agent}", "providerUserId": "{name}"}}"#);
        send(address, "POST", &format!("{client}/agents"), &agent)?;
    }
    // For a softphone.
    send(address, "PATCH", &format!("{client}/agents/agent1"), r#"{"providerUserId": "1001"}"#)?;
    send(address, "PATCH", client, r#"{"defaultCountry": "IN"}"#)
}

/// Sends a request to the server, which must succeed.
fn send(address: &str, method: &str, path: &str, body: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ADMIN_TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if !answer.starts_with("HTTP/1.1 20") {
        bail!("the server refused {path}: {}", answer.lines().last().unwrap_or_default());
    }
    Ok(())
}

fn say_what_to_do(address: &str, ports: &Ports) {
    println!();
    println!("Asterisk and the server are ready. Two agents talk in the browser, each in a page:");
    println!("    http://{address}/examples/collections.html (Suresh, 2001 at the PBX)");
    println!("    http://{address}/examples/sales.html (Priya, 2002)");
    println!(
        "Go online with the headset in the bar, click a customer and press Call. The customer"
    );
    println!(
        "answers after two seconds, speaks, and then sends back what you say. If you do not go"
    );
    println!("online, a machine answers in your place.");
    println!();
    println!("Numbers that end in 0001 are busy, in 0002 ring, in 0003 reject the call.");
    println!("To be called:");
    println!(
        "    curl -u ribbon:{PASSWORD} -X POST 'http://127.0.0.1:{}/ari/channels?endpoint=Local/call-ribbon*2001@incoming/n&context=caller&extension=talk&priority=1&callerId=%2B919876543210'",
        ports.http
    );
    println!("For a softphone: sip:1001@127.0.0.1:{}, password {PASSWORD}, is agent1.", ports.sip);
    println!("The dashboard is at http://{address}/dashboard; its admin token is {ADMIN_TOKEN}.");
    println!("Ctrl-C ends all of it.");
}

fn free_tcp_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn free_udp_port() -> Result<u16> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port())
}
