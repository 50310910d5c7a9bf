//! Tests the figures about decisions, their lists, and the customers near a limit on attempts.

use crate::support::{ADMIN_TOKEN, Answer, Server, add_person, create_token, sign_in};
use call_ribbon_shared::wire::{CallLimits, DecidedCall, DecisionFigures, Decisions};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CALLS: &str = "/api/ribbon/calls";
const FIGURES: &str = "/api/ribbon/analytics/decisions";
const LIST: &str = "/api/ribbon/decisions";
const LIMITS: &str = "/api/ribbon/analytics/call-limits";
const STAFF: &str = "/api/admin/clients/client-demo/ribbon";

async fn switch_on(server: &Server, packs: &[&str]) {
    let body = json!({"packs": packs, "callTypes": {"collections": "recovery"}});
    server.request_as_operator(Method::PUT, "/call-rules", body).await.ok::<Value>();
}

fn recovery(customer: &str, to: &str, agent: &str, context: &Value) -> Value {
    json!({"to": to, "agentId": (!agent.is_empty()).then_some(agent), "customerData": {"customerId": customer, "name": format!("Name of {customer}"),
        "callType": "recovery", "context": context}})
}

/// Asks for calls of two kinds of agents over some days, so that each kind of decision is made.
async fn call_for_days(server: &Server) {
    server
        .request_as_operator(Method::PATCH, "", json!({"timeZone": "Asia/Kolkata"}))
        .await
        .ok::<Value>();
    let mut asked = 0_usize;
    for day in 1..=3 {
        // Nobody may override the hours of the other pack.
        let packs = ["us-fdcpa-regf", "in-rbi-recovery"];
        switch_on(server, if day == 3 { &packs[..1] } else { &packs }).await;
        // Some are on another day in UTC than in India.
        for time in ["00:30", "07:59", "09:00", "12:15", "18:59", "23:30"] {
            server.clock.stop_at(&format!("2026-12-0{day}T{time}:00+05:30"));
            for n in 0..=asked % 3 {
                asked += 1;
                let context = match asked % 4 {
                    0 => json!({"party": "neighbour"}),
                    1 => json!({"timeZone": "America/New_York"}),
                    _ => json!({}),
                };
                // Somebody new for each override: no earlier conversation forbids that call, too.
                let person = if n == 1 { 20 + asked } else { asked % 5 };
                let customer = format!("C{person}");
                // An agent has one call at a time.
                let agent = format!("{}{asked}", ["ant", "zebra"][asked % 2]);
                let to = format!("+9198765432{person:02}");
                let mut body = recovery(&customer, &to, &agent, &context);
                if n == 1 {
                    body["override"] = json!({"rule": "hours", "reason": format!("reason {asked}, \"<b>\"\n=1+1")});
                }
                let answer = server.post_json(CALLS, body).await;
                assert!([202, 403].contains(&answer.status), "{}", answer.text);
            }
        }
    }
}

/// A decision as it is stored.
struct Stored {
    outcome: String,
    at: i64,
    agent: String,
    decision: Value,
}

async fn read_stored(server: &Server) -> Vec<Stored> {
    let sql = "SELECT outcome || '|' || at || '|' || COALESCE(agent_id, '') || '|' || decision
        FROM decisions ORDER BY at, decision_id";
    let rows = server.database.read_texts(sql).await;
    let read = |row: String| {
        let mut parts = row.splitn(4, '|').map(str::to_owned);
        let mut next = || parts.next().unwrap();
        let (outcome, at, agent, decision) = (next(), next(), next(), next());
        Stored {
            outcome,
            at: at.parse().unwrap(),
            agent,
            decision: serde_json::from_str(&decision).unwrap(),
        }
    };
    rows.into_iter().map(read).collect()
}

/// Counts stored decisions in the plainest way: lines of `day outcome` and `pack rule kind`.
fn count(rows: &[&Stored]) -> BTreeMap<String, i64> {
    const INDIA: i64 = 330 * 60 * 1000;
    let mut counts = BTreeMap::new();
    for row in rows {
        let mut add = |line: String| *counts.entry(line).or_insert(0) += 1;
        let day = chrono::DateTime::from_timestamp_millis(row.at + INDIA).unwrap().date_naive();
        add(format!("total {}", row.outcome));
        add(format!("{day} {}", row.outcome));
        for found in row.decision["because"].as_array().unwrap() {
            let text = |name: &str| found[name].as_str().unwrap();
            let kind = match (found["overridden"].as_bool().unwrap(), text("effect")) {
                (true, _) => "overridden",
                (false, "block") => "forbade",
                _ => "warned",
            };
            add(format!("{} {} {kind}", text("pack"), text("rule")));
        }
    }
    counts
}

