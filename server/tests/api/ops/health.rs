//! Tests the health checks.

use crate::support::{Answer, Server};
use reqwest::Method;
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test]
async fn a_server_without_its_database_is_not_ready() {
    let server = Server::start().await;
    server.run_sql("ALTER TABLE settings RENAME TO hidden").await;
    let answer = Answer::from_request(server.request(Method::GET, "/health/ready")).await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(Answer::from_request(server.request(Method::GET, "/health")).await.status, 200);
    server.run_sql("ALTER TABLE hidden RENAME TO settings").await;
    // A failure is cached for half a second.
    let until = Instant::now() + Duration::from_secs(20);
    while Answer::from_request(server.request(Method::GET, "/health/ready")).await.status != 200 {
        assert!(Instant::now() < until, "it is ready again");
        sleep(Duration::from_millis(50)).await;
    }
}
