//! The agent's session at the server.

use super::Ribbon;
use super::voice::is_in_browser;
use crate::ribbon::json;
use crate::ribbon::model::RibbonError;
use crate::ribbon::net::{self, Request, RequestError};
use crate::ribbon::platform::Timer;
use crate::ribbon::rest;
use crate::ribbon::step::Msg;
use crate::ribbon::words;
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// When a session is renewed. It is valid for ten minutes.
const RENEW_MS: i32 = 8 * 60 * 1000;

impl Ribbon {
    /// Asks the server for a session, and renews it before it expires. Returns the server's whole
    /// answer.
    pub(super) fn request_session(
        &self,
    ) -> impl Future<Output = Result<JsValue, RequestError>> + use<> {
        let (me, agents, link) = (self.me.clone(), self.agents.get(), self.link());
        let given = self.options.borrow().agent_token.clone();
        let body = if given.is_truthy() {
            // The token says who the agent is, unless the page says it too.
            let named = self.options.borrow().agent_id.clone();
            self.body_for(named.as_deref())
        } else {
            self.request_body()
        };
        async move {
            let mut body = body;
            if given.is_truthy() {
                body =
                    [&body, ",\"agentToken\":", &json::quote(&read_token(&given).await?)].concat();
            }
            body.push('}');
            let request = Request::post("/api/ribbon/init".to_owned(), body, None);
            let outcome = net::sign_in(&link, &request).await;
            let same = |ribbon: &Rc<Self>| ribbon.agents.get() == agents;
            if let (Ok(answer), Some(ribbon)) = (&outcome, me.upgrade().filter(same)) {
                ribbon.session.replace(json::text(answer, "sessionToken").unwrap_or_default());
                let timer = Timer::after(RENEW_MS, move || {
                    if let Some(ribbon) = me.upgrade() {
                        ribbon.open_session(true);
                    }
                });
                ribbon.renewal.replace(Some(timer));
            }
            outcome
        }
    }

    /// Opens a session. If it only renews one, everything else stays as it is.
    pub(super) fn open_session(&self, renews: bool) {
        let (me, agents, asking) = (self.me.clone(), self.agents.get(), self.request_session());
        spawn_local(async move {
            let outcome = asking.await;
            // The answer to a sign-in of the last agent does not apply to this one.
            let same = |ribbon: &Rc<Self>| ribbon.agents.get() == agents;
            let Some(ribbon) = me.upgrade().filter(same) else { return };
            let outcome = if ribbon.needs_rest(&outcome) && !rest::is_whole(true).await {
                Err(net::server_away(&ribbon.link().base))
            } else {
                outcome
            };
            match outcome {
                Ok(answer) => {
                    ribbon.learn_plan(&answer);
                    let same_agent = || answered_agent(&answer) == ribbon.current_agent_id();
                    if !renews || !same_agent() {
                        ribbon.handle_sign_in(&answer);
                    }
                }
                Err(failure) => ribbon.session_failed(failure),
            }
        });
    }

    /// Returns whether the program's second file is needed to go on from an answer to the sign-in: a
    /// call is in progress, this page continues from another one, the voice is in the browser, or the
    /// server has refused, or has to be asked whether the customer may be called. The first file can tell
    /// that there was no answer.
    fn needs_rest(&self, outcome: &Result<JsValue, RequestError>) -> bool {
        match outcome {
            Ok(answer) => {
                !json::items(&json::field(answer, "activeCall")).is_empty()
                    || json::text(answer, "voice").is_some_and(|voice| is_in_browser(&voice))
                    || json::field(answer, "callRules").is_truthy()
                    || self.read(|model| model.last_seq.is_some()).unwrap_or(false)
            }
            Err(failure) => failure.status != 0,
        }
    }

    pub(super) fn session_failed(&self, failure: RequestError) {
        let again = failure.is_temporary() || failure.trouble.code == "rate_limited";
        self.settle_init(Err(&failure.trouble));
        // A function makes a new token.
        let renews = failure.trouble.code == "invalid_agent_token"
            && self.options.borrow().agent_token.is_function();
        let may_pass = !again && (renews || may_pass(&failure.trouble.code));
        self.dispatch(Msg::SignInFailed { trouble: failure.trouble, again });
        if may_pass {
            self.sign_in_later();
        }
    }
}

/// Returns whether an administrator can end this refusal of a sign-in without a change of the page.
fn may_pass(code: &str) -> bool {
    matches!(
        code,
        "client_suspended"
            | "domain_not_allowed"
            | "feature_not_in_plan"
            | "agent_token_required"
            | "unexpected_answer"
    )
}

/// Returns the agent for whom the server has opened a session.
pub(super) fn answered_agent(answer: &JsValue) -> String {
    json::text(answer, "agentId").unwrap_or_default()
}

/// Gets the agent's token from the page. A function of the page may fail for a while, as when the
/// network is away.
async fn read_token(given: &JsValue) -> Result<String, RequestError> {
    let made = match given.dyn_ref::<Function>() {
        Some(make) => make.call0(&JsValue::UNDEFINED),
        None => Ok(given.clone()),
    };
    let token = match made {
        Ok(made) => JsFuture::from(Promise::resolve(&made)).await.ok(),
        Err(_) => None,
    };
    token.and_then(|token| token.as_string()).ok_or_else(|| RequestError {
        status: 0,
        trouble: RibbonError::new("no_agent_token", words::NO_AGENT_TOKEN),
    })
}
