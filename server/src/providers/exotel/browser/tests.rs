//! Tests the requests to Exotel's integrations, and how their answers are read.

use crate::providers::exotel::browser::*;
use crate::providers::{AgentContact, Settings as Account};
use std::collections::VecDeque;
use std::sync::Mutex;

const NOW: Millis = 1_760_265_300_000;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// A transport that answers from a list and stores what was sent.
#[derive(Default)]
struct PlayedTransport {
    answers: Mutex<VecDeque<(u16, Value)>>,
    sent: Mutex<Vec<Request>>,
    token: Mutex<Option<(Secret, Millis)>>,
}

impl PlayedTransport {
    fn answering(answers: &[(u16, Value)]) -> Self {
        Self { answers: Mutex::new(answers.iter().cloned().collect()), ..Self::default() }
    }

    fn sent_purposes(&self) -> Vec<&'static str> {
        self.sent.lock().unwrap().iter().map(|request| request.purpose).collect()
    }
}

impl Transport for PlayedTransport {
    async fn send(&self, request: Request) -> Result<Reply, ProviderError> {
        self.sent.lock().unwrap().push(request);
        let (status, body) = self.answers.lock().unwrap().pop_front().unwrap();
        Ok(Reply { status, retry_after: None, body: body.to_string().into() })
    }

    fn now(&self) -> Millis {
        NOW
    }

    fn stored_token(&self, _: &'static str) -> Option<Secret> {
        self.token.lock().unwrap().as_ref().map(|(token, _)| token.clone())
    }

    fn store_token(&self, _: &'static str, token: Secret, good_until: Millis) {
        *self.token.lock().unwrap() = Some((token, good_until));
    }

    fn remove_token(&self, _: &'static str) {
        *self.token.lock().unwrap() = None;
    }
}

fn success_answer(data: &Value) -> (u16, Value) {
    (200, json!({"RequestId": "r", "Status": "Success", "Code": 200, "Error": "", "Data": data}))
}

fn test_account(more: &Value) -> Account {
    let mut settings = json!({"accountSid": "acme1", "apiKey": "key", "apiToken": "token",
        "callerId": "08047112345",
        "browserCalling": {"appId": "app-1", "appSecret": "the-app-secret", "customerId": "c-1"}});
    for (name, value) in more.as_object().unwrap() {
        settings["browserCalling"][name] = value.clone();
    }
    Account::from_json("exotel", &settings).unwrap()
}

async fn start_call(
    account: &Account,
    transport: &PlayedTransport,
    user: Option<&str>,
) -> Result<Placed, ProviderError> {
    let provider_user_id = user.map(str::to_owned);
    let agent = AgentContact { provider_user_id, ..AgentContact::default() };
    let order =
        DialOrder { session_id: "ses_1", to: "+919876543210", agent: &agent, callback: None };
    account.start_call(transport, &order).await
}

#[tokio::test]
async fn a_call_is_asked_for_as_the_sdk_would_ask() {
    let account = test_account(&json!({}));
    assert_eq!(account.voice_name(), "exotel-browser");
    let transport = PlayedTransport::answering(&[
        success_answer(&json!("tok-1")),
        success_answer(&json!({"Call": {"CallSid": "x1"}})),
    ]);
    let placed = start_call(&account, &transport, Some("asha@example.com")).await.unwrap();
    assert_eq!(placed.provider_call_id.as_deref(), Some("x1"));
    let sent = transport.sent.lock().unwrap();
    let [token, call] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(token.url, "https://integrationscore.mum1.exotel.com/v2/integrations/token");
    let Body::Json(body) = &token.body else { panic!() };
    assert_eq!(*body, json!({"Id": "app-1", "Secret": "the-app-secret", "Entity": "app"}));
    assert!(call.url.ends_with("/v2/integrations/call/outbound_call") && !call.repeatable);
    assert!(matches!(&call.auth, Auth::Token(token) if token.expose() == "tok-1"));
    let Body::Json(body) = &call.body else { panic!() };
    assert_eq!(
        *body,
        json!({"customer_id": "c-1", "app_id": "app-1", "to": "+919876543210",
            "user_id": "asha@example.com"})
    );
}

#[tokio::test]
async fn a_token_is_kept_and_got_anew_when_it_is_not_taken() {
    let account = test_account(&json!({"callbacks": true}));
    let no = (401, json!({"Code": 401, "Error": "Unauthorized", "Data": null}));
    let transport = PlayedTransport::answering(&[
        success_answer(&json!("tok-1")),
        no,
        success_answer(&json!("tok-2")),
        success_answer(&json!({})),
    ]);
    let access = account.browser_access(&transport).await.unwrap().unwrap();
    assert_eq!((access.token.expose(), access.leg_connects), ("tok-1", false));
    assert_eq!(transport.token.lock().unwrap().as_ref().unwrap().1, NOW + 88 * DAY);
    account.browser_access(&transport).await.unwrap();
    start_call(&account, &transport, Some("asha")).await.unwrap();
    assert_eq!(transport.sent_purposes(), ["token", "outbound_call", "token", "outbound_call"]);
}

#[tokio::test]
async fn the_customer_s_name_is_looked_up_where_it_is_not_set() {
    let account = test_account(&json!({"customerId": null}));
    let mapping = success_answer(&json!({"customer_id": "c-9", "SipSecret": "not ours"}));
    let transport = PlayedTransport::answering(&[
        success_answer(&json!("tok-1")),
        mapping,
        success_answer(&json!({"CallSid": "x2"})),
    ]);
    start_call(&account, &transport, Some("a+b@example.com")).await.unwrap();
    let sent = transport.sent.lock().unwrap();
    assert!(sent[1].url.ends_with("/usermapping?user_id=a%2Bb%40example.com"), "{}", sent[1].url);
    let Body::Json(body) = &sent[2].body else { panic!() };
    assert_eq!(body["customer_id"], "c-9");
}

#[tokio::test]
async fn what_goes_wrong_is_told_in_words() {
    let account = test_account(&json!({}));
    let nobody = start_call(&account, &PlayedTransport::default(), None).await.unwrap_err();
    assert!(nobody.to_string().contains("no user at Exotel"), "{nobody}");

    let wrong = PlayedTransport::answering(&[(401, json!({"Code": 401, "Error": "no"}))]);
    let wrong = account.browser_access(&wrong).await.unwrap_err();
    assert!(wrong.reason().contains("appId and appSecret"), "{}", wrong.reason());

    // Exotel refuses with a status of 200, and says why.
    let error =
        json!({"Code": 403, "Error": {"description": "Insufficient balance"}, "Data": null});
    let transport = PlayedTransport::answering(&[success_answer(&json!("tok-1")), (200, error)]);
    let refused = start_call(&account, &transport, Some("asha")).await.unwrap_err();
    assert!(refused.reason().contains("Insufficient balance"), "{}", refused.reason());

    // An answer that leaves open whether it dialed is never a refusal.
    for answer in [(500, json!({"Code": 500})), (200, json!("half an answer"))] {
        let transport = PlayedTransport::answering(&[success_answer(&json!("tok-1")), answer]);
        let unclear = start_call(&account, &transport, Some("asha")).await.unwrap_err();
        assert!(matches!(unclear, ProviderError::Unclear { .. }), "{unclear:?}");
    }
}
