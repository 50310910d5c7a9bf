//! Tests the provider's logout: a person's sessions and streams end at once.

use super::Site;
use crate::support::Stream;
use crate::support::emulators::oidc::{SigningKey, unsigned};
use call_ribbon_server::time::Clock as _;
use call_ribbon_shared::wire::EventsUrl;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_provider_ends_a_persons_sessions_and_streams() {
    let site = Site::start().await;
    let cookie = site.sign_in(&["leads"]).await;
    let now = site.server.clock.now() / 1000;
    let good = |id: &str| site.logout_claims(id);
    let with = |field: &str, value: Value| {
        let mut claims = good("wrong");
        claims[field] = value;
        site.provider.set().key.sign(&claims)
    };
    let begun = site.begin().await;
    let id_token = site.provider.set().key.sign(&site.claims(&begun, &["leads"]));
    for (about, token) in [
        ("no token", String::new()),
        ("dots", "..".to_owned()),
        ("an ID token", id_token),
        ("a stranger's", SigningKey::new("k1").sign(&good("wrong"))),
        ("none", format!("{}.", unsigned(&json!({"alg": "none"}), &good("wrong")))),
        ("long", "x".repeat(20_000)),
        ("iss", with("iss", json!("https://evil.example"))),
        ("aud", with("aud", json!("another"))),
        ("old", with("iat", json!(now - 400))),
        ("from the future", with("iat", json!(now + 400))),
        ("nonce", with("nonce", json!("n"))),
        ("events", with("events", json!({}))),
        ("jti", with("jti", Value::Null)),
        ("sub", with("sub", json!(""))),
    ] {
        let refused = site.log_out(&token).await;
        assert_eq!(refused.status, 400, "{about}: {}", refused.text);
        assert_eq!(refused.read::<Value>()["error"], "invalid_request");
    }
    // Somebody else's logout changes nothing here.
    let mut others = good("others");
    others["sub"] = json!("s-2");
    let token = site.provider.set().key.sign(&others);
    assert_eq!(site.log_out(&token).await.status, 200);
    assert_eq!(site.session(&cookie).await["role"], "admin");

    let path = "/api/admin/clients/client-demo/ribbon/events/ticket";
    let url: EventsUrl = site.get(path, &cookie).await.ok();
    let mut stream = Stream::open(site.server.request(Method::GET, &url.events_url)).await;
    let token = site.provider.set().key.sign(&good("once"));
    let done = site.log_out(&token).await;
    assert_eq!((done.status, done.header("cache-control")), (200, "no-store"));
    assert_eq!(site.session(&cookie).await, Value::Null);
    assert!(stream.next_event().await.is_none());
    // The same token again ends nothing.
    let cookie = site.sign_in(&["leads"]).await;
    assert_eq!(site.log_out(&token).await.status, 400);
    assert_eq!(site.session(&cookie).await["role"], "admin");
    // The provider's session alone is enough.
    let mut by_session = good("by session");
    by_session.as_object_mut().unwrap().remove("sub");
    by_session["sid"] = json!("session-1");
    let token = site.provider.set().key.sign(&by_session);
    assert_eq!(site.log_out(&token).await.status, 200);
    assert_eq!(site.session(&cookie).await, Value::Null);
}
