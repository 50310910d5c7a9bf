//! Tests today against the usual day, and agents against their targets.

use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server, create_token};
use call_ribbon_shared::wire::{AgentProgress, CallObject, Target, Today};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/analytics/today";
const CLIENT: &str = "/api/admin/clients/client-demo";

async fn change(server: &Server, token: &str, body: Value) -> Answer {
    server.request_as_staff(Method::PATCH, CLIENT, token, body).await
}

/// Logs a call of an agent at a time, and returns its session's id.
async fn log(server: &Server, sid: &str, at: &str, agent: Option<&str>, seconds: i64) -> String {
    let mut more = json!({ "duration": seconds });
    if let Some(agent) = agent {
        more["agentId"] = json!(agent);
    }
    server.log_event("initiated", sid, at, more.clone()).await.ok::<Value>();
    server.log_event("callEnded", sid, at, more).await.ok::<Value>();
    let path = format!("/api/ribbon/calls?list=all&search={sid}");
    let found: Value = server.get(&path).await.ok();
    found["calls"][0]["sessionId"].as_str().unwrap().to_owned()
}

fn of<'t>(today: &'t Today, agent_id: &str) -> &'t AgentProgress {
    today.agents.iter().find(|agent| agent.agent_id == agent_id).unwrap()
}

#[tokio::test]
async fn today_is_compared_with_the_same_weekdays_in_the_clients_zone() {
    let server = Server::start_with_simulator(SLOW).await;
    change(&server, ADMIN_TOKEN, json!({"timeZone": "Asia/Kolkata"})).await.ok::<Value>();
    // 10:40 on a Sunday in India.
    server.clock.stop_at("2025-10-12T05:10:00Z");
    let quiet: Today = server.get(PATH).await.ok();
    assert_eq!((quiet.weeks, quiet.now, quiet.date.as_str()), (0, 21, "2025-10-12"));
    assert_eq!((quiet.half_hours.len(), quiet.agents.len()), (48, 0));

    // 09:29, 09:30 and 10:15 today; yesterday's last minute is not today's.
    let first = log(&server, "t1", "2025-10-12T03:59:00Z", Some("agent1"), 60).await;
    log(&server, "t2", "2025-10-12T04:00:00Z", Some("agent1"), 0).await;
    log(&server, "t3", "2025-10-12T04:45:00Z", Some("agent2"), 30).await;
    log(&server, "t4", "2025-10-12T04:45:30Z", None, 30).await;
    log(&server, "y1", "2025-10-11T18:29:00Z", Some("agent1"), 30).await;
    // Sundays one, two and four weeks ago; three weeks ago was a holiday.
    log(&server, "u1", "2025-10-05T04:05:00Z", None, 30).await;
    log(&server, "u2", "2025-10-05T04:06:00Z", None, 0).await;
    log(&server, "u3", "2025-09-28T04:05:00Z", None, 0).await;
    log(&server, "u4", "2025-09-14T04:45:00Z", None, 30).await;
    log(&server, "u5", "2025-09-07T04:45:00Z", None, 30).await;
    log(&server, "u6", "2025-10-06T04:45:00Z", None, 30).await;
    let path = format!("/api/ribbon/calls/{first}");
    let said = json!({"disposition": "promise_to_pay"});
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY).json(&said);
    Answer::from_request(request).await.ok::<CallObject>();

    let today: Today = server.get(PATH).await.ok();
    assert_eq!(today.weeks, 3);
    let expected = [(18, 1, 1, 0.0, 0.0), (19, 1, 0, 1.0, 0.33), (20, 2, 2, 0.33, 0.33)];
    for (place, half) in today.half_hours.iter().enumerate() {
        let told = (half.calls, half.connected, half.usual_calls, half.usual_connected);
        let wanted = expected.iter().find(|(of, ..)| *of == place);
        let wanted = wanted.map_or((0, 0, 0.0, 0.0), |(_, a, b, c, d)| (*a, *b, *c, *d));
        assert_eq!(told, wanted, "half hour {place}");
    }
    let agent = of(&today, "agent1");
    assert_eq!((agent.calls, agent.connected, agent.total_duration), (2, 1, 60));
    assert_eq!((agent.outcomes.promises, agent.outcomes.contacts), (1, 1));
    assert_eq!(agent.agent_name.as_deref(), Some("Agent One"));
    assert_eq!(today.agents.len(), 2);
}

