//! Tests that a supervisor sees only the agents of their teams, on every route of the document.

mod lists;

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server, Stream, add_person, sign_in};
use call_ribbon_shared::wire::{AgentFigures, CallBacks, CallHistory, FollowUps, Logged};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";
/// Everything of the other team contains this word.
const OTHERS: &str = "zebra";

/// Logs calls of an agent: one that was missed, one in progress, and a completed one with notes.
/// Returns the ids of the missed and the completed call.
async fn log_calls(server: &Server, agent: &str, number: &str) -> (String, String) {
    let data = |sid: &str, direction: &str| {
        json!({"callSid": format!("{agent}-{sid}"), "phoneNumber": number,
            "callDirection": direction, "agentId": agent, "agentName": format!("Agent {agent}"),
            "customerData": {"customerId": format!("cust-{agent}-{sid}"), "name": format!("Customer {agent}"),
                "phoneNumber": number, "context": {"owner": agent}}})
    };
    let log = async |event: &str, sid: &str, direction: &str, at: &str| {
        let sid_of_agent = format!("{agent}-{sid}");
        server.log_event(event, &sid_of_agent, at, data(sid, direction)).await.ok::<Logged>();
    };
    log("connected", "done", "outbound", "2025-10-12T08:00:00Z").await;
    log("callEnded", "done", "outbound", "2025-10-12T08:05:00Z").await;
    log("incoming", "missed", "inbound", "2025-10-12T09:00:00Z").await;
    log("missed", "missed", "inbound", "2025-10-12T09:01:00Z").await;
    let id = async |sid: &str| {
        let search = format!("/api/ribbon/calls?list=all&search={agent}-{sid}");
        let found: CallHistory = server.get(&search).await.ok();
        found.calls[0].session_id.clone()
    };
    let (missed, done) = (id("missed").await, id("done").await);
    let notes = json!({"notes": format!("notes of {agent}"), "disposition": agent,
        "followUp": {"at": "2025-10-13T09:00:00Z", "note": format!("again {agent}")}});
    let path = format!("/api/ribbon/calls/{done}");
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY).json(&notes);
    assert_eq!(Answer::from_request(request).await.status, 200);
    // After the follow-up was set, so that this call does not close it.
    let mut active = data("active", "outbound");
    active["phoneNumber"] = json!(format!("{number}9"));
    active["customerData"]["phoneNumber"] = active["phoneNumber"].clone();
    let sid = format!("{agent}-active");
    server.log_event("connected", &sid, "2025-10-12T10:00:00Z", active).await.ok::<Logged>();
    (missed, done)
}

struct Floor {
    server: Server,
    supervisor: String,
    /// Missed and completed calls of the supervisor's agent, and of another one.
    own: (String, String),
    others: (String, String),
    team_id: String,
}

