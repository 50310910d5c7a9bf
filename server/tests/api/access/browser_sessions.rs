//! Tests the dashboard's session in a cookie: who has one, how long, and that no other page can use
//! it.

use crate::support::{
    ADMIN_TOKEN, Answer, KEY, PASSWORD, Server, Stream, add_person, create_token,
};
use call_ribbon_shared::wire::EventsUrl;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const CLIENT: &str = "/api/admin/clients/client-demo";
const SESSION: &str = "/api/admin/session";
const EMAIL: &str = "asha@example.com";

/// A request as the dashboard sends it.
fn own(server: &Server, method: Method, path: &str) -> RequestBuilder {
    server.request(method, path).header("X-Call-Ribbon", "dashboard").header("Origin", &server.url)
}

async fn begin(server: &Server, body: Value) -> Answer {
    Answer::from_request(own(server, Method::POST, SESSION).json(&body)).await
}

/// Returns the name and value of the cookie that an answer sets, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn current(server: &Server, cookie: &str) -> Value {
    let request = own(server, Method::GET, SESSION).header("Cookie", cookie);
    Answer::from_request(request).await.ok::<Value>()["session"].clone()
}

async fn get(server: &Server, cookie: &str, path: &str) -> Answer {
    Answer::from_request(own(server, Method::GET, path).header("Cookie", cookie)).await
}

#[tokio::test]
async fn a_session_stands_for_the_credential_with_which_it_began() {
    let server = Server::start().await;
    add_person(&server, EMAIL, "viewer").await;
    let (_, token) = create_token(&server, "admin").await;
    let person = json!({"email": EMAIL, "password": PASSWORD});
    for (body, role, name) in [
        (person, "viewer", json!("Asha Rao")),
        (json!({"token": token}), "admin", json!("the admin")),
        (json!({"token": ADMIN_TOKEN}), "operator", Value::Null),
        (json!({"apiKey": KEY}), "key", Value::Null),
    ] {
        let answer = begin(&server, body.clone()).await;
        let kept = cookie(&answer);
        for secret in [&token, ADMIN_TOKEN, KEY, PASSWORD, "crs_"] {
            assert!(!answer.text.contains(secret) && !kept.contains(secret), "{role}");
        }
        let session = answer.read::<Value>();
        assert_eq!((&session["role"], &session["name"]), (&json!(role), &name));
        assert_eq!(current(&server, &kept).await, session);
        // Another cookie beside it, as of another program on the same host.
        assert_eq!(current(&server, &format!("a=b; {kept}; c=d")).await, session);
        // Its own routes, and none of another kind.
        let (records, settings) =
            (format!("{CLIENT}/ribbon/client"), format!("{CLIENT}/providers"));
        let expected = if role == "key" { [401, 401, 200] } else { [200, 200, 401] };
        for (path, status) in [&records, &settings, "/api/ribbon/client"].into_iter().zip(expected)
        {
            assert_eq!(get(&server, &kept, path).await.status, status, "{role} {path}");
        }
        let change = own(&server, Method::PATCH, CLIENT).header("Cookie", &kept);
        let changed = Answer::from_request(change.json(&json!({"name": role}))).await.status;
        let expected = match role {
            "viewer" => 403,
            "key" => 401,
            _ => 200,
        };
        assert_eq!(changed, expected, "{role}");
        // It ends after twelve hours, and at once when the user signs out.
        let again = cookie(&begin(&server, body.clone()).await);
        let end = own(&server, Method::DELETE, SESSION).header("Cookie", &again);
        let ended = Answer::from_request(end).await;
        assert!(ended.header("set-cookie").contains("Max-Age=0"), "{:?}", ended.headers);
        if role == "viewer" {
            assert_eq!(current(&server, &again).await, Value::Null);
        }
        server.clock.advance(Duration::from_hours(12));
        assert_eq!(current(&server, &kept).await, Value::Null, "{role}");
        get(&server, &kept, &settings).await.problem(401, "missing_api_key");
    }
}

