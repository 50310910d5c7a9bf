//! Carries out the effects of the step function.

use super::Ribbon;
use crate::ribbon::step::Effect;
use wasm_bindgen::JsValue;

impl Ribbon {
    /// Carries out the effects that start a call; the others wait in the second file.
    pub(super) fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::SignIn { again: false } => self.sign_in_soon(),
            Effect::Ready => self.resolve_ready(),
            Effect::Start { key, to, customer, reply, reason } => {
                self.start_call(key, &to, customer.as_ref(), reply, reason);
            }
            Effect::LoadLastWord(customer) => self.load_last_word(customer),
            Effect::Resolve(reply) => self.resolve(Some(reply), &JsValue::UNDEFINED),
            effect => self.carry_out_other(effect),
        }
    }

    #[inline(never)]
    fn carry_out_other(&self, effect: Effect) {
        match effect {
            Effect::SignIn { .. } => self.sign_in_later(),
            Effect::ChangeAgent => self.change_agent(),
            Effect::Report(trouble) => self.page_listeners().report_error(&trouble),
            Effect::Act { session_id, action, reply } => {
                self.send_action(session_id, action, reply);
            }
            Effect::Keep(entry) => self.store_entry(entry),
            Effect::Emit(event) => {
                self.page_listeners().send_event(&event);
                if event.name == "callEnded" {
                    self.refresh_companion();
                }
            }
            Effect::Save { session_id, version } => self.save_notes(session_id, version),
            Effect::SaveSoon => self.save_after(true),
            Effect::SaveLater => self.save_after(false),
            Effect::Focus(selector) => self.focus_later(selector),
            Effect::LoadNotes(session_id) => self.load_notes(&session_id),
            Effect::Left(session_id) => self.send_to_tabs(&["left ", &session_id].concat()),
            Effect::Reject(reply, trouble) => self.reject(Some(reply), &trouble),
            Effect::Check { asked, to, customer, reply } => {
                self.check_call(asked, &to, customer.as_ref(), reply);
            }
            Effect::Explain { asked, said, decision } => self.explain(asked, said, decision),
            Effect::AskReason => self.ask_reason(),
            Effect::Ready | Effect::Start { .. } | Effect::LoadLastWord(_) | Effect::Resolve(_) => {
            }
        }
    }
}
