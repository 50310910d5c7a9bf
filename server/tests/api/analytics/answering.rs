//! Tests how fast incoming calls are answered.

use crate::support::Server;
use call_ribbon_shared::wire::{AnsweredCalls, Answering};
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/analytics/answering";

/// Logs an incoming call at an hour (UTC) that waits so many seconds, and is then answered or ends.
async fn log(server: &Server, sid: &str, hour: i64, wait: i64, answered: bool, agent: &str) {
    let at =
        |seconds: i64| format!("2025-10-12T{hour:02}:{:02}:{:02}Z", seconds / 60, seconds % 60);
    let data = json!({"callDirection": "inbound", "agentId": agent});
    server.log_event("incoming", sid, &at(0), data.clone()).await;
    let event = if answered { "connected" } else { "missed" };
    server.log_event(event, sid, &at(wait), data.clone()).await;
    if answered {
        server.log_event("callEnded", sid, &at(wait + 60), data).await;
    }
}

async fn read(server: &Server, query: &str) -> Answering {
    server.get(&format!("{PATH}?timezone=UTC&{query}")).await.ok()
}

#[tokio::test]
async fn incoming_calls_are_measured_by_their_wait() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T20:00:00Z");
    for (n, (hour, wait, answered, agent)) in [
        (9, 0, true, "agent1"),
        (9, 20, true, "agent1"),
        (9, 21, true, "agent2"),
        (10, 100, true, "agent2"),
        (10, 30, false, "agent1"),
        (11, 45, false, "agent2"),
    ]
    .into_iter()
    .enumerate()
    {
        log(&server, &format!("c{n}"), hour, wait, answered, agent).await;
    }
    // Calls of agents, and calls that still ring, do not count.
    server.log_ended_call("out", "2025-10-12T09:30:00Z", 40, json!({})).await;
    let rings = json!({"callDirection": "inbound"});
    server.log_event("incoming", "rings", "2025-10-12T09:30:00Z", rings.clone()).await;
    let found = read(&server, "").await;
    assert_eq!((found.within, found.longest_wait, found.counted_from.clone()), (20, 100, None));
    let all = AnsweredCalls {
        calls: 6,
        answered: 4,
        in_time: 2,
        wait_unknown: 0,
        wait_seconds: 141,
        lost_seconds: 75,
    };
    assert_eq!(found.all, all);
    assert_eq!((all.mean_wait(), all.mean_lost_wait(), all.judged()), (Some(35), Some(38), 6));
    assert_eq!(found.hours.len(), 24);
    let of = |hour: usize| (found.hours[hour].calls, found.hours[hour].in_time);
    assert_eq!([of(8), of(9), of(10), of(11)], [(0, 0), (3, 2), (2, 0), (1, 0)]);
    for (query, in_time) in [("within=19", 1), ("within=21", 3), ("within=100", 4), ("within=", 2)]
    {
        assert_eq!(read(&server, query).await.all.in_time, in_time, "{query}");
    }
    assert_eq!(read(&server, "hour=10&hourTo=11").await.all.calls, 3);
    assert_eq!(read(&server, "startDate=2025-10-13").await.all, AnsweredCalls::default());
    // The client's own hours, if the query names no zone.
    let local: Answering = server.get(PATH).await.ok();
    assert_eq!(local.hours.iter().map(|hour| hour.calls).sum::<i64>(), 6);
    // Somebody answered, and nothing said when.
    let data = json!({"callDirection": "inbound", "duration": 30});
    server.log_event("incoming", "rings", "2025-10-12T09:30:00Z", data.clone()).await;
    server.log_event("callEnded", "rings", "2025-10-12T09:40:00Z", data).await;
    let found = read(&server, "").await.all;
    assert_eq!((found.calls, found.answered, found.in_time), (7, 5, 2));
    assert_eq!(found.wait_unknown + found.judged(), 7);
    for query in ["within=0", "within=x", "within=3601"] {
        assert_eq!(server.get(&format!("{PATH}?{query}")).await.wrong_field(), "within", "{query}");
    }
    server.get(&format!("{PATH}?teamId=none")).await.problem(400, "invalid_request");
    let empty: Value = server.get(&format!("{PATH}?startDate=2026-01-01")).await.ok();
    assert_eq!(empty["calls"], json!(0));
}
