//! Describes the parts of an event that pages send in several forms.

use super::{LogCallBody, MOST_EVENTS};
use crate::http::request::bounds::LONGEST_WORD;
use serde_json::{Value, json};
use utoipa::ToSchema as _;
use utoipa::openapi::schema::{AnyOfBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Ref};

/// Describes events as in `log-call`. An invalid one gets an error of its own among the results.
pub(super) fn many_events() -> Schema {
    let event = Ref::from_schema_name(LogCallBody::name());
    let other = ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some("An entry with any other value is rejected; `results` holds its error."));
    ArrayBuilder::new()
        .items(AnyOfBuilder::new().item(event).item(other))
        .max_items(Some(MOST_EVENTS))
        .description(Some("The events, each as in log-call; 500 at most."))
        .into()
}

/// Describes seconds as pages send them.
pub(super) fn duration_kind() -> Schema {
    let number =
        ObjectBuilder::new().schema_type(Type::Number).minimum(Some(0_u32)).maximum(Some(u32::MAX));
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(9))
        .pattern(Some("^[0-9]{0,9}$"));
    let none = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new()
        .item(number)
        .item(text)
        .item(none)
        .description(Some(
            "The length of the conversation in seconds, for callEnded. A text that contains a \
             number is accepted.",
        ))
        .examples([125])
        .into()
}

pub(super) fn status_kind() -> Schema {
    let what = "With `callEnded`: how it ended, such as `completed`, `busy` or `no_answer`.";
    word_kind(what, json!("completed"))
}

pub(super) fn reason_kind() -> Schema {
    word_kind("With `callEnded`: why it ended.", json!("hangup"))
}

pub(super) fn muted_kind() -> Schema {
    let what = "With `mutetoggle`: whether the microphone is now muted.";
    word_kind(what, json!(true))
}

pub(super) fn on_hold_kind() -> Schema {
    let what = "With `holdtoggle`: whether the other side is now on hold.";
    word_kind(what, json!(true))
}

pub(super) fn digit_kind() -> Schema {
    word_kind("With `dtmf`: the digit.", json!("5"))
}

pub(super) fn agent_id_kind() -> Schema {
    word_kind("The agent's id.", json!("agent1"))
}

pub(super) fn agent_name_kind() -> Schema {
    word_kind("The agent's name.", json!("Ravi Kumar"))
}

/// Describes a value of any type; as text it has a maximum.
fn word_kind(what: &str, example: Value) -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .max_length(Some(LONGEST_WORD))
        .description(Some(what))
        .examples([example])
        .into()
}
