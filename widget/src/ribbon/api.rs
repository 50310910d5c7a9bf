//! The JavaScript API behind the loader.
//!
//! The loader owns the global object and its methods; it passes each call on as a name and a list
//! of arguments. Nothing here throws: a mistake is reported to `onError`, to the console and
//! through the promise, in one sentence that names the field.

mod state;

use super::customer::Customer;
use super::emit::{self, EVENTS, PageListeners};
use super::json;
use super::model::{Position, RibbonError, Session};
use super::options::{self, Options};
use super::runtime::Ribbon;
use super::runtime::wrap_up::read_asked;
use super::step::{Msg, PermissionMsg, Reply, WrapUpMsg};
use super::words::load;
use call_ribbon_shared::call::Action;
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

pub(super) use state::current_state;

/// State that outlives a ribbon: listeners and a customer may be set before `init`, and a page may
/// create another ribbon after `destroy`.
#[derive(Default)]
struct PageState {
    ribbon: Option<Rc<Ribbon>>,
    home: String,
    listeners: Vec<(String, Function)>,
    customer: Option<Customer>,
}

thread_local! {
    static PAGE: RefCell<PageState> = RefCell::default();
}

/// Sets the URL that the script was loaded from; the server is there unless `init` names another.
pub fn set_home(home: &str) {
    PAGE.with_borrow_mut(|page| home.trim_end_matches('/').clone_into(&mut page.home));
}

/// Runs one call of the API. Returns a promise, except for `getState`.
#[must_use]
pub fn run_method(method: &str, arguments: &Array) -> JsValue {
    let first = arguments.get(0);
    if method == "getState" {
        return current_state();
    }
    let outcome = match method {
        "init" => run_init(&first),
        "setCustomer" => set_customer(&first, &arguments.get(1)),
        "makeCall" => make_call(&first),
        "setPosition" => first
            .as_string()
            .as_deref()
            .and_then(Position::parse)
            .ok_or_else(|| {
                argument_error("setPosition: position must be 'top', 'bottom' or 'floating'.")
            })
            .and_then(|position| send_msg(method, Msg::SetPosition(position))),
        "setVisible" => read_flag(&first, "setVisible: visible must be true or false.")
            .and_then(|on| send_msg(method, Msg::SetVisible(on))),
        "on" | "off" => change_listeners(method, &first, &arguments.get(1)),
        _ => run_other_method(method, &first, &arguments.get(1)),
    };
    outcome.unwrap_or_else(|trouble| reject_call(&trouble)).into()
}

/// Runs a method that hardly a page needs before its first call: it is in the second file.
#[inline(never)]
fn run_other_method(
    method: &str,
    first: &JsValue,
    second: &JsValue,
) -> Result<Promise, RibbonError> {
    match method {
        "destroy" => {
            destroy_ribbon();
            Ok(resolved_promise())
        }
        "setMinimized" => read_flag(first, "setMinimized: minimized must be true or false.")
            .and_then(|on| send_msg(method, Msg::Minimize(on))),
        "canCall" => can_call(first),
        "answer" => send_action(method, Action::Answer),
        "hangup" => send_action(method, Action::HangUp),
        "setMuted" => read_flag(first, "setMuted: muted must be true or false.")
            .and_then(|on| send_action(method, Action::Mute(on))),
        "setHold" => read_flag(first, "setHold: onHold must be true or false.")
            .and_then(|on| send_action(method, Action::Hold(on))),
        "sendDtmf" => read_digit(first).and_then(|action| send_action(method, action)),
        "setNotes" => first
            .as_string()
            .ok_or_else(|| argument_error("setNotes: text must be a string."))
            .and_then(|text| send_wrap_up(method, |reply| WrapUpMsg::Notes(text, reply))),
        "setDisposition" => read_disposition(first).and_then(|code| match code {
            None => send_wrap_up(method, |reply| WrapUpMsg::Disposition(None, reply)),
            Some(code) => {
                let fields = read_fields(second)?;
                send_wrap_up(method, |reply| WrapUpMsg::Judged(code, fields, reply))
            }
        }),
        _ => Err(argument_error(&format!("{method}: there is no such method."))),
    }
}

fn argument_error(sentence: &str) -> RibbonError {
    RibbonError::new("invalid_argument", sentence)
}

fn resolved_promise() -> Promise {
    Promise::resolve(&JsValue::UNDEFINED)
}

fn current_ribbon() -> Option<Rc<Ribbon>> {
    PAGE.with_borrow(|page| page.ribbon.clone())
}

