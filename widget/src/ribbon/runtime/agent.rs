//! The current agent, and what changes with it.

use super::Ribbon;
use crate::ribbon::customer::Customer;
use crate::ribbon::memory::Memory;
use crate::ribbon::model::{RibbonError, Session};
use crate::ribbon::platform;
use crate::ribbon::step::Msg;
use crate::ribbon::words;
use wasm_bindgen::JsValue;

impl Ribbon {
    /// Shows a customer, and calls it if requested. If the page proves who the agent is, it cannot
    /// name another one.
    pub(in crate::ribbon) fn set_customer(&self, customer: Customer) -> Result<(), RibbonError> {
        if let Some(named) = customer.agent_id.as_ref()
            && self.options.borrow().agent_token.is_truthy()
        {
            let ready = self.read(|model| model.session == Session::Ready).unwrap_or(false);
            if ready && *named != self.current_agent_id() {
                return Err(RibbonError::new("other_agent", words::OTHER_AGENT));
            }
            // Before, the server compares them.
            self.options.borrow_mut().agent_id = Some(named.clone());
        }
        self.dispatch(Msg::SetCustomer {
            customer,
            key: platform::random_uuid(),
            now: self.server_now(),
        });
        Ok(())
    }

    /// Returns the agent's id for the server.
    pub(super) fn current_agent_id(&self) -> String {
        self.read(|model| model.agent.id.clone()).unwrap_or_default()
    }

    /// Returns a name in the browser that is unique to this agent.
    pub(super) fn agent_storage_key(&self, name: &str) -> String {
        self.of_agent.borrow().storage_key(name)
    }

    /// Leaves everything of the last agent, and signs in the new one.
    pub(super) fn change_agent(&self) {
        self.leave_agent();
        self.sign_in_soon();
    }

    /// Leaves the tabs, the stream and the voice of the last agent.
    pub(super) fn leave_agent(&self) {
        self.agents.set(self.agents.get().wrapping_add(1));
        self.close_desk();
        self.voice.answer.replace(JsValue::UNDEFINED);
        self.leave_tabs();
        self.dispatch(Msg::OwnsStream(false));
        self.feed.replace(None);
        self.attempts.set(0);
        self.token.borrow_mut().at = 0;
        let of_agent = {
            let options = self.options.borrow();
            Memory::new_for_agent(
                &options.api_url,
                &options.api_key,
                Some(&self.current_agent_id()),
            )
        };
        self.move_notes(of_agent);
    }
}
