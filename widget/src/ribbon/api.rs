//! The JavaScript API behind the loader.
//!
//! The loader owns the global object and its methods; it passes each call on as a name and a list
//! of arguments. Nothing here throws: a mistake is reported to `onError`, to the console and
//! through the promise, in one sentence that names the field.

mod state;

use super::customer::Customer;
use super::emit::{self, EVENTS, Ears};
use super::json;
use super::model::{Position, Session, Trouble};
use super::options;
use super::runtime::Ribbon;
use super::step::{Msg, Reply, Wrap};
use super::words::load;
use call_ribbon_shared::call::Action;
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

pub(super) use state::state;

/// State that outlives a ribbon: listeners and a customer may be set before `init`, and a page may
/// create another ribbon after `destroy`.
#[derive(Default)]
struct Page {
    ribbon: Option<Rc<Ribbon>>,
    home: String,
    listeners: Vec<(String, Function)>,
    customer: Option<Customer>,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

/// Sets the URL that the script was loaded from; the server is there unless `init` names another.
pub fn set_home(home: &str) {
    PAGE.with_borrow_mut(|page| home.trim_end_matches('/').clone_into(&mut page.home));
}

/// Runs one call of the API. Returns a promise, except for `getState`.
#[must_use]
pub fn call(method: &str, arguments: &Array) -> JsValue {
    let first = arguments.get(0);
    if method == "getState" {
        return state();
    }
    let outcome = match method {
        "init" => init(&first),
        "destroy" => {
            destroy();
            Ok(done())
        }
        "setCustomer" => set_customer(&first),
        "makeCall" => make_call(&first),
        "setPosition" => first
            .as_string()
            .as_deref()
            .and_then(Position::parse)
            .ok_or_else(|| bad("setPosition: position must be 'top', 'bottom' or 'floating'."))
            .and_then(|position| tell(method, Msg::Place(position))),
        "setVisible" => flag(&first, "setVisible: visible must be true or false.")
            .and_then(|on| tell(method, Msg::Show(on))),
        "setMinimized" => flag(&first, "setMinimized: minimized must be true or false.")
            .and_then(|on| tell(method, Msg::Minimize(on))),
        "answer" => act(method, Action::Answer),
        "hangup" => act(method, Action::HangUp),
        "setMuted" => flag(&first, "setMuted: muted must be true or false.")
            .and_then(|on| act(method, Action::Mute(on))),
        "setHold" => flag(&first, "setHold: onHold must be true or false.")
            .and_then(|on| act(method, Action::Hold(on))),
        "sendDtmf" => digit(&first).and_then(|action| act(method, action)),
        "setNotes" => first
            .as_string()
            .ok_or_else(|| bad("setNotes: text must be a string."))
            .and_then(|text| promised(method, |reply| Wrap::Notes(text, reply))),
        "setDisposition" => disposition(&first)
            .and_then(|code| promised(method, |reply| Wrap::Disposition(code, reply))),
        "on" | "off" => listen(method, &first, &arguments.get(1)),
        _ => Err(bad(&format!("{method}: there is no such method."))),
    };
    outcome.unwrap_or_else(|trouble| refused(&trouble)).into()
}

fn bad(sentence: &str) -> Trouble {
    Trouble::new("invalid_argument", sentence)
}

fn done() -> Promise {
    Promise::resolve(&JsValue::UNDEFINED)
}

fn ribbon() -> Option<Rc<Ribbon>> {
    PAGE.with_borrow(|page| page.ribbon.clone())
}

/// Returns the ribbon, or an error that says how to create one.
fn existing(method: &str) -> Result<Rc<Ribbon>, Trouble> {
    ribbon().ok_or_else(|| {
        Trouble::new("not_initialised", format!("{method}: call init with an apiKey first."))
    })
}

/// Reports a mistake of the page and returns a rejected promise.
fn refused(trouble: &Trouble) -> Promise {
    ribbon().map_or_else(Ears::default, |ribbon| ribbon.ears()).report(trouble);
    Promise::reject(&emit::error_object(trouble))
}

fn flag(value: &JsValue, sentence: &str) -> Result<bool, Trouble> {
    value.as_bool().ok_or_else(|| bad(sentence))
}

fn digit(value: &JsValue) -> Result<Action, Trouble> {
    let text = value.as_string().or_else(|| value.as_f64().and_then(|_| json::write(value)));
    let mut chars = text.as_deref().unwrap_or_default().chars();
    match (chars.next().and_then(Action::digit), chars.next()) {
        (Some(action), None) => Ok(action),
        _ => Err(bad("sendDtmf: digit must be one of 0–9, *, #, A–D.")),
    }
}

/// Reads a code, or null to clear the disposition.
fn disposition(value: &JsValue) -> Result<Option<String>, Trouble> {
    match value.as_string() {
        None if value.is_null() => Ok(None),
        None => Err(bad("setDisposition: code must be a string, or null for none.")),
        code => Ok(code),
    }
}

fn promised(method: &str, msg: impl FnOnce(Option<Reply>) -> Wrap) -> Result<Promise, Trouble> {
    let ribbon = existing(method)?;
    Ok(ribbon.promise(|reply| ribbon.tell(Msg::Wrap(msg(Some(reply))))))
}

fn tell(method: &str, msg: Msg) -> Result<Promise, Trouble> {
    existing(method)?.tell(msg);
    Ok(done())
}

fn act(method: &str, action: Action) -> Result<Promise, Trouble> {
    let ribbon = existing(method)?;
    Ok(ribbon.promise(|reply| ribbon.tell(Msg::Act { action, reply: Some(reply) })))
}

/// Runs `init`: creates the ribbon. A second `init` applies the new options, and keeps a call in
/// progress if server and key are the same.
fn init(given: &JsValue) -> Result<Promise, Trouble> {
    let (home, listeners, customer) =
        PAGE.with_borrow(|page| (page.home.clone(), page.listeners.clone(), page.customer.clone()));
    // `onError` is read first, so that it receives errors in the other options.
    let on_error = options::callback(given, "onError").unwrap_or_default();
    let mut options = match options::read(given, &home) {
        Ok(options) => options,
        Err(trouble) => {
            Ears { on_error, ..Ears::default() }.report(&trouble);
            return Ok(Promise::reject(&emit::error_object(&trouble)));
        }
    };
    options.ears.listeners = listeners;
    if let Some(ribbon) = ribbon() {
        let same = {
            let old = ribbon.options.borrow();
            old.api_key == options.api_key && old.api_url == options.api_url
        };
        if same {
            let position = options.position;
            let (id, name) = (options.agent_id.clone(), options.agent_name.clone());
            ribbon.options.replace(options);
            ribbon.hear_keys();
            ribbon.tell(Msg::Place(position));
            ribbon.tell(Msg::Name { id, name });
            ribbon.offset();
            // The cause of the refusal may be fixed by now.
            if ribbon.read(|model| matches!(model.session, Session::Refused(_))) == Some(true) {
                ribbon.tell(Msg::SignIn);
            }
            load::speak(&ribbon);
            ribbon.ready_already();
            return Ok(ribbon.when_ready());
        }
        destroy();
    }
    let ribbon = Ribbon::start(options, customer).ok_or_else(|| {
        Trouble::new("no_document", "init: this page has no document to show the ribbon in.")
    })?;
    let ready = ribbon.when_ready();
    PAGE.with_borrow_mut(|page| page.ribbon = Some(ribbon.clone()));
    ribbon.replay_to_all();
    Ok(ready)
}

fn destroy() {
    let ribbon = PAGE.with_borrow_mut(|page| {
        page.customer = None;
        page.ribbon.take()
    });
    if let Some(ribbon) = ribbon {
        ribbon.remove();
    }
}

fn set_customer(given: &JsValue) -> Result<Promise, Trouble> {
    let customer = options::given_customer(given)?;
    match ribbon() {
        Some(ribbon) => ribbon.set_customer(customer),
        // `init` has not been called yet and will show the customer.
        None => PAGE.with_borrow_mut(|page| page.customer = Some(customer)),
    }
    Ok(done())
}

fn make_call(number: &JsValue) -> Result<Promise, Trouble> {
    let to = if number.is_undefined() || number.is_null() {
        None
    } else {
        let text = number.as_string().or_else(|| number.as_f64().and_then(|_| json::write(number)));
        Some(text.ok_or_else(|| bad("makeCall: phoneNumber must be a string."))?)
    };
    let ribbon = existing("makeCall")?;
    Ok(ribbon.promise(|reply| ribbon.call(to, Some(reply))))
}

fn listen(method: &str, event: &JsValue, listener: &JsValue) -> Result<Promise, Trouble> {
    let event = event.as_string().filter(|event| EVENTS.contains(&event.as_str()));
    let event = event.ok_or_else(|| {
        bad(&[method, ": event must be one of ", &EVENTS.join(", "), "."].concat())
    })?;
    let listener = listener
        .dyn_ref::<Function>()
        .ok_or_else(|| bad(&format!("{method}: listener must be a function.")))?;
    let mut known = false;
    let listeners = PAGE.with_borrow_mut(|page| {
        known = page.listeners.iter().any(|(name, one)| *name == event && one == listener);
        page.listeners.retain(|(name, known)| *name != event || known != listener);
        if method == "on" {
            page.listeners.push((event.clone(), listener.clone()));
        }
        page.listeners.clone()
    });
    if let Some(ribbon) = ribbon() {
        ribbon.options.borrow_mut().ears.listeners = listeners;
        if method == "on" && !known {
            ribbon.replay_to(&event, listener);
        }
    }
    Ok(done())
}
