//! Tests signing in by an OpenID Connect provider: who gets in, with which role, and who does not.

mod logout;
mod people;

use crate::support::emulators::oidc::{CLIENT_ID, CLIENT_SECRET, Provider, SigningKey, unsigned};
use crate::support::{ADMIN_TOKEN, Answer, PASSWORD, Server, add_person};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_server::config::{OidcSettings, Secret};
use call_ribbon_server::time::Clock as _;
use reqwest::{Client, Method, Url, redirect};
use ring::hmac;
use serde_json::{Value, json};
use std::time::Duration;

const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";
const ASHA: &str = "asha@example.com";

/// Makes another token of the right claims and the right token.
type Forge<'a> = &'a dyn Fn(&Value, String) -> String;

/// A server, its provider, and a browser that does not follow redirects.
struct Site {
    server: Server,
    provider: Provider,
    browser: Client,
}

/// A sign-in that waits for the provider: what the browser keeps and what the provider received.
struct Begun {
    cookie: String,
    state: String,
    nonce: String,
    challenge: String,
}

impl Site {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut OidcSettings)) -> Self {
        let provider = Provider::start().await;
        let issuer = provider.issuer.clone();
        let server = Server::start_with_settings(|config| {
            config.public_url = Some(format!("http://{}", config.listen).parse().unwrap());
            config.oidc = OidcSettings {
                oidc_issuer: Some(issuer),
                oidc_client_id: Some(CLIENT_ID.to_owned()),
                oidc_client_secret: Some(Secret::new(CLIENT_SECRET)),
                oidc_name: "Example".to_owned(),
                oidc_scopes: "email groups".to_owned(),
                oidc_groups_claim: "groups".to_owned(),
                oidc_roles: ["leads=client-demo/admin", "staff=client-demo/masked-viewer"]
                    .map(|role| role.parse().unwrap())
                    .into(),
                ..OidcSettings::default()
            };
            change(&mut config.oidc);
        })
        .await;
        let browser = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { server, provider, browser }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = self.browser.get(format!("{}{path}", self.server.url));
        Answer::from_request(request.header("Cookie", cookie)).await
    }

    async fn begin(&self) -> Begun {
        self.begin_at("/oidc/sign-in").await
    }

    async fn begin_at(&self, path: &str) -> Begun {
        let answer = self.get(path, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let url: Url = answer.header("location").parse().unwrap();
        assert!(url.as_str().starts_with(&format!("{}/auth?", self.provider.issuer)));
        let value = |name: &str| url.query_pairs().find(|(other, _)| other == name).unwrap().1;
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("scope"), "openid email groups");
        let set = answer.header("set-cookie");
        assert!(set.contains("HttpOnly; SameSite=Lax"), "{set}");
        Begun {
            cookie: set.split(';').next().unwrap().to_owned(),
            state: value("state").into_owned(),
            nonce: value("nonce").into_owned(),
            challenge: value("code_challenge").into_owned(),
        }
    }

    /// Returns good claims about a person for this sign-in.
    fn claims(&self, begun: &Begun, groups: &[&str]) -> Value {
        let now = self.server.clock.now() / 1000;
        json!({"iss": self.provider.issuer, "aud": CLIENT_ID, "sub": "s-1", "iat": now,
            "exp": now + 300, "nonce": begun.nonce, "sid": "session-1", "email": "Asha@Example.com",
            "email_verified": true, "name": "Asha Rao", "groups": groups})
    }

    /// Comes back from the provider with an ID token.
    async fn finish(&self, begun: &Begun, id_token: &str) -> Answer {
        let code = self.provider.issue_code(id_token, &begun.challenge);
        self.get(&format!("/oidc/callback?code={code}&state={}", begun.state), &begun.cookie).await
    }

    async fn finish_with(&self, begun: &Begun, claims: &Value) -> Answer {
        let id_token = self.provider.set().key.sign(claims);
        self.finish(begun, &id_token).await
    }

    /// Signs in and returns the session's cookie.
    async fn sign_in(&self, groups: &[&str]) -> String {
        let begun = self.begin().await;
        let answer = self.finish_with(&begun, &self.claims(&begun, groups)).await;
        session_cookie(&answer)
    }

    async fn session(&self, cookie: &str) -> Value {
        self.get("/api/admin/session", cookie).await.ok::<Value>()["session"].clone()
    }

    async fn people(&self) -> Vec<Value> {
        let path = "/api/admin/clients/client-demo/people";
        let answer = self.server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null);
        answer.await.ok::<Value>()["people"].as_array().unwrap().clone()
    }

    async fn log_out(&self, token: &str) -> Answer {
        let url = format!("{}/oidc/logout", self.server.url);
        Answer::from_request(self.browser.post(url).form(&[("logout_token", token)])).await
    }

    fn logout_claims(&self, token_id: &str) -> Value {
        let now = self.server.clock.now() / 1000;
        json!({"iss": self.provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120,
            "jti": token_id, "sub": "s-1", "events": {LOGOUT: {}}})
    }
}