async fn floor() -> Floor {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let own = log_calls(&server, "ant", "+919876500001").await;
    let others = log_calls(&server, OTHERS, "+919876500002").await;
    // Of no agent, and so of no team.
    let data = json!({"callDirection": "inbound", "phoneNumber": "+919876500003",
        "customerData": {"name": OTHERS, "phoneNumber": "+919876500003"}});
    for (event, at) in [("incoming", "2025-10-12T09:30:00Z"), ("missed", "2025-10-12T09:31:00Z")] {
        server.log_event(event, "nobody-1", at, data.clone()).await.ok::<Logged>();
    }
    for agent in ["ant", OTHERS] {
        let body = json!({"agentId": agent, "name": format!("Agent {agent}")});
        let made = server
            .request_as_staff(Method::POST, &format!("{CLIENT}/agents"), ADMIN_TOKEN, body)
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let person = add_person(&server, "lead@example.com", "supervisor").await;
    let team =
        team(&server, json!({"name": "Ants", "agentIds": ["ant"], "supervisorIds": [person]}))
            .await;
    team_of_others(&server).await;
    let supervisor = sign_in(&server, "lead@example.com").await;
    Floor { server, supervisor, own, others, team_id: team }
}

async fn team(server: &Server, body: Value) -> String {
    let made =
        server.request_as_staff(Method::POST, &format!("{CLIENT}/teams"), ADMIN_TOKEN, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.read::<Value>()["teamId"].as_str().unwrap().to_owned()
}

async fn team_of_others(server: &Server) {
    team(server, json!({"name": "zebra team", "agentIds": [OTHERS]})).await;
}

impl Floor {
    async fn ask(&self, path: &str) -> Answer {
        self.server.request_as_staff(Method::GET, path, &self.supervisor, Value::Null).await
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, rest: &str) -> T {
        self.ask(&format!("{CLIENT}/ribbon/{rest}")).await.ok()
    }

    /// Returns the address at which staff ask for an operation, with the ids of the other team.
    fn address(&self, path: &str) -> String {
        let path = match path.strip_prefix("/api/ribbon/") {
            Some(rest) => format!("{CLIENT}/ribbon/{rest}"),
            None => path.to_owned(),
        };
        path.replace("{clientId}", "client-demo")
            .replace("{sessionId}", &self.others.1)
            .replace("{agentId}", OTHERS)
            .replace("{customerId}", &format!("cust-{OTHERS}-done"))
            .replace("{*rest}", "calls?list=all")
            .replace("{rest}", "calls?list=all")
    }

    /// Asserts that an answer contains nothing of the other team, and returns whether it is a success.
    async fn check_answer(&self, method: Method, path: &str) -> bool {
        let body = if method == Method::GET { Value::Null } else { json!({}) };
        let answer =
            self.server.request_as_staff(method.clone(), path, &self.supervisor, body).await;
        let what = format!("{method} {path}: {} {}", answer.status, answer.text);
        assert!(matches!(answer.status, 200 | 400 | 403 | 404), "{what}");
        let text = answer.text.to_lowercase();
        for of_others in [OTHERS, "9876500002", "9876500003"] {
            assert!(!text.contains(of_others), "{what}");
        }
        answer.status == 200
    }
}

/// What a supervisor may do at a client. Every other route of the document is refused.
const SUPERVISORS: [(Method, &str); 17] = [
    (Method::GET, "/api/ribbon/active-calls"),
    (Method::GET, "/api/ribbon/analytics/agents"),
    (Method::GET, "/api/ribbon/analytics/decisions"),
    (Method::GET, "/api/ribbon/call-backs"),
    (Method::GET, "/api/ribbon/calls"),
    (Method::GET, "/api/ribbon/calls/{sessionId}"),
    (Method::GET, "/api/ribbon/client"),
    (Method::GET, "/api/ribbon/decisions"),
    (Method::GET, "/api/ribbon/events"),
    (Method::GET, "/api/ribbon/events/ticket"),
    (Method::GET, "/api/ribbon/export/calls"),
    (Method::GET, "/api/ribbon/follow-ups"),
    (Method::GET, "/api/admin/clients/{clientId}/agents"),
    (Method::GET, "/api/admin/clients/{clientId}/ribbon/{rest}"),
    (Method::GET, "/api/admin/clients/{clientId}/teams"),
    (Method::PATCH, "/api/admin/clients/{clientId}/call-backs/{sessionId}"),
    (Method::PATCH, "/api/admin/clients/{clientId}/follow-ups/{sessionId}"),
];

/// What names or counts the other team's calls in a query.
const QUERIES: [&str; 15] = [
    "calls?list=all&total=true",
    "calls?list=all&sort=longest&total=true",
    "calls?search=zebra&total=true",
    "calls?agentId=zebra&total=true",
    "calls?list=all&search=%2B919876500002",
    "calls?list=all&search=zebra-done",
    "calls?customerId=cust-zebra-done",
    "follow-ups?agentId=zebra",
    "call-backs?state=all",
    "call-backs?agentId=zebra",
    "export/calls?format=csv",
    "export/calls?format=table",
    "export/calls?search=zebra",
    "analytics/agents?startDate=2025-10-01",
    "analytics/breakdown?by=context.owner",
];

#[tokio::test]
async fn a_supervisor_is_refused_every_route_that_is_not_limited_to_teams() {
    let floor = floor().await;
    // An agent of the other team spoke with the caller whom the own team had missed.
    let data = json!({"callDirection": "outbound", "phoneNumber": "+919876500001",
        "agentId": OTHERS, "agentName": format!("Agent {OTHERS}")});
    let server = &floor.server;
    server.log_event("connected", "back-1", "2025-10-12T11:00:00Z", data).await.ok::<Logged>();
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    let (mut known, mut refused) = (Vec::new(), 0);
    for (path, operations) in document["paths"].as_object().unwrap() {
        let of_keys = path.starts_with("/api/ribbon/");
        if !of_keys && !path.starts_with("/api/admin/clients") {
            continue;
        }
        for method in operations.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            if of_keys && method != Method::GET {
                // Staff cannot ask for it (see `roles.rs`).
                continue;
            }
            let address = floor.address(path);
            if SUPERVISORS.contains(&(method.clone(), path.as_str())) {
                known.push((method.clone(), path.clone()));
                // The stream does not end, and has a test of its own.
                if path != "/api/ribbon/events" {
                    floor.check_answer(method, &address).await;
                }
                continue;
            }
            let body = if method == Method::GET { Value::Null } else { json!({}) };
            let answer =
                server.request_as_staff(method.clone(), &address, &floor.supervisor, body).await;
            assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text);
            answer.problem(403, "scope_missing");
            refused += 1;
        }
    }
    assert_eq!(known.len(), SUPERVISORS.len(), "{known:?}");
    assert!(refused > 40, "{refused}");
    let mut read = 0;
    for rest in QUERIES {
        let path = format!("{CLIENT}/ribbon/{rest}");
        read += i32::from(floor.check_answer(Method::GET, &path).await);
    }
    assert!(read >= 11, "{read}");
}

