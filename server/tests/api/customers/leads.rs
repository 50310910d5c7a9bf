//! Tests leads from a dialer.

use crate::support::{Answer, DIALER_KEY, KEY, Server};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

const PATH: &str = "/api/leads/from-dialer/";

async fn send(server: &Server, body: Value) -> Answer {
    let request = server.request(Method::POST, PATH).header("X-Dialer-Api-Key", DIALER_KEY);
    Answer::from_request(request.json(&body)).await
}

async fn taken(server: &Server, body: Value) -> Value {
    let answer = send(server, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.read()
}

#[tokio::test]
async fn a_lead_is_made_and_then_changed() {
    let server = Server::start().await;
    let first = taken(
        &server,
        json!({"dialer_user_id": "vicidial_user_123", "lead_id": 77,
        "title": "Dr", "first_name": "Asha", "last_name": "Rao", "phone_code": "91",
        "phone_number": "9876543210", "email": "a+b@example.com", "notes": "likes & asks",
        "city": "Pune", "SQLdate": "2025-10-12 10:30:00", "unknown": {"x": 1}, "comments": null}),
    )
    .await;
    assert_eq!(
        (&first["success"], &first["message"]),
        (&json!(true), &json!("Lead created successfully"))
    );
    let lead = &first["lead"];
    assert_eq!((&lead["id"], &lead["status"]), (&json!(1), &json!("interested")));
    assert_eq!((&lead["full_name"], &lead["phone"]), (&json!("Asha Rao"), &json!("+919876543210")));
    assert_eq!((&lead["dialer_lead_id"], &lead["city"]), (&json!("77"), &json!("Pune")));
    assert_eq!(lead["assigned_agent_name"], "Agent One");
    assert_eq!(lead["assigned_agent_username"], "agent1");
    assert_eq!(lead["created_at"], lead["updated_at"]);
    for name in [
        "vendor_id",
        "list_id",
        "address1",
        "postal_code",
        "campaign",
        "session_id",
        "recording_file",
    ] {
        assert_eq!(lead.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(lead.get("unknown"), None);
    assert_eq!(
        first["redirectUrl"],
        "/examples/collections.html?from_dialer=true&lead_id=1&full_name=Asha%20Rao\
         &phone=%2B919876543210&email=a%2Bb%40example.com&notes=likes%20%26%20asks"
    );
    let second = taken(&server, json!({"user": "agent2", "lead_id": "77", "city": "Mumbai"})).await;
    assert_eq!(second["message"], "Lead updated successfully");
    let lead = &second["lead"];
    assert_eq!((&lead["id"], &lead["city"]), (&json!(1), &json!("Mumbai")));
    assert_eq!((&lead["full_name"], &lead["notes"]), (&json!("Asha Rao"), &json!("likes & asks")));
    assert_eq!(lead["assigned_agent_username"], "agent2");
    // Without the dialer's id a lead is identified by its number, in any notation.
    let third = taken(&server, json!({"user": "agent1", "phone": "+91 98765-43210"})).await;
    assert_eq!(
        (&third["lead"]["id"], &third["lead"]["phone"]),
        (&json!(1), &json!("+91 98765-43210"))
    );
    let other = taken(&server, json!({"user": "agent1", "lead_id": "78"})).await;
    assert_eq!(other["lead"]["id"], 2);
}

#[tokio::test]
async fn a_lead_becomes_the_customer_the_ribbon_shows() {
    let server = Server::start().await;
    let lead =
        taken(&server, json!({"user": "agent1", "full_name": "Asha", "phone": "+919876543210"}))
            .await;
    let id = lead["lead"]["customer_id"].as_str().unwrap();
    let seen: Value = server.get(&format!("/api/ribbon/customer/{id}")).await.ok();
    assert_eq!(
        (&seen["customer"]["name"], &seen["customer"]["phone"]),
        (&json!("Asha"), &json!("+919876543210"))
    );
    let body = json!({"from": "+91 98765 43210", "agentId": "agent1"});
    let call: Value = server.post_json("/api/ribbon/simulator/incoming", body).await.read();
    let call = server.show_call(call["sessionId"].as_str().unwrap()).await;
    assert!(call.customer_data.get().contains("\"Asha\""), "{}", call.customer_data);
    // An existing customer keeps the data of the CRM.
    let theirs = json!({"customerData": {"customerId": "C9", "name": "Ravi", "phone": "112"}});
    server.post_json("/api/ribbon/customer", theirs).await.ok::<Value>();
    let lead = taken(&server, json!({"user": "agent1", "full_name": "R", "phone": "112"})).await;
    assert_eq!(lead["lead"]["customer_id"], "C9");
    let seen: Value = server.get("/api/ribbon/customer/C9").await.ok();
    assert_eq!(seen["customer"]["name"], "Ravi");
}

#[tokio::test]
async fn the_same_lead_many_times_at_once_is_one() {
    let server = Server::start().await;
    let body = json!({"user": "agent1", "lead_id": "5"});
    let all = futures_util::future::join_all((0..20).map(|_| taken(&server, body.clone()))).await;
    assert!(all.iter().all(|answer| answer["lead"]["id"] == 1));
    let made = all.iter().filter(|answer| answer["message"] == "Lead created successfully");
    assert_eq!(made.count(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let server = Server::start().await;
    let missing = send(&server, json!({"lead_id": "1", "user": ""})).await;
    assert_eq!(missing.status, 400);
    let problem: Value = missing.read();
    assert!(problem["error"].as_str().unwrap().starts_with("Missing required fields: "));
    for body in [json!({"user": "x"}), json!({"dialer_user_id": "x", "user": "agent1"})] {
        let unknown = send(&server, body).await;
        assert_eq!(unknown.status, 404);
        let problem: Value = unknown.read();
        assert_eq!(problem["error"], "Agent with username 'x' not found");
        assert_eq!(problem["code"], "not_found");
    }
    for (field, value) in
        [("city", json!(["x"])), ("user", json!(true)), ("date_of_birth", json!("12/31/1990"))]
    {
        let mut body = json!({"user": "agent1"});
        body[field] = value;
        assert_eq!(send(&server, body).await.wrong_field(), field);
    }
    let born = json!({"user": "agent1", "date_of_birth": "0000-00-00"});
    taken(&server, born).await;
    send(&server, json!([1])).await.problem(400, "invalid_request");
}

/// Returns the agent of a lead, or else the error.
async fn agent_of(server: &Server, named: Value) -> String {
    let answer = send(server, named).await;
    let read: Value = answer.read();
    let agent = read["lead"]["assigned_agent_username"].as_str();
    agent.or(read["error"].as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn the_agent_is_named_in_any_of_three_ways() {
    let server = Server::start().await;
    server
        .run_sql("INSERT INTO agents (client_id, agent_id, dialer_user_id) VALUES ('client-demo', 'Ravi', 'V-6')")
        .await;
    let missing = "Missing required fields: dialer_user_id, user or agent_username";
    for (named, agent) in [
        (json!({"agent_username": "agent2"}), "agent2"),
        (json!({"user": "agent1", "agent_username": "agent2"}), "agent1"),
        (json!({"dialer_user_id": "vicidial_user_123", "user": "agent2"}), "agent1"),
        (json!({"dialer_user_id": "", "user": null, "agent_username": "agent3"}), "agent3"),
        (json!({"dialer_user_id": "--A--user--B--", "user": "agent3"}), "agent3"),
        // A dialer's user names ignore case, and `user` may be the dialer's own.
        (json!({"dialer_user_id": "VICIDIAL_User_123"}), "agent1"),
        (json!({"user": "AGENT2"}), "agent2"),
        (json!({"user": "ravi"}), "Ravi"),
        (json!({"user": "v-6"}), "Ravi"),
        (json!({"agent_username": "vicidial_user_123"}), "agent1"),
        (json!({}), missing),
        (json!({"user": "--A--user--B--"}), missing),
        (json!({"agent_username": "nobody"}), "Agent with username 'nobody' not found"),
    ] {
        assert_eq!(agent_of(&server, named.clone()).await, agent, "{named}");
    }
    // If two differ only in case, the exact match counts.
    server.run_sql("INSERT INTO agents (client_id, agent_id) VALUES ('client-demo', 'ravi')").await;
    for name in ["Ravi", "ravi"] {
        assert_eq!(agent_of(&server, json!({"user": name})).await, name);
    }
}

#[tokio::test]
async fn what_the_dialer_did_not_fill_in_is_not_there() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for phone in ["+919876543210", "+919876543211"] {
        let lead = taken(
            &server,
            json!({"user": "agent1", "phone": phone, "lead_id": "--A--lead_id--B--",
                "first_name": "--A--first_name--B--", "last_name": "Rao",
                "date_of_birth": "--A--date_of_birth--B--", "city": "--A--city--B--",
                "notes": "--A--see--B-- below"}),
        )
        .await;
        assert_eq!(lead["message"], "Lead created successfully");
        let lead = &lead["lead"];
        for unfilled in ["dialer_lead_id", "first_name", "date_of_birth", "city"] {
            assert_eq!(lead[unfilled], Value::Null, "{unfilled}");
        }
        assert_eq!(
            (&lead["full_name"], &lead["notes"]),
            (&json!("Rao"), &json!("--A--see--B-- below"))
        );
        ids.push(lead["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_dialer_key_and_no_other_lets_in() {
    let server = Server::start().await;
    server.add_other_client().await;
    let body = json!({"user": "agent1", "lead_id": "1"});
    for path in [PATH, PATH.trim_end_matches('/')] {
        let post = || server.request(Method::POST, path).json(&body);
        Answer::from_request(post()).await.problem(401, "missing_api_key");
        Answer::from_request(post().header("X-API-Key", KEY)).await.problem(401, "missing_api_key");
        Answer::from_request(post().header("X-Dialer-Api-Key", KEY))
            .await
            .problem(401, "invalid_api_key");
        assert_eq!(
            Answer::from_request(post().header("x-dialer-api-key", DIALER_KEY)).await.status,
            201
        );
    }
    // Another client's dialer finds neither this client's agents nor its leads.
    let hash = format!("{:x}", Sha256::digest("theirs"));
    let sql = format!(
        "INSERT INTO agents (client_id, agent_id) VALUES ('client-other', 'ravi');
        INSERT INTO credentials (client_id, credential_id, kind, hash, prefix, created_at)
        VALUES ('client-other', 'd', 'dialer_key', '{hash}', 'theirs', 0)"
    );
    server.run_sql(Box::leak(sql.into_boxed_str())).await;
    let post = |body: Value| {
        server.request(Method::POST, PATH).header("X-Dialer-Api-Key", "theirs").json(&body)
    };
    assert_eq!(Answer::from_request(post(body)).await.status, 404);
    let theirs: Value =
        Answer::from_request(post(json!({"user": "ravi", "lead_id": "1"}))).await.read();
    assert_eq!(theirs["message"], "Lead created successfully");
    assert_eq!(theirs["redirectUrl"], Value::Null);
    server.run_sql("UPDATE clients SET suspended_at = 1").await;
    Answer::from_request(post(json!({"user": "ravi"}))).await.problem(403, "client_suspended");
}

#[tokio::test]
async fn a_dialers_number_is_one_number_however_its_code_is_sent() {
    let server = Server::start().await;
    for (phone, sent) in [
        (
            "+919876543211",
            [("91", "09876543211"), ("+91", "919876543211"), ("0091", "98765 43211")],
        ),
        ("+442079460958", [("44", "02079460958"), ("44", "2079460958"), ("44", "442079460958")]),
        ("+12125550123", [("1", "12125550123"), ("1", "2125550123"), ("", "+1 212 555 0123 x12")]),
        (
            "+390669812345",
            [("39", "0669812345"), ("39", "390669812345"), ("", "+39 (06) 69812345")],
        ),
    ] {
        let mut ids = Vec::new();
        for (place, (code, number)) in sent.into_iter().enumerate() {
            let body = json!({"user": "agent1", "phone_code": code, "phone_number": number});
            let lead = &taken(&server, body).await["lead"];
            if !code.is_empty() {
                assert_eq!(lead["phone"], phone, "{code} {number}");
            }
            ids.push((place, lead["id"].clone()));
        }
        assert!(ids.iter().all(|(_, id)| *id == ids[0].1), "{phone} {ids:?}");
    }
}

/// Vicidial's web form and its dispo call URL: a GET, or a form, without headers.
/// Encodes the fields of a query as a multipart form.
fn in_parts(request: RequestBuilder, query: &str) -> RequestBuilder {
    let part = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let parts: String = form_urlencoded::parse(query.as_bytes()).map(part).collect();
    request
        .header("Content-Type", "multipart/form-data; boundary=cut")
        .body(format!("{parts}--cut--\r\n"))
}

#[tokio::test]
async fn a_lead_comes_by_get_and_as_a_form() {
    let server = Server::start().await;
    let query = "user=agent1&lead_id=7&first_name=Asha+R%C3%A3o&city=--A--city--B--\
                 &phone_code=91&phone_number=9876543210&SQLdate=null";
    let by_path = format!("{PATH}{DIALER_KEY}");
    let with_slash = format!("{by_path}/");
    let form = |path: &str| {
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        server.request(Method::POST, path).header("Content-Type", kind).body(query)
    };
    let get = |path: &str| server.request(Method::GET, &format!("{path}?{query}"));
    for (n, request) in [
        get(&by_path),
        get(&with_slash),
        form(&by_path),
        form(&with_slash),
        form(PATH).header("X-Dialer-Api-Key", DIALER_KEY),
        in_parts(server.request(Method::POST, &by_path), query),
        in_parts(server.request(Method::POST, PATH), query).header("X-Dialer-Api-Key", DIALER_KEY),
        server.request(Method::POST, &by_path).json(&json!({"user": "agent1", "lead_id": 7})),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = Answer::from_request(request).await;
        assert_eq!(answer.status, 201, "{n}: {}", answer.text);
        if n < 4 {
            assert_eq!(answer.headers["cache-control"], "no-store", "{n}");
        }
        let saved: Value = answer.read();
        let message =
            if n == 0 { "Lead created successfully" } else { "Lead updated successfully" };
        assert_eq!(saved["message"], message, "{n}");
        let lead = &saved["lead"];
        assert_eq!((&lead["id"], &lead["dialer_lead_id"]), (&json!(1), &json!("7")), "{n}");
        assert_eq!(lead["full_name"], "Asha R\u{e3}o", "{n}");
        assert_eq!((&lead["city"], &lead["SQLdate"]), (&Value::Null, &json!("null")), "{n}");
    }
    for path in [format!("{PATH}wrong"), format!("{PATH}{KEY}/")] {
        for request in [get(&path), form(&path)] {
            let answer = Answer::from_request(request.header("X-Dialer-Api-Key", DIALER_KEY)).await;
            assert!(!answer.text.contains(KEY));
            answer.problem(401, "invalid_api_key");
        }
    }
    Answer::from_request(form(PATH)).await.problem(401, "missing_api_key");
}

#[tokio::test]
async fn a_body_that_is_no_lead_is_refused_in_words() {
    let server = Server::start().await;
    let post = |kind: Option<&str>, body: &str| {
        let request = server.request(Method::POST, PATH).header("X-Dialer-Api-Key", DIALER_KEY);
        let request =
            kind.into_iter().fold(request, |request, kind| request.header("Content-Type", kind));
        request.body(body.to_owned())
    };
    for kind in [None, Some("text/plain"), Some("text/xml; charset=utf-8"), Some("multipart/mixed")]
    {
        let answer = Answer::from_request(post(kind, "user=agent1")).await;
        for named in ["Content-Type", "application/json", "x-www-form-urlencoded", "form-data"] {
            assert!(answer.text.contains(named), "{kind:?}: {}", answer.text);
        }
        answer.problem(415, "unsupported_media_type");
    }
    let cut = "--cut\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nagent1";
    for (kind, body) in [
        ("multipart/form-data", cut),
        ("multipart/form-data; boundary=cut", cut),
        ("multipart/form-data; boundary=cut", "user=agent1"),
        ("multipart/form-data; boundary=other", cut),
        ("multipart/form-data; boundary=cut", ""),
    ] {
        let answer = Answer::from_request(post(Some(kind), body)).await;
        assert!(
            answer.text.contains("not a valid multipart form"),
            "{kind} {body}: {}",
            answer.text
        );
        answer.problem(400, "invalid_request");
    }
    let many = "a=&".repeat(300_000) + "user=agent1";
    let kind = Some("application/x-www-form-urlencoded");
    assert_eq!(Answer::from_request(post(kind, &many)).await.status, 201);
    let parts = in_parts(server.request(Method::POST, PATH), &"a=1&".repeat(15_000));
    let parts = Answer::from_request(parts.header("X-Dialer-Api-Key", DIALER_KEY)).await;
    assert!(parts.text.contains("Missing required fields"), "{}", parts.text);
}

/// An old page sends Latin-1; it is written as it is or by its codes.
#[tokio::test]
async fn a_form_may_be_in_latin_1() {
    let server = Server::start().await;
    let by_path = format!("{PATH}{DIALER_KEY}");
    let codes = "user=agent1&lead_id=7&first_name=Jos%E9&last_name=M%FCller";
    let bytes = b"user=agent1&lead_id=7&first_name=Jos\xe9&last_name=M\xfcller";
    let parts = b"--x\r\nContent-Disposition: form-data; name=\"lead_id\"\r\n\r\n7\r\n--x\r\n\
        Content-Disposition: form-data; name=\"user\"\r\n\r\nagent1\r\n--x\r\n\
        Content-Disposition: form-data; name=\"first_name\"\r\n\r\nJos\xe9\r\n--x\r\n\
        Content-Disposition: form-data; name=\"last_name\"\r\n\r\nM\xfcller\r\n--x--\r\n";
    let form = |body: &[u8], kind: &'static str| {
        let request = server.request(Method::POST, &by_path).body(body.to_vec());
        request.header("Content-Type", kind)
    };
    let plain = "application/x-www-form-urlencoded";
    for request in [
        server.request(Method::GET, &format!("{by_path}?{codes}")),
        form(codes.as_bytes(), plain),
        form(bytes, "application/x-www-form-urlencoded; charset=iso-8859-1"),
        form(parts, "multipart/form-data; boundary=x"),
    ] {
        let answer = Answer::from_request(request).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.read::<Value>()["lead"]["full_name"], "Jos\u{e9} M\u{fc}ller");
    }
}
