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
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
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

/// What was sent, by name.
type Fields = HashMap<String, Option<Box<RawValue>>>;

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
    let bytes = bytes.map_err(|refusal| Problem::of_status(refusal.into_response().status()))?;
    let fields = if is_form(&headers) {
        of_form(&bytes)?
    } else {
        body::check_type(&headers)?;
        body::check_depth(&bytes)?;
        body::read(&bytes)?
    };
    let saved = save(&app, &caller, &fields).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// Hand over a lead, with the key in the address
///
/// For a dialer that can set no header, such as Vicidial's web form. The body is a form or JSON.
#[utoipa::path(
    post,
    path = "/api/leads/from-dialer/{dialerKey}",
    operation_id = "leadFromDialerByAddress",
    tag = "Leads",
    params(("dialerKey" = String, Path, description = "The dialer key.")),
    request_body = LeadBody,
    responses(
        (status = 201, description = "The lead is saved.", body = LeadSaved),
        ByDialer,
    ),
    security(("dialerKey" = [])),
)]
pub async fn by_address(
    app: State<Arc<App>>,
    caller: Dialer,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, Problem> {
    let (status, saved) = from_dialer(app, caller, headers, bytes).await?;
    Ok((status, [(header::CACHE_CONTROL, "no-store")], saved))
}

/// Hand over a lead, by GET
///
/// As by POST, with the fields in the query: Vicidial's web form and its dispo call URL send them
/// so. Unlike other GETs it changes something; the same `lead_id` again changes the same lead.
#[utoipa::path(
    get,
    path = "/api/leads/from-dialer/{dialerKey}",
    operation_id = "leadFromDialerByGet",
    tag = "Leads",
    params(("dialerKey" = String, Path, description = "The dialer key.")),
    responses(
        (status = 201, description = "The lead is saved.", body = LeadSaved),
        ByDialer,
    ),
    security(("dialerKey" = [])),
)]
pub async fn by_get(
    State(app): State<Arc<App>>,
    caller: Dialer,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let fields = of_form(query.unwrap_or_default().as_bytes())?;
    let saved = save(&app, &caller, &fields).await?;
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(saved)))
}

/// Whether a body is a form, as a browser or Vicidial sends it.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The fields of a form or a query. Of a name that comes twice the last value counts, as in JSON.
fn of_form(form: &[u8]) -> Result<Fields, Problem> {
    let field = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        let value = serde_json::value::to_raw_value(&value);
        let value = value.map_err(|_| Problem::of_status(StatusCode::BAD_REQUEST))?;
        Ok((name.into_owned(), Some(value)))
    };
    form_urlencoded::parse(form).map(field).collect()
}

async fn save(app: &App, caller: &Dialer, fields: &Fields) -> Result<LeadSaved, Problem> {
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
    Ok(leads::save(app, &caller.client, sent).await?)
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
