//! Tests a dialer's leads whose fields hold no value: words for nothing, and phones without a
//! number.

use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, Server};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/leads/from-dialer/";

/// How a dialer may send a lead.
#[derive(Debug, Clone, Copy)]
enum Way {
    Get,
    Form,
    Json,
}

const WAYS: [Way; 3] = [Way::Get, Way::Form, Way::Json];

async fn send(server: &Server, way: Way, fields: &[(&str, &str)]) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let path = format!("{PATH}{DIALER_KEY}");
    let request = match way {
        Way::Get => server.request(Method::GET, &format!("{path}?{form}")),
        Way::Form => server
            .request(Method::POST, &path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form),
        Way::Json => {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
            server.request(Method::POST, &path).json(&Value::Object(fields.collect()))
        }
    };
    Answer::from_request(request).await
}

/// Sends a lead and returns it as it was stored.
async fn saved(server: &Server, way: Way, fields: &[(&str, &str)]) -> Value {
    let answer = send(server, way, fields).await;
    assert_eq!(answer.status, 201, "{way:?} {fields:?}: {}", answer.text);
    answer.read::<Value>()["lead"].take()
}

#[tokio::test]
async fn a_word_for_nothing_is_no_id_and_no_number() {
    let server = Server::start().await;
    for way in WAYS {
        for nothing in ["undefined", "null", "NaN", "", " ", " null "] {
            // Two people who both lack an id stay two.
            let mut ids = Vec::new();
            for name in ["Asha", "Ravi"] {
                let fields = [
                    ("user", "agent1"),
                    ("lead_id", nothing),
                    ("phone", nothing),
                    ("phone_code", nothing),
                    ("phone_number", nothing),
                    ("full_name", name),
                ];
                let lead = saved(&server, way, &fields).await;
                for field in ["dialer_lead_id", "phone", "phone_code", "phone_number"] {
                    assert_eq!(lead[field], Value::Null, "{way:?} '{nothing}' {field}");
                }
                ids.push(lead["id"].clone());
            }
            assert_ne!(ids[0], ids[1], "{way:?} '{nothing}'");
            // The next field names the agent.
            for fields in [
                [("dialer_user_id", nothing), ("user", "agent2"), ("agent_username", nothing)],
                [("dialer_user_id", nothing), ("user", nothing), ("agent_username", "agent2")],
            ] {
                let lead = saved(&server, way, &fields).await;
                assert_eq!(lead["assigned_agent_username"], "agent2", "{way:?} {fields:?}");
            }
            let missing = send(&server, way, &[("user", nothing)]).await;
            assert!(missing.text.contains("Missing required fields"), "{}", missing.text);
            assert_eq!(missing.status, 400);
        }
        // The full number is read from its parts.
        let parts = [
            ("user", "agent1"),
            ("phone", "undefined"),
            ("phone_code", "91"),
            ("phone_number", "9876543210"),
        ];
        assert_eq!(saved(&server, way, &parts).await["phone"], "+919876543210", "{way:?}");
    }
}

