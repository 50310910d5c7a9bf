//! Tests agent tokens: an agent is who the client's own server has signed, and nobody else.

use crate::support::{ADMIN_TOKEN, Answer, KEY, OTHER_KEY, Server};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_server::time::Clock as _;
use call_ribbon_shared::wire::{CustomerList, InitAnswer, Logged};
use reqwest::Method;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

pub const KEYS: &str = "/api/admin/clients/client-demo/agent-token-keys";

pub async fn as_operator(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    server.request_as_staff(method, path, ADMIN_TOKEN, body).await
}

/// Has the server make a secret; returns it and its id.
pub async fn make_secret(server: &Server, path: &str) -> (String, String) {
    let made = as_operator(server, Method::POST, path, json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    assert_eq!((&made["kind"], &made["jwks"]), (&json!("secret"), &Value::Null));
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("secret"), text("keyId"))
}

pub async fn require_tokens(server: &Server) {
    let body = json!({"requireAgentToken": true});
    let path = "/api/admin/clients/client-demo";
    let changed: Value = as_operator(server, Method::PATCH, path, body).await.ok();
    assert_eq!(changed["requireAgentToken"], true);
}

pub fn claims(server: &Server, agent: &str) -> Value {
    let now = server.clock.now() / 1000;
    json!({"sub": agent, "name": "Ravi", "aud": "client-demo", "iat": now, "exp": now + 300,
        "jti": format!("{agent} {now}")})
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signs by HMAC with any bytes, whatever the header says.
fn sign_with(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

pub fn sign(claims: &Value, secret: &str) -> String {
    sign_with(&json!({"alg": "HS256", "typ": "JWT"}), claims, secret.as_bytes())
}

async fn init(server: &Server, body: Value) -> Answer {
    server.post_json("/api/ribbon/init", body).await
}

pub async fn init_with(server: &Server, token: &str) -> Answer {
    init(server, json!({"agentToken": token})).await
}

/// A key pair for ES256, and its public key as a key set.
pub fn key_pair(kid: &str) -> (EcdsaKeyPair, Value) {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    (pair, json!({"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": x, "y": y}))
}

pub fn sign_es256(claims: &Value, pair: &EcdsaKeyPair, kid: &str) -> String {
    let header = json!({"alg": "ES256", "kid": kid});
    let signed = format!("{}.{}", part(&header), part(claims));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn an_agent_is_the_one_whom_the_token_names() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    let token = sign(&claims(&server, "agent1"), &secret);
    for body in [json!({"agentToken": token}), json!({"agentToken": token, "agentId": "agent1"})] {
        let answer: InitAnswer = init(&server, body).await.ok();
        assert_eq!(
            (answer.agent_id.as_str(), answer.agent_name.as_deref()),
            ("agent1", Some("Ravi"))
        );
    }
    let other = json!({"agentToken": token, "agentId": "agent2"});
    init(&server, other).await.problem(403, "other_agent");
    // Without the setting, an id alone does as before.
    let plain: InitAnswer = init(&server, json!({"agentId": "agent2"})).await.ok();
    assert_eq!(plain.agent_id, "agent2");
    require_tokens(&server).await;
    for body in [json!({"agentId": "agent1"}), json!({}), json!({"agentToken": ""})] {
        init(&server, body).await.problem(403, "agent_token_required");
    }
    assert_eq!(init_with(&server, &token).await.status, 200);
}

#[tokio::test]
async fn only_proven_agents_search_customers_and_never_list_them() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    for (id, name) in [("C1", "Asha Rao"), ("C2", "Ashwin Iyer"), ("C3", "Meera")] {
        let body = json!({"customerData": {"customerId": id, "name": name}});
        server.post_json("/api/ribbon/customer", body).await.ok::<Value>();
    }
    let keys = "/api/admin/clients/client-demo/keys";
    let page = as_operator(&server, Method::POST, keys, json!({"scopes": ["ribbon"]})).await;
    let page = page.read::<Value>()["apiKey"].as_str().unwrap().to_owned();
    let search = async |session: &str, query: &str| {
        let path = format!("/api/ribbon/customers?{query}");
        let request = server.request(Method::GET, &path).header("X-API-Key", &page);
        Answer::from_request(request.header("X-Session-Token", session)).await
    };
    let body = json!({"apiKey": page, "agentId": "agent1"});
    let plain: InitAnswer = init(&server, body.clone()).await.ok();
    assert!(!plain.customer_search);
    for session in ["", "x", plain.session_token.as_str()] {
        search(session, "search=asha").await.problem(403, "scope_missing");
    }
    let token = sign(&claims(&server, "agent1"), &secret);
    let proven: InitAnswer = init(&server, json!({"apiKey": page, "agentToken": token})).await.ok();
    assert!(proven.customer_search);
    let session = proven.session_token;
    let found: CustomerList = search(&session, "search=ash&limit=1").await.ok();
    assert_eq!((found.customers.len(), found.next_cursor), (1, None));
    let found: CustomerList = search(&session, "search=rao").await.ok();
    assert_eq!(found.customers[0].customer_id, "C1");
    for (query, field) in [("", "search"), ("search=as", "search"), ("search=%20%20a%20", "search")]
    {
        assert_eq!(search(&session, query).await.wrong_field(), field, "{query}");
    }
}

/// Makes tokens that have to be refused.
struct WrongTokens<'a> {
    good: &'a Value,
    secret: &'a str,
    others_secret: &'a str,
}