#[tokio::test]
async fn targets_are_the_agents_own_or_those_of_every_agent() {
    let server = Server::start_with_simulator(SLOW).await;
    let (_, admin) = create_token(&server, "admin").await;
    let (_, viewer) = create_token(&server, "viewer").await;
    let targets = json!({"everyAgent": {"calls": 80.0, "promises": 6},
        "agents": {"agent1": {"calls": 100}, "agent7": {"connected": 9}}});
    change(&server, &viewer, json!({ "targets": targets })).await.problem(403, "scope_missing");
    let seen: Value = change(&server, &admin, json!({ "targets": targets })).await.ok();
    assert_eq!(
        seen["targets"],
        json!({"everyAgent": {"calls": 80, "promises": 6},
            "agents": {"agent1": {"calls": 100}, "agent7": {"connected": 9}}, "teams": {}})
    );
    let now = server.time_now();
    log(&server, "c1", &now, Some("agent1"), 10).await;
    log(&server, "c2", &now, Some("agent2"), 10).await;
    let today: Today = server.get(PATH).await.ok();
    for (agent_id, calls, connected) in
        [("agent1", 100, None), ("agent2", 80, None), ("agent7", 80, Some(9))]
    {
        let target = Target { calls: Some(calls), connected, promises: Some(6) };
        assert_eq!(of(&today, agent_id).target, target, "{agent_id}");
    }
    // Another change leaves them; null removes them.
    let seen: Value = change(&server, &admin, json!({"name": "Demo"})).await.ok();
    assert_eq!(seen["targets"]["agents"]["agent7"], json!({"connected": 9}));
    let seen: Value = change(&server, &admin, json!({"targets": null})).await.ok();
    assert_eq!(seen["targets"], json!({"everyAgent": {}, "agents": {}, "teams": {}}));
}

#[tokio::test]
async fn a_team_has_the_sums_of_its_agents_beside_its_own_target() {
    let server = Server::start_with_simulator(SLOW).await;
    let mut ids = Vec::new();
    for (name, agents) in [
        ("Both", json!(["agent1", "agent2", "agent9"])),
        ("Late", json!(["agent2"])),
        ("None", json!([])),
    ] {
        let body = json!({"name": name, "agentIds": agents});
        let path = format!("{CLIENT}/teams");
        let made = server.request_as_staff(Method::POST, &path, ADMIN_TOKEN, body).await;
        ids.push(made.read::<Value>()["teamId"].as_str().unwrap().to_owned());
    }
    let targets = json!({"teams": {(ids[0].clone()): {"calls": 900, "promises": 40}}});
    change(&server, ADMIN_TOKEN, json!({ "targets": targets })).await.ok::<Value>();
    let now = server.time_now();
    log(&server, "c1", &now, Some("agent1"), 10).await;
    log(&server, "c2", &now, Some("agent2"), 20).await;
    log(&server, "c3", &now, Some("agent2"), 0).await;
    log(&server, "c4", &now, Some("agent3"), 50).await;
    let today: Today = server.get(PATH).await.ok();
    let told: Vec<_> = today
        .teams
        .iter()
        .map(|team| (&*team.team_name, team.calls, team.connected, team.total_duration))
        .collect();
    assert_eq!(told, [("Both", 3, 2, 30), ("Late", 2, 1, 20), ("None", 0, 0, 0)]);
    let target = Target { calls: Some(900), connected: None, promises: Some(40) };
    assert_eq!((today.teams[0].target, today.teams[1].target), (target, Target::default()));
    let one: Today = server.get(&format!("{PATH}?teamId={}", ids[1])).await.ok();
    assert_eq!((one.teams.len(), one.agents.len(), one.teams[0].calls), (1, 1, 2));
    let wrong = json!({"targets": {"teams": {"team_x": {"calls": 0}}}});
    let refused = change(&server, ADMIN_TOKEN, wrong).await;
    assert_eq!(refused.wrong_field(), "targets.teams.team_x.calls");
}
