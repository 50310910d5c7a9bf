//! `POST /api/leads/from-dialer/`.

use super::auth::Dialer;
use super::body;
use super::openapi::ByDialer;
use super::problem::Problem;
use crate::app::App;
use crate::customer::text;
use crate::ids::LONGEST_ID;
use crate::services::leads::{self, FIELDS, LeadSaved, Sent};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use call_ribbon_shared::wire::RawValue;
use chrono::NaiveDate;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, KnownFormat, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// An empty text counts as nothing, and NUL is left out of any.
const NOT_ONLY_NUL: &str = r"[^\u0000]";
/// What Vicidial writes where it knows no date.
const NO_DATE: &str = "0000-00-00";

/// The body: any of the fields that dialers know, of which one of three names the agent. It exists
/// in the document only, since the handler takes the fields by the list of their names.
pub struct LeadBody;

impl PartialSchema for LeadBody {
    fn schema() -> RefOr<Schema> {
        let text = |what: &str| {
            let kinds = [Type::String, Type::Number, Type::Null];
            ObjectBuilder::new().schema_type(SchemaType::from_iter(kinds)).description(Some(what))
        };
        let fields = FIELDS.iter().fold(ObjectBuilder::new(), |fields, &name| match name {
            "lead_id" => {
                let id = text("The dialer's id of the lead, by which it is known again.");
                fields.property(name, id.max_length(Some(LONGEST_ID)).examples(["4711"]))
            }
            "date_of_birth" => fields.property(name, date_of_birth()),
            _ => fields.property(name, text("As the dialer has it; kept as it was sent.")),
        });
        let agent = |name: &str, what: &str| {
            let word = ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Number]))
                .pattern(Some(NOT_ONLY_NUL))
                .description(Some(what))
                .examples(["agent1"]);
            ObjectBuilder::new().required(name).property(name, word)
        };
        let agent = AnyOfBuilder::new()
            .item(agent("dialer_user_id", "Who the agent is to the dialer; preferred."))
            .item(agent("user", "The agent's id, where dialer_user_id is not there."))
            .item(agent("agent_username", "The same, where neither of the others is there."));
        AllOfBuilder::new().item(fields).item(agent).into()
    }
}

impl ToSchema for LeadBody {
    fn name() -> Cow<'static, str> {
        "Lead".into()
    }
}

fn date_of_birth() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .description(Some("A date; 0000-00-00, as Vicidial has it, is none."))
        .examples(["1990-12-31"])
}

/// Hand over a lead
///
/// Made by a dialer (Vicidial and its like) when an agent has found somebody interested. The same
/// `lead_id`, else the same phone, changes the lead that is there. The lead becomes a customer, so
/// that the ribbon shows who calls.
#[utoipa::path(
    post,
    path = "/api/leads/from-dialer/",
    operation_id = "leadFromDialer",
    tag = "Leads",
    request_body = LeadBody,
    responses(
        (status = 201, description = "The lead is saved.", body = LeadSaved),
        ByDialer,
    ),
    security(("dialerKey" = [])),
)]
pub async fn from_dialer(
    State(app): State<Arc<App>>,
    caller: Dialer,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<LeadSaved>), Problem> {
    body::check_type(&headers)?;
    let bytes = bytes.map_err(|refusal| Problem::of_status(refusal.into_response().status()))?;
    body::check_depth(&bytes)?;
    let fields: HashMap<String, Option<Box<RawValue>>> = body::read(&bytes)?;
    let read = |name: &str| match fields.get(name) {
        Some(Some(value)) => field(name, value),
        Some(None) | None => Ok(None),
    };
    let mut sent = Sent {
        dialer_user_id: read("dialer_user_id")?,
        user: match read("user")? {
            Some(name) => Some(name),
            None => read("agent_username")?,
        },
        fields: BTreeMap::new(),
    };
    for name in FIELDS {
        if let Some(value) = read(name)? {
            sent.fields.insert((*name).to_owned(), value);
        }
    }
    let saved = leads::save(&app, &caller.client, sent).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// A text as it was sent; a dialer's numbers count as texts, an empty text as nothing.
fn field(name: &str, value: &RawValue) -> Result<Option<String>, Problem> {
    if !value.get().starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        return Err(Problem::invalid(name, format!("{name} must be a text.")));
    }
    let Some(text) = text(value).filter(|text| !is_unfilled(text)) else { return Ok(None) };
    let date = name == "date_of_birth" && text != NO_DATE;
    if date && text.parse::<NaiveDate>().is_err() {
        return Err(Problem::invalid(name, format!("{name} must be a date like 1990-12-31.")));
    }
    if name == "lead_id" {
        return body::id_text(name, text).map(Some);
    }
    Ok(Some(text))
}

/// Whether a text is only what Vicidial writes in place of a field, such as `--A--lead_id--B--`:
/// it fills in the fields that it knows and sends the others as they stand in the address that was
/// set. As values they would make one lead of many.
fn is_unfilled(text: &str) -> bool {
    let mut rest = text.trim();
    if rest.is_empty() {
        return false;
    }
    while let Some((name, after)) =
        rest.strip_prefix("--A--").and_then(|begun| begun.split_once("--B--"))
    {
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return false;
        }
        rest = after.trim_start();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_nobody_filled_in_is_nothing() {
        for unfilled in ["--A--lead_id--B--", " --A--user--B-- ", "--A--a--B-- --A--b_2--B--"] {
            assert!(is_unfilled(unfilled), "{unfilled}");
        }
        for text in ["", " ", "--A--", "--A----B--", "--A--x--B--y", "A--x--B", "--A--x y--B--"] {
            assert!(!is_unfilled(text), "{text}");
        }
    }
}
