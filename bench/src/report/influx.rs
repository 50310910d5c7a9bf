//! An InfluxDB 1.x server for comparison, with its own settings; it is removed when dropped.

use crate::client::Client;
use crate::load::{Load, Measured, check_count, target::Target};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A server that does not answer after this time counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A running server, which is killed when dropped.
pub struct Influx {
    address: SocketAddr,
    databases: u32,
    _child: Child,
    _folder: TempDir,
}

impl Influx {
    /// Starts a server from its program.
    pub async fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (address, rpc) = (free_address()?, free_address()?);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings = format!(
            "reporting-disabled = true\nbind-address = \"{rpc}\"\n[meta]\ndir = \"{}\"\n\
             [data]\ndir = \"{}\"\nwal-dir = \"{}\"\nquery-log-enabled = false\n\
             [monitor]\nstore-enabled = false\n[http]\nbind-address = \"{address}\"\n\
             log-enabled = false\n[logging]\nlevel = \"error\"\n",
            path("meta"),
            path("data"),
            path("wal"),
        );
        std::fs::write(folder.path().join("influxdb.conf"), settings)?;
        let child = Command::new(program)
            .arg("-config")
            .arg(folder.path().join("influxdb.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("InfluxDB could not be started")?;
        let influx = Self { address, databases: 0, _child: child, _folder: folder };
        tokio::time::timeout(PATIENCE, influx.wait_until_ready())
            .await
            .context("InfluxDB is not ready in time")?;
        Ok(influx)
    }

    async fn wait_until_ready(&self) {
        loop {
            if let Ok(mut client) = Client::connect(self.address).await
                && client.get("/ping").await.is_ok_and(|answer| answer.status == 204)
            {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Loads a new database, and checks that it holds as many points as were acknowledged.
    pub async fn measure(&mut self, load: Load) -> Result<Measured> {
        self.databases += 1;
        let database = format!("bench{}", self.databases);
        let mut client = Client::connect(self.address).await?;
        let path = format!("/query?q=CREATE%20DATABASE%20{database}");
        let answer = client.post(&path, "").await?;
        if answer.status != 200 {
            bail!("InfluxDB makes no database: {:?}", answer.body);
        }
        let measured = load.load_target(self.address, Target::Influx(database.clone())).await?;
        let path = format!("/query?db={database}&q=SELECT%20COUNT(sid)%20FROM%20calls");
        let answer = client.get(&path).await?;
        let found: Value = serde_json::from_slice(&answer.body)?;
        let found = &found["results"][0]["series"][0]["values"][0][1];
        check_count(found.as_u64().context("InfluxDB counts nothing")?, measured.stored)
            .context("InfluxDB")?;
        let path = format!("/query?q=DROP%20DATABASE%20{database}");
        client.post(&path, "").await?;
        Ok(measured)
    }
}

/// Returns a free address. It is freed before the server binds it; no other program requests this
/// port at that moment.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
