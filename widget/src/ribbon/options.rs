//! Reads the options and customers that a page passes, with a sentence for each mistake.

use super::customer::{Customer, field_error};
use super::emit::PageListeners;
use super::hidden_number::join_handle;
use super::json;
use super::model::{Position, RibbonError};
use super::platform;
use js_sys::Function;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Returns the chords passed to `init`, by command, or a sentence about a mistake in them.
    /// Implemented in `loader/keys.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonReadKeys)]
    fn read_keys(given: &JsValue) -> JsValue;
    /// Returns a sentence about the first mistake in the facts of a customer. Implemented in
    /// `loader/facts.js`, as is the next.
    #[wasm_bindgen(js_name = callRibbonCheckFacts)]
    fn check_facts(facts: &JsValue) -> JsValue;
    /// Returns a customer's amount and days, as text.
    #[wasm_bindgen(js_name = callRibbonBrief)]
    fn brief_facts(customer: &JsValue) -> String;
}

#[wasm_bindgen]
extern "C" {
    /// Tells the developer in the console what is probably a mistake in what the page gave to a
    /// method. Implemented in `loader/check.js`, which the build adds to the glue. `waits` is
    /// whether `init` has not been called yet, `busy` whether a call is in progress, `more` what
    /// follows the object, and `why` says why the customer's number cannot be dialed; if it can, it
    /// is empty.
    #[wasm_bindgen(js_name = callRibbonCheck)]
    pub(super) fn check_given(
        method: &str,
        given: &JsValue,
        files: &str,
        waits: bool,
        busy: bool,
        more: &JsValue,
        why: &str,
    );
}

/// What a field must be that `number_or_text` reads.
const TEXT_OR_NUMBER: &str = "must be a string or a number";

/// The longest id or name that the server accepts, in characters.
const LONGEST_ID: usize = 200;

/// The most bytes of a customer's JSON that the server stores.
const MOST_BYTES: usize = 65_536;

const TOO_LARGE: &str = "Call ribbon: setCustomer: a customer has at most 65536 bytes as JSON. \
    Fields beyond that are not stored with the call. Bytes given:";

/// The largest distance of the bar from an edge, in pixels.
const MOST_OFFSET: f64 = 1000.0;

/// The options of `init`.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) api_key: String,
    /// The server's address, without a trailing slash.
    pub(super) api_url: String,
    /// The address of the ribbon's own files, without a trailing slash.
    pub(super) home: String,
    pub(super) position: Position,
    /// The bar's distance from the window's upper and lower edge, in pixels.
    pub(super) offset: [f64; 2],
    /// `auto`, `light` or `dark`.
    pub(super) theme: String,
    pub(super) agent_id: Option<String>,
    pub(super) agent_name: Option<String>,
    /// What the page's server has signed about the agent, or a function that returns it, now or
    /// later; otherwise falsy.
    pub(super) agent_token: JsValue,
    pub(super) auto_call: bool,
    /// The language tag; empty if the page sets none.
    pub(super) locale: String,
    /// The chords by command, such as `Alt+Shift+H` for `hangup`.
    pub(super) keys: JsValue,
    pub(super) ears: PageListeners,
}

fn option_error(method: &str, field: &str, must: &str) -> RibbonError {
    RibbonError::new("invalid_argument", format!("{method}: {field} {must}."))
}

/// Reads an optional text.
fn read_text(object: &JsValue, field: &str) -> Result<Option<String>, RibbonError> {
    let value = json::field(object, field);
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    value.as_string().map(Some).ok_or_else(|| option_error("init", field, "must be a string"))
}

/// Reads one side of `offset`, in pixels.
fn read_offset(object: &JsValue, side: &str) -> Result<f64, RibbonError> {
    let given = json::field(object, "offset");
    let value = json::field(&given, side);
    let is_fields = json::is_fields(&given);
    if given.is_null() || given.is_undefined() || is_fields && value.is_undefined() {
        return Ok(0.0);
    }
    let pixels = value.as_f64().filter(|pixels| (0.0..=MOST_OFFSET).contains(pixels));
    pixels.ok_or_else(|| {
        let must = "must be an object such as {bottom: 60}, with pixels from 0 to 1000";
        let side = if is_fields { [".", side].concat() } else { String::new() };
        option_error("init", &["offset", &side].concat(), must)
    })
}

/// Reads a callback of the options. `onError` is read before the other options, so that it receives
/// errors in them.
pub(super) fn read_callback(
    object: &JsValue,
    field: &str,
) -> Result<Option<Function>, RibbonError> {
    let value = json::field(object, field);
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| option_error("init", field, "must be a function"))
}