/// Returns the ribbon, or an error that says how to create one.
fn require_ribbon(method: &str) -> Result<Rc<Ribbon>, RibbonError> {
    current_ribbon().ok_or_else(|| {
        RibbonError::new("not_initialised", format!("{method}: call init with an apiKey first."))
    })
}

/// Reports a mistake of the page and returns a rejected promise.
#[inline(never)]
fn reject_call(trouble: &RibbonError) -> Promise {
    current_ribbon()
        .map_or_else(PageListeners::default, |ribbon| ribbon.page_listeners())
        .report_error(trouble);
    Promise::reject(&emit::rejection(trouble))
}

fn read_flag(value: &JsValue, sentence: &str) -> Result<bool, RibbonError> {
    value.as_bool().ok_or_else(|| argument_error(sentence))
}

fn read_digit(value: &JsValue) -> Result<Action, RibbonError> {
    let text = value.as_string().or_else(|| value.as_f64().and_then(|_| json::write(value)));
    let mut chars = text.as_deref().unwrap_or_default().chars();
    match (chars.next().and_then(Action::parse_digit), chars.next()) {
        (Some(action), None) => Ok(action),
        _ => Err(argument_error("sendDtmf: digit must be one of 0–9, *, #, A–D.")),
    }
}

/// Reads a code, or null to clear the disposition.
fn read_disposition(value: &JsValue) -> Result<Option<String>, RibbonError> {
    match value.as_string() {
        None if value.is_null() => Ok(None),
        None => Err(argument_error("setDisposition: code must be a string, or null for none.")),
        code => Ok(code),
    }
}

/// Reads the fields of a disposition: an object of texts and numbers, or nothing.
fn read_fields(value: &JsValue) -> Result<Vec<(String, String)>, RibbonError> {
    if value.is_undefined() || value.is_null() {
        return Ok(Vec::new());
    }
    if !json::is_fields(value) {
        return Err(argument_error("setDisposition: fields must be an object."));
    }
    Ok(read_asked(value))
}

fn send_wrap_up(
    method: &str,
    msg: impl FnOnce(Option<Reply>) -> WrapUpMsg,
) -> Result<Promise, RibbonError> {
    let ribbon = require_ribbon(method)?;
    Ok(ribbon.new_promise(|reply| ribbon.dispatch(Msg::WrapUp(msg(Some(reply))))))
}

fn send_msg(method: &str, msg: Msg) -> Result<Promise, RibbonError> {
    require_ribbon(method)?.dispatch(msg);
    Ok(resolved_promise())
}

fn send_action(method: &str, action: Action) -> Result<Promise, RibbonError> {
    let ribbon = require_ribbon(method)?;
    Ok(ribbon.new_promise(|reply| ribbon.dispatch(Msg::Act { action, reply: Some(reply) })))
}

/// Runs `init`: creates the ribbon. A second `init` applies the new options, and keeps a call in
/// progress if server and key are the same.
fn run_init(given: &JsValue) -> Result<Promise, RibbonError> {
    let (home, listeners, customer) =
        PAGE.with_borrow(|page| (page.home.clone(), page.listeners.clone(), page.customer.clone()));
    // `onError` is read first, so that it receives errors in the other options.
    let on_error = options::read_callback(given, "onError").unwrap_or_default();
    let mut options = match options::read_options(given, &home) {
        Ok(options) => options,
        Err(trouble) => {
            PageListeners { on_error, ..PageListeners::default() }.report_error(&trouble);
            return Ok(Promise::reject(&emit::rejection(&trouble)));
        }
    };
    options.ears.listeners = listeners;
    if let Some(ribbon) = current_ribbon() {
        if has_same_server(&ribbon, &options) {
            return Ok(apply_options(&ribbon, options));
        }
        destroy_ribbon();
    }
    let ribbon = Ribbon::start(options, customer).ok_or_else(|| {
        RibbonError::new("no_document", "init: this page has no document to show the ribbon in.")
    })?;
    let ready = ribbon.when_ready();
    PAGE.with_borrow_mut(|page| page.ribbon = Some(ribbon.clone()));
    ribbon.replay_to_all("");
    Ok(ready)
}

fn has_same_server(ribbon: &Ribbon, options: &Options) -> bool {
    let old = ribbon.options.borrow();
    old.api_key == options.api_key && old.api_url == options.api_url
}

