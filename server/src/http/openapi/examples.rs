//! Keeps each example with the schema that it is an example of.

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// Moves the examples of lists and maps back to them. utoipa gives them to the schema of the items,
/// where they are wrong: a list is no example of a text.
pub fn return_examples(api: &mut OpenApi) {
    let schemas = api.components.iter_mut().flat_map(|components| components.schemas.values_mut());
    for schema in schemas {
        return_to(schema);
    }
}

fn return_to(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                array.examples.extend(take_examples(items, Value::is_array));
                return_to(items);
            }
        }
        Schema::Object(object) => {
            if let Some(AdditionalProperties::RefOr(value)) =
                object.additional_properties.as_deref_mut()
            {
                object.examples.extend(take_examples(value, Value::is_object));
                return_to(value);
            }
            if let Some(names) = object.property_names.as_deref_mut() {
                // The same as those of the values.
                take_from_schema(names, Value::is_object);
            }
            object.properties.values_mut().for_each(return_to);
        }
        Schema::OneOf(parts) => parts.items.iter_mut().for_each(return_to),
        Schema::AllOf(parts) => parts.items.iter_mut().for_each(return_to),
        Schema::AnyOf(parts) => parts.items.iter_mut().for_each(return_to),
        _ => {}
    }
}

/// Takes the examples of a kind from the innermost items, whose own examples are of another kind.
fn take_examples(schema: &mut RefOr<Schema>, is_of_kind: fn(&Value) -> bool) -> Vec<Value> {
    match schema {
        RefOr::T(schema) => take_from_schema(schema, is_of_kind),
        RefOr::Ref(_) => Vec::new(),
    }
}

fn take_from_schema(schema: &mut Schema, is_of_kind: fn(&Value) -> bool) -> Vec<Value> {
    match schema {
        Schema::Array(array) => match &mut array.items {
            ArrayItems::RefOrSchema(items) => take_examples(items, is_of_kind),
            ArrayItems::False => Vec::new(),
        },
        // An object is an example of a schema that has properties.
        Schema::Object(object) if object.properties.is_empty() => {
            let (taken, kept) = object.examples.drain(..).partition(is_of_kind);
            object.examples = kept;
            taken
        }
        _ => Vec::new(),
    }
}
