//! Reads the options and customers that a page passes, with a sentence for each mistake.

use super::customer::{Customer, bad_field, label};
use super::emit::Ears;
use super::json;
use super::model::{Position, Trouble};
use super::platform;
use js_sys::{Function, Object, Reflect};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Returns the chords passed to `init`, by command, or a sentence about a mistake in them.
    /// Implemented in `loader/keys.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonReadKeys)]
    fn read_keys(given: &JsValue) -> JsValue;
}

/// The number of context entries that fit in the bar.
const FACTS: usize = 3;

/// The longest id or name that the server accepts, in characters.
const LONGEST_ID: usize = 200;

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
    pub(super) auto_call: bool,
    /// The language tag; empty if the page sets none.
    pub(super) locale: String,
    /// The chords by command, such as `Alt+Shift+H` for `hangup`.
    pub(super) keys: JsValue,
    pub(super) ears: Ears,
}

fn wrong(method: &str, field: &str, must: &str) -> Trouble {
    Trouble::new("invalid_argument", format!("{method}: {field} {must}."))
}

/// Reads an optional text.
fn text(object: &JsValue, field: &str) -> Result<Option<String>, Trouble> {
    let value = json::field(object, field);
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    value.as_string().map(Some).ok_or_else(|| wrong("init", field, "must be a string"))
}

/// Reads one side of `offset`, in pixels.
fn offset(object: &JsValue, side: &str) -> Result<f64, Trouble> {
    let given = json::field(object, "offset");
    let value = json::field(&given, side);
    if given.is_null() || given.is_undefined() || given.is_object() && value.is_undefined() {
        return Ok(0.0);
    }
    let pixels = value.as_f64().filter(|pixels| (0.0..=MOST_OFFSET).contains(pixels));
    pixels.ok_or_else(|| {
        let must = "must be an object such as {bottom: 60}, with pixels from 0 to 1000";
        wrong("init", &["offset.", side].concat(), must)
    })
}

/// Reads a callback of the options. `onError` is read before the other options, so that it receives
/// errors in them.
pub(super) fn callback(object: &JsValue, field: &str) -> Result<Option<Function>, Trouble> {
    let value = json::field(object, field);
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| wrong("init", field, "must be a function"))
}

/// Reads the options of `init`. `home` is the URL that the script was loaded from.
pub(super) fn read(object: &JsValue, home: &str) -> Result<Options, Trouble> {
    if !object.is_object() {
        return Err(wrong("init", "options", "must be an object such as {apiKey: '…'}"));
    }
    let api_key = text(object, "apiKey")?.filter(|key| !key.trim().is_empty());
    let api_key = api_key.ok_or_else(|| {
        wrong(
            "init",
            "apiKey",
            "is missing; give the key that your administrator made for this page",
        )
    })?;
    let api_url = text(object, "apiUrl")?.unwrap_or_else(|| home.to_owned());
    if !api_url.starts_with("http://") && !api_url.starts_with("https://") {
        return Err(wrong("init", "apiUrl", "must begin with https:// or http://"));
    }
    let position = match text(object, "position")? {
        None => Position::default(),
        Some(word) => Position::parse(&word)
            .ok_or_else(|| wrong("init", "position", "must be 'top', 'bottom' or 'floating'"))?,
    };
    let theme = text(object, "theme")?.unwrap_or_else(|| "auto".to_owned());
    if !matches!(theme.as_str(), "auto" | "light" | "dark") {
        return Err(wrong("init", "theme", "must be 'auto', 'light' or 'dark'"));
    }
    let keys = read_keys(&json::field(object, "keys"));
    if let Some(why) = keys.as_string() {
        return Err(Trouble::new("invalid_argument", ["init: ", &why, "."].concat()));
    }
    Ok(Options {
        keys,
        api_key: api_key.trim().to_owned(),
        api_url: api_url.trim_end_matches('/').to_owned(),
        home: home.to_owned(),
        position,
        offset: [offset(object, "top")?, offset(object, "bottom")?],
        theme,
        agent_id: agent_text("init", object, "agentId")?,
        agent_name: agent_text("init", object, "agentName")?,
        auto_call: json::field(object, "autoCall").is_truthy(),
        locale: text(object, "locale")?.unwrap_or_default(),
        ears: Ears {
            on_call_event: callback(object, "onCallEvent")?,
            on_ready: callback(object, "onReady")?,
            on_error: callback(object, "onError")?,
            listeners: Vec::new(),
        },
    })
}

