//! Receives webhooks of Call Ribbon:
//! `WEBHOOK_KEY=whsec_… PORT=9000 cargo run --package call-ribbon-server --example receiver`

#![expect(clippy::print_stdout, reason = "it shows what it receives")]

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

struct Receiver {
    key: Vec<u8>,
    /// In production a unique column of your database, written in the transaction of the effect.
    seen: Mutex<HashSet<String>>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = env::var("WEBHOOK_KEY")?;
    let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap_or(&key))?;
    let port = env::var("PORT").unwrap_or_else(|_| "9000".to_owned());
    let receiver = Arc::new(Receiver { key, seen: Mutex::default() });
    let routes = Router::new().route("/", post(receive)).with_state(receiver);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, routes).await?)
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(id) = receiver.find_signed_id(&headers, &body) else {
        return StatusCode::UNAUTHORIZED;
    };
    let Ok(message) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut seen = receiver.seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.insert(id) {
        handle(&message);
    }
    StatusCode::NO_CONTENT
}

fn handle(message: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    println!("{} {}", text(&message["type"]), text(&message["data"]["callSid"]));
}

impl Receiver {
    /// Returns the message's id, if the message is signed and not old.
    fn find_signed_id(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let (id, sent_at) = (header("webhook-id")?, header("webhook-timestamp")?);
        #[expect(clippy::disallowed_methods, reason = "this program has no other clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        // An old message may have been recorded and sent again by someone else.
        if now.abs_diff(sent_at.parse().ok()?) > 300 {
            return None;
        }
        let mut signed = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        signed.update(format!("{id}.{sent_at}.").as_bytes());
        signed.update(body);
        let is_right = |one: &str| {
            let given = STANDARD.decode(one.strip_prefix("v1,").unwrap_or_default());
            given.is_ok_and(|given| signed.clone().verify_slice(&given).is_ok())
        };
        header("webhook-signature")?.split(' ').any(is_right).then(|| id.to_owned())
    }
}
