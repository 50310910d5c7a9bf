//! Walks the request bodies of the OpenAPI document.

use serde_json::{Map, Value, json};

/// Bytes that no field may hold.
const TOO_MANY_BYTES: usize = 100 * 1024;

/// A value that is longer than a field's documented maximum.
#[derive(Debug)]
pub struct OverLong {
    /// The field's path in the body, as errors name it.
    pub field: String,
    /// A valid body but for that field.
    pub body: Value,
}

/// Returns bodies that each have one field that is longer than documented; fails for a field
/// without a documented maximum.
pub fn over_long_bodies(document: &Value, schema: &Value) -> Vec<OverLong> {
    let schema = merged(document, schema);
    let mut found = Vec::new();
    let base = example(document, &schema);
    for (field, pointer, value) in targets(document, &schema, "", "") {
        let mut body = base.clone();
        set(&mut body, &pointer, value);
        found.push(OverLong { field, body });
    }
    found
}

/// Resolves references, and merges `allOf` and the first of `anyOf` and `oneOf` into one schema.
fn merged(document: &Value, schema: &Value) -> Value {
    let mut whole = Map::new();
    merge_into(document, schema, &mut whole);
    Value::Object(whole)
}

fn merge_into(document: &Value, schema: &Value, whole: &mut Map<String, Value>) {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        merge_into(document, document.pointer(&target[1..]).unwrap(), whole);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        merge_into(document, part, whole);
    }
    for choice in ["anyOf", "oneOf"] {
        let parts = schema[choice].as_array().into_iter().flatten();
        let is_null = |part: &&Value| part["type"] == "null";
        if let Some(part) = parts.into_iter().find(|part| !is_null(part)) {
            merge_into(document, part, whole);
        }
    }
    for (name, value) in schema.as_object().unwrap() {
        match (name.as_str(), whole.get_mut(name)) {
            ("$ref" | "allOf" | "anyOf" | "oneOf", _) => {}
            ("properties", Some(known)) => {
                for (field, kind) in value.as_object().unwrap() {
                    known.as_object_mut().unwrap().entry(field).or_insert(kind.clone());
                }
            }
            ("required", Some(known)) => {
                known.as_array_mut().unwrap().extend(value.as_array().unwrap().clone());
            }
            // A description beside a reference is the field's own.
            ("description", _) | (_, None) => {
                whole.insert(name.clone(), value.clone());
            }
            _ => {}
        }
    }
}

fn has_type(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    }
}

/// Returns a valid value: the documented example, or an object with its required fields.
fn example(document: &Value, schema: &Value) -> Value {
    let schema = merged(document, schema);
    if let Some(example) = schema["examples"].get(0) {
        return example.clone();
    }
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    if schema.get("properties").is_some() || has_type(&schema, "object") {
        let required = schema["required"].as_array().into_iter().flatten();
        let fields = required.map(|name| {
            let name = name.as_str().unwrap();
            (name.to_owned(), example(document, &schema["properties"][name]))
        });
        return Value::Object(fields.collect());
    }
    if has_type(&schema, "array") {
        return json!([]);
    }
    if has_type(&schema, "string") {
        let least = schema["minLength"].as_u64().unwrap_or(1);
        return json!("x".repeat(usize::try_from(least).unwrap()));
    }
    if has_type(&schema, "boolean") { json!(true) } else { json!(1) }
}

/// Returns each field's path, its JSON pointer, and a value longer than it may have.
fn targets(
    document: &Value,
    schema: &Value,
    field: &str,
    pointer: &str,
) -> Vec<(String, String, Value)> {
    let schema = merged(document, schema);
    let mut found = Vec::new();
    let mut add = |value| found.push((field.to_owned(), pointer.to_owned(), value));
    let most = |name: &str| schema[name].as_u64().map(|most| usize::try_from(most).unwrap());
    let any = schema.get("type").is_none() && schema.get("properties").is_none();
    if has_type(&schema, "string") || any {
        let fixed = schema.get("enum").is_some() || schema.get("format").is_some_and(is_time);
        let most = most("maxLength").or(fixed.then_some(TOO_MANY_BYTES));
        let most = most.unwrap_or_else(|| panic!("{field} has no maximum: {schema}"));
        add(json!("x".repeat(most + 1)));
    }
    let says_size = schema["description"].as_str().is_some_and(|says| says.contains("KiB"));
    let is_free = has_type(&schema, "object")
        && schema.get("properties").is_none()
        && schema.get("additionalProperties").is_none_or(Value::is_boolean);
    assert!(!is_free || says_size, "{field} has no maximum: {schema}");
    if says_size {
        let mut value = example(document, &schema);
        if has_type(&schema, "array") {
            value = json!([]);
            value.as_array_mut().unwrap().push("y".repeat(TOO_MANY_BYTES).into());
        } else {
            value["unknown"] = json!("y".repeat(TOO_MANY_BYTES));
        }
        add(value);
    } else if has_type(&schema, "array") {
        let most = most("maxItems").unwrap_or_else(|| panic!("{field} has no maximum: {schema}"));
        let item = example(document, &schema["items"]);
        add(json!(vec![item; most + 1]));
        let items = merged(document, &schema["items"]);
        if !has_type(&items, "number") {
            let (field, pointer) = (format!("{field}[0]"), format!("{pointer}/0"));
            found.extend(targets(document, &items, &field, &pointer));
        }
    }
    if let Some(kind) = schema.get("additionalProperties").filter(|kind| kind.is_object()) {
        assert!(most("maxProperties").is_some(), "{field} has no maximum: {schema}");
        let (field, pointer) = (format!("{field}.context.x"), format!("{pointer}/context.x"));
        found.extend(targets(document, kind, &field, &pointer));
    }
    for (name, kind) in schema["properties"].as_object().into_iter().flatten() {
        let below = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        if !is_short(document, kind) {
            found.extend(targets(document, kind, &below, &format!("{pointer}/{name}")));
        }
    }
    found
}

fn is_time(format: &Value) -> bool {
    format == "date-time" || format == "date"
}

/// Returns whether a value cannot be long: a number or a truth value.
fn is_short(document: &Value, schema: &Value) -> bool {
    let schema = merged(document, schema);
    let short = ["integer", "number", "boolean"].iter().any(|kind| has_type(&schema, kind));
    short && !has_type(&schema, "string")
}

/// Sets a value at a JSON pointer, with the objects and lists that lead to it.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for step in pointer.split('/').skip(1) {
        place = match step.parse::<usize>() {
            Ok(index) => {
                if !place.is_array() || place.as_array().unwrap().is_empty() {
                    *place = json!([{}]);
                }
                &mut place[index]
            }
            Err(_) => {
                if !place.is_object() {
                    *place = json!({});
                }
                &mut place[step]
            }
        };
    }
    *place = value;
}