/// Reads the customer of `setCustomer`, with the agent that it names.
pub(super) fn given_customer(given: &JsValue) -> Result<Customer, Trouble> {
    let customer = read_customer(given)?;
    Ok(Customer {
        agent_id: agent_text("setCustomer", given, "agentId")?,
        agent_name: agent_text("setCustomer", given, "agentName")?,
        ..customer
    })
}

/// Reads a customer from the server or from the tab's memory: it names no agent.
pub(super) fn read_customer(given: &JsValue) -> Result<Customer, Trouble> {
    if !given.is_object() {
        return Err(bad_field(
            "customer",
            "must be an object such as {phoneNumber: '…', name: '…'}",
        ));
    }
    let phone = match json::field(given, "phoneNumber") {
        // Null, missing or NaN: a customer without a number is shown, and cannot be called.
        value if value.is_falsy() => String::new(),
        value => {
            number_or_text(&value).ok_or_else(|| bad_field("phoneNumber", "must be a string"))?
        }
    };
    let part = |name: &str| number_or_text(&json::field(given, name));
    let json = json::write(given)
        .ok_or_else(|| bad_field("context", "nests too deeply or refers to itself"))?;
    Ok(Customer {
        name: part("name").unwrap_or_default(),
        id: part("customerId").unwrap_or_default(),
        phone: phone.trim().to_owned(),
        facts: facts(&json::field(given, "context")),
        auto_call: json::field(given, "autoCall").is_truthy(),
        agent_id: None,
        agent_name: None,
        data: Rc::new(platform::copy(given)),
        json,
    })
}

/// Reads an agent's id or name. An empty value counts as missing, as pages build these from absent
/// values.
fn agent_text(method: &str, object: &JsValue, field: &str) -> Result<Option<String>, Trouble> {
    let value = json::field(object, field);
    if value.is_null() || value.is_undefined() || value.as_f64().is_some_and(f64::is_nan) {
        return Ok(None);
    }
    let text = number_or_text(&value).ok_or_else(|| wrong(method, field, "must be a string"))?;
    if text.chars().nth(LONGEST_ID).is_some() {
        return Err(wrong(method, field, "must have 200 characters at most"));
    }
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// Reads a text, or a number as text: pages often hold numbers and ids as numbers.
fn number_or_text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| value.as_f64().map(|_| json::write(value).unwrap_or_default()))
}

/// Returns the first simple values of the context, formatted for people.
fn facts(context: &JsValue) -> Vec<(String, String)> {
    let Some(context) = context.dyn_ref::<Object>().filter(|c| !c.is_function()) else {
        return Vec::new();
    };
    let keys = Object::keys(context);
    let mut facts = Vec::new();
    for key in (0..keys.length()).map(|i| keys.get(i)) {
        let value = Reflect::get(context, &key).unwrap_or(JsValue::UNDEFINED);
        let shown = if let Some(number) = value.as_f64() {
            grouped(number)
        } else {
            value.as_string().filter(|text| !text.trim().is_empty())
        };
        if let (Some(name), Some(shown)) = (key.as_string(), shown) {
            facts.push((label(&name), shown));
        }
        if facts.len() == FACTS {
            break;
        }
    }
    facts
}

/// Formats a number with the digit grouping of the agent's language (45,000 or 12,34,567).
fn grouped(number: f64) -> Option<String> {
    let locale = js_sys::Number::from(number).to_locale_string("default");
    Some(String::from(locale)).filter(|text| !text.is_empty())
}
