//! Describes the fields of a lead for the OpenAPI document. These types exist in the document only:
//! the handlers read the fields by their names.

use super::fields::longest_text;
use crate::ids::LONGEST_ID;
use crate::services::customers::leads::FIELDS;
use std::borrow::Cow;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, KnownFormat, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{ObjectBuilder, RefOr, Required};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// A blank text counts as missing.
const NOT_BLANK: &str = r"^[^\u0000]*[^\u0000\s][^\u0000]*$";
/// No text may contain NUL.
const NO_NUL: &str = r"^[^\u0000]*$";

/// A header holds no control characters but tabs (RFC 9110, section 5.5). A form writes the ends of
/// lines as `%0D` and `%0A`.
const NAME_IN_HEADER: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$";

/// The fields that name the agent. At least one is required; the first that is present counts.
const AGENT: [(&str, &str); 3] = [
    (
        "dialer_user_id",
        "The agent's id at the dialer. It takes precedence over the other two \
                        fields.",
    ),
    ("user", "The agent's id or user name. Used if `dialer_user_id` is missing."),
    ("agent_username", "The same as `user`. Used if both other fields are missing."),
];

/// The format that holds a field; it decides which kinds of values the field may have.
#[derive(Clone, Copy)]
enum FieldFormat {
    Json,
    /// Forms and queries, in which every value is text.
    Form,
    /// A form in parts. Its names stand in headers.
    Parts,
}

impl FieldFormat {
    fn value_types(self, nullable: bool) -> SchemaType {
        match (self, nullable) {
            (Self::Json, true) => SchemaType::from_iter([Type::String, Type::Number, Type::Null]),
            (Self::Json, false) => SchemaType::from_iter([Type::String, Type::Number]),
            (Self::Form | Self::Parts, _) => Type::String.into(),
        }
    }
}

/// The body as JSON.
pub struct LeadBody;

/// The body as a form.
pub struct LeadForm;

/// The body as a form in parts.
pub struct LeadParts;

/// The query of a GET.
pub struct LeadInQuery;

impl PartialSchema for LeadBody {
    fn schema() -> RefOr<Schema> {
        lead_schema(FieldFormat::Json)
    }
}

impl ToSchema for LeadBody {
    fn name() -> Cow<'static, str> {
        "Lead".into()
    }
}

impl PartialSchema for LeadForm {
    fn schema() -> RefOr<Schema> {
        lead_schema(FieldFormat::Form)
    }
}

impl ToSchema for LeadForm {
    fn name() -> Cow<'static, str> {
        "LeadForm".into()
    }
}

impl PartialSchema for LeadParts {
    fn schema() -> RefOr<Schema> {
        lead_schema(FieldFormat::Parts)
    }
}

impl ToSchema for LeadParts {
    fn name() -> Cow<'static, str> {
        "LeadParts".into()
    }
}

impl IntoParams for LeadInQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let agent = AGENT.iter().map(|(name, what)| (*name, *what, agent_field(FieldFormat::Form)));
        let rest = FIELDS
            .iter()
            .map(|name| (*name, field_meaning(name), field_schema(name, FieldFormat::Form)));
        agent
            .chain(rest)
            .map(|(name, what, schema)| {
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Query)
                    .required(Required::False)
                    .description(Some(what))
                    .schema(Some(schema))
                    .build()
            })
            .collect()
    }
}

/// Describes all fields; one of three must name the agent.
fn lead_schema(within: FieldFormat) -> RefOr<Schema> {
    let names = matches!(within, FieldFormat::Parts)
        .then(|| ObjectBuilder::new().schema_type(Type::String).pattern(Some(NAME_IN_HEADER)));
    let fields = ObjectBuilder::new().property_names(names);
    let fields = FIELDS.iter().fold(fields, |fields, name| {
        fields.property(*name, field_schema(name, within).description(Some(field_meaning(name))))
    });
    let agent = AGENT.iter().fold(AnyOfBuilder::new(), |agent, (name, what)| {
        let field = agent_field(within).description(Some(*what));
        agent.item(ObjectBuilder::new().required(*name).property(*name, field))
    });
    AllOfBuilder::new().item(fields).item(agent).into()
}

fn agent_field(within: FieldFormat) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(within.value_types(false))
        .pattern(Some(NOT_BLANK))
        .max_length(Some(LONGEST_ID))
        .examples(["agent1"])
}

fn field_schema(name: &str, within: FieldFormat) -> ObjectBuilder {
    let field = ObjectBuilder::new();
    match name {
        "lead_id" => field
            .schema_type(within.value_types(true))
            .pattern(Some(NO_NUL))
            .max_length(Some(LONGEST_ID))
            .examples(["4711"]),
        "date_of_birth" => {
            let kinds = match within {
                FieldFormat::Json => SchemaType::from_iter([Type::String, Type::Null]),
                FieldFormat::Form | FieldFormat::Parts => Type::String.into(),
            };
            field
                .schema_type(kinds)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
                .examples(["1990-12-31"])
        }
        _ => field
            .schema_type(within.value_types(true))
            .pattern(Some(NO_NUL))
            .max_length(Some(longest_text(name))),
    }
}

/// Describes what a field means.
fn field_meaning(name: &str) -> &'static str {
    match name {
        "lead_id" => {
            "The dialer's id of the lead. A lead with a known id is updated. 0 counts as missing."
        }
        "date_of_birth" => {
            "A date. 0000-00-00, which Vicidial sends for a missing date, counts \
                            as missing."
        }
        "phone" => "The lead's full telephone number.",
        "phone_number" => {
            "The number as the dialer writes it. If `phone` is missing, the lead's `phone` is \
             `phone_code` followed by this, such as +919876543210."
        }
        "phone_code" => "The country's calling code for `phone_number`, such as 91.",
        "full_name" => {
            "The full name. If it is missing, the name is `first_name`, `middle_initial` and \
             `last_name`."
        }
        _ => "Stored as sent.",
    }
}