/// Writes figures as the same lines.
fn lines_of(figures: &DecisionFigures) -> BTreeMap<String, i64> {
    let mut lines = BTreeMap::new();
    let days = figures.days.iter().map(|day| (day.date.as_str(), day.counts));
    for (name, counts) in days.chain([("total", figures.total)]) {
        for (outcome, number) in [
            ("allowed", counts.allowed),
            ("warned", counts.warned),
            ("overridden", counts.overridden),
            ("refused", counts.refused),
        ] {
            lines.insert(format!("{name} {outcome}"), number);
        }
    }
    for rule in &figures.rules {
        for (kind, number) in
            [("forbade", rule.forbade), ("warned", rule.warned), ("overridden", rule.overridden)]
        {
            lines.insert(format!("{} {} {kind}", rule.pack, rule.rule), number);
        }
        assert!(!rule.said.is_empty(), "{rule:?}");
    }
    lines.retain(|_, number| *number != 0);
    lines
}

async fn list_all(server: &Server, query: &str) -> Vec<DecidedCall> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Decisions =
            server.get(&format!("{LIST}?limit=7&{query}&cursor={cursor}")).await.ok();
        assert!(page.decisions.len() <= 7);
        all.extend(page.decisions);
        match page.next_cursor {
            Some(next) => cursor = next,
            None => return all,
        }
    }
}

#[tokio::test]
async fn figures_are_those_of_a_plain_count_and_each_leads_to_its_rows() {
    let server = Server::start().await;
    call_for_days(&server).await;
    let stored = read_stored(&server).await;
    let all: Vec<&Stored> = stored.iter().collect();
    let whole: DecisionFigures = server.get(FIGURES).await.ok();
    let counted = count(&all);
    assert_eq!(lines_of(&whole), counted);
    for outcome in ["allowed", "warned", "overridden", "refused"] {
        assert!(counted.contains_key(&format!("total {outcome}")), "no {outcome}: {counted:?}");
    }
    assert_eq!(whole.days.len(), 3);
    assert_eq!(whole.only_logged, 0);
    // Something else dialed the first two of these calls; the third came in.
    for (sid, direction) in [("l1", "outbound"), ("l2", "outbound"), ("l3", "inbound")] {
        let of = json!({"callDirection": direction, "agentId": "ant"});
        server.log_ended_call(sid, "2026-12-02T10:00:00Z", 10, of).await;
    }
    let with_logged: DecisionFigures = server.get(FIGURES).await.ok();
    assert_eq!((with_logged.only_logged, lines_of(&with_logged)), (2, counted.clone()));
    let earlier = format!("{FIGURES}?endDate=2026-12-01");
    assert_eq!(server.get(&earlier).await.ok::<DecisionFigures>().only_logged, 0);
    // Only one day, in the client's time zone.
    let day = "startDate=2026-12-02&endDate=2026-12-02";
    let one: DecisionFigures = server.get(&format!("{FIGURES}?{day}")).await.ok();
    let of_day: Vec<&Stored> = stored
        .iter()
        .filter(|row| (1_796_149_800_000..1_796_236_200_000).contains(&row.at))
        .collect();
    assert!(!of_day.is_empty() && of_day.len() < all.len());
    assert_eq!(lines_of(&one), count(&of_day));

    let rows = list_all(&server, "").await;
    assert_eq!(rows.len(), all.len());
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.decision_id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "a row came twice");
    assert!(rows.is_sorted_by(|one, next| one.at >= next.at));
    for outcome in ["allowed", "warned", "overridden", "refused"] {
        let rows = list_all(&server, &format!("outcome={outcome}")).await;
        assert_eq!(i64::try_from(rows.len()).unwrap(), counted[&format!("total {outcome}")]);
        assert!(rows.iter().all(|row| row.outcome == outcome));
        let rows = list_all(&server, &format!("outcome={outcome}&{day}")).await;
        let number = counted.get(&format!("2026-12-02 {outcome}")).copied().unwrap_or(0);
        assert_eq!(i64::try_from(rows.len()).unwrap(), number);
    }
    for rule in &whole.rules {
        let query = format!("pack={}&rule={}", rule.pack, rule.rule);
        let rows = list_all(&server, &query).await;
        let number = rule.forbade + rule.warned + rule.overridden;
        assert_eq!(i64::try_from(rows.len()).unwrap(), number, "{query}");
    }
    let of_agent = list_all(&server, "agentId=ant2").await;
    assert_eq!(of_agent.len(), 1);
    assert_eq!(of_agent[0].agent_id.as_deref(), Some("ant2"));
    let of_customer = list_all(&server, "customerId=C1").await;
    assert!(!of_customer.is_empty());
    assert!(of_customer.iter().all(|row| row.customer_id.as_deref() == Some("C1")));
    let overridden = list_all(&server, "outcome=overridden").await;
    let first = overridden.first().unwrap();
    assert!(first.override_reason.as_ref().unwrap().contains("\"<b>\"\n=1+1"), "{first:?}");
    assert!(first.session_id.is_some() && first.rules.iter().any(|rule| rule.overridden));
    assert!(list_all(&server, "outcome=refused").await.iter().all(|row| row.session_id.is_none()));

    for (field, query) in [
        ("outcome", "outcome=maybe"),
        ("customerId", "outcome=refused&customerId=C1"),
        ("limit", "limit=0"),
        ("cursor", "cursor=x"),
        ("startDate", "startDate=2026-12-03&endDate=2026-12-01"),
        ("rule", &format!("rule={}", "x".repeat(201))),
    ] {
        assert_eq!(server.get(&format!("{LIST}?{query}")).await.wrong_field(), field, "{query}");
    }
    assert_eq!(server.get(&format!("{FIGURES}?startDate=soon")).await.wrong_field(), "startDate");
}