fn session_cookie(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert!(answer.header("location").starts_with("/dashboard"), "{}", answer.header("location"));
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut set = set.filter(|cookie| cookie.starts_with("call-ribbon-session="));
    set.next().unwrap().split(';').next().unwrap().to_owned()
}

/// Checks that a page says why nobody is signed in.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, sentence: &str, about: &str) {
    assert_eq!(answer.status, status, "{about}: {}", answer.text);
    assert!(answer.text.contains(sentence), "{about}: {}", answer.text);
    assert!(answer.header("content-type").starts_with("text/html"), "{about}");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{about}");
    let set = answer.headers.get_all("set-cookie").iter();
    let session = set.filter(|value| value.to_str().unwrap().starts_with("call-ribbon-session"));
    assert_eq!(session.count(), 0, "{about}");
}

#[tokio::test]
async fn tokens_that_the_provider_did_not_issue_for_this_sign_in_are_refused() {
    let site = Site::start().await;
    let now = site.server.clock.now() / 1000;
    let changes: [(&str, Value); 11] = [
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
        ("aud", json!("another")),
        ("aud", json!([CLIENT_ID, "another"])),
        ("exp", json!(now - 1)),
        ("exp", Value::Null),
        ("iat", json!(now + 300)),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("sub", json!("x".repeat(256))),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
    ];
    for (field, value) in changes {
        let begun = site.begin().await;
        let mut claims = site.claims(&begun, &["leads"]);
        claims[field] = value.clone();
        let answer = site.finish_with(&begun, &claims).await;
        assert_refused(&answer, 502, "You are not signed in", &format!("{field} {value}"));
    }
    let mac = |claims: &Value, secret: &str| {
        let signed = unsigned(&json!({"alg": "HS256"}), claims);
        let tag =
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let swapped = |token: &str, claims: &Value| {
        let parts: Vec<&str> = token.split('.').collect();
        let claims = unsigned(&json!({}), claims);
        format!("{}.{}.{}", parts[0], claims.split('.').nth(1).unwrap(), parts[2])
    };
    let forge: [(&str, Forge); 7] = [
        ("none", &|claims, _| format!("{}.", unsigned(&json!({"alg": "none"}), claims))),
        ("the client's secret", &|claims, _| mac(claims, CLIENT_SECRET)),
        ("a stranger's key of this name", &|claims, _| SigningKey::new("k1").sign(claims)),
        ("an unknown key", &|claims, _| SigningKey::new("k9").sign(claims)),
        ("other claims", &|claims, token| {
            let mut other = claims.clone();
            other["groups"] = json!(["leads", "more"]);
            swapped(&token, &other)
        }),
        ("half a signature", &|_, token| token[..token.len() - 40].to_owned()),
        ("no token", &|_, _| "x".to_owned()),
    ];
    for (about, forge) in forge {
        let begun = site.begin().await;
        let claims = site.claims(&begun, &["leads"]);
        let token = site.provider.set().key.sign(&claims);
        let answer = site.finish(&begun, &forge(&claims, token)).await;
        assert_refused(&answer, 502, "You are not signed in", about);
    }
    assert_eq!(site.people().await, Vec::<Value>::new());
}

#[tokio::test]
async fn answers_that_this_browser_does_not_wait_for_are_refused() {
    let site = Site::start().await;
    let (begun, others) = (site.begin().await, site.begin().await);
    let code = |begun: &Begun| {
        let token = site.provider.set().key.sign(&site.claims(begun, &["leads"]));
        site.provider.issue_code(&token, &begun.challenge)
    };
    let path = |code: &str, state: &str| format!("/oidc/callback?code={code}&state={state}");
    let kept = &begun.cookie;
    for (path, cookie) in [
        (path(&code(&begun), &others.state), kept.as_str()),
        (path(&code(&begun), &begun.state), others.cookie.as_str()),
        (path(&code(&begun), &begun.state), ""),
        (path(&code(&begun), &begun.state), "call-ribbon-oidc=v1.x"),
        (path(&code(&begun), ""), kept),
        ("/oidc/callback".to_owned(), kept),
        ("/oidc/callback?error=access_denied&error_description=You+won".to_owned(), kept),
    ] {
        let answer = site.get(&path, cookie).await;
        assert_refused(&answer, 400, "was not begun in this browser", &path);
        assert!(!answer.text.contains("You won"));
    }
    // The provider's own refusal, of which nothing is HTML.
    let error = "error=access_denied&error_description=%3Cb%3ENo%3C%2Fb%3E%07+thanks.";
    let answer = site.get(&format!("/oidc/callback?{error}&state={}", begun.state), kept).await;
    assert_refused(&answer, 403, "access_denied, &lt;b&gt;No&lt;/b&gt;  thanks.", "denied");
    let other = format!("{}&iss=https://evil.example", path(&code(&begun), &begun.state));
    assert_refused(&site.get(&other, kept).await, 502, "another issuer", "iss");
    // Another's code: its verifier is in the other browser's cookie.
    let stolen = path(&code(&others), &begun.state);
    assert_refused(&site.get(&stolen, kept).await, 403, "invalid_grant", "stolen");
    // A right one counts once, and the browser forgets it.
    let right = path(&code(&begun), &begun.state);
    let answer = site.get(&right, kept).await;
    session_cookie(&answer);
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert!(
        set.iter()
            .any(|one| one.to_str().unwrap().starts_with("call-ribbon-oidc=; Path=/; Max-Age=0"))
    );
    assert_refused(&site.get(&right, kept).await, 403, "invalid_grant", "again");
    site.server.clock.advance(Duration::from_mins(10));
    let late = site.get(&path(&code(&others), &others.state), &others.cookie).await;
    assert_refused(&late, 400, "took longer than ten minutes", "late");
}

#[tokio::test]
async fn an_email_address_alone_identifies_nobody() {
    for (match_email, verified, connects) in
        [(false, true, false), (true, false, false), (true, true, true)]
    {
        let site = Site::start_with(|settings| settings.oidc_match_email = match_email).await;
        let id = add_person(&site.server, ASHA, "viewer").await;
        let begun = site.begin().await;
        let mut claims = site.claims(&begun, &["leads"]);
        claims["email_verified"] = json!(verified);
        let answer = site.finish_with(&begun, &claims).await;
        let people = site.people().await;
        assert_eq!((people.len(), people[0]["personId"].as_str()), (1, Some(id.as_str())));
        let password = json!({"email": ASHA, "password": PASSWORD});
        let request = site.server.request(Method::POST, "/api/admin/sign-in").json(&password);
        let by_password = Answer::from_request(request).await.status;
        if connects {
            assert_eq!(site.session(&session_cookie(&answer)).await["role"], "admin");
            assert_eq!(by_password, 401);
        } else {
            assert_refused(&answer, 403, "has your e-mail address", "not connected");
            assert_eq!((by_password, &people[0]["role"]), (200, &json!("viewer")));
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_away_or_has_new_keys_is_asked_again() {
    let site = Site::start().await;
    site.provider.set().status = StatusCode::INTERNAL_SERVER_ERROR;
    let away = site.get("/oidc/sign-in", "").await;
    assert_refused(&away, 503, "could not ask Example who you are", "away");
    site.provider.set().status = StatusCode::OK;
    site.server.clock.advance(Duration::from_secs(3));
    site.sign_in(&["leads"]).await;
    // A new key is read at once when it is needed, but at most once a minute.
    site.server.clock.advance(Duration::from_mins(1));
    site.provider.set().key = SigningKey::new("k2");
    site.sign_in(&["leads"]).await;
    site.provider.set().key = SigningKey::new("k3");
    let read = site.provider.set().keys_read;
    let begun = site.begin().await;
    let refused = site.finish_with(&begun, &site.claims(&begun, &["leads"])).await;
    assert_refused(&refused, 502, "signature of the ID token", "too soon");
    assert_eq!(site.provider.set().keys_read, read);
    // What is known of the provider does for a day when it is away.
    site.server.clock.advance(Duration::from_hours(2));
    site.provider.set().status = StatusCode::BAD_GATEWAY;
    let begun = site.begin().await;
    site.provider.set().status = StatusCode::OK;
    site.server.clock.advance(Duration::from_secs(3));
    let claims = site.claims(&begun, &["leads"]);
    session_cookie(&site.finish_with(&begun, &claims).await);
}

#[tokio::test]
async fn only_pages_of_the_dashboard_are_opened_afterwards() {
    let site = Site::start().await;
    for (asked, opened) in [
        ("/dashboard/calls?q=x%26y", "/dashboard/calls?q=x%26y"),
        ("https://evil.example/", "/dashboard"),
        ("//evil.example", "/dashboard"),
        ("/dashboard/../api", "/dashboard"),
    ] {
        let mut url: Url = format!("{}/oidc/sign-in", site.server.url).parse().unwrap();
        url.query_pairs_mut().append_pair("returnTo", asked);
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        let answer = site.get(&path, "").await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let url: Url = answer.header("location").parse().unwrap();
        let value = |name: &str| url.query_pairs().find(|(other, _)| other == name).unwrap().1;
        let [state, nonce, challenge] =
            ["state", "nonce", "code_challenge"].map(|name| value(name).into_owned());
        let begun = Begun { cookie, state, nonce, challenge };
        let answer = site.finish_with(&begun, &site.claims(&begun, &["leads"])).await;
        assert_eq!((answer.status, answer.header("location")), (303, opened), "{asked}");
    }
    let without = Server::start().await;
    for (method, path) in [
        (Method::GET, "/oidc/sign-in"),
        (Method::GET, "/oidc/callback"),
        (Method::POST, "/oidc/logout"),
    ] {
        Answer::from_request(without.request(method, path)).await.problem(404, "not_found");
    }
}
