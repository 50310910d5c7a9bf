//! The list of dispositions in a client's body.

use crate::services::calls::dispositions;
use call_ribbon_shared::wire::{OutcomeAct, OutcomeKind};
use serde::Deserialize;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder};

/// A disposition.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DispositionBody {
    pub code: String,
    pub label: String,
    #[serde(default)]
    pub call_types: Option<Vec<String>>,
    /// What it means; a missing one and null mean nothing in particular.
    pub kind: Option<String>,
    /// What happens when an agent chooses it.
    #[serde(default)]
    pub does: Option<Vec<String>>,
}

/// Returns the schema of a list of dispositions, or null.
pub fn disposition_list() -> Schema {
    let text = |pattern| ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
    let line = ObjectBuilder::new()
        .property(
            "code",
            text(dispositions::CODE_PATTERN).max_length(Some(dispositions::MAX_CODE_CHARS)),
        )
        .property(
            "label",
            text(dispositions::LABEL_PATTERN).max_length(Some(dispositions::MAX_LABEL_CHARS)),
        )
        .property(
            "callTypes",
            ArrayBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
                .items(
                    text(dispositions::LABEL_PATTERN)
                        .max_length(Some(dispositions::MAX_CALL_TYPE_CHARS)),
                )
                .max_items(Some(dispositions::MAX_CALL_TYPES))
                .description(Some(
                    "The values of `callType` for which it is offered; without any, it is offered \
                     for all.",
                )),
        )
        .property("kind", outcome_kind())
        .property("does", outcome_acts())
        .required("code")
        .required("label");
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(line)
        .min_items(Some(1))
        .max_items(Some(dispositions::MAX_ENTRIES))
        .description(Some(
            "The dispositions that the client's agents choose from. Codes must be unique, and no \
             other code is accepted. Null means the product's list; any other text is accepted \
             too.",
        ))
        .examples([serde_json::json!([
            {"code": "promise_to_pay", "label": "Promise to pay", "callTypes": ["collections"],
             "kind": "promise"},
            {"code": "call_back", "label": "Call back"},
        ])])
        .into()
}

fn outcome_kind() -> ObjectBuilder {
    let names = OutcomeKind::ALL.map(OutcomeKind::as_str).map(Some);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(names.into_iter().chain([None])))
        .description(Some("What it means: whether the right person was reached, promised or paid."))
}

fn outcome_acts() -> ArrayBuilder {
    let act = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(OutcomeAct::ALL.map(OutcomeAct::as_str)));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(act)
        .max_items(Some(OutcomeAct::ALL.len()))
        .description(Some(
            "What happens when an agent chooses it: `suppress` puts the number on the list of numbers \
             that must not be called, `wrong_number` does so for the account that the call is about, \
             and `withdraw_consent` withdraws the consents of the number and of the customer. The \
             code `do_not_call`, in any spelling, always does the first.",
        ))
}
