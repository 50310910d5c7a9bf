//! Requests the newest calls of the customer that the bar shows.

use super::Ribbon;
use crate::ribbon::json;
use crate::ribbon::last_word::LastWord;
use crate::ribbon::net::Request;
use crate::ribbon::step::Msg;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

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
        let path = ["/api/ribbon/calls?limit=5&customerId=", &id].concat();
        let request = Request { abort, ..Request::get(path) };
        self.run_request(request, move |ribbon, outcome| {
            let Ok(answer) = outcome else { return };
            let tag = ribbon.read(|model| model.words.tag).unwrap_or_default();
            let texts = last_word(&json::field(&answer, "calls"), tag);
            let mut texts = json::items(&texts).into_iter().filter_map(|text| text.as_string());
            let mut next = || texts.next().unwrap_or_default();
            ribbon.dispatch(Msg::LastWord(Box::new(LastWord {
                customer,
                in_call: false,
                when: next(),
                status: next(),
                inbound: next() == "inbound",
                disposition: next(),
                note: next(),
                due: next(),
            })));
        });
    }
}
