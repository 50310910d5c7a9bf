//! Requests the newest calls of the customer that the bar shows: a few, and more of them if none of
//! these has a note.

use super::Ribbon;
use crate::ribbon::json;
use crate::ribbon::last_word::LastWord;
use crate::ribbon::net::Request;
use crate::ribbon::step::Msg;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

/// The number of calls in the first request, which most often has the last note.
const FEW: &str = "5";
/// The number of calls in the second one.
const MANY: &str = "50";

#[wasm_bindgen]
extern "C" {
    /// Returns the texts of the last word, in the order of [`LastWord`]'s fields; none if there is
    /// no call. Implemented in `loader/facts.js`.
    #[wasm_bindgen(js_name = callRibbonLastWord)]
    fn last_word(calls: &JsValue, tag: &str) -> JsValue;
}

impl Ribbon {
    /// Requests the last word of a customer. The request for another customer is aborted.
    pub(super) fn load_last_word(&self, customer: String) {
        let abort = AbortController::new().ok().filter(|_| !customer.is_empty());
        if let Some(running) = self.last_word.replace(abort.clone()) {
            running.abort();
        }
        if abort.is_none() {
            return;
        }
        let id = String::from(js_sys::encode_uri_component(&customer));
        let path = ["/api/ribbon/calls?customerId=", &id, "&limit="].concat();
        self.ask_last_word(customer, path, abort, FEW);
    }

    /// Requests it from this many of the newest calls.
    fn ask_last_word(
        &self,
        customer: String,
        path: String,
        abort: Option<AbortController>,
        most: &'static str,
    ) {
        let request = Request { abort: abort.clone(), ..Request::get([&path, most].concat()) };
        self.run_request(request, move |ribbon, outcome| {
            let Ok(answer) = outcome else { return };
            let tag = ribbon.read(|model| model.words.tag).unwrap_or_default();
            let calls = json::field(&answer, "calls");
            let texts = last_word(&calls, tag);
            let is_full = most == FEW && json::items(&calls).len() == 5;
            let mut texts = json::items(&texts).into_iter().filter_map(|text| text.as_string());
            let mut next = || texts.next().unwrap_or_default();
            let word = LastWord {
                customer: customer.clone(),
                in_call: false,
                when: next(),
                status: next(),
                inbound: next() == "inbound",
                disposition: next(),
                noted: next(),
                note: next(),
                due: next(),
            };
            // Attempts that nobody answered do not hide what was said before.
            if is_full && word.note.is_empty() {
                ribbon.ask_last_word(customer, path, abort, MANY);
            }
            ribbon.dispatch(Msg::LastWord(Box::new(word)));
        });
    }
}
