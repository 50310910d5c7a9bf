//! A server of a client's own that receives webhooks.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A message that was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// The address: the last part of its path.
    pub at: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

/// How an address answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// With this status.
    Answers(u16),
    /// With 422 if the body has this text, else with 200.
    Refuses(&'static str),
    /// With this status, and not until [`CrmServer::let_go`].
    Hangs(u16),
}

/// A server of a client's own.
#[derive(Clone, Default)]
pub struct CrmServer {
    received: Arc<Mutex<Vec<Received>>>,
    manners: Arc<Mutex<HashMap<String, Manner>>>,
    going_on: Arc<Notify>,
}

impl CrmServer {
    /// Starts it, and returns the URL before its addresses.
    pub async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes =
            axum::Router::new().route("/{at}", post(Self::receive)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    }

    /// Sets how an address answers from now on; at first all answer with 200.
    pub fn behave(&self, at: &str, manner: Manner) {
        self.manners.lock().unwrap().insert(at.to_owned(), manner);
    }

    /// Answers all requests that hang.
    pub fn let_go(&self) {
        self.going_on.notify_waiters();
    }

    async fn receive(
        State(server): State<Self>,
        Path(at): Path<String>,
        headers: HeaderMap,
        body: String,
    ) -> StatusCode {
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let manner = server.manners.lock().unwrap().get(&at).copied();
        let going_on = server.going_on.notified();
        let refuses = matches!(manner, Some(Manner::Refuses(text)) if body.contains(text));
        server.received.lock().unwrap().push(Received { at, headers, body });
        match manner.unwrap_or(Manner::Answers(200)) {
            Manner::Answers(status) => StatusCode::from_u16(status).unwrap(),
            Manner::Refuses(_) if refuses => StatusCode::UNPROCESSABLE_ENTITY,
            Manner::Refuses(_) => StatusCode::OK,
            Manner::Hangs(status) => {
                going_on.await;
                StatusCode::from_u16(status).unwrap()
            }
        }
    }

    /// Takes the messages that came to an address.
    pub fn take(&self, at: &str) -> Vec<Received> {
        let mut received = self.received.lock().unwrap();
        let (taken, rest) = received.drain(..).partition(|one| one.at == at);
        *received = rest;
        taken
    }
}

impl Received {
    /// Returns the message's type.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// Returns how many of its signatures are made with a key.
    pub fn count_signatures(&self, key: &str) -> usize {
        let key = STANDARD.decode(key.strip_prefix("whsec_").unwrap()).unwrap();
        let mut keyed = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let time = &self.headers["webhook-timestamp"];
        keyed.update(format!("{}.{time}.{}", self.id(), self.body).as_bytes());
        let right = format!("v1,{}", STANDARD.encode(keyed.finalize().into_bytes()));
        self.headers["webhook-signature"].split(' ').filter(|one| **one == right).count()
    }
}