/// Applies the options of a second `init`.
#[inline(never)]
fn apply_options(ribbon: &Rc<Ribbon>, options: Options) -> Promise {
    let position = options.position;
    let token = options.agent_token.clone();
    let renamed = token.is_string() && ribbon.options.borrow().agent_token != token;
    let (id, name) = (options.agent_id.clone(), options.agent_name.clone());
    ribbon.options.replace(options);
    ribbon.hear_keys();
    ribbon.dispatch(Msg::SetPosition(position));
    ribbon.dispatch(Msg::NameAgent { id, name });
    ribbon.apply_offset();
    // The cause of the refusal may be fixed by now.
    if renamed || ribbon.read(|model| matches!(model.session, Session::Refused(_))) == Some(true) {
        ribbon.dispatch(Msg::SignIn);
    }
    load::load_language(ribbon);
    ribbon.call_ready_again();
    ribbon.when_ready()
}

#[inline(never)]
fn destroy_ribbon() {
    let ribbon = PAGE.with_borrow_mut(|page| {
        page.customer = None;
        page.ribbon.take()
    });
    if let Some(ribbon) = ribbon {
        ribbon.remove();
    }
}

/// Runs `setCustomer`; `more` is what the page gave after the customer.
fn set_customer(given: &JsValue, more: &JsValue) -> Result<Promise, RibbonError> {
    let customer = options::read_given_customer(given)?;
    let home = PAGE.with_borrow(|page| page.home.clone());
    let ribbon = current_ribbon();
    let busy = ribbon.as_ref().and_then(|ribbon| ribbon.read(|model| model.live_call().is_some()));
    let why = customer.number_error().map(|why| why.to_string()).unwrap_or_default();
    let (waits, busy) = (ribbon.is_none(), busy == Some(true));
    options::check_given("setCustomer", given, &home, waits, busy, more, &why);
    match ribbon {
        Some(ribbon) => ribbon.set_customer(customer)?,
        // `init` has not been called yet and will show the customer.
        None => PAGE.with_borrow_mut(|page| page.customer = Some(customer)),
    }
    Ok(resolved_promise())
}

/// Runs `canCall`: `given` is a customer, a number, or nothing for the customer that is shown.
fn can_call(given: &JsValue) -> Result<Promise, RibbonError> {
    let (mut to, mut customer) = (None, None);
    if given.is_object() {
        customer = Some(options::read_customer(given).map_err(|mut trouble| {
            trouble.message = trouble.message.replacen("setCustomer", "canCall", 1);
            trouble
        })?);
    } else {
        to = read_number("canCall", given)?;
    }
    let ribbon = require_ribbon("canCall")?;
    Ok(ribbon.new_promise(|reply| {
        ribbon.dispatch(Msg::Permission(PermissionMsg::CanCall { to, customer, reply }));
    }))
}

/// Reads a number; `None` if none is given.
fn read_number(method: &str, number: &JsValue) -> Result<Option<String>, RibbonError> {
    if number.is_undefined() || number.is_null() {
        return Ok(None);
    }
    let text = number.as_string().or_else(|| number.as_f64().and_then(|_| json::write(number)));
    let wrong =
        || argument_error(&[method, ": phoneNumber must be a string or a number."].concat());
    text.ok_or_else(wrong).map(Some)
}

fn make_call(number: &JsValue) -> Result<Promise, RibbonError> {
    let to = read_number("makeCall", number)?;
    let ribbon = require_ribbon("makeCall")?;
    Ok(ribbon.new_promise(|reply| ribbon.request_call(to, Some(reply))))
}

fn change_listeners(
    method: &str,
    event: &JsValue,
    listener: &JsValue,
) -> Result<Promise, RibbonError> {
    let event = event.as_string().filter(|event| EVENTS.contains(&event.as_str()));
    let event = event.ok_or_else(|| {
        argument_error(&[method, ": event must be one of ", &EVENTS.join(", "), "."].concat())
    })?;
    let listener = listener
        .dyn_ref::<Function>()
        .ok_or_else(|| argument_error(&format!("{method}: listener must be a function.")))?;
    let mut known = false;
    let listeners = PAGE.with_borrow_mut(|page| {
        known = page.listeners.iter().any(|(name, one)| *name == event && one == listener);
        page.listeners.retain(|(name, known)| *name != event || known != listener);
        if method == "on" {
            page.listeners.push((event.clone(), listener.clone()));
        }
        page.listeners.clone()
    });
    if let Some(ribbon) = current_ribbon() {
        ribbon.options.borrow_mut().ears.listeners = listeners;
        if method == "on" && !known {
            ribbon.replay_to(&event, listener);
        }
    }
    Ok(resolved_promise())
}
