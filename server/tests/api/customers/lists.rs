//! Tests the lists of customers and leads, and the search in them.

use crate::support::{Answer, DIALER_KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CustomerLeads, CustomerList, LeadList};
use reqwest::Method;
use serde_json::{Value, json};

const CUSTOMERS: &str = "/api/ribbon/customers";
const LEADS: &str = "/api/ribbon/leads";

async fn save(server: &Server, customer: Value) {
    server.post_json("/api/ribbon/customer", json!({"customerData": customer})).await.ok::<Value>();
}

async fn dialed(server: &Server, lead: Value) {
    let request = server.request(Method::POST, "/api/leads/from-dialer/");
    let answer =
        Answer::from_request(request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

/// Returns all pages of a list, as the texts of one field.
async fn all(server: &Server, path: &str, field: &str, limit: usize) -> Vec<String> {
    let list = if path.starts_with(LEADS) { "leads" } else { "customers" };
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = format!("{path}{mark}limit={limit}&cursor={cursor}");
        let page: Value = server.get(&page).await.ok();
        let rows = page[list].as_array().unwrap();
        assert!(rows.len() <= limit);
        found.extend(rows.iter().map(|row| row[field].to_string().replace('"', "")));
        let Some(next) = page["nextCursor"].as_str() else { return found };
        assert_ne!(cursor, next);
        next.clone_into(&mut cursor);
    }
}

#[tokio::test]
async fn customers_are_listed_with_their_calls_and_found() {
    let server = Server::start().await;
    server.add_other_client().await;
    save(
        &server,
        json!({"customerId": "a", "name": "Asha Rao", "phone": "+91 98765 43210",
        "email": "asha@example.com", "company": "Rao & Söhne",
        "customFields": {"mobile": "+14155550100"}}),
    )
    .await;
    save(&server, json!({"customerId": "a1", "name": "Zoë MÜLLER", "phone": "112"})).await;
    save(&server, json!({"customerId": "B", "name": "50%_Ltd", "phone": "+919876500000"})).await;
    let of = json!({"phoneNumber": "113", "customerData": {"customerId": "new", "name": "Ravi"}});
    server.log_ended_call("c1", "2025-10-12T10:30:00Z", 40, of.clone()).await;
    server.log_ended_call("c2", "2025-10-13T11:30:00Z", 2, of).await;
    let list: CustomerList = server.get(CUSTOMERS).await.ok();
    assert!(list.next_cursor.is_none());
    let of = list.customers.iter().find(|customer| customer.customer_id == "new").unwrap();
    assert_eq!((of.total_calls, of.total_duration, of.name.as_deref()), (2, 42, Some("Ravi")));
    let asha = list.customers.iter().find(|customer| customer.customer_id == "a").unwrap();
    assert_eq!((asha.total_calls, asha.total_duration), (0, 0));
    assert_eq!(asha.phone.as_deref(), Some("+91 98765 43210"));
    assert_eq!(asha.company.as_deref(), Some("Rao & Söhne"));
    assert_eq!(asha.email.as_deref(), Some("asha@example.com"));

    let mut ids = all(&server, CUSTOMERS, "customerId", 500).await;
    assert_eq!(all(&server, CUSTOMERS, "customerId", 1).await, ids);
    ids.sort();
    assert_eq!(ids, ["B", "a", "a1", "new"]);
    for (search, right) in [
        ("RAO", vec!["a"]),
        ("s%C3%96HNE", vec!["a"]),
        ("m%C3%BCller", vec!["a1"]),
        ("%25_", vec!["B"]),
        ("_", vec!["B"]),
        ("98765", vec!["B", "a"]),
        ("987-654", vec!["a"]),
        ("z", vec!["a1"]),
        // A whole id or number is looked up, an additional number too.
        ("a", vec!["a"]),
        ("A", vec!["a", "a1", "new"]),
        ("%2B919876543210", vec!["a"]),
        ("+14155550100", vec!["a"]),
        ("112", vec!["a1"]),
        ("nobody", vec![]),
    ] {
        let mut found =
            all(&server, &format!("{CUSTOMERS}?search={search}"), "customerId", 1).await;
        found.sort();
        assert_eq!(found, right, "{search}");
    }
    let theirs = server.request(Method::GET, CUSTOMERS).header("X-API-Key", OTHER_KEY);
    assert_eq!(Answer::from_request(theirs).await.ok::<CustomerList>().customers.len(), 0);
}

#[tokio::test]
async fn leads_are_listed_by_agent_and_campaign_and_found() {
    let server = Server::start().await;
    server.add_other_client().await;
    for (n, user, campaign) in [
        (1, "agent1", "spring"),
        (2, "agent2", "spring"),
        (3, "agent1", "Renewals"),
        (4, "agent1", ""),
    ] {
        dialed(
            &server,
            json!({"user": user, "lead_id": format!("D{n}"), "campaign": campaign,
            "full_name": format!("Name {n} Ümit"), "phone": format!("+9198765432{n}0"),
            "email": format!("n{n}@example.com")}),
        )
        .await;
    }
    // It is sent again, by another campaign.
    dialed(&server, json!({"user": "agent2", "lead_id": "D2", "campaign": "Renewals"})).await;
    let of = json!({"customerData": {"customerId": "lead-3", "name": "Name 3"}});
    server.log_ended_call("c1", "2025-10-12T10:30:00Z", 40, of).await;
    let list: LeadList = server.get(LEADS).await.ok();
    let third = &list.leads[1];
    assert_eq!((third.id, third.dialer_lead_id.as_deref()), (3, Some("D3")));
    assert_eq!((third.campaign.as_deref(), third.agent_id.as_str()), (Some("Renewals"), "agent1"));
    assert_eq!((third.customer_id.as_str(), third.total_calls), ("lead-3", 1));
    assert_eq!(third.agent_name.as_deref(), Some("Agent One"));
    assert_eq!(list.leads[0].campaign, None);
    for (query, right) in [
        ("", vec!["4", "3", "2", "1"]),
        ("agentId=agent1", vec!["4", "3", "1"]),
        ("campaign=Renewals", vec!["3", "2"]),
        ("campaign=renewals", vec![]),
        ("campaign=Renewals&agentId=agent1", vec!["3"]),
        ("search=%C3%BCMIT", vec!["4", "3", "2", "1"]),
        ("search=d3", vec!["3"]),
        ("search=LEAD-2", vec!["2"]),
        ("search=n1%40", vec!["1"]),
        ("search=765+432-4", vec!["4"]),
        ("search=name&campaign=Renewals&agentId=agent2", vec!["2"]),
        ("search=example&agentId=agent1", vec!["4", "3", "1"]),
    ] {
        let path = format!("{LEADS}?{query}");
        assert_eq!(all(&server, &path, "id", 500).await, right, "{query}");
        assert_eq!(all(&server, &path, "id", 1).await, right, "{query}, one by one");
    }
    let theirs = server.request(Method::GET, LEADS).header("X-API-Key", OTHER_KEY);
    assert_eq!(Answer::from_request(theirs).await.ok::<LeadList>().leads.len(), 0);
}

#[tokio::test]
async fn a_search_among_many_goes_on_until_all_are_looked_at() {
    let server = Server::start().await;
    let rows = "WITH RECURSIVE counted (n) AS
        (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < 45000)";
    let name = "CASE WHEN n % 9000 = 0 THEN 'Asha' ELSE 'Ravi' END";
    server
        .run_sql(&format!(
            "INSERT INTO customers (client_id, customer_id, name, created_at, updated_at)
             {rows} SELECT 'client-demo', 'C' || (100000 + n), {name}, 0, 0 FROM counted;
             INSERT INTO leads (client_id, id, full_name, agent_id, customer_id, fields, created_at,
                updated_at, campaign)
             {rows} SELECT 'client-demo', n, {name}, 'a' || (n % 2), 'x', '{{}}', 0, 0, 'all'
             FROM counted"
        ))
        .await;
    let customers: Vec<String> = (0..5).map(|n| format!("C{}", 100_000 + n * 9000)).collect();
    let found = all(&server, &format!("{CUSTOMERS}?search=asha"), "customerId", 50).await;
    assert_eq!(found, customers);
    let page: CustomerList = server.get(&format!("{CUSTOMERS}?search=nobody")).await.ok();
    assert!(page.customers.is_empty() && page.next_cursor.is_some());
    let leads: Vec<String> = (0..5).rev().map(|n| (n * 9000).to_string()).collect();
    for query in ["search=asha", "search=asha&campaign=all", "search=asha&agentId=a0"] {
        assert_eq!(all(&server, &format!("{LEADS}?{query}"), "id", 50).await, leads, "{query}");
    }
    let none = all(&server, &format!("{LEADS}?campaign=all&agentId=a9"), "id", 50).await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_name() {
    let server = Server::start().await;
    for path in [CUSTOMERS, LEADS] {
        for (field, query) in [("limit", "limit=0"), ("limit", "limit=x"), ("cursor", "cursor=x")] {
            let answer = server.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.wrong_field(), field, "{path} {query}");
        }
        server.get(&format!("{path}?search=a&search=b")).await.problem(400, "invalid_request");
        Answer::from_request(server.request(Method::GET, path))
            .await
            .problem(401, "missing_api_key");
    }
    // A cursor of the other list.
    let lead = server.get(&format!("{LEADS}?cursor=a2E")).await;
    assert_eq!(lead.wrong_field(), "cursor");
    server.run_sql("UPDATE credentials SET scopes = '[\"ribbon\"]' WHERE kind = 'api_key'").await;
    for path in [CUSTOMERS, LEADS] {
        server.get(path).await.problem(403, "scope_missing");
    }
}

#[tokio::test]
async fn a_customer_has_what_dialers_sent() {
    let server = Server::start().await;
    server.add_other_client().await;
    for (n, city) in (1..=22).zip(["Pune", "Kochi"].into_iter().cycle()) {
        // Different leads with one number are of one customer.
        dialed(
            &server,
            json!({"user": "agent1", "lead_id": n, "full_name": "Asha Rao", "campaign": "gold",
                "phone_number": "+919876543210", "city": city, "comments": "wants settlement"}),
        )
        .await;
    }
    let list: LeadList = server.get(LEADS).await.ok();
    let customer = &list.leads[0].customer_id;
    let path = format!("/api/ribbon/customer/{customer}/leads");
    let found: CustomerLeads = server.get(&path).await.ok();
    assert_eq!(found.leads.len(), 20);
    let (first, second) = (&found.leads[0], &found.leads[1]);
    assert!(first.lead.id > second.lead.id && &first.lead.customer_id == customer);
    assert_eq!(first.lead.campaign.as_deref(), Some("gold"));
    assert_eq!((&*first.fields["city"], &*second.fields["city"]), ("Kochi", "Pune"));
    assert_eq!(first.fields["comments"], "wants settlement");
    let none: CustomerLeads = server.get("/api/ribbon/customer/nobody/leads").await.ok();
    assert!(none.leads.is_empty());
    let others = server.request(Method::GET, &path).header("X-API-Key", OTHER_KEY);
    assert!(Answer::from_request(others).await.ok::<CustomerLeads>().leads.is_empty());
}

#[tokio::test]
async fn customers_are_sorted_and_numbers_under_several_ids_are_shown() {
    let server = Server::start().await;
    for (id, name, phone) in [
        ("a", "zoe", "+91 98765 43210"),
        ("b", "Asha", "+91-98765-43210"),
        ("c", "Ravi", "+919876543211"),
        ("d", "asha B", "+919876543210"),
    ] {
        save(&server, json!({"customerId": id, "name": name, "phone": phone})).await;
    }
    server.clock.advance(std::time::Duration::from_mins(1));
    save(&server, json!({"customerId": "b", "name": "Asha"})).await;
    for (n, (customer, phone, seconds)) in
        [("c", "+919876543211", 10), ("c", "+919876543211", 10), ("a", "+919876543210", 50)]
            .into_iter()
            .enumerate()
    {
        let of = json!({"phoneNumber": phone, "customerData": {"customerId": customer}});
        server.log_ended_call(&format!("c{n}"), "2025-10-12T10:30:00Z", seconds, of).await;
    }
    for (query, right) in [
        ("sort=name", vec!["b", "d", "c", "a"]),
        ("sort=-name", vec!["a", "c", "d", "b"]),
        ("sort=-calls", vec!["c", "a", "b", "d"]),
        ("sort=-duration", vec!["a", "c", "b", "d"]),
        ("sort=calls&search=ash", vec!["b", "d"]),
        ("duplicates=true&sort=-calls", vec!["a", "b", "d"]),
        ("duplicates=true", vec!["a", "b", "d"]),
        ("duplicates=true&search=d", vec!["d"]),
        ("duplicates=true&search=ravi", vec![]),
    ] {
        let path = format!("{CUSTOMERS}?{query}");
        assert_eq!(all(&server, &path, "customerId", 500).await, right, "{query}");
        assert_eq!(all(&server, &path, "customerId", 1).await, right, "{query}, one by one");
    }
    let same = all(&server, CUSTOMERS, "sameNumber", 500).await;
    assert_eq!(same, ["2", "2", "0", "2"]);
    for (field, query) in [("sort", "sort=id"), ("duplicates", "duplicates=x")] {
        assert_eq!(server.get(&format!("{CUSTOMERS}?{query}")).await.wrong_field(), field);
    }
    // The customer of a cursor was erased.
    let gone = server.get(&format!("{CUSTOMERS}?sort=name&cursor=a2dvbmU")).await;
    assert_eq!(gone.wrong_field(), "cursor");
    // More than can be sorted.
    server
        .run_sql(
            "INSERT INTO customers (client_id, customer_id, name, created_at, updated_at)
             WITH RECURSIVE counted (n) AS
                (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < 20000)
             SELECT 'client-demo', 'X' || n, 'Ravi', 0, 0 FROM counted",
        )
        .await;
    assert_eq!(server.get(&format!("{CUSTOMERS}?sort=name")).await.wrong_field(), "sort");
}