impl WrongTokens<'_> {
    fn bad_signatures(
        &self,
        public: &Value,
        pair: &EcdsaKeyPair,
        stranger: &EcdsaKeyPair,
    ) -> Vec<(&'static str, String)> {
        let Self { good, secret, others_secret } = self;
        let point = [vec![4], decode(&public["x"]), decode(&public["y"])].concat();
        let right = sign(good, secret);
        let (signed, signature) = right.rsplit_once('.').unwrap();
        let header = |alg: &str| json!({"alg": alg, "typ": "JWT"});
        let none = format!("{}.{}.", part(&header("none")), part(good));
        let mut others = (*good).clone();
        others["sub"] = json!("agent2");
        let changed = right.replace(&part(good), &part(&others));
        vec![
            ("forged", sign(good, "guess")),
            ("another agent's claims", changed),
            ("none", none),
            ("None", format!("{}.{}.x", part(&header("None")), part(good))),
            ("no signature", format!("{signed}.")),
            ("half a signature", format!("{signed}.{}", &signature[..20])),
            ("another client's secret", sign(good, others_secret)),
            ("HS512", sign_with(&header("HS512"), good, secret.as_bytes())),
            ("HS256 with the name of ES256", sign_with(&header("ES256"), good, secret.as_bytes())),
            ("a public key as the secret", sign_with(&header("HS256"), good, &point)),
            (
                "a public key's text as the secret",
                sign_with(&header("HS256"), good, public.to_string().as_bytes()),
            ),
            ("an empty secret", sign(good, "")),
            ("a stranger's key of the same name", sign_es256(good, stranger, "k1")),
            ("an unknown kid", sign_es256(good, pair, "k2")),
            (
                "its own key",
                sign_with(&json!({"alg": "HS256", "jwk": {"kty": "oct", "k": "eA"}}), good, b"x"),
            ),
            (
                "critical extension",
                sign_with(&json!({"alg": "HS256", "crit": ["exp"]}), good, secret.as_bytes()),
            ),
        ]
    }

    fn bad_claims(&self, now: i64) -> Vec<(&'static str, String)> {
        let with = |field: &str, value: Value| {
            let mut claims = self.good.clone();
            claims[field] = value;
            sign(&claims, self.secret)
        };
        let secret = self.secret;
        vec![
            ("wrong aud", with("aud", json!("client-other"))),
            ("no aud", with("aud", Value::Null)),
            (
                "expired",
                sign(
                    &json!({"sub": "a", "aud": "client-demo", "jti": "j", "iat": now - 400,
            "exp": now - 100}),
                    secret,
                ),
            ),
            ("from the future", with("iat", json!(now + 120))),
            ("long-lived", with("exp", json!(now + 601))),
            ("eternal", with("exp", Value::Null)),
            ("times as texts", with("exp", json!((now + 300).to_string()))),
            ("empty sub", with("sub", json!(""))),
            ("blank sub", with("sub", json!("  "))),
            ("sub with NUL", with("sub", json!("a\0"))),
            ("long sub", with("sub", json!("a".repeat(201)))),
            ("number as sub", with("sub", json!(1))),
            ("list as sub", with("sub", json!(["agent1"]))),
            ("no sub", with("sub", Value::Null)),
            ("no jti", with("jti", Value::Null)),
            ("claims that are a list", sign(&json!([1]), secret)),
            ("not a token", "x".to_owned()),
            ("dots", "..".to_owned()),
            ("long", format!("{}.{}.{}", "a".repeat(4000), "b".repeat(4000), "c".repeat(400))),
        ]
    }
}

