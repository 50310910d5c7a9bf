//! Tests the log of a real server: it contains every request, and no secret.

use crate::support::process::Process;
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY};
use call_ribbon_shared::wire::{InitAnswer, Problem};
use reqwest::{Client, Method, RequestBuilder};
use rustix::process::Signal;
use serde_json::{Value, json};

const NUMBER: &str = "9876543210";

struct Requests {
    http: Client,
    url: String,
}

impl Requests {
    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.to(Method::POST, path).json(body)
    }
}

/// Sends every kind of request that carries secrets and numbers; returns what the log must not
/// contain, and the id of a failed request.
async fn use_it(requests: &Requests) -> (Vec<String>, String) {
    let number = format!("+91{NUMBER}");
    let init = json!({"apiKey": KEY, "agentId": "agent1"});
    let init: InitAnswer =
        Answer::from_request(requests.post("/api/ribbon/init", &init)).await.ok();
    let call = json!({"apiKey": KEY, "to": number, "agentId": "agent1"});
    assert_eq!(Answer::from_request(requests.post("/api/ribbon/calls", &call)).await.status, 202);
    let stream = requests.to(Method::GET, &init.events_url).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    drop(stream);
    let event = json!({"apiKey": KEY, "event": "callEnded",
        "data": {"callSid": "c1", "phoneNumber": number, "callDirection": "sideways"}});
    assert_eq!(
        Answer::from_request(requests.post("/api/ribbon/log-call", &event)).await.status,
        400
    );
    let lead = json!({"user": "agent1", "phone": number, "first_name": "Asha"});
    let lead =
        requests.post("/api/leads/from-dialer/", &lead).header("X-Dialer-Api-Key", DIALER_KEY);
    assert_eq!(Answer::from_request(lead).await.status, 201);
    for path in [
        &format!("/api/ribbon/export/calls?apiKey={KEY}"),
        &format!("/api/ribbon/export/calls?X-API-Key={KEY}&startDate=never"),
        &format!("/nothing/{NUMBER}?apiKey={KEY}"),
        &format!("/api/leads/from-dialer/{DIALER_KEY}?user=agent1&phone={NUMBER}"),
        &format!("/api/leads/from-dialer/{DIALER_KEY}/?user=nobody&phone={NUMBER}"),
        "/api/leads/from-dialer/not-the-key-at-all/",
        "/api/admin/clients",
    ] {
        let get = requests.to(Method::GET, path).bearer_auth(ADMIN_TOKEN);
        Answer::from_request(get).await;
    }
    let wrong = json!({"apiKey": "not-the-key-at-all", "agentId": "agent1"});
    assert_eq!(Answer::from_request(requests.post("/api/ribbon/init", &wrong)).await.status, 401);
    let customer = requests
        .to(Method::GET, &format!("/api/ribbon/customer/{NUMBER}"))
        .header("X-API-Key", KEY)
        .header("X-Request-Id", "from-the-proxy-1");
    let unknown: Problem = Answer::from_request(customer).await.problem(404, "not_found");
    assert_eq!(unknown.request_id, "from-the-proxy-1");
    let harmful = requests.to(Method::GET, "/nothing").header("X-Request-Id", "a b");
    let harmful: Problem = Answer::from_request(harmful).await.problem(404, "not_found");
    assert!(harmful.request_id.starts_with("req_"));
    let ticket = init.events_url.split_once('=').unwrap().1.to_owned();
    let secrets = [KEY, ADMIN_TOKEN, DIALER_KEY, NUMBER, "not-the-key-at-all", &ticket];
    (secrets.map(str::to_owned).to_vec(), harmful.request_id)
}

async fn log_of(format: &str) -> (String, String) {
    let args = ["--log", "debug", "--log-format", format, "--trusted-proxy", "127.0.0.1"];
    let server = Process::serve(&args).await;
    let requests = Requests { http: crate::support::http_client(), url: server.url.clone() };
    let (secrets, failed) = use_it(&requests).await;
    server.signal(Signal::TERM);
    let (code, log) = server.wait_for_end().await;
    assert_eq!(code, Some(0), "{log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{}… is in the log", &secret[..4]);
    }
    (log, failed)
}

#[tokio::test]
async fn each_request_is_in_the_log_and_no_secret_as_text() {
    let (log, failed) = log_of("text").await;
    let line = |id: &str| {
        let lines = log.lines().find(|line| line.contains(id) && line.contains("answered"));
        lines.unwrap_or_else(|| panic!("{id} is not in the log:\n{log}"))
    };
    assert!(line(&failed).contains("INFO"), "{}", line(&failed));
    let line = line("from-the-proxy-1");
    for part in [
        "client=\"client-demo\"",
        "method=\"GET\"",
        "route=\"/api/ribbon/customer/{customerId}\"",
        "status=404",
        "ms=",
    ] {
        assert!(line.contains(part), "{part} is missing: {line}");
    }
}

#[tokio::test]
async fn each_request_is_in_the_log_and_no_secret_as_json() {
    let (log, failed) = log_of("json").await;
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let answered = |id: &str| {
        let is_it = |line: &&Value| line["span"]["id"] == id && line["message"] == "answered";
        lines.iter().find(is_it).unwrap_or_else(|| panic!("{id} is not in the log:\n{log}"))
    };
    assert_eq!(answered(&failed)["level"], "INFO");
    let line = answered("from-the-proxy-1");
    assert_eq!(line["route"], "/api/ribbon/customer/{customerId}");
    assert_eq!((&line["method"], &line["status"]), (&json!("GET"), &json!(404)));
    assert_eq!(line["span"]["client"], "client-demo");
    assert!(line["ms"].is_number());
}

#[tokio::test]
async fn an_id_that_anybody_sent_is_not_taken_over() {
    let server = crate::support::Server::start().await;
    let request = server.request(Method::GET, "/nothing").header("X-Request-Id", "mine");
    let answer = Answer::from_request(request).await.problem(404, "not_found");
    assert!(answer.request_id.starts_with("req_"), "{}", answer.request_id);
}
