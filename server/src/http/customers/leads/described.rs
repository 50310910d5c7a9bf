//! Describes the fields of a lead for the OpenAPI document. These types exist in the document only:
//! the handlers read the fields by their names.

use crate::ids::LONGEST_ID;
use crate::services::customers::leads::FIELDS;
use std::borrow::Cow;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, KnownFormat, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{ObjectBuilder, RefOr, Required};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// An empty text counts as missing, and NUL is removed from any text.
const NOT_ONLY_NUL: &str = r"[^\u0000]";

/// The fields that name the agent. At least one is required; the first that is present counts.
const AGENT: [(&str, &str); 3] = [
    ("dialer_user_id", "The agent's id at the dialer. It counts before the other two."),
    ("user", "The agent's id or user name, where `dialer_user_id` is not sent."),
    ("agent_username", "The same, where neither of the other two is sent."),
];

/// The format that holds a field; it decides which kinds of values the field may have.
#[derive(Clone, Copy)]
enum Within {
    Json,
    /// Forms and queries, in which every value is text.
    Form,
}

impl Within {
    fn kinds(self, nullable: bool) -> SchemaType {
        match (self, nullable) {
            (Self::Json, true) => SchemaType::from_iter([Type::String, Type::Number, Type::Null]),
            (Self::Json, false) => SchemaType::from_iter([Type::String, Type::Number]),
            (Self::Form, _) => Type::String.into(),
        }
    }
}

/// The body as JSON.
pub struct LeadBody;

/// The body as a form.
pub struct LeadForm;

/// The query of a GET.
pub struct LeadInQuery;

impl PartialSchema for LeadBody {
    fn schema() -> RefOr<Schema> {
        whole(Within::Json)
    }
}

impl ToSchema for LeadBody {
    fn name() -> Cow<'static, str> {
        "Lead".into()
    }
}

impl PartialSchema for LeadForm {
    fn schema() -> RefOr<Schema> {
        whole(Within::Form)
    }
}

impl ToSchema for LeadForm {
    fn name() -> Cow<'static, str> {
        "LeadForm".into()
    }
}

impl IntoParams for LeadInQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let agent = AGENT.iter().map(|(name, what)| (*name, *what, agent_field(Within::Form)));
        let rest = FIELDS.iter().map(|name| (*name, meaning(name), field(name, Within::Form)));
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
fn whole(within: Within) -> RefOr<Schema> {
    let fields = FIELDS.iter().fold(ObjectBuilder::new(), |fields, name| {
        fields.property(*name, field(name, within).description(Some(meaning(name))))
    });
    let agent = AGENT.iter().fold(AnyOfBuilder::new(), |agent, (name, what)| {
        let field = agent_field(within).description(Some(*what));
        agent.item(ObjectBuilder::new().required(*name).property(*name, field))
    });
    AllOfBuilder::new().item(fields).item(agent).into()
}

fn agent_field(within: Within) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(within.kinds(false))
        .pattern(Some(NOT_ONLY_NUL))
        .examples(["agent1"])
}

fn field(name: &str, within: Within) -> ObjectBuilder {
    let field = ObjectBuilder::new();
    match name {
        "lead_id" => {
            field.schema_type(within.kinds(true)).max_length(Some(LONGEST_ID)).examples(["4711"])
        }
        "date_of_birth" => {
            let kinds = match within {
                Within::Json => SchemaType::from_iter([Type::String, Type::Null]),
                Within::Form => Type::String.into(),
            };
            field
                .schema_type(kinds)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
                .examples(["1990-12-31"])
        }
        _ => field.schema_type(within.kinds(true)),
    }
}

/// Describes what a field means.
fn meaning(name: &str) -> &'static str {
    match name {
        "lead_id" => "The dialer's id of the lead, by which the lead is known again.",
        "date_of_birth" => "A date. 0000-00-00, which Vicidial sends for no date, is none.",
        "phone" => "The whole number of the lead.",
        "phone_number" => {
            "The number as the dialer writes it. Where `phone` is not sent, the lead's `phone` is made \
             of `phone_code` and this, such as +919876543210."
        }
        "phone_code" => "The country's calling code for `phone_number`, such as 91.",
        "full_name" => {
            "The whole name. Without it the name is made of `first_name`, `middle_initial` and \
             `last_name`."
        }
        _ => "Kept as it was sent.",
    }
}
