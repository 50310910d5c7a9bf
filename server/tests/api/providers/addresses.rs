//! Tests to which addresses accounts' requests go, and that a change of address needs the secrets
//! again.

use crate::support::emulators::tata::{PASSWORD, Smartflo};
use crate::support::provided::start_reachable;
use crate::support::{Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A public address, at which no test asks.
const PUBLIC: &str = "https://93.184.215.14";

/// Addresses to which the server sends nothing, in different spellings.
const INSIDE: [&str; 8] = [
    "http://127.0.0.1:9000",
    "https://localhost:9000",
    "https://0x7f.1",
    "https://[::ffff:10.0.0.5]",
    "https://[::1]:8080",
    "https://169.254.169.254",
    "http://93.184.215.14",
    "https://user:pass@93.184.215.14",
];

fn exotel() -> Value {
    json!({"accountSid": "acme1", "apiKey": "key-1", "apiToken": "token-1",
        "callerId": "08047112345", "browserCalling": {"appId": "app-1", "appSecret": "hidden-1"}})
}

fn tata() -> Value {
    json!({"apiToken": "token-1", "phoneNumber": "+918047112345"})
}

fn tata_login() -> Value {
    json!({"email": "a@example.com", "password": "word-1", "phoneNumber": "+918047112345"})
}

fn asterisk() -> Value {
    json!({"ariUrl": "http://10.7.0.9:8088", "user": "ribbon", "password": "word-1",
        "trunk": "PJSIP/{number}@trunk", "callerId": "+912233445566"})
}

fn merged(mut settings: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match (settings.get_mut(name), value) {
            (Some(Value::Object(_)), Value::Object(_)) => {
                settings[name] = merged(settings[name].clone(), value);
            }
            _ => settings[name] = value.clone(),
        }
    }
    settings
}

async fn patch(server: &Server, id: &str, settings: &Value) -> Answer {
    let body = json!({"settings": settings});
    server.request_as_operator(Method::PATCH, &format!("/providers/{id}"), body).await
}

/// A service on this machine that counts who connects and answers with a secret.
async fn serve_secret() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            let body = "INTERNAL-SECRET";
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}", body.len());
            let answer = format!("{head}\r\nConnection: close\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (base, count)
}

#[tokio::test]
async fn an_address_inside_the_operators_network_is_refused_when_it_is_saved() {
    type SettingsWithAddress = fn(&str) -> Value;
    let server = Server::start_with_settings(|config| {
        config.outgoing.allow_private_addresses = vec!["10.7.0.0/16".parse().unwrap()];
    })
    .await;
    let places: [(&str, Value, &str, SettingsWithAddress); 4] = [
        ("exotel", exotel(), "settings.baseUrl", |url| json!({"baseUrl": url})),
        ("exotel", exotel(), "settings.baseUrl", |url| json!({"browserCalling": {"baseUrl": url}})),
        ("tata", tata(), "settings.apiEndpoint", |url| json!({"apiEndpoint": url})),
        ("asterisk", asterisk(), "settings.ariUrl", |url| json!({"ariUrl": url})),
    ];
    for (provider, settings, field, change) in places {
        let account = server.add_account(provider, &settings).await;
        for url in INSIDE {
            let body =
                json!({"provider": provider, "settings": merged(settings.clone(), &change(url))});
            let made = server.request_as_operator(Method::POST, "/providers", body).await;
            assert_eq!(made.wrong_field(), field, "{url}");
            let refused = patch(&server, &account.id, &change(url)).await;
            assert_eq!(refused.wrong_field(), field, "{url}");
            assert!(!refused.text.contains("127.0.0.1"), "{}", refused.text);
        }
        for url in [PUBLIC, "http://10.7.0.1:8080", "https://10.7.0.1"] {
            // Nobody listens to one that is not enabled.
            let body = json!({"provider": provider, "enabled": false,
                "settings": merged(settings.clone(), &change(url))});
            let made = server.request_as_operator(Method::POST, "/providers", body).await;
            assert_eq!(made.status, 201, "{url}: {}", made.text);
        }
    }
}

/// The addresses that staff enter elsewhere.
#[tokio::test]
async fn an_address_inside_is_refused_wherever_staff_can_enter_one() {
    let server = Server::start_with_settings(|config| {
        config.outgoing.allow_private_addresses.clear();
    })
    .await;
    let receiver = json!({"url": PUBLIC});
    let made = server.request_as_operator(Method::POST, "/receivers", receiver).await;
    let id = made.read::<Value>()["receiverId"].as_str().unwrap().to_owned();
    let change = format!("/receivers/{id}");
    for (method, path, field) in [
        (Method::POST, "/receivers", "url"),
        (Method::PATCH, change.as_str(), "url"),
        (Method::PUT, "/alerts", "webhookUrl"),
        (Method::POST, "/agent-token-keys", "jwksUrl"),
    ] {
        for url in INSIDE {
            let body = json!({field: url});
            let refused = server.request_as_operator(method.clone(), path, body).await;
            assert_eq!((refused.status, refused.wrong_field().as_str()), (400, field), "{url}");
        }
    }
}