#[tokio::test]
async fn tokens_that_are_not_right_are_refused() {
    let server = Server::start().await;
    server.add_other_client().await;
    let good = claims(&server, "agent1");
    init_with(&server, &sign(&good, "x")).await.problem(401, "invalid_agent_token");
    let (secret, secret_id) = make_secret(&server, KEYS).await;
    let others = "/api/admin/clients/client-other/agent-token-keys";
    let (others_secret, _) = make_secret(&server, others).await;
    let (pair, public) = key_pair("k1");
    let (stranger, _) = key_pair("k1");
    let jwks = json!({"jwks": {"keys": [public]}});
    assert_eq!(as_operator(&server, Method::POST, KEYS, jwks).await.status, 201);
    let wrong = WrongTokens { good: &good, secret: &secret, others_secret: &others_secret };
    let bad_claims = wrong.bad_claims(server.clock.now() / 1000);
    let bad_signatures = wrong.bad_signatures(&public, &pair, &stranger);
    for (what, token) in bad_signatures.into_iter().chain(bad_claims) {
        let answer = init_with(&server, &token).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        let problem = answer.problem(401, "invalid_agent_token");
        assert_eq!(problem.field.as_deref(), Some("agentToken"), "{what}");
        assert!(!problem.error.contains(&secret), "{what}");
    }
    let mut odd = good.clone();
    odd["sub"] = json!("Ravi Kumar, 7/Ü");
    for token in [sign(&good, &secret), sign_es256(&good, &pair, "k1"), sign(&odd, &secret)] {
        assert_eq!(init_with(&server, &token).await.status, 200, "{token}");
    }
    // Another client's key does not take it either.
    let token = sign(&good, &secret);
    let elsewhere = init(&server, json!({"apiKey": OTHER_KEY, "agentToken": token})).await;
    elsewhere.problem(401, "invalid_agent_token");
    // A key that was replaced signs until it is removed.
    let (next, _) = make_secret(&server, KEYS).await;
    for secret in [&secret, &next] {
        assert_eq!(init_with(&server, &sign(&good, secret)).await.status, 200);
    }
    let path = format!("{KEYS}/{secret_id}");
    as_operator(&server, Method::DELETE, &path, Value::Null).await.ok::<Value>();
    init_with(&server, &sign(&good, &secret)).await.problem(401, "invalid_agent_token");
    assert_eq!(init_with(&server, &sign(&good, &next)).await.status, 200);
}

fn decode(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_opens_a_bounded_number_of_sessions() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    let token = sign(&claims(&server, "agent1"), &secret);
    for _ in 0..20 {
        assert_eq!(init_with(&server, &token).await.status, 200);
    }
    init_with(&server, &token).await.problem(401, "invalid_agent_token");
    let mut next = claims(&server, "agent1");
    next["jti"] = json!("another");
    assert_eq!(init_with(&server, &sign(&next, &secret)).await.status, 200);
}

