//! Reads fields of JavaScript values and writes values as JSON text, with the browser's functions.
//!
//! `JSON.stringify` calls a value's `toJSON` method, and libraries that some pages still load
//! define one on `Array.prototype`, which turns lists into strings. So this module walks objects
//! and arrays, and the browser writes only the leaves.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The maximum depth: more than any business context has. A value that contains itself ends here.
const DEEPEST: usize = 64;

/// Returns whether a value is an object that is not a list.
#[must_use]
pub fn is_fields(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

/// Returns a field of an object; `undefined` if it is missing.
#[must_use]
pub fn field(object: &JsValue, name: &str) -> JsValue {
    if object.is_object() {
        Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
    } else {
        JsValue::UNDEFINED
    }
}

/// Returns a text field; `None` if it is missing or not a text.
#[must_use]
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string()
}

/// Returns a number field as an integer.
#[must_use]
pub fn integer(object: &JsValue, name: &str) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "sequence numbers and times fit in 53 bits"
    )]
    field(object, name).as_f64().map(|number| number as i64)
}

/// Returns a number as a count: 0 if it is none.
#[must_use]
pub fn count(value: &JsValue) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion saturates"
    )]
    value.as_f64().map_or(0, |number| number as u32)
}

/// Returns the items of a list; empty if the value is not a list.
#[must_use]
pub fn items(list: &JsValue) -> Vec<JsValue> {
    let Some(list) = list.dyn_ref::<Array>() else {
        return Vec::new();
    };
    (0..list.length()).map(|i| list.get(i)).collect()
}

/// Returns a field that is a list of texts; empty if it is missing.
#[must_use]
pub fn text_list(object: &JsValue, name: &str) -> Vec<String> {
    items(&field(object, name)).iter().filter_map(JsValue::as_string).collect()
}

/// Sets a field of an object that the ribbon created.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting fails only on a frozen object, and the ribbon's objects are not frozen.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// Parses JSON text.
#[must_use]
pub fn parse(text: &str) -> Option<JsValue> {
    js_sys::JSON::parse(text).ok()
}

/// Writes a text as a JSON string.
#[must_use]
pub fn quote(text: &str) -> String {
    write_leaf(&JsValue::from_str(text)).unwrap_or_else(|| "\"\"".to_owned())
}

/// Writes a value as JSON text, with the rules of `JSON.stringify`: functions and `undefined` are
/// omitted from objects and become `null` in lists, dates become texts. Returns `None` for a value
/// that is nested too deeply or contains itself.
#[must_use]
pub fn write(value: &JsValue) -> Option<String> {
    write_within(value, usize::MAX)
}

/// Writes an object as [`write()`] does, without those of its fields that would make the text longer
/// than `most` bytes.
#[must_use]
pub fn write_within(value: &JsValue, most: usize) -> Option<String> {
    let mut out = String::new();
    write_into(&mut out, value, 0, most)?;
    Some(if out.is_empty() { "null".to_owned() } else { out })
}

/// Appends the value; appends nothing for values that JSON omits.
fn write_into(out: &mut String, value: &JsValue, depth: usize, most: usize) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(list) = value.dyn_ref::<Array>() {
        out.push('[');
        for i in 0..list.length() {
            if i > 0 {
                out.push(',');
            }
            let before = out.len();
            write_into(out, &list.get(i), depth + 1, most)?;
            if out.len() == before {
                out.push_str("null");
            }
        }
        out.push(']');
    } else if value.is_bigint() {
        // JSON can represent big integers; only `JSON.stringify` does not write them.
        let digits = value.unchecked_ref::<js_sys::BigInt>().to_string(10).ok()?;
        out.push_str(&String::from(digits));
    } else if value.is_function() || value.is_undefined() || value.is_symbol() {
    } else if value.is_object() && !value.is_instance_of::<js_sys::Date>() {
        let object: &Object = value.unchecked_ref();
        let keys = Object::keys(object);
        let mut comma = false;
        out.push('{');
        for i in 0..keys.length() {
            let key = keys.get(i);
            let start = out.len();
            if comma {
                out.push(',');
            }
            out.push_str(&write_leaf(&key)?);
            out.push(':');
            let before = out.len();
            write_into(out, &Reflect::get(value, &key).ok()?, depth + 1, most)?;
            if out.len() == before || depth == 0 && out.len() >= most {
                out.truncate(start);
            } else {
                comma = true;
            }
        }
        out.push('}');
    } else if let Some(text) = write_leaf(value) {
        out.push_str(&text);
    }
    Some(())
}

/// Writes a value without parts as JSON text.
fn write_leaf(value: &JsValue) -> Option<String> {
    js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string())
}