#[tokio::test]
async fn a_session_ends_with_its_credential() {
    let server = Server::start().await;
    let (token_id, token) = create_token(&server, "admin").await;
    let by_token = cookie(&begin(&server, json!({"token": token})).await);
    let path = format!("{CLIENT}/tokens/{token_id}");
    server.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    assert_eq!(current(&server, &by_token).await, Value::Null);
    get(&server, &by_token, CLIENT).await.problem(401, "revoked_api_key");
    for body in [
        json!({"token": token}),
        json!({"token": "wrong"}),
        json!({"apiKey": "wrong"}),
        json!({"email": EMAIL, "password": PASSWORD}),
        json!({"email": EMAIL}),
        json!({}),
    ] {
        let refused = begin(&server, body.clone()).await;
        assert_eq!(refused.status, 401, "{body}");
        assert!(refused.headers.get("set-cookie").is_none(), "{body}");
    }
    for forged in ["", "v1.00000000.AAAA", by_token.split_once('=').unwrap().1] {
        let forged = format!("call-ribbon-session={forged}x");
        assert_eq!(current(&server, &forged).await, Value::Null);
        get(&server, &forged, CLIENT).await.problem(401, "missing_api_key");
    }
}

#[tokio::test]
async fn streams_and_exports_work_by_cookie() {
    let server = Server::start().await;
    server.log_event("initiated", "c1", "2025-10-12T10:30:00Z", json!({})).await;
    for (body, base) in [
        (json!({"token": ADMIN_TOKEN}), format!("{CLIENT}/ribbon")),
        (json!({"apiKey": KEY}), "/api/ribbon".to_owned()),
    ] {
        let kept = cookie(&begin(&server, body).await);
        let export = get(&server, &kept, &format!("{base}/export/calls?format=csv")).await;
        assert!(export.status == 200 && export.text.contains("+919876543210"), "{}", export.text);
        let ticket: EventsUrl = get(&server, &kept, &format!("{base}/events/ticket")).await.ok();
        for path in [ticket.events_url, format!("{base}/events")] {
            let request = own(&server, Method::GET, &path).header("Cookie", &kept);
            let mut stream = Stream::open(request.header("Last-Event-ID", 0)).await;
            assert_eq!(stream.next_event().await.unwrap().call_sid, "c1");
        }
    }
}

#[tokio::test]
async fn the_cookie_is_as_narrow_as_the_servers_address_allows() {
    let rest = "Max-Age=43200; HttpOnly; SameSite=Strict";
    for (public_url, forwarded, name, ends) in [
        (None, None, "call-ribbon-session", format!("; Path=/; {rest}")),
        (None, Some("https"), "__Host-call-ribbon-session", format!("; Path=/; {rest}; Secure")),
        (Some("http://a.example"), None, "call-ribbon-session", format!("; Path=/; {rest}")),
        (
            Some("http://a.example/ribbon"),
            None,
            "call-ribbon-session",
            format!("; Path=/ribbon; {rest}"),
        ),
        (
            Some("https://a.example"),
            None,
            "__Host-call-ribbon-session",
            format!("; Path=/; {rest}; Secure"),
        ),
        (
            Some("https://a.example/ribbon"),
            None,
            "__Secure-call-ribbon-session",
            format!("; Path=/ribbon; {rest}; Secure"),
        ),
    ] {
        let server = Server::start_with_settings(|config| {
            config.public_url = public_url.map(|url| url.parse().unwrap());
            config.limits.trusted_proxy = vec!["127.0.0.1".parse().unwrap()];
        })
        .await;
        // The address that the browser shows, whatever host a proxy asks for.
        let origin =
            public_url.map_or(server.url.clone(), |url| url.trim_end_matches("/ribbon").to_owned());
        let mut request = server
            .request(Method::POST, SESSION)
            .header("X-Call-Ribbon", "dashboard")
            .header("Origin", origin)
            .json(&json!({"token": ADMIN_TOKEN}));
        if let Some(scheme) = forwarded {
            request = request.header("X-Forwarded-Proto", scheme);
        }
        let answer = Answer::from_request(request).await;
        assert_eq!(answer.status, 200, "{public_url:?}: {}", answer.text);
        let set = answer.header("set-cookie");
        assert!(set.starts_with(&format!("{name}=")) && set.ends_with(&ends), "{set}");
    }
}

