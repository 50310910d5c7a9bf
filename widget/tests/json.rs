//! JSON by the browser's own means, in a real browser.
#![cfg(target_arch = "wasm32")]

use call_ribbon_widget::ribbon::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn js(code: &str) -> JsValue {
    // What is thrown is no value that a test expects.
    js_sys::eval(code).unwrap_or_else(|thrown| thrown)
}

#[wasm_bindgen_test]
fn values_are_written_as_json_has_them() {
    for (code, text) in [
        (
            "({a: 1, b: [true, null, 'x\"y'], c: {d: 0.1}})",
            r#"{"a":1,"b":[true,null,"x\"y"],"c":{"d":0.1}}"#,
        ),
        ("({a: undefined, f() {}, b: 2})", r#"{"b":2}"#),
        ("[undefined, () => 1, NaN]", "[null,null,null]"),
        ("({at: new Date(0)})", r#"{"at":"1970-01-01T00:00:00.000Z"}"#),
        ("({n: 123456789012345678901n})", r#"{"n":123456789012345678901}"#),
        ("'सुनीता \\ud800'", r#""सुनीता \ud800""#),
        ("undefined", "null"),
    ] {
        assert_eq!(json::write(&js(code)).as_deref(), Some(text), "{code}");
    }
}

#[wasm_bindgen_test]
fn what_a_library_put_on_the_prototypes_changes_nothing() {
    let value =
        js("Array.prototype.toJSON = String.prototype.toJSON = () => 'broken'; ({list: [1, 'x']})");
    let text = json::write(&value);
    js("delete Array.prototype.toJSON; delete String.prototype.toJSON");
    assert_eq!(text.as_deref(), Some(r#"{"list":[1,"x"]}"#));
}

#[wasm_bindgen_test]
fn a_value_that_refers_to_itself_is_refused() {
    assert_eq!(json::write(&js("const a = {}; a.a = a; a")), None);
}
