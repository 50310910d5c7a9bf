//! A client's server that publishes a key set, or something else.

use super::serve_routes;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard};

/// What it answers.
#[derive(Debug, Clone)]
pub enum Published {
    Text(u16, String),
    Redirect(String),
    /// A body that does not end.
    Endless,
    /// Nothing at all.
    Silence,
}

pub struct KeyServer {
    pub url: String,
    state: Arc<Mutex<(Published, u32)>>,
}

impl KeyServer {
    pub async fn start(keys: &Value) -> Self {
        let state = Arc::new(Mutex::new((Published::Text(200, keys.to_string()), 0)));
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&state));
        Self { url: format!("{}/jwks.json", serve_routes(routes).await), state }
    }

    fn state(&self) -> MutexGuard<'_, (Published, u32)> {
        self.state.lock().unwrap()
    }

    pub fn publish(&self, what: Published) {
        self.state().0 = what;
    }

    pub fn publish_keys(&self, keys: &Value) {
        self.publish(Published::Text(200, keys.to_string()));
    }

    /// Returns how often it was asked.
    pub fn asked(&self) -> u32 {
        self.state().1
    }
}

async fn answer(State(state): State<Arc<Mutex<(Published, u32)>>>) -> Response {
    let what = {
        let mut state = state.lock().unwrap();
        state.1 += 1;
        state.0.clone()
    };
    match what {
        Published::Text(status, text) => {
            (StatusCode::from_u16(status).unwrap(), text).into_response()
        }
        Published::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Published::Endless => {
            let part = || Ok::<_, std::io::Error>("x".repeat(4096));
            let parts = futures_util::stream::repeat_with(part);
            Response::new(Body::from_stream(parts))
        }
        Published::Silence => std::future::pending().await,
    }
}
