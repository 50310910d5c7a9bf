//! An OpenID Connect provider that says of a person what a test wants.

use super::serve_routes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

pub const CLIENT_ID: &str = "ribbon";
pub const CLIENT_SECRET: &str = "the-secret-of-ribbon";

/// A key of the provider's.
pub struct SigningKey {
    pub kid: String,
    pair: EcdsaKeyPair,
}

impl SigningKey {
    pub fn new(kid: &str) -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).unwrap();
        Self { kid: kid.to_owned(), pair }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256",
            "x": x, "y": y})
    }

    /// Signs claims as a JWT.
    pub fn sign(&self, claims: &Value) -> String {
        let signed = unsigned(&json!({"alg": "ES256", "kid": self.kid}), claims);
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Returns the first two parts of a JWT.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// What the provider does.
pub struct Behaviour {
    pub key: SigningKey,
    /// The answer to the next code, and its PKCE challenge.
    pub answers: HashMap<String, (Value, String)>,
    /// What it says about the person of the access token.
    pub user_info: Value,
    /// The status of all answers.
    pub status: StatusCode,
    /// Requests for its keys.
    pub keys_read: u32,
}

pub struct Provider {
    pub issuer: String,
    behaviour: Arc<Mutex<Behaviour>>,
}

type Shared = State<Arc<Mutex<Behaviour>>>;

impl Provider {
    pub async fn start() -> Self {
        let behaviour = Arc::new(Mutex::new(Behaviour {
            key: SigningKey::new("k1"),
            answers: HashMap::new(),
            user_info: Value::Null,
            status: StatusCode::OK,
            keys_read: 0,
        }));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/jwks", get(list_keys))
            .route("/token", post(exchange))
            .route("/userinfo", get(show_user))
            .with_state(Arc::clone(&behaviour));
        let issuer = serve_routes(routes).await;
        Self { issuer, behaviour }
    }

    pub fn set(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap()
    }

    /// Has a code stand for an ID token with these claims; returns the code.
    pub fn issue_code(&self, id_token: &str, challenge: &str) -> String {
        let mut behaviour = self.set();
        let code = format!("code-{}", behaviour.answers.len() + 1);
        let answer = json!({"access_token": "at-1", "token_type": "Bearer", "expires_in": 60,
            "id_token": id_token});
        behaviour.answers.insert(code.clone(), (answer, challenge.to_owned()));
        code
    }
}

async fn describe(State(behaviour): Shared, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let issuer = format!("http://{}", headers["host"].to_str().unwrap());
    let description = json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256"]});
    (behaviour.lock().unwrap().status, Json(description))
}

async fn list_keys(State(behaviour): Shared) -> (StatusCode, Json<Value>) {
    let mut behaviour = behaviour.lock().unwrap();
    behaviour.keys_read += 1;
    (behaviour.status, Json(json!({"keys": [behaviour.key.public()]})))
}

async fn exchange(
    State(behaviour): Shared,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let fields: HashMap<String, String> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let basic =
        base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let knows = headers["authorization"] == format!("Basic {basic}");
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    if !knows || !fields["redirect_uri"].ends_with("/oidc/callback") {
        return refused("invalid_client");
    }
    // A code counts once.
    let answer = behaviour.lock().unwrap().answers.remove(&fields["code"]);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&fields["code_verifier"]));
    match answer {
        Some((answer, expected)) if expected == challenge => {
            (behaviour.lock().unwrap().status, Json(answer))
        }
        _ => refused("invalid_grant"),
    }
}

async fn show_user(State(behaviour): Shared) -> (StatusCode, Json<Value>) {
    let behaviour = behaviour.lock().unwrap();
    (behaviour.status, Json(behaviour.user_info.clone()))
}