#[tokio::test]
async fn lead_id_zero_is_no_id() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for way in WAYS {
        let lead = saved(&server, way, &[("user", "agent1"), ("lead_id", "0")]).await;
        assert_eq!(lead["dialer_lead_id"], Value::Null, "{way:?}");
        ids.push(lead["id"].as_i64().unwrap());
    }
    let request = server.request(Method::POST, &format!("{PATH}{DIALER_KEY}"));
    let request = request.json(&json!({"user": "agent1", "lead_id": 0}));
    let number: Value = Answer::from_request(request).await.read();
    ids.push(number["lead"]["id"].as_i64().unwrap());
    assert_eq!(ids, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_name_stays_as_sent() {
    let server = Server::start().await;
    for way in WAYS {
        for word in ["Null", "null", "undefined", "NaN"] {
            let fields =
                [("user", "agent1"), ("full_name", word), ("last_name", word), ("notes", word)];
            let lead = saved(&server, way, &fields).await;
            for field in ["full_name", "last_name", "notes"] {
                assert_eq!(lead[field], word, "{way:?} {field}");
            }
        }
    }
}

#[tokio::test]
async fn a_phone_without_a_number_identifies_nobody() {
    let server = Server::start().await;
    for (at, phone) in ["anonymous", "unknown", "0", "0000000000", "000-000-0000", "+0000000000"]
        .iter()
        .enumerate()
    {
        // A customer of the CRM with the same text.
        let id = format!("C{at}");
        let known = json!({"customerData": {"customerId": id, "name": "Ravi", "phone": phone}});
        server.post_json("/api/ribbon/customer", known).await.ok::<Value>();
        let sends = [
            vec![("phone", *phone)],
            vec![("phone_number", *phone)],
            vec![("phone_code", "1"), ("phone_number", *phone)],
            vec![("phone_code", "011"), ("phone_number", *phone)],
        ];
        let mut customers = vec![id];
        for fields in sends {
            for way in WAYS {
                let fields = [vec![("user", "agent1")], fields.clone()].concat();
                let lead = saved(&server, way, &fields).await;
                assert_eq!(lead["phone"], *phone, "{way:?} {fields:?}");
                let customer = lead["customer_id"].as_str().unwrap().to_owned();
                assert!(!customers.contains(&customer), "{way:?} {fields:?}");
                customers.push(customer);
            }
        }
    }
    // A short code is a number.
    let mut ids = Vec::new();
    for way in WAYS {
        ids.push(saved(&server, way, &[("user", "agent1"), ("phone", "112")]).await["id"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn the_first_of_several_numbers_identifies_a_lead() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for phone in ["+919876543210", "+91 98765 43210 / +91 99887 76655"] {
        for way in WAYS {
            let lead = saved(&server, way, &[("user", "agent1"), ("phone", phone)]).await;
            assert_eq!(lead["phone"], phone, "{way:?}");
            ids.push(lead["id"].clone());
        }
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn a_prefix_for_calls_abroad_is_no_country_code() {
    let server = Server::start().await;
    for (code, number) in [
        ("011", "447700900124"),
        ("00", "447700900124"),
        ("0011", "447700900124"),
        ("01144", "7700900124"),
        ("1", "011447700900124"),
        ("44", "00447700900124"),
    ] {
        for way in WAYS {
            let fields = [("user", "agent1"), ("phone_code", code), ("phone_number", number)];
            let lead = saved(&server, way, &fields).await;
            assert_eq!(lead["phone"], "+447700900124", "{way:?} {code} {number}");
            assert_eq!(lead["id"], 1, "{way:?} {code} {number}");
        }
    }
}

/// Also for providers' webhooks, which may come by GET.
#[tokio::test]
async fn a_head_writes_nothing() {
    let server = Server::start().await;
    let account = json!({"provider": "simulator"});
    let made = server
        .request(Method::POST, "/api/admin/clients/client-demo/providers")
        .bearer_auth(ADMIN_TOKEN)
        .json(&account);
    let made: Value = Answer::from_request(made).await.read();
    let webhook = made["webhookUrl"].as_str().unwrap();
    for path in [format!("{PATH}{DIALER_KEY}"), format!("{PATH}{DIALER_KEY}/"), webhook.to_owned()]
    {
        let asked = format!("{path}?user=agent1&lead_id=7");
        for method in [Method::HEAD, Method::PUT] {
            let answer = Answer::from_request(server.request(method.clone(), &asked)).await;
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, "GET,POST"),
                "{method} {path}"
            );
        }
    }
    let leads: Value = server.get("/api/ribbon/leads").await.ok();
    assert_eq!(leads["leads"], json!([]), "{leads}");
    let lead = saved(&server, Way::Get, &[("user", "agent1"), ("lead_id", "7")]).await;
    assert_eq!(lead["id"], 1);
}
