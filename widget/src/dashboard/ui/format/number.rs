//! Formats numbers in the reader's locale.

use js_sys::{Array, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

/// A number format of the browser; creating one takes longer than using it.
struct NumberFormat(js_sys::Function);

impl NumberFormat {
    fn new(options: &[(&str, JsValue)]) -> Self {
        let object = Object::new();
        for (name, value) in options {
            // A property of a plain object can always be set.
            let _ = Reflect::set(&object, &JsValue::from_str(name), value);
        }
        Self(Intl::NumberFormat::new(&Array::new(), &object).format())
    }

    fn format_value(&self, value: f64) -> String {
        self.0
            .call1(&JsValue::UNDEFINED, &JsValue::from_f64(value))
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_else(|| value.to_string())
    }
}

thread_local! {
    static WHOLE: NumberFormat = NumberFormat::new(&[("maximumFractionDigits", 0.into())]);
    static DECIMAL: NumberFormat = NumberFormat::new(&[("maximumFractionDigits", 2.into())]);
    static SHORT: NumberFormat =
        NumberFormat::new(&[("notation", "compact".into()), ("maximumFractionDigits", 1.into())]);
    // Always with its decimal, so that shares in a column can be compared.
    static PERCENT: NumberFormat = NumberFormat::new(&[
        ("style", "percent".into()),
        ("minimumFractionDigits", 1.into()),
        ("maximumFractionDigits", 1.into()),
    ]);
    static PERCENT_WHOLE: NumberFormat =
        NumberFormat::new(&[("style", "percent".into()), ("maximumFractionDigits", 0.into())]);
}

/// Formats a whole number with digit groups: `1,234`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn number(value: i64) -> String {
    WHOLE.with(|manner| manner.format_value(value as f64))
}

/// Formats a number with at most two decimals.
#[must_use]
pub fn decimal(value: f64) -> String {
    DECIMAL.with(|manner| manner.format_value(value))
}

/// Formats a number for a tick of a scale: `1.2K`, in India `12L`.
#[must_use]
pub fn short_number(value: f64) -> String {
    SHORT.with(|manner| manner.format_value(value))
}

/// Formats a share from 0 to 1 as `61.3%`.
#[must_use]
pub fn percent(share: f64) -> String {
    PERCENT.with(|manner| manner.format_value(share))
}

/// Formats a share from 0 to 1 as `61%`.
#[must_use]
pub fn percent_whole(share: f64) -> String {
    PERCENT_WHOLE.with(|manner| manner.format_value(share))
}

/// Formats a count with its noun: `1 call`, `1,204 calls`.
#[must_use]
pub fn count(value: i64, one: &str, many: &str) -> String {
    let noun = if value == 1 { one } else { many };
    format!("{} {noun}", number(value))
}
