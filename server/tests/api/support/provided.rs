//! A server whose client has accounts at providers that can reach it.

use super::{ADMIN_TOKEN, Answer, Server};
use call_ribbon_server::config::Config;
use call_ribbon_server::time::Clock as _;
use call_ribbon_shared::wire::{CallEvent, CallStarted};
use chrono::DateTime;
use chrono_tz::Asia;
use reqwest::Method;
use serde_json::{Value, json};

/// The phone of agent1.
pub const AGENT_PHONE: &str = "+919812345678";
/// A customer.
pub const CUSTOMER: &str = "+919876543210";
const CLIENT: &str = "/api/admin/clients/client-demo";

/// An account as the admin API shows it.
pub struct Account {
    pub id: String,
    /// The address for the provider's webhooks.
    pub webhook: String,
}

/// Starts a server that knows its own address, and on which agent1 has a phone.
pub async fn start_reachable() -> Server {
    start_reachable_with(|_| ()).await
}

/// As [`reachable`], with these settings besides.
pub async fn start_reachable_with(change: impl FnOnce(&mut Config)) -> Server {
    let server = Server::start_with_settings(|config| {
        config.public_url = Some(format!("http://{}", config.listen).parse().unwrap());
        change(config);
    })
    .await;
    server
        .request_as_operator(Method::PATCH, "", json!({"defaultCountry": "IN"}))
        .await
        .ok::<Value>();
    server
        .request_as_operator(Method::PATCH, "/agents/agent1", json!({"phone": AGENT_PHONE}))
        .await
        .ok::<Value>();
    server
}

impl Server {
    /// Sends an operator's request about the demo client.
    pub async fn request_as_operator(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, &format!("{CLIENT}{path}"));
        Answer::from_request(request.bearer_auth(ADMIN_TOKEN).json(&body)).await
    }

    /// Adds an account, which becomes the default for all calls.
    pub async fn add_account(&self, provider: &str, settings: &Value) -> Account {
        let body = json!({"provider": provider, "enabled": true, "default": true,
            "settings": settings});
        let made = self.request_as_operator(Method::POST, "/providers", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made: Value = made.read();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Account { id: text("accountId"), webhook: text("webhookUrl") }
    }

    /// Tests the account's credentials; returns whether they are valid, and the message.
    pub async fn validate_account(&self, account: &Account) -> (bool, String) {
        let path = format!("/providers/{}/validate", account.id);
        let said: Value = self.request_as_operator(Method::POST, &path, json!({})).await.ok();
        (said["ok"].as_bool().unwrap(), said["message"].as_str().unwrap().to_owned())
    }

    /// Requests a call of agent1 to the customer.
    pub async fn try_call(&self) -> Answer {
        self.post_json("/api/ribbon/calls", json!({"to": CUSTOMER, "agentId": "agent1"})).await
    }

    /// Like [`Server::try_call`], but the call must start.
    pub async fn start_agent_call(&self) -> CallStarted {
        let answer = self.try_call().await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.read()
    }

    /// Returns the server's time plus so many seconds, in the notation of providers in India.
    pub fn in_india(&self, seconds: i64) -> String {
        let at = DateTime::from_timestamp_millis(self.clock.now() + seconds * 1_000).unwrap();
        at.with_timezone(&Asia::Kolkata).format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// Returns the events' names.
pub fn event_names(events: &[CallEvent]) -> Vec<&str> {
    events.iter().map(|event| event.event.as_str()).collect()
}