#[tokio::test]
async fn keys_that_cannot_be_used_are_refused_and_no_secret_is_shown_again() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    let listed = as_operator(&server, Method::GET, KEYS, Value::Null).await;
    assert_eq!(listed.status, 200);
    assert!(!listed.text.contains(&secret), "{}", listed.text);
    server.database.run_sql("UPDATE agent_token_keys SET key_id = key_id").await;
    let (_, public) = key_pair("k");
    let with = |field: &str, value: Value| {
        let mut key = public.clone();
        key[field] = value;
        json!({"keys": [key]})
    };
    for jwks in [
        json!([]),
        json!({}),
        json!("x"),
        json!({"keys": []}),
        json!({"keys": vec![public.clone(); 11]}),
        with("d", json!("AA")),
        with("crv", json!("P-384")),
        with("alg", json!("ES384")),
        with("use", json!("enc")),
        with("x", json!("AA")),
        json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}),
        json!({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}),
        json!({"keys": [], "padding": "x".repeat(40_000)}),
    ] {
        let answer = as_operator(&server, Method::POST, KEYS, json!({"jwks": jwks})).await;
        assert_eq!(answer.wrong_field(), "jwks", "{jwks}");
    }
    for _ in 0..4 {
        make_secret(&server, KEYS).await;
    }
    as_operator(&server, Method::POST, KEYS, json!({})).await.problem(409, "conflict");
    let path = format!("{KEYS}/nothing");
    as_operator(&server, Method::DELETE, &path, Value::Null).await.problem(404, "not_found");
}

/// With the setting, an agent is named only in that agent's session, with any key.
#[tokio::test]
async fn every_place_that_names_an_agent_wants_its_session() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    let plain: InitAnswer = init(&server, json!({"agentId": "agent1"})).await.ok();
    require_tokens(&server).await;
    let token = sign(&claims(&server, "agent1"), &secret);
    let own = init_with(&server, &token).await.ok::<InitAnswer>();
    let ringing = json!({"from": "+14155552671"});
    let call: Value = server.post_json("/api/ribbon/simulator/incoming", ringing).await.read();
    let answer = format!("/api/ribbon/calls/{}/answer", call["sessionId"].as_str().unwrap());
    let event = |data: Value| {
        let mut all = json!({"callSid": "c", "phoneNumber": "+919876543210",
            "callDirection": "inbound"});
        all.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        json!({"event": "ringing", "data": all})
    };
    let named = |agent: &str| {
        vec![
            ("/api/ribbon/calls", json!({"to": "+14155552671", "agentId": agent})),
            (
                "/api/ribbon/calls",
                json!({"to": "+14155552671", "customerData": {"agentId": agent}}),
            ),
            ("/api/ribbon/simulator/incoming", json!({"from": "+14155552671", "agentId": agent})),
            (answer.as_str(), json!({"agentId": agent})),
            ("/api/ribbon/log-call", event(json!({"agentId": agent}))),
            ("/api/ribbon/log-call", event(json!({"customerData": {"agentId": agent}}))),
        ]
    };
    let post = async |path: &str, body: &Value, session: &str| {
        let request = server.request(Method::POST, path).header("X-API-Key", KEY).json(body);
        let request =
            if session.is_empty() { request } else { request.header("X-Session-Token", session) };
        Answer::from_request(request).await
    };
    for (path, body) in named("agent2") {
        post(path, &body, "").await.problem(401, "missing_session");
        // A session without proof ended when the setting came.
        post(path, &body, &plain.session_token).await.problem(401, "invalid_session");
        post(path, &body, &own.session_token).await.problem(403, "other_agent");
    }
    let many = json!({"apiKey": KEY, "events": [event(json!({"agentId": "agent2"}))]});
    let many: Value = post("/api/ribbon/log-calls", &many, &own.session_token).await.ok();
    assert_eq!(many["results"][0]["code"], "other_agent");
    for (path, body) in named("agent1") {
        let answer = post(path, &body, &own.session_token).await;
        assert!(
            (200..300).contains(&answer.status) || answer.status == 409,
            "{path} {}",
            answer.text
        );
    }
    // The stream of an agent who was not proven is not opened either.
    let old = server.request(Method::GET, &plain.events_url);
    Answer::from_request(old).await.problem(401, "invalid_ticket");
    // What names no agent needs none.
    assert!(post("/api/ribbon/log-call", &event(json!({})), "").await.ok::<Logged>().success);
}
