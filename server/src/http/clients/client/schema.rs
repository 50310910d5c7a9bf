//! Describes the lists of a client's settings for the OpenAPI document.

use super::fields;
use crate::ids::LONGEST_ID;
use crate::services::access::domains;
use crate::services::analytics::breakdown::MOST_EDGES;
use crate::storage::MAX_FIELDS;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder};

/// Describes an allow-list whose entries each name a host.
pub fn domain_list() -> Schema {
    let line = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(domains::MAX_LINE_CHARS))
        .pattern(Some(domains::LINE_PATTERN));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(line)
        .max_items(Some(fields::MOST_DOMAINS))
        .description(Some(
            "Domains whose pages may use the client's keys (`crm.example.com`, `*.example.com`, \
             with or without a port). An empty list allows all domains.",
        ))
        .examples([serde_json::json!(["crm.example.com", "*.example.com"])])
        .into()
}

/// Describes a list of features.
pub fn feature_list() -> Schema {
    let feature = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(fields::LONGEST_FEATURE))
        .pattern(Some(r"^[^\u0000]*$"));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(feature)
        .max_items(Some(fields::MOST_FEATURES))
        .description(Some("The features that it may use."))
        .examples([serde_json::json!(["call", "mute", "hold", "dtmf"])])
        .into()
}

/// Describes edges by field.
pub fn field_edges() -> Schema {
    let edges = ArrayBuilder::new()
        .items(ObjectBuilder::new().schema_type(Type::Number))
        .min_items(Some(1))
        .max_items(Some(MOST_EDGES));
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .additional_properties(Some(edges))
        .property_names(Some(field_name()))
        .max_properties(Some(MAX_FIELDS))
        .description(Some(
            "The edges between which its calls are counted, by field (`context.…` or \
             `metadata.…`, at most 200 characters), in ascending order. Null means edges that suit \
             the numbers.",
        ))
        .examples([serde_json::json!({"context.daysOverdue": [0, 30, 60, 90]})])
        .into()
}

fn field_name() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(LONGEST_ID))
        .pattern(Some(r"^(context|metadata)\.[^\u0000]*$"))
}
