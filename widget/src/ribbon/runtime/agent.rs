//! Who works with the ribbon, and what changes with that.

use super::Ribbon;
use crate::ribbon::memory::Memory;
use crate::ribbon::step::Msg;
use wasm_bindgen::JsValue;

impl Ribbon {
    /// Who the agent is, to the server.
    pub(super) fn known_as(&self) -> String {
        self.read(|model| model.agent.id.clone()).unwrap_or_default()
    }

    /// A name in the browser that is this agent's alone.
    pub(super) fn name_of_agent(&self, name: &str) -> String {
        self.of_agent.borrow().name(name)
    }

    /// Leaves the tabs, the stream and the voice of the last agent, and signs the new one in.
    pub(super) fn change_agent(&self) {
        self.agents.set(self.agents.get().wrapping_add(1));
        self.close_desk();
        self.voice.answer.replace(JsValue::UNDEFINED);
        self.leave_tabs();
        self.tell(Msg::Owns(false));
        self.feed.replace(None);
        self.attempts.set(0);
        self.token.borrow_mut().at = 0;
        let of_agent = {
            let options = self.options.borrow();
            Memory::of(&options.api_url, &options.api_key, Some(&self.known_as()))
        };
        self.move_notes(of_agent);
        self.sign_in_soon();
    }
}
