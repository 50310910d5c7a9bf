//! Tests that no text from outside keeps the server from answering others, however long it is and
//! whatever it repeats. A scanner that looks ahead from each of many signs would be at work for
//! minutes.

use crate::support::emulators::exotel::{CALLER_ID, SID};
use crate::support::emulators::{answer_all_with, tata};
use crate::support::process::Process;
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY, http_client};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Client, Method, RequestBuilder};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;

/// What texts repeat: signs with a meaning in some encoding, and beginnings of something longer.
const PIECES: [&str; 10] =
    ["\\", "&", "a=1&", "%", "\"", "{\"a\":", "token%3Da%26", "1-", "://", "1,"];
/// How long an answer may take. It takes milliseconds; on a busy machine some seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a webhook's body.
const LARGEST_WEBHOOK: usize = 64 * 1024;
const LARGEST_BODY: usize = 1024 * 1024;
/// Any key of enough characters.
const SECRET_KEY: &str = "a secret key for the provider accounts";
const ADMIN: &str = "/api/admin/clients/client-demo";

/// A server in a process of its own.
struct Outside {
    process: Process,
    http: Client,
}

impl Outside {
    async fn start() -> Self {
        let args = ["--log", "off", "--secret-key", SECRET_KEY];
        let args = [&args[..], &["--allow-private-addresses", "127.0.0.0/8"]].concat();
        // The server closes a connection whose request it does not read to the end.
        http_client();
        let http = Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { process: Process::serve(&args).await, http }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.process.url)).timeout(PATIENCE)
    }

    async fn ask_as_staff(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.request(method, &format!("{ADMIN}{path}")).bearer_auth(ADMIN_TOKEN);
        let answer = Answer::from_request(request.json(&body)).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        answer.read()
    }

    async fn add_account(&self, provider: &str, settings: Value) -> Value {
        let body = json!({"provider": provider, "enabled": true, "settings": settings});
        self.ask_as_staff(Method::POST, "/providers", body).await
    }

    /// Sends requests at once; others must be answered meanwhile. A request that was broken off has
    /// the status 0.
    async fn send_all(&self, requests: Vec<RequestBuilder>) -> Vec<u16> {
        let sent = requests.into_iter().map(|request| {
            tokio::spawn(async move {
                match request.send().await {
                    Ok(answer) => answer.status().as_u16(),
                    Err(error) if error.is_timeout() => panic!("{error}"),
                    Err(_) => 0,
                }
            })
        });
        let sent: Vec<_> = sent.collect();
        self.assert_healthy().await;
        let mut statuses = Vec::new();
        for sent in sent {
            statuses.push(sent.await.unwrap());
        }
        self.assert_healthy().await;
        statuses
    }

    async fn assert_healthy(&self) {
        let health = self.request(Method::GET, "/health").send().await.unwrap();
        assert_eq!(health.status(), 200);
    }

    /// The server must also stop.
    async fn stop(self) {
        self.process.signal(Signal::TERM);
        let (code, log) =
            tokio::time::timeout(PATIENCE, self.process.wait_for_end()).await.unwrap();
        assert_eq!(code, Some(0), "{log}");
    }
}

/// Returns a text of at most so many bytes.
fn repeat_piece(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

#[tokio::test]
async fn webhooks_and_answers_of_providers_do_not_stop_the_server() {
    let server = Outside::start().await;
    let exotel = json!({"accountSid": SID, "apiKey": "\\\\\\\\&&&&", "apiToken": "token-1",
        "callerId": CALLER_ID, "baseUrl": "http://127.0.0.1:1"});
    let smartflo = tata::Smartflo::start().await;
    let accounts = [
        server.add_account("exotel", exotel.clone()).await,
        server.add_account("tata", smartflo.settings()).await,
    ];
    let mut expected = 0;
    for account in &accounts {
        let path = account["webhookUrl"].as_str().unwrap();
        let webhook = |kind: &str, body: String| {
            server.request(Method::POST, path).header(CONTENT_TYPE, kind).body(body)
        };
        let bodies = PIECES.iter().flat_map(|piece| {
            let text = repeat_piece(piece, LARGEST_WEBHOOK / 3);
            let json = json!({"CallSid": text, "call_id": "1", "legs": text}).to_string();
            [("text/plain", repeat_piece(piece, LARGEST_WEBHOOK)), ("application/json", json)]
        });
        let parts =
            ("multipart/form-data; boundary=a", repeat_piece("--a\r\n\r\n", LARGEST_WEBHOOK));
        let bodies: Vec<_> =
            bodies.filter(|(_, body)| body.len() <= LARGEST_WEBHOOK).chain([parts]).collect();
        expected += bodies.len();
        let sent = bodies.iter().map(|(kind, body)| webhook(kind, body.clone())).collect();
        assert!(server.send_all(sent).await.iter().all(|status| *status == 200));
        let large = |piece: &&str| webhook("text/plain", repeat_piece(piece, LARGEST_BODY));
        let large: Vec<RequestBuilder> = PIECES.iter().map(large).collect();
        expected += large.len();
        assert!(server.send_all(large).await.iter().all(|status| matches!(status, 0 | 413)));
    }
    let path = accounts[0]["webhookUrl"].as_str().unwrap();
    // Packed, it is read to its end.
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&vec![b'&'; LARGEST_WEBHOOK + 1]).unwrap();
    let too_large = server.request(Method::POST, path).header("content-encoding", "gzip");
    let too_large = too_large.body(packed.finish().unwrap());
    let refused = Answer::from_request(too_large).await;
    let problem = refused.problem(413, "payload_too_large");
    assert_eq!(problem.error, "The body of a webhook must not be larger than 64 KiB.");
    expected += 1;
    for piece in PIECES {
        let base = answer_all_with(repeat_piece(piece, LARGEST_BODY)).await;
        let mut settings = exotel.clone();
        settings["baseUrl"] = json!(base);
        let path = format!("/providers/{}", accounts[0]["accountId"].as_str().unwrap());
        server.ask_as_staff(Method::PATCH, &path, json!({"settings": settings})).await;
        server.ask_as_staff(Method::POST, &format!("{path}/validate"), json!({})).await;
        server.assert_healthy().await;
        expected += 1;
    }
    // Each is on record once it was processed.
    while server.ask_as_staff(Method::GET, "/provider-requests?limit=200", json!({})).await
        ["requests"]
        .as_array()
        .unwrap()
        .len()
        < expected
    {
        tokio::task::yield_now().await;
    }
    server.stop().await;
}