#[tokio::test]
async fn an_address_that_is_no_longer_allowed_is_not_connected_to() {
    let server = start_reachable().await;
    let (base, count) = serve_secret().await;
    let accounts = [
        server.add_account("exotel", &merged(exotel(), &json!({"baseUrl": base}))).await,
        server.add_account("tata", &merged(tata(), &json!({"apiEndpoint": base}))).await,
    ];
    let server = server
        .stop()
        .await
        .start_with(|config| config.outgoing.allow_private_addresses.clear())
        .await;
    for account in &accounts {
        for _ in 0..7 {
            let (ok, message) = server.validate_account(account).await;
            assert!(!ok && message.contains("so nothing was sent"), "{message}");
        }
    }
    let refused = server.try_call().await;
    assert!(
        refused.problem(409, "conflict").error.contains("nothing was sent"),
        "{}",
        refused.text
    );
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn proxies_of_the_environment_are_not_used() {
    let server = Server::start().await;
    let (proxy, used) = serve_secret().await;
    let (base, asked) = serve_secret().await;
    let account = server.add_account("tata", &merged(tata(), &json!({"apiEndpoint": base}))).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command
        .args(["provider", "validate", "client-demo", &account.id])
        .args(["--database", &server.database.url()])
        .args(["--allow-private-addresses", "127.0.0.1,10.0.0.0/8"])
        .env("CALL_RIBBON_SECRET_KEY", "a secret of the tests");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    {
        command.env(name, &proxy);
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(used.load(Ordering::SeqCst), 0);
    assert!(asked.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_changed_destination_needs_its_secrets_again() {
    let server = Server::start().await;
    let (app, word) = (json!({"appId": "app-2"}), json!({"baseUrl": PUBLIC}));
    let needed: Vec<(&str, Value, Value, &[&str])> = vec![
        ("exotel", exotel(), json!({"baseUrl": PUBLIC}), &["apiKey", "apiToken"]),
        ("exotel", exotel(), json!({"accountSid": "acme2"}), &["apiKey", "apiToken"]),
        ("exotel", exotel(), json!({"baseUrl": PUBLIC, "apiKey": "key-2"}), &["apiToken"]),
        ("exotel", exotel(), json!({"baseUrl": PUBLIC, "apiToken": "token-2"}), &["apiKey"]),
        (
            "exotel",
            exotel(),
            json!({"accountSid": "acme2", "apiKey": "…", "apiToken": "…"}),
            &["apiKey", "apiToken"],
        ),
        ("exotel", exotel(), json!({"browserCalling": app}), &["appSecret"]),
        ("exotel", exotel(), json!({"browserCalling": word}), &["appSecret"]),
        (
            "exotel",
            exotel(),
            json!({"browserCalling": {"appId": "app-2", "appSecret": "…"}}),
            &["appSecret"],
        ),
        ("tata", tata(), json!({"apiEndpoint": PUBLIC}), &["apiToken"]),
        ("tata", tata(), json!({"accountId": "another"}), &["apiToken"]),
        ("tata", tata_login(), json!({"apiEndpoint": PUBLIC}), &["password"]),
        ("tata", tata_login(), json!({"email": "b@example.com"}), &["password"]),
        ("tata", tata_login(), json!({"email": "b@example.com", "password": "…"}), &["password"]),
    ];
    for (provider, settings, change, secrets) in needed {
        let account = server.add_account(provider, &settings).await;
        let path = format!("/providers/{}", account.id);
        let before = server.request_as_operator(Method::GET, &path, Value::Null).await.text;
        let refused = patch(&server, &account.id, &change).await;
        let problem = refused.problem(400, "invalid_request");
        assert_eq!(problem.field.unwrap(), format!("settings.{}", secrets[0]), "{change}");
        for secret in secrets {
            assert!(problem.error.contains(secret), "{change}: {}", problem.error);
        }
        let after = server.request_as_operator(Method::GET, &path, Value::Null).await.text;
        assert_eq!(before, after, "{change}");
    }
    let free = [
        ("exotel", exotel(), json!({"baseUrl": PUBLIC, "apiKey": "k", "apiToken": "t"})),
        ("exotel", exotel(), json!({"accountSid": "acme2", "apiKey": "k", "apiToken": "t"})),
        // The same address in other words.
        ("exotel", exotel(), json!({"baseUrl": "https://api.exotel.com/"})),
        ("exotel", exotel(), json!({"baseUrl": null, "accountSid": "acme1"})),
        ("exotel", exotel(), json!({"callerId": "08047112346", "apiKey": "…", "record": true})),
        ("exotel", exotel(), json!({"browserCalling": {"appId": "app-2", "appSecret": "s"}})),
        ("exotel", exotel(), json!({"browserCalling": null})),
        ("tata", tata(), json!({"apiEndpoint": PUBLIC, "apiToken": "t"})),
        ("tata", tata(), json!({"apiToken": null, "email": "a@example.com", "password": "p"})),
        ("tata", tata_login(), json!({"email": "b@example.com", "password": "p"})),
        ("tata", tata_login(), json!({"email": null, "password": null, "apiToken": "t"})),
        ("simulator", json!({"apiToken": "t"}), json!({"baseUrl": "anything"})),
    ];
    for (provider, settings, change) in free {
        let account = server.add_account(provider, &settings).await;
        let changed = patch(&server, &account.id, &change).await;
        assert_eq!(changed.status, 200, "{change}: {}", changed.text);
    }
}

/// A token that a provider has issued is a secret of the address that issued it.
#[tokio::test]
async fn a_token_from_signing_in_is_not_sent_to_another_address() {
    let server = start_reachable().await;
    let (first, second) = (Smartflo::start().await, Smartflo::start().await);
    let account = server.add_account("tata", &first.settings_by_login()).await;
    assert!(server.validate_account(&account).await.0);
    let change = json!({"apiEndpoint": second.base, "password": PASSWORD});
    assert_eq!(patch(&server, &account.id, &change).await.status, 200);
    assert!(server.validate_account(&account).await.0);
    let asked: Vec<String> = second.requests().into_iter().map(|asked| asked.what).collect();
    assert_eq!(asked.first().unwrap(), "POST auth/login", "{asked:?}");
}
