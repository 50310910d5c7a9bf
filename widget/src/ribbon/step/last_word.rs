//! What was said last with the customer that the bar shows: requested once per customer, and again
//! after a call.

use super::Effect;
use crate::ribbon::customer::Customer;
use crate::ribbon::last_word::LastWord;
use crate::ribbon::model::{Model, Session};
use crate::ribbon::wrap_up::WrapUp;

/// Requests the last word of another customer that is shown, after any message.
pub(super) fn follow_customer(model: &mut Model) -> Option<Effect> {
    // Notes that are being saved belong to the last word.
    if model.session != Session::Ready || !model.wrap_up.as_ref().is_none_or(WrapUp::is_saved) {
        return None;
    }
    let shown = model.shown_customer().map_or("", |customer: &Customer| &customer.id).to_owned();
    let in_call = model.line.is_some();
    let last = &mut model.last_word;
    let left = std::mem::replace(&mut last.in_call, in_call) && !in_call;
    if last.customer == shown && (!left || shown.is_empty()) {
        return None;
    }
    *last = LastWord { customer: shown.clone(), in_call, ..LastWord::default() };
    Some(Effect::LoadLastWord(shown))
}

/// Shows the answer, unless another customer is shown by now.
pub(super) fn show_last_word(model: &mut Model, word: LastWord) {
    if word.customer == model.last_word.customer {
        model.last_word = LastWord { in_call: model.last_word.in_call, ..word };
    }
}
