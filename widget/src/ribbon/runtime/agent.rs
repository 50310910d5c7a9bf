//! The current agent, and what changes with it.

use super::Ribbon;
use crate::ribbon::memory::Memory;
use crate::ribbon::step::Msg;
use wasm_bindgen::JsValue;

impl Ribbon {
    /// Returns the agent's id for the server.
    pub(super) fn current_agent_id(&self) -> String {
        self.read(|model| model.agent.id.clone()).unwrap_or_default()
    }

    /// Returns a name in the browser that is unique to this agent.
    pub(super) fn agent_storage_key(&self, name: &str) -> String {
        self.of_agent.borrow().storage_key(name)
    }

    /// Leaves the tabs, the stream and the voice of the last agent, and signs in the new one.
    pub(super) fn change_agent(&self) {
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
        self.sign_in_soon();
    }
}