/// Reads the options of `init`. `home` is the URL that the script was loaded from.
pub(super) fn read_options(object: &JsValue, home: &str) -> Result<Options, RibbonError> {
    if !json::is_fields(object) {
        return Err(option_error("init", "options", "must be an object such as {apiKey: '…'}"));
    }
    let api_key = read_text(object, "apiKey")?.filter(|key| !key.trim().is_empty());
    let api_key = api_key.ok_or_else(|| {
        option_error(
            "init",
            "apiKey",
            "is missing; give the key that your administrator made for this page",
        )
    })?;
    let api_url = read_text(object, "apiUrl")?.unwrap_or_else(|| home.to_owned());
    if !api_url.starts_with("http://") && !api_url.starts_with("https://") {
        return Err(option_error("init", "apiUrl", "must begin with https:// or http://"));
    }
    if api_url.trim_end_matches('/').ends_with("/api/ribbon") {
        let must = "must be the server's address only; leave /api/ribbon away";
        return Err(option_error("init", "apiUrl", must));
    }
    let position = match read_text(object, "position")? {
        None => Position::default(),
        Some(word) => Position::parse(&word).ok_or_else(|| {
            option_error("init", "position", "must be 'top', 'bottom' or 'floating'")
        })?,
    };
    let theme = read_text(object, "theme")?.unwrap_or_else(|| "auto".to_owned());
    if !matches!(theme.as_str(), "auto" | "light" | "dark") {
        return Err(option_error("init", "theme", "must be 'auto', 'light' or 'dark'"));
    }
    let agent_token = json::field(object, "agentToken");
    if !(agent_token.is_falsy() || agent_token.is_string() || agent_token.is_function()) {
        return Err(option_error("init", "agentToken", "must be a string or a function"));
    }
    let keys = read_keys(&json::field(object, "keys"));
    if let Some(why) = keys.as_string() {
        return Err(RibbonError::new("invalid_argument", ["init: ", &why, "."].concat()));
    }
    check_given("init", object, home, false, false, &JsValue::UNDEFINED, "");
    Ok(Options {
        keys,
        api_key: api_key.trim().to_owned(),
        api_url: api_url.trim_end_matches('/').to_owned(),
        home: home.to_owned(),
        position,
        offset: [read_offset(object, "top")?, read_offset(object, "bottom")?],
        theme,
        agent_id: read_agent_text("init", object, "agentId")?,
        agent_name: read_agent_text("init", object, "agentName")?,
        agent_token,
        auto_call: json::field(object, "autoCall").is_truthy(),
        locale: read_text(object, "locale")?.unwrap_or_default(),
        ears: PageListeners {
            on_call_event: read_callback(object, "onCallEvent")?,
            on_ready: read_callback(object, "onReady")?,
            on_error: read_callback(object, "onError")?,
            listeners: Vec::new(),
        },
    })
}

/// Reads the customer of `setCustomer`, with the agent that it names.
pub(super) fn read_given_customer(given: &JsValue) -> Result<Customer, RibbonError> {
    if let Some(why) = check_facts(&json::field(given, "facts")).as_string() {
        return Err(RibbonError::new("invalid_argument", ["setCustomer: ", &why, "."].concat()));
    }
    let customer = read_customer(given)?;
    Ok(Customer {
        agent_id: read_agent_text("setCustomer", given, "agentId")?,
        agent_name: read_agent_text("setCustomer", given, "agentName")?,
        ..customer
    })
}

/// Reads a customer from the server or from the tab's memory: it names no agent.
pub(super) fn read_customer(given: &JsValue) -> Result<Customer, RibbonError> {
    if !json::is_fields(given) {
        return Err(field_error(
            "customer",
            "must be an object such as {phoneNumber: '…', name: '…'}",
        ));
    }
    let phone = match json::field(given, "phoneNumber") {
        // Null, missing or NaN: a customer without a number is shown, and cannot be called.
        value if value.is_falsy() => String::new(),
        value => {
            number_or_text(&value).ok_or_else(|| field_error("phoneNumber", TEXT_OR_NUMBER))?
        }
    };
    let part = |name: &str| number_or_text(&json::field(given, name));
    let phone = join_handle(phone.trim().to_owned(), json::text(given, "phoneNumberHandle"));
    let mut json = json::write(given).ok_or_else(|| {
        field_error("context", "nests too deeply, refers to itself or cannot be read")
    })?;
    if json.len() > MOST_BYTES {
        platform::console_error(TOO_LARGE, &json.len().into());
        // The call matters more than its context.
        json = json::write_within(given, MOST_BYTES).unwrap_or_default();
    }
    Ok(Customer {
        name: part("name").unwrap_or_default(),
        id: part("customerId").unwrap_or_default(),
        phone,
        call_type: part("callType").unwrap_or_default(),
        brief: brief_facts(given),
        auto_call: json::field(given, "autoCall").is_truthy(),
        agent_id: None,
        agent_name: None,
        data: Rc::new(platform::deep_copy(given)),
        json,
    })
}

/// Reads an agent's id or name. An empty value counts as missing, as pages build these from absent
/// values.
fn read_agent_text(
    method: &str,
    object: &JsValue,
    field: &str,
) -> Result<Option<String>, RibbonError> {
    let value = json::field(object, field);
    if value.is_null() || value.is_undefined() || value.as_f64().is_some_and(f64::is_nan) {
        return Ok(None);
    }
    let text = number_or_text(&value).ok_or_else(|| option_error(method, field, TEXT_OR_NUMBER))?;
    if text.chars().nth(LONGEST_ID).is_some() {
        return Err(option_error(method, field, "must have 200 characters at most"));
    }
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// Reads a text, or a number as text: pages often hold numbers and ids as numbers.
fn number_or_text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| value.as_f64().map(|_| json::write(value).unwrap_or_default()))
}
