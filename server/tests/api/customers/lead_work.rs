//! Tests what has come of leads, and giving them to other agents.

use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, Server, create_token};
use call_ribbon_shared::wire::{CustomerLeads, LeadList, LeadStatus};
use reqwest::Method;
use serde_json::{Value, json};

const LEADS: &str = "/api/ribbon/leads";
const CLIENT: &str = "/api/admin/clients/client-demo";

async fn send_lead(server: &Server, n: i64, at: &str) {
    server.clock.stop_at(at);
    let lead = json!({"user": "agent1", "lead_id": n, "full_name": format!("Name {n}"),
        "phone": format!("+9198765432{n}0"), "campaign": "spring"});
    let request = server.request(Method::POST, "/api/leads/from-dialer/");
    let request = request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead);
    assert_eq!(Answer::from_request(request).await.status, 201);
}

async fn list(server: &Server, query: &str) -> Vec<i64> {
    let page: LeadList = server.get(&format!("{LEADS}?{query}")).await.ok();
    page.leads.iter().map(|lead| lead.id).collect()
}

async fn assign(server: &Server, token: &str, body: Value) -> Answer {
    server.request_as_staff(Method::PATCH, &format!("{CLIENT}/leads"), token, body).await
}

#[tokio::test]
async fn a_lead_says_what_has_come_of_it_since_it_arrived() {
    let server = Server::start().await;
    for n in 1..=5 {
        send_lead(&server, n, &format!("2025-10-1{n}T10:00:00Z")).await;
    }
    server.clock.stop_at("2025-10-20T10:00:00Z");
    let of = |n: i64| json!({"customerData": {"customerId": format!("lead-{n}"), "name": "Name"}});
    // Lead 1 was reached, 2 called in vain, 3 reached only before it arrived. 4 called back himself.
    server.log_ended_call("c1", "2025-10-11T10:00:00Z", 40, of(1)).await;
    server.log_event("initiated", "c2", "2025-10-12T10:05:00Z", of(2)).await;
    server.log_event("failed", "c2", "2025-10-12T10:06:00Z", of(2)).await;
    server.log_ended_call("c3", "2025-10-13T09:59:59Z", 40, of(3)).await;
    server.log_ended_call("c4", "2025-10-19T10:00:00Z", 1, of(4)).await;
    let page: LeadList = server.get(LEADS).await.ok();
    let found: Vec<_> = page.leads.iter().map(|lead| (lead.id, lead.status)).collect();
    let right = [
        (5, LeadStatus::New),
        (4, LeadStatus::Reached),
        (3, LeadStatus::New),
        (2, LeadStatus::Called),
        (1, LeadStatus::Reached),
    ];
    assert_eq!(found, right);
    let of_customer: CustomerLeads = server.get("/api/ribbon/customer/lead-2/leads").await.ok();
    assert_eq!(of_customer.leads[0].lead.status, LeadStatus::Called);
    for (query, right) in [
        ("status=new", vec![5, 3]),
        ("status=called", vec![2]),
        ("status=reached", vec![4, 1]),
        ("status=", vec![5, 4, 3, 2, 1]),
        ("status=new&search=name+3", vec![3]),
        ("status=new&agentId=agent2", vec![]),
        ("startDate=2025-10-12&endDate=2025-10-14", vec![4, 3, 2]),
        ("startDate=2025-10-14T10:00:00Z", vec![5, 4]),
        ("endDate=2025-10-13&status=reached&campaign=spring", vec![1]),
    ] {
        assert_eq!(list(&server, query).await, right, "{query}");
    }
    for (field, query) in
        [("status", "status=old"), ("startDate", "startDate=soon"), ("endDate", "endDate=x")]
    {
        assert_eq!(server.get(&format!("{LEADS}?{query}")).await.wrong_field(), field, "{query}");
    }
    // What retention has removed is still in the sums.
    server.run_sql("DELETE FROM calls").await;
    assert_eq!(list(&server, "status=reached").await, [4, 1]);
    assert_eq!(list(&server, "status=called").await, [2]);
}

#[tokio::test]
async fn leads_are_given_to_another_agent_of_the_client() {
    let server = Server::start().await;
    server.add_other_client().await;
    for n in 1..=3 {
        send_lead(&server, n, &format!("2025-10-1{n}T10:00:00Z")).await;
    }
    let to = |ids: Value, agent: &str| json!({"leadIds": ids, "agentId": agent});
    let gave = async |body: Value| -> Value { assign(&server, ADMIN_TOKEN, body).await.ok() };
    // One that does not exist, and one named twice.
    assert_eq!(gave(to(json!([1, 3, 99, 1.0]), "agent2")).await, json!({"assigned": 2}));
    assert_eq!(list(&server, "agentId=agent2").await, [3, 1]);
    assert_eq!(list(&server, "agentId=agent1").await, [2]);
    let page: LeadList = server.get(LEADS).await.ok();
    assert_eq!(page.leads[0].agent_name.as_deref(), Some("Agent Two"));
    assert_eq!(page.leads[0].updated_at, page.leads[0].created_at);
    assert_eq!(gave(to(json!([1, 3]), "agent2")).await, json!({"assigned": 0}));
    let log: Value = server
        .request_as_staff(Method::GET, &format!("{CLIENT}/audit"), ADMIN_TOKEN, Value::Null)
        .await
        .ok();
    let acts: Vec<_> = log["audit"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["act"] == "leads.assigned")
        .collect();
    assert_eq!(acts.len(), 1, "{log}");
    assert_eq!(acts[0]["subject"], "agent2");
    for (field, body) in [
        ("leadIds", json!({"agentId": "agent2"})),
        ("leadIds", to(json!([]), "agent2")),
        ("leadIds", to(json!(vec![1; 501]), "agent2")),
        ("agentId", json!({"leadIds": [1]})),
        ("agentId", to(json!([1]), "nobody")),
        ("agentId", to(json!([1]), "")),
    ] {
        assert_eq!(assign(&server, ADMIN_TOKEN, body.clone()).await.wrong_field(), field, "{body}");
    }
    let (_, viewer) = create_token(&server, "viewer").await;
    assign(&server, &viewer, to(json!([2]), "agent2")).await.problem(403, "scope_missing");
    // The other client's leads of the same numbers, and its agents, are its own.
    let theirs = server
        .request_as_staff(
            Method::PATCH,
            "/api/admin/clients/client-other/leads",
            ADMIN_TOKEN,
            to(json!([2]), "agent2"),
        )
        .await;
    assert_eq!(theirs.wrong_field(), "agentId");
    assert_eq!(list(&server, "agentId=agent1").await, [2]);
    // A lead that the dialer sends again belongs to the agent that it names then.
    send_lead(&server, 1, "2025-10-14T10:00:00Z").await;
    assert_eq!(list(&server, "agentId=agent1").await, [2, 1]);
}
