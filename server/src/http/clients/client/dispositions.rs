//! The list of dispositions in a client's body.

use crate::http::request::body::Object;
use crate::http::request::bounds::check_count;
use crate::http::request::integers::WholeNumber;
use crate::http::request::problem::Problem;
use crate::services::calls::dispositions;
use call_ribbon_shared::wire::{
    Disposition, OutcomeAct, OutcomeField, OutcomeFieldKind, OutcomeKind, OutcomeResult,
};
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
    /// The entry under which it is offered.
    pub parent: Option<String>,
    /// What the agent enters with it.
    pub requires: Option<Vec<Object<OutcomeFieldBody>>>,
    /// How the call went.
    pub outcome: Option<String>,
    pub follow_up_after_minutes: Option<WholeNumber>,
}

/// A field that an agent enters.
#[derive(Deserialize)]
pub struct OutcomeFieldBody {
    pub name: String,
    pub label: String,
    pub kind: String,
    pub choices: Option<Vec<String>>,
    pub optional: Option<bool>,
}

/// Accepts a list of dispositions if each entry can be shown and counted.
pub fn read_dispositions(lines: Vec<Object<DispositionBody>>) -> Result<Vec<Disposition>, Problem> {
    let lines = lines.into_iter().enumerate();
    let lines =
        lines.map(|(place, Object(line))| read_line(&format!("dispositions[{place}]"), line));
    let lines: Vec<Disposition> = lines.collect::<Result<_, Problem>>()?;
    dispositions::validate_list(lines).map_err(|(field, what)| Problem::invalid(&field, what))
}

fn read_line(at: &str, line: DispositionBody) -> Result<Disposition, Problem> {
    let kind = line.kind.map(|kind| {
        let what = "must be contact, promise or payment, or be left out";
        OutcomeKind::parse(&kind).ok_or_else(|| wrong(at, "kind", what))
    });
    let outcome = line.outcome.map(|outcome| {
        let what = "must be contact, no_contact, promise or refusal, or be left out";
        OutcomeResult::parse(&outcome).ok_or_else(|| wrong(at, "outcome", what))
    });
    let does = line.does.unwrap_or_default();
    let acts = does.iter().map(|act| OutcomeAct::parse(act)).collect::<Option<Vec<_>>>();
    let acts = acts.filter(|acts| acts.len() <= OutcomeAct::ALL.len()).ok_or_else(|| {
        let names = OutcomeAct::ALL.map(OutcomeAct::as_str).join(", ");
        wrong(
            at,
            "does",
            &format!("must be a list of at most {} of these: {names}", OutcomeAct::ALL.len()),
        )
    })?;
    let fields = line.requires.unwrap_or_default();
    let list = format!("{at}.requires");
    check_count(&list, &fields, dispositions::MAX_OUTCOME_FIELDS)?;
    let fields = fields.into_iter().enumerate();
    let fields =
        fields.map(|(place, Object(field))| read_field(&format!("{list}[{place}]"), field));
    Ok(Disposition {
        does: acts,
        code: line.code,
        label: line.label,
        call_types: line.call_types.unwrap_or_default(),
        kind: kind.transpose()?,
        parent: line.parent,
        requires: fields.collect::<Result<_, _>>()?,
        outcome: outcome.transpose()?,
        follow_up_after_minutes: line.follow_up_after_minutes.map(WholeNumber::get),
    })
}

fn read_field(at: &str, field: OutcomeFieldBody) -> Result<OutcomeField, Problem> {
    let what = "must be date, amount, choice or text";
    Ok(OutcomeField {
        kind: OutcomeFieldKind::parse(&field.kind).ok_or_else(|| wrong(at, "kind", what))?,
        name: field.name,
        label: field.label,
        choices: field.choices.unwrap_or_default(),
        optional: field.optional.unwrap_or_default(),
    })
}

fn wrong(at: &str, part: &str, what: &str) -> Problem {
    let field = format!("{at}.{part}");
    Problem::invalid(&field, format!("{field} {what}."))
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
        .property(
            "parent",
            text(dispositions::CODE_PATTERN)
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .max_length(Some(dispositions::MAX_CODE_CHARS))
                .description(Some(
                    "The code of the entry under which it is offered, which has no parent itself. \
                     An entry with others under it is only their heading: agents choose one of them.",
                )),
        )
        .property("requires", outcome_fields())
        .property("outcome", outcome_result())
        .property(
            "followUpAfterMinutes",
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
                .minimum(Some(1))
                .maximum(Some(dispositions::MAX_FOLLOW_UP_MINUTES))
                .description(Some(
                    "After how many minutes the follow-up is due that `follow_up` or `retry` makes.",
                )),
        )
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
             "outcome": "promise", "does": ["follow_up"], "requires": [
                {"name": "amount", "label": "Amount", "kind": "amount"},
                {"name": "date", "label": "Date", "kind": "date"}]},
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

fn outcome_result() -> ObjectBuilder {
    let names = OutcomeResult::ALL.map(OutcomeResult::as_str).map(Some);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(names.into_iter().chain([None])))
        .description(Some(
            "How the call went. Without `kind`, figures count `contact` and `refusal` as contacts and \
             `promise` as a promise. A promise with an amount and a date is one to pay.",
        ))
}

fn outcome_fields() -> ArrayBuilder {
    let text = |pattern, most: usize| {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).max_length(Some(most))
    };
    let label = || text(dispositions::LABEL_PATTERN, dispositions::MAX_LABEL_CHARS);
    let kinds = OutcomeFieldKind::ALL.map(OutcomeFieldKind::as_str);
    let field = ObjectBuilder::new()
        .property("name", text(dispositions::CODE_PATTERN, dispositions::MAX_CODE_CHARS))
        .property("label", label())
        .property("kind", ObjectBuilder::new().schema_type(Type::String).enum_values(Some(kinds)))
        .property(
            "choices",
            ArrayBuilder::new()
                .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
                .items(label())
                .max_items(Some(dispositions::MAX_CHOICES)),
        )
        .property(
            "optional",
            ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Boolean, Type::Null])),
        )
        .required("name")
        .required("label")
        .required("kind");
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(field)
        .max_items(Some(dispositions::MAX_OUTCOME_FIELDS))
        .description(Some(
            "What the agent enters with it, in `dispositionFields`: a day (`2026-12-01`), an amount (0 \
             or more, with up to four decimals), one of `choices`, or a text of up to 1000 characters.",
        ))
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
             code `do_not_call`, in any spelling, always does the first. `follow_up` makes a \
             follow-up after `followUpAfterMinutes`, or at nine o'clock of the first date that is \
             entered. `retry` makes one after `followUpAfterMinutes` (60 if missing), or when the \
             next call is permitted if that is later.",
        ))
}