/// What another page can make a browser send, and what is sent by mistake: headers, and whether the
/// request is refused when it only reads.
const FOREIGN: &[(&[(&str, &str)], bool)] = &[
    // A form, and a simple request.
    (
        &[
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", "https://evil.example"),
        ],
        true,
    ),
    (&[("Content-Type", "text/plain"), ("Origin", "https://evil.example")], true),
    (&[("Content-Type", "multipart/form-data; boundary=b"), ("Origin", "null")], true),
    (&[("Sec-Fetch-Site", "cross-site")], true),
    (&[("Sec-Fetch-Site", "cross-site"), ("Content-Type", "application/json")], true),
    // A page on a neighbouring host of the same site, and a sandboxed frame.
    (&[("Sec-Fetch-Site", "same-site"), ("Content-Type", "text/plain")], true),
    (&[("Origin", "null")], true),
    // Without the header, from this server's own origin or from none.
    (&[("Content-Type", "application/json")], false),
    (&[("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")], false),
    // With the header, which no other page can send: the origin is enough to refuse.
    (&[("X-Call-Ribbon", "1"), ("Origin", "https://evil.example")], true),
    (&[("X-Call-Ribbon", "1"), ("Origin", "null")], true),
    (&[("X-Call-Ribbon", "1"), ("Origin", "http://evil.127.0.0.1")], true),
    (&[("X-Call-Ribbon", "1"), ("Sec-Fetch-Site", "same-site")], true),
    (&[("X-Call-Ribbon", "1"), ("Sec-Fetch-Site", "cross-site")], true),
];

