//! Tests that two servers on one database are replaced one after the other while requests arrive, as
//! a load balancer sends them, and that none fails.

use crate::support::database::wants_postgres;
use crate::support::process::Process;
use crate::support::{ADMIN_TOKEN, Database, KEY, http_client};
use call_ribbon_shared::wire::CallLogs;
use rustix::process::Signal;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::RwLock;

/// How often each server is replaced.
const ROUNDS: usize = 2;
/// Senders that log calls all the time.
const SENDERS: usize = 4;

/// Where the load balancer sends requests: only servers that are ready.
type Ready = Arc<RwLock<Vec<String>>>;

/// Logs one call after the other, in turn on each ready server, until told to end. Returns how many;
/// any answer but a success is an error.
async fn log_calls(
    sender: usize,
    ready: Ready,
    ends: Arc<AtomicBool>,
    all: Arc<AtomicUsize>,
) -> usize {
    let client = http_client();
    let mut logged = 0;
    while !ends.load(Ordering::Relaxed) {
        // While a request is under way, the balancer waits before it takes a server out.
        let servers = ready.read().await;
        let url = &servers[logged % servers.len()];
        let data =
            json!({"callSid": format!("call-{sender}-{logged}"), "callDirection": "inbound"});
        let request = client
            .post(format!("{url}/api/ribbon/log-call"))
            .json(&json!({"apiKey": KEY, "event": "connected", "data": data}));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        logged += 1;
        all.fetch_add(1, Ordering::Relaxed);
    }
    logged
}

async fn is_ready(url: &str) -> bool {
    let answer = http_client().get(format!("{url}/health/ready")).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_two_servers_are_replaced_in_turn() {
    if !wants_postgres() {
        return;
    }
    let database = Database::new().await;
    let address = database.url();
    let limits = ["--log-rate", "1000000"];
    let mut servers = [Process::serve_at(&address, &limits), Process::serve_at(&address, &limits)];
    let urls = servers.iter().map(|server| server.url.clone()).collect();
    let ready: Ready = Arc::new(RwLock::new(urls));
    let (ends, all) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let senders: Vec<_> = (0..SENDERS)
        .map(|n| tokio::spawn(log_calls(n, ready.clone(), ends.clone(), all.clone())))
        .collect();
    for _ in 0..ROUNDS {
        for server in &mut servers {
            let seen = all.load(Ordering::Relaxed);
            let fresh = Process::serve_at(&address, &limits);
            assert!(is_ready(&fresh.url).await);
            let old = std::mem::replace(server, fresh);
            {
                let mut behind = ready.write().await;
                behind.retain(|url| *url != old.url);
                behind.push(server.url.clone());
            }
            old.signal(Signal::TERM);
            let (code, log) = old.wait_for_end().await;
            assert_eq!(code, Some(0), "{log}");
            while all.load(Ordering::Relaxed) < seen + SENDERS {
                assert!(senders.iter().all(|sender| !sender.is_finished()), "a sender failed");
                tokio::task::yield_now().await;
            }
        }
    }
    ends.store(true, Ordering::Relaxed);
    let mut logged = 0;
    for sender in senders {
        logged += sender.await.unwrap();
    }
    let url = format!("{}/api/ribbon/call-logs?pageSize=1", servers[0].url);
    let stored = http_client().get(url).header("X-API-Key", KEY).send().await.unwrap();
    let stored: CallLogs = stored.json().await.unwrap();
    assert_eq!(usize::try_from(stored.pagination.total).unwrap(), logged);
    // Any server reads it, and each says its version.
    for server in &servers {
        let health = http_client().get(format!("{}/health", server.url)).bearer_auth(ADMIN_TOKEN);
        let health: serde_json::Value = health.send().await.unwrap().json().await.unwrap();
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    }
    drop(servers);
    drop(database);
}
