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
    let base = example(document, schema);
    let over = |target: Target| {
        let mut body = base.clone();
        for (pointer, value) in target.parents {
            if body.pointer(&pointer).is_none_or(Value::is_null) {
                set(&mut body, &pointer, value);
            }
        }
        set(&mut body, &target.pointer, target.value);
        OverLong { field: target.field, body }
    };
    find_targets(document, schema, "", "").into_iter().map(over).collect()
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

/// A field, and a value that is longer than it may have.
struct Target {
    field: String,
    pointer: String,
    value: Value,
    /// Valid values for the objects and lists that hold the field, in case the body lacks them.
    parents: Vec<(String, Value)>,
}

fn find_targets(document: &Value, schema: &Value, field: &str, pointer: &str) -> Vec<Target> {
    let schema = merged(document, schema);
    let mut found = Vec::new();
    let most = |name: &str| {
        let most = schema[name].as_u64().map(|most| usize::try_from(most).unwrap());
        most.unwrap_or_else(|| panic!("{field} has no maximum: {schema}"))
    };
    let over = |value| Target {
        field: field.to_owned(),
        pointer: pointer.to_owned(),
        value,
        parents: Vec::new(),
    };
    let is_any = schema.get("type").is_none() && schema.get("properties").is_none();
    if has_type(&schema, "string") || is_any {
        let fixed = schema.get("enum").is_some() || schema.get("format").is_some_and(is_time);
        let most = if fixed { TOO_MANY_BYTES } else { most("maxLength") };
        found.push(over(json!("x".repeat(most + 1))));
    }
    let has_size = schema["description"].as_str().is_some_and(|says| says.contains("KiB"));
    let free = has_type(&schema, "object")
        && schema.get("properties").is_none()
        && schema.get("additionalProperties").is_none_or(Value::is_boolean);
    assert!(!free || has_size, "{field} has no maximum: {schema}");
    let mut below = Vec::new();
    if has_size {
        let long = json!("y".repeat(TOO_MANY_BYTES));
        let mut value = example(document, &schema);
        if has_type(&schema, "array") {
            value = json!([long]);
        } else {
            value["unknown"] = long;
        }
        found.push(over(value));
    } else if has_type(&schema, "array") {
        let item = example(document, &schema["items"]);
        found.push(over(json!(vec![item.clone(); most("maxItems") + 1])));
        if !is_short(document, &schema["items"]) {
            let (field, pointer) = (format!("{field}[0]"), format!("{pointer}/0"));
            below.extend(find_targets(document, &schema["items"], &field, &pointer));
            for target in &mut below {
                target.parents.insert(0, (pointer.clone(), item.clone()));
            }
        }
    }
    if let Some(kind) = schema.get("additionalProperties").filter(|kind| kind.is_object()) {
        assert!(most("maxProperties") > 0);
        let (field, pointer) = (format!("{field}.context.x"), format!("{pointer}/context.x"));
        below.extend(find_targets(document, kind, &field, &pointer));
    }
    for (name, kind) in schema["properties"].as_object().into_iter().flatten() {
        let field = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        if !is_short(document, kind) {
            below.extend(find_targets(document, kind, &field, &format!("{pointer}/{name}")));
        }
    }
    if !pointer.is_empty() {
        let whole = example(document, &schema);
        for target in &mut below {
            target.parents.insert(0, (pointer.to_owned(), whole.clone()));
        }
    }
    found.extend(below);
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

/// Sets a value at a JSON pointer whose parents are there.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(list) => *list = vec![value],
        None => parent[name] = value,
    }
}