async fn ask(server: &Server, path: &str, token: &str) -> Answer {
    let path = path.replace("/api/ribbon", STAFF);
    server.request_as_staff(Method::GET, &path, token, Value::Null).await
}

#[tokio::test]
async fn supervisors_see_their_teams_and_masked_viewers_no_number() {
    let server = Server::start().await;
    call_for_days(&server).await;
    let person = add_person(&server, "lead@example.com", "supervisor").await;
    let ants: Vec<String> = (0..200).map(|n| format!("ant{n}")).collect();
    let team = json!({"name": "Ants", "agentIds": ants, "supervisorIds": [person]});
    server.request_as_operator(Method::POST, "/teams", team).await;
    let supervisor = sign_in(&server, "lead@example.com").await;
    let stored = read_stored(&server).await;
    let own: Vec<&Stored> = stored.iter().filter(|row| row.agent.starts_with("ant")).collect();
    assert!(!own.is_empty() && own.len() < stored.len());
    let seen: DecisionFigures = ask(&server, FIGURES, &supervisor).await.ok();
    assert_eq!(lines_of(&seen), count(&own));
    let listed: Decisions = ask(&server, &format!("{LIST}?limit=200"), &supervisor).await.ok();
    assert_eq!(listed.decisions.len(), own.len());
    let others: Decisions = ask(&server, &format!("{LIST}?agentId=zebra1"), &supervisor).await.ok();
    assert_eq!(others.decisions, []);
    // A limit counts the calls of all agents.
    ask(&server, LIMITS, &supervisor).await.problem(403, "scope_missing");

    let (_, masked) = create_token(&server, "masked-viewer").await;
    for path in [format!("{LIST}?limit=200"), FIGURES.to_owned(), LIMITS.to_owned()] {
        let answer = ask(&server, &path, &masked).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains("98765432"), "{path}: {}", answer.text);
        assert!(ask(&server, &path, ADMIN_TOKEN).await.status == 200, "{path}");
        assert_eq!(server.request(Method::GET, &path).send().await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn customers_near_a_limit_are_those_whom_the_rule_counts() {
    let server = Server::start().await;
    let none: CallLimits = server.get(LIMITS).await.ok();
    assert_eq!((none.limits.len(), none.customers.len(), none.truncated), (0, 0, false));
    switch_on(&server, &["us-fdcpa-regf"]).await;
    server.clock.stop_at("2026-12-01T12:00:00-05:00");
    let call = async |customer: &str, to: &str, account: &str| {
        let body = recovery(customer, to, "", &json!({"accountId": account}));
        server.post_json(CALLS, body).await.status
    };
    for (customer, to, times) in
        [("full", "+12125550101", 7), ("next", "+12125550102", 6), ("far", "+12125550103", 2)]
    {
        for _ in 0..times {
            assert_eq!(call(customer, to, "L-1").await, 202, "{customer}");
        }
    }
    // Another account of the same customer is counted for itself.
    server.clock.stop_at("2026-12-01T12:01:00-05:00");
    for _ in 0..4 {
        assert_eq!(call("far", "+12125550103", "L-2").await, 202);
    }
    let found: CallLimits = server.get(LIMITS).await.ok();
    let cap = &found.limits[0];
    assert_eq!(
        (cap.rule.as_str(), cap.most, cap.count, cap.unit.as_str(), cap.per.as_str()),
        ("seven-in-seven", 7, 7, "days", "account")
    );
    let near: Vec<(&str, u32, u32, bool)> = found
        .customers
        .iter()
        .map(|one| {
            let count = &one.counts[0];
            let id = one.customer_id.as_deref().unwrap();
            (id, count.made, count.left, count.next_at.is_some())
        })
        .collect();
    assert_eq!(near, [("full", 7, 0, true), ("next", 6, 1, false), ("far", 4, 3, false)]);
    assert_eq!(found.customers[0].name.as_deref(), Some("Name of full"));
    assert_eq!(found.customers[0].counts[0].next_at.as_deref(), Some("2026-12-08T05:00:00Z"));
    // It agrees with the next dial.
    assert_eq!(call("next", "+12125550102", "L-1").await, 202);
    assert_eq!(call("next", "+12125550102", "L-1").await, 403);
    let one: CallLimits = server.get(&format!("{LIMITS}?limit=1")).await.ok();
    assert_eq!((one.customers.len(), one.truncated), (1, true));
    // Two weeks later nothing counts.
    server.clock.stop_at("2026-12-15T12:00:00-05:00");
    let later: CallLimits = server.get(LIMITS).await.ok();
    assert_eq!(later.customers, []);
    assert_eq!(server.get(&format!("{LIMITS}?limit=x")).await.wrong_field(), "limit");
}
