//! Formats numbers.

use super::locale;
use js_sys::{Array, Function, Intl, Object, Reflect};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast as _, JsValue};

/// The options of a number format.
type Options = &'static [(&'static str, &'static str)];

const WHOLE: Options = &[("maximumFractionDigits", "0")];
const DECIMAL: Options = &[("maximumFractionDigits", "2")];
const ONE_DECIMAL: Options = &[("minimumFractionDigits", "1"), ("maximumFractionDigits", "1")];
const SHORT: Options = &[("notation", "compact"), ("maximumFractionDigits", "1")];
// Always with its decimal, so that shares in a column can be compared.
const PERCENT: Options =
    &[("style", "percent"), ("minimumFractionDigits", "1"), ("maximumFractionDigits", "1")];
const PERCENT_WHOLE: Options = &[("style", "percent"), ("maximumFractionDigits", "0")];

/// A locale, options and a currency.
type FormatName = (Option<String>, Options, String);

thread_local! {
    /// Formats by name: creating one takes longer than using it.
    static FORMATS: RefCell<HashMap<FormatName, Option<Function>>> = RefCell::new(HashMap::new());
}

fn format_value(value: f64, options: Options, currency: &str) -> String {
    let name = (locale::current(), options, currency.to_owned());
    let format = FORMATS.with_borrow_mut(|known| {
        let made = |(locale, options, currency): &FormatName| {
            make_format(locale.as_deref(), options, currency)
        };
        known.entry(name).or_insert_with_key(made).clone()
    });
    format
        .and_then(|format| format.call1(&JsValue::UNDEFINED, &JsValue::from_f64(value)).ok())
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| value.to_string())
}

/// Returns a number format; `None` if the browser does not know the currency.
fn make_format(locale: Option<&str>, options: Options, currency: &str) -> Option<Function> {
    let object = Object::new();
    let currency: &[(&str, &str)] = match currency {
        "" => &[],
        code => &[("style", "currency"), ("currencyDisplay", "narrowSymbol"), ("currency", code)],
    };
    for (name, value) in options.iter().chain(currency) {
        Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let maker: Function = Reflect::get(&intl, &"NumberFormat".into()).ok()?.dyn_into().ok()?;
    let locale = locale.map_or(JsValue::UNDEFINED, JsValue::from_str);
    // Called through `Reflect`, because an unknown currency throws.
    let made = Reflect::construct(&maker, &Array::of2(&locale, &object)).ok()?;
    Some(made.unchecked_into::<Intl::NumberFormat>().format())
}

/// Formats an amount of money in a currency, by its three-letter code: `₹1,23,456`. An unknown code
/// is written after the number.
#[must_use]
pub fn money(value: f64, currency: &str) -> String {
    let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
    let options = if value.fract() == 0.0 { WHOLE } else { DECIMAL };
    if is_code {
        format_value(value, options, currency)
    } else {
        format!("{} {currency}", decimal(value))
    }
}

/// Formats a whole number with digit groups: `1,234`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn number(value: i64) -> String {
    format_value(value as f64, WHOLE, "")
}

/// Formats a number with at most two decimals.
#[must_use]
pub fn decimal(value: f64) -> String {
    format_value(value, DECIMAL, "")
}

/// Formats a number for a tick of a scale: `1.2K`, in India `12L`.
#[must_use]
pub fn short_number(value: f64) -> String {
    format_value(value, SHORT, "")
}

/// Formats a share from 0 to 1 as `61.3%`.
#[must_use]
pub fn percent(share: f64) -> String {
    format_value(share, PERCENT, "")
}

/// Formats a share from 0 to 1 as `61%`.
#[must_use]
pub fn percent_whole(share: f64) -> String {
    format_value(share, PERCENT_WHOLE, "")
}

/// Formats the size of a difference of shares in percentage points, without the unit: `3.0`.
#[must_use]
pub fn points(difference: f64) -> String {
    format_value(difference * 100.0, ONE_DECIMAL, "")
}

/// Formats a count with its noun: `1 call`, `1,204 calls`.
#[must_use]
pub fn count(value: i64, one: &str, many: &str) -> String {
    let noun = if value == 1 { one } else { many };
    format!("{} {noun}", number(value))
}