/// Returns requests that carry a text wherever a request may.
fn requests_with(server: &Outside, text: &str) -> Vec<RequestBuilder> {
    let post = |path: &str, mut body: Value| {
        body["apiKey"] = json!(KEY);
        server.request(Method::POST, path).json(&body)
    };
    let lead = |kind: &str, body: String| {
        let request = server.request(Method::POST, "/api/leads/from-dialer/").body(body);
        request.header("X-Dialer-Api-Key", DIALER_KEY).header(CONTENT_TYPE, kind)
    };
    let fields = json!({"user": "agent1", "lead_id": "1", "phone_code": text, "phone_number": text,
        "notes": text, "date_of_birth": text});
    let form: String = form_urlencoded::Serializer::new("user=agent1".to_owned())
        .append_pair("phone", text)
        .finish();
    let customer = json!({"customerId": "1", "name": text, "phoneNumber": text, "email": text,
        "context": {text: text}});
    let event = json!({"event": "connected", "data": {"callSid": "c", "phoneNumber": text,
        "customerData": customer}});
    let query = &text[..text.floor_char_boundary(20_000)];
    let get = |path: &str, name: &str| {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair(name, query).finish();
        server.request(Method::GET, &format!("{path}?{query}")).header("X-API-Key", KEY)
    };
    let head: String = query.chars().filter(|c| !c.is_control()).take(4_000).collect();
    let header = |name: &'static str| {
        let request = server.request(Method::GET, "/api/ribbon/config").header("X-API-Key", KEY);
        request.header(HeaderName::from_static(name), &head)
    };
    let headers = [
        "origin",
        "x-page-origin",
        "x-forwarded-for",
        "forwarded",
        "user-agent",
        "authorization",
        "cookie",
        "accept-encoding",
        "content-type",
        "x-request-id",
        "if-none-match",
    ];
    let mut requests = vec![
        post("/api/ribbon/init", json!({"domain": text, "agentId": "agent1"})),
        post("/api/ribbon/log-call", event.clone()),
        post("/api/ribbon/log-calls", json!({"events": [event]})),
        post("/api/ribbon/customer", customer),
        post("/api/ribbon/calls", json!({"to": text, "agentId": "agent1"})),
        post("/api/ribbon/init", json!(null)).body(text.to_owned()),
        lead("application/json", fields.to_string()),
        lead("application/x-www-form-urlencoded", form),
        lead("application/x-www-form-urlencoded", text.to_owned()),
        lead("multipart/form-data; boundary=a", format!("--a\r\n{text}")),
        get("/api/ribbon/calls", "search"),
        get("/api/ribbon/customers", "search"),
        get("/api/ribbon/leads", "search"),
        get("/api/ribbon/calls", "cursor"),
        get("/api/ribbon/calls", "status"),
        get("/api/ribbon/analytics/breakdown", "by"),
        get("/api/ribbon/analytics/breakdown", "edges"),
        get("/api/ribbon/analytics/pivot", "across"),
        get("/api/ribbon/analytics/outcomes", "edges"),
        get("/api/ribbon/call-logs", "startDate"),
        get("/api/ribbon/export/calls", "timezone"),
    ];
    requests.extend(headers.map(header));
    requests
}

#[tokio::test]
async fn no_text_in_a_request_stops_the_server() {
    let server = Outside::start().await;
    for piece in PIECES {
        for text in [repeat_piece(piece, LARGEST_BODY / 8), repeat_piece(piece, 5_000)] {
            let statuses = server.send_all(requests_with(&server, &text)).await;
            assert!(statuses.iter().all(|status| *status < 500), "{piece}: {statuses:?}");
        }
    }
    server.stop().await;
}