#[tokio::test]
async fn every_route_that_is_limited_to_teams_answers_a_supervisor() {
    let floor = floor().await;
    for (method, path) in SUPERVISORS {
        if method != Method::GET || path.ends_with("/events") {
            continue;
        }
        let path = path.replace("{sessionId}", &floor.own.1);
        let answer = floor.ask(&floor.address(&path)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_supervisor_sees_all_of_their_teams_and_the_sums_are_of_these() {
    let floor = floor().await;
    let history: CallHistory = floor.read("calls?list=all").await;
    assert_eq!(history.total, None);
    let history: CallHistory = floor.read("calls?list=all&total=true").await;
    assert_eq!(history.total, Some(3));
    let sids: Vec<&str> = history.calls.iter().map(|call| call.call_sid.as_str()).collect();
    assert_eq!(sids, ["ant-active", "ant-missed", "ant-done"]);
    let figures: AgentFigures = floor.read("analytics/agents?startDate=2025-10-01").await;
    assert_eq!((figures.agents.len(), figures.summary.calls), (1, 3));
    assert!(figures.other.is_none() && figures.missing.is_none());
    let due: FollowUps = floor.read("follow-ups").await;
    assert_eq!(due.follow_ups.len(), 1);
    let missed: CallBacks = floor.read("call-backs").await;
    assert_eq!((missed.callers.len(), missed.figures.callers), (1, 1));
    let active: Value = floor.read("active-calls").await;
    assert_eq!(
        (&active["count"], &active["activeCalls"][0]["callSid"]),
        (&json!(1), &json!("ant-active"))
    );
    let call = floor.ask(&format!("{CLIENT}/ribbon/calls/{}", floor.own.1)).await;
    assert_eq!(call.ok::<Value>()["notes"], "notes of ant");
    let export = floor.ask(&format!("{CLIENT}/ribbon/export/calls?format=csv")).await;
    assert_eq!(export.text.lines().count(), 4, "{}", export.text);
    let teams: Value = floor.ask(&format!("{CLIENT}/teams")).await.ok();
    assert_eq!(teams["teams"].as_array().unwrap().len(), 1);
    // Changes of the team apply to the next request.
    let path = format!("{CLIENT}/teams/{}", floor.team_id);
    let change = async |body: Value| {
        floor.server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await.ok::<Value>()
    };
    change(json!({"agentIds": ["ant", OTHERS]})).await;
    let history: CallHistory = floor.read("calls?list=all").await;
    assert_eq!(history.calls.len(), 6);
    change(json!({"supervisorIds": []})).await;
    let history: CallHistory = floor.read("calls?list=all").await;
    assert!(history.calls.is_empty());
    let figures: AgentFigures = floor.read("analytics/agents?startDate=2025-10-01").await;
    assert_eq!((figures.agents.len(), figures.summary.calls), (0, 0));
}

#[tokio::test]
async fn a_supervisor_organises_the_work_of_their_teams_alone() {
    let floor = floor().await;
    let change = async |list: &str, session: &str, body: Value| {
        let path = format!("{CLIENT}/{list}/{session}");
        floor.server.request_as_staff(Method::PATCH, &path, &floor.supervisor, body).await
    };
    for (list, own, others) in [
        ("call-backs", &floor.own.0, &floor.others.0),
        ("follow-ups", &floor.own.1, &floor.others.1),
    ] {
        change(list, others, json!({"done": true})).await.problem(404, "not_found");
        let other = change(list, own, json!({"agentId": OTHERS})).await;
        assert_eq!(other.wrong_field(), "agentId");
        change(list, own, json!({"agentId": "ant"})).await.ok::<Value>();
        change(list, own, json!({"done": true})).await.ok::<Value>();
    }
    let others: FollowUps = floor.server.get("/api/ribbon/follow-ups").await.ok();
    assert_eq!(others.follow_ups.len(), 1);
    // Settings are not a supervisor's.
    let refused = [
        ("teams", json!({"name": "mine"})),
        ("keys", json!({})),
        ("views", json!({"name": "v", "path": "/dashboard"})),
    ];
    for (rest, body) in refused {
        let path = format!("{CLIENT}/{rest}");
        let answer =
            floor.server.request_as_staff(Method::POST, &path, &floor.supervisor, body).await;
        answer.problem(403, "scope_missing");
    }
}

#[tokio::test]
async fn a_supervisors_live_stream_has_only_their_teams() {
    let floor = floor().await;
    let server = &floor.server;
    let viewer = add_person(server, "viewer@example.com", "viewer").await;
    let by_viewer = server
        .request(Method::GET, &format!("{CLIENT}/ribbon/events"))
        .bearer_auth(sign_in(server, "viewer@example.com").await);
    let mut viewers = Stream::open(by_viewer).await;
    let url: Value = floor.read("events/ticket").await;
    let url = url["eventsUrl"].as_str().unwrap().to_owned();
    let address = url.strip_prefix(&server.url).unwrap_or(&url);
    let mut stream = Stream::open(server.request(Method::GET, address)).await;
    let end = json!({"callDirection": "outbound"});
    for agent in [OTHERS, "ant"] {
        let mut data = end.clone();
        data["agentId"] = json!(agent);
        server
            .log_event("callEnded", &format!("{agent}-active"), "2025-10-12T10:05:00Z", data)
            .await
            .ok::<Logged>();
    }
    let first = stream.next_event().await.unwrap();
    assert_eq!(first.call_sid, "ant-active");
    assert_eq!(viewers.next_event().await.unwrap().call_sid, format!("{OTHERS}-active"));
    assert_eq!(viewers.next_event().await.unwrap().call_sid, "ant-active");
    // Soon after the team or the person's role has changed, the stream ends, so that it is opened again.
    let path = format!("{CLIENT}/teams/{}", floor.team_id);
    let body = json!({"agentIds": [OTHERS]});
    server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await.ok::<Value>();
    let path = format!("{CLIENT}/people/{viewer}");
    let body = json!({"role": "supervisor"});
    server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await.ok::<Value>();
    assert!(stream.next_event().await.is_none() && viewers.next_event().await.is_none());
}

#[tokio::test]
async fn teams_are_kept_apart_and_checked() {
    let server = Server::start().await;
    let path = format!("{CLIENT}/teams");
    let viewer = add_person(&server, "v@example.com", "viewer").await;
    for (field, body) in [
        ("name", json!({})),
        ("name", json!({"name": ""})),
        ("agentIds[0]", json!({"name": "x", "agentIds": [""]})),
        ("agentIds", json!({"name": "x", "agentIds": vec!["a"; 501]})),
        ("supervisorIds", json!({"name": "x", "supervisorIds": ["nobody"]})),
        ("supervisorIds", json!({"name": "x", "supervisorIds": [viewer]})),
    ] {
        let answer = server.request_as_staff(Method::POST, &path, ADMIN_TOKEN, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    let none: Value =
        server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(none["teams"], json!([]));
    let id = team(&server, json!({"name": "A", "agentIds": ["a", "a"]})).await;
    let removed = server
        .request_as_staff(Method::DELETE, &format!("{path}/{id}"), ADMIN_TOKEN, Value::Null)
        .await;
    assert_eq!(removed.ok::<Value>()["agentIds"], json!(["a"]));
    let again = server
        .request_as_staff(Method::DELETE, &format!("{path}/{id}"), ADMIN_TOKEN, Value::Null)
        .await;
    again.problem(404, "not_found");
    // A token is nobody's.
    let body = json!({"name": "t", "role": "supervisor"});
    let token =
        server.request_as_staff(Method::POST, &format!("{CLIENT}/tokens"), ADMIN_TOKEN, body).await;
    assert_eq!(token.wrong_field(), "role");
    // A supervisor who becomes a viewer leaves the teams.
    let person = add_person(&server, "s@example.com", "supervisor").await;
    let id = team(&server, json!({"name": "B", "supervisorIds": [person]})).await;
    let token = sign_in(&server, "s@example.com").await;
    let keys = format!("{CLIENT}/keys");
    let ask = async || server.request_as_staff(Method::GET, &keys, &token, Value::Null).await;
    ask().await.problem(403, "scope_missing");
    let body = json!({"role": "viewer"});
    server
        .request_as_staff(Method::PATCH, &format!("{CLIENT}/people/{person}"), ADMIN_TOKEN, body)
        .await
        .ok::<Value>();
    ask().await.ok::<Value>();
    let teams: Value =
        server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await.ok();
    let kept =
        teams["teams"].as_array().unwrap().iter().find(|team| team["teamId"] == json!(id)).unwrap();
    assert_eq!(kept["supervisorIds"], json!([]));
}
