//! Tests servers behind a pooler that gives each transaction another session.

use crate::support::pooler::Pooler;
use crate::support::process::{program_in, run_to_end};
use crate::support::{Answer, Database, SLOW, Server};
use call_ribbon_shared::wire::CallLogs;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

async fn through(pooler: &Pooler, database: &Arc<Database>) -> Server {
    let change = |config: &mut call_ribbon_server::config::Config| config.database = pooler.url();
    Server::start_with_on(Arc::clone(database), Arc::default(), SLOW, change).await
}

#[tokio::test]
async fn servers_work_behind_a_pooler_by_the_transaction() {
    let database = Arc::new(Database::new().await);
    let Some(mut pooler) = Pooler::start(&database).await else { return };
    // Both find an empty database: each creates the tables, or finds that the other has done so.
    let (one, two) =
        tokio::join!(Box::pin(through(&pooler, &database)), Box::pin(through(&pooler, &database)));

    // Reads and writes at the same time, so that sessions change owners all the time.
    let mut heard = two.events_after(0).await;
    let work = (0..60).map(async |n: usize| {
        let server = if n.is_multiple_of(2) { &one } else { &two };
        let sid = format!("c{n}");
        let logged = server.log_event("callEnded", &sid, "2025-10-12T10:30:00Z", json!({})).await;
        assert_eq!(logged.status, 200, "{}", logged.text);
        let customer = json!({"customerId": sid, "phoneNumber": "+919876543210"});
        let saved = server.post_json("/api/ribbon/customer", json!({"customer": customer})).await;
        assert_ne!(saved.status, 503, "{}", saved.text);
        for path in ["config", "call-logs", "analytics", "calls?list=all", "customer/none"] {
            let answer = server.get(&format!("/api/ribbon/{path}")).await;
            assert!(answer.status < 500, "{path}: {}", answer.text);
        }
    });
    join_all(work).await;
    let logs: CallLogs = one.get("/api/ribbon/call-logs?event=all&pageSize=500").await.ok();
    assert_eq!(logs.pagination.total, 60);
    // One server's events reach the other, although LISTEN does not work through a pooler.
    for seq in 1..=60 {
        assert_eq!(heard.next_event().await.unwrap().seq, seq);
    }

    let folder = TempDir::new().unwrap();
    let mut command = program_in(folder.path());
    command.args(["doctor", "--listen", "127.0.0.1:0", "--database", &pooler.url()]);
    let said = run_to_end(command).await;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("PgBouncer runs each transaction"), "{said}");
    assert!(said.contains("accepts writes"), "{said}");

    pooler.stop();
    pooler.start_again().await;
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let ready = Answer::from_request(one.request(Method::GET, "/health/ready")).await;
        if ready.status == 200 {
            break;
        }
        assert!(Instant::now() < until, "{}", ready.text);
        sleep(Duration::from_millis(50)).await;
    }
    let logged = one.log_event("callEnded", "after", "2025-10-12T10:30:00Z", json!({})).await;
    assert_eq!(logged.status, 200, "{}", logged.text);
    assert_eq!(heard.next_event().await.unwrap().seq, 61);
}