#[tokio::test]
async fn no_other_page_can_use_a_session() {
    let server = Server::start().await;
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    let staff = cookie(&begin(&server, json!({"token": ADMIN_TOKEN})).await);
    let key = cookie(&begin(&server, json!({"apiKey": KEY})).await);
    let state = async || {
        let mut texts = Vec::new();
        for path in ["", "/agents", "/people", "/providers", "/audit", "/keys", "/ribbon/call-logs"]
        {
            let path = format!("{CLIENT}{path}");
            let answer = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null);
            let mut value: Value = answer.await.ok();
            // Counts the requests of this test.
            value.as_object_mut().unwrap().remove("usage");
            // Written in the background, after the answer to the key's own request.
            for key in value["keys"].as_array_mut().into_iter().flatten() {
                key.as_object_mut().unwrap().remove("lastUsedAt");
            }
            texts.push(value.to_string());
        }
        texts
    };
    let before = state().await;
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let kept = match path {
            path if path.starts_with("/api/admin/") => &staff,
            path if path.starts_with("/api/ribbon/") => &key,
            _ => continue,
        };
        // It takes no cookie.
        if path == "/api/admin/sign-in" {
            continue;
        }
        let asked = path
            .replace("{clientId}", "client-demo")
            .replace("{agentId}", "agent1")
            .replace("{keyId}", "key-demo")
            .replace("{rest}", "call-logs");
        for method in item.as_object().unwrap().keys().filter(|method| *method != "parameters") {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            for (headers, reading) in FOREIGN {
                if method == Method::GET && !reading {
                    continue;
                }
                let request = server.request(method.clone(), &asked).header("Cookie", kept);
                let request = headers
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, *value));
                let answer = Answer::from_request(request.body("{}")).await;
                let what = format!("{method} {path} {headers:?}: {}", answer.text);
                // A body of another type is refused before anybody is identified.
                if answer.status != 415 {
                    assert_eq!(answer.status, 403, "{what}");
                    answer.problem(403, "domain_not_allowed");
                }
                assert!(answer.headers.get("access-control-allow-credentials").is_none(), "{what}");
                assert!(answer.headers.get("set-cookie").is_none(), "{what}");
                tried += 1;
            }
        }
    }
    assert!(tried > 600, "{tried}");
    assert_eq!(state().await, before);
    // The dashboard itself is let in.
    for headers in [
        &[("Origin", server.url.as_str())][..],
        &[("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://behind.a.proxy.example")],
        &[],
    ] {
        let request = server.request(Method::PATCH, CLIENT).header("Cookie", &staff);
        let request = request.header("X-Call-Ribbon", "dashboard");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = Answer::from_request(request.json(&json!({"name": "Demo Client"}))).await;
        assert_eq!(answer.status, 200, "{headers:?}: {}", answer.text);
    }
    // A link to an export, from the address bar.
    let request = server.request(Method::GET, CLIENT).header("Cookie", &staff);
    assert_eq!(Answer::from_request(request.header("Sec-Fetch-Site", "none")).await.status, 200);
    // Programs need no header beside their token, and a token takes precedence over a cookie.
    let request = server.request(Method::PATCH, CLIENT).bearer_auth(ADMIN_TOKEN);
    let request = request.header("Cookie", &key).header("Origin", "https://evil.example");
    let answer = Answer::from_request(request.json(&json!({"name": "Demo Client"}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn no_other_page_may_send_the_header() {
    let server = Server::start().await;
    let domains = json!({"allowedDomains": ["crm.example.com"]});
    server.request_as_staff(Method::PATCH, CLIENT, ADMIN_TOKEN, domains).await.ok::<Value>();
    for path in ["/api/ribbon/calls", CLIENT, SESSION] {
        for origin in ["https://crm.example.com", "https://evil.example", "null"] {
            let request = server.request(Method::OPTIONS, path).header("Origin", origin);
            let request = request
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "x-call-ribbon,content-type");
            let answer = Answer::from_request(request).await;
            let allowed = answer.header("access-control-allow-headers").to_lowercase();
            assert!(!allowed.contains("x-call-ribbon") && allowed != "*", "{path} {origin}");
            assert!(answer.headers.get("access-control-allow-credentials").is_none());
        }
    }
}

/// A password that is valid at several clients signs nobody in who wants to choose.
#[tokio::test]
async fn a_person_with_one_password_chooses_the_client() {
    let server = Server::start().await;
    server.add_other_client().await;
    let email = "asha@example.com";
    add_person(&server, email, "admin").await;
    let ask = async |more: Value| {
        let mut body = json!({"email": email, "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let request = server.request(Method::POST, "/api/admin/session").json(&body);
        Answer::from_request(request.header("X-Call-Ribbon", "1")).await
    };
    let only: Value = ask(json!({"chooseClient": true})).await.ok();
    assert_eq!(only["clientId"], "client-demo");
    let person = json!({"email": email, "name": "A.", "role": "viewer", "password": PASSWORD});
    let path = "/api/admin/clients/client-other/people";
    let made = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, person).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let asked = ask(json!({"chooseClient": true})).await;
    assert!(!asked.headers.contains_key("set-cookie"), "nobody is signed in");
    let choice: Value = asked.ok();
    let clients = choice["chooseClient"].as_array().unwrap();
    let ids: Vec<_> = clients.iter().map(|client| client["clientId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["client-demo", "client-other"], "the last one used is first");
    assert_eq!(clients[0]["clientName"], "Demo Client");
    for id in ids {
        let body = json!({"chooseClient": true, "clientId": id});
        let begun = ask(body).await;
        assert!(begun.headers.contains_key("set-cookie"));
        assert_eq!(begun.ok::<Value>()["clientId"], id);
    }
    // A program or an old page names nothing, and gets the last one.
    assert_eq!(ask(json!({})).await.ok::<Value>()["clientId"], "client-other");
    ask(json!({"chooseClient": true, "password": "wrong"})).await.problem(401, "wrong_password");
}

#[tokio::test]
async fn the_session_of_a_member_of_staff_comes_with_the_client() {
    let server = Server::start().await;
    add_person(&server, EMAIL, "masked-viewer").await;
    for (body, has_client) in [
        (json!({"email": EMAIL, "password": PASSWORD}), true),
        (json!({"token": ADMIN_TOKEN}), false),
        (json!({"apiKey": KEY}), false),
    ] {
        let kept = cookie(&begin(&server, body.clone()).await);
        let shown: Value = get(&server, &kept, SESSION).await.ok();
        let client = shown.get("client").cloned();
        let expected = if has_client {
            Some(get(&server, &kept, &format!("{CLIENT}/ribbon/client")).await.ok::<Value>())
        } else {
            None
        };
        assert_eq!(client, expected, "{body}");
    }
    let nobody: Value = get(&server, "call-ribbon=none", SESSION).await.ok();
    assert_eq!(nobody, json!({"session": null, "signInWith": null}));
}
