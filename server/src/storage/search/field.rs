//! A field of what was sent along with a call, as a breakdown counts it.

use crate::customer::{CustomerData, fields};
use crate::storage::NotedCall;
use call_ribbon_shared::wire::RawValue;

/// Which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    CallType,
    AgentId,
    Status,
    Disposition,
    CallDirection,
    /// Within `context`, one name for each object that it is in.
    Context(Vec<String>),
    /// The same within `metadata`.
    Metadata(Vec<String>),
}

impl Named {
    /// Reads a name as `breakdown` takes it.
    pub fn parse(name: &str) -> Option<Self> {
        let path = |rest: &str| rest.split('.').map(str::to_owned).collect::<Vec<_>>();
        Some(match name {
            "callType" => Self::CallType,
            "agentId" => Self::AgentId,
            "status" => Self::Status,
            "disposition" => Self::Disposition,
            "callDirection" => Self::CallDirection,
            _ => match name.split_once('.')? {
                (_, "") => return None,
                ("context", rest) => Self::Context(path(rest)),
                ("metadata", rest) => Self::Metadata(path(rest)),
                _ => return None,
            },
        })
    }
}

/// What it must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Nothing: calls without the field.
    Missing,
    /// This text, or the number or the true or false that it says.
    Value(String),
    /// A number from one, that one included, to another, that one not.
    Between(f64, f64),
}

/// A field, and what it must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    pub field: Named,
    pub wanted: Wanted,
}

/// What a field holds.
#[derive(Debug, PartialEq)]
enum Held {
    Text(String),
    Number(f64),
    Boolean(bool),
}

impl FieldTest {
    pub(super) fn passes(&self, row: &NotedCall) -> bool {
        match (&self.wanted, held(&self.field, row)) {
            (Wanted::Missing, held) => held.is_none(),
            (Wanted::Value(wanted), Some(held)) => held.is(wanted),
            (Wanted::Between(from, to), Some(Held::Number(number))) => {
                *from <= number && number < *to
            }
            (Wanted::Value(_) | Wanted::Between(..), _) => false,
        }
    }
}

impl Held {
    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::Text(text) => text == wanted,
            Self::Number(number) => wanted.trim().parse() == Ok(*number),
            Self::Boolean(boolean) => wanted.trim().parse() == Ok(*boolean),
        }
    }
}

fn held(field: &Named, row: &NotedCall) -> Option<Held> {
    let call = &row.call;
    let text = |text: &str| (!text.is_empty()).then(|| Held::Text(text.to_owned()));
    let (path, whole) = match field {
        Named::CallType => {
            return CustomerData::read(call.customer.as_deref()?).call_type.map(Held::Text);
        }
        Named::AgentId => return text(call.agent_id.as_deref()?),
        Named::Status => return text(&call.status),
        Named::CallDirection => return text(&call.direction),
        Named::Disposition => return text(row.written.disposition.as_deref()?),
        Named::Context(path) => (path, "context"),
        Named::Metadata(path) => (path, "metadata"),
    };
    let customer = fields(call.customer.as_deref()?);
    let mut value: &RawValue = customer.get(whole)?;
    for name in path {
        value = *fields(value.get()).get(name)?;
    }
    read(value)
}

/// A value as it counts: a text, a number, true or false; a list by its text. Nothing, an object
/// and an empty text count as none.
fn read(value: &RawValue) -> Option<Held> {
    let raw = value.get();
    Some(match raw.as_bytes().first()? {
        b'"' => {
            Held::Text(serde_json::from_str(raw).ok().filter(|text: &String| !text.is_empty())?)
        }
        b't' => Held::Boolean(true),
        b'f' => Held::Boolean(false),
        b'[' => Held::Text(raw.to_owned()),
        b'-' | b'0'..=b'9' => Held::Number(raw.parse().ok()?),
        _ => return None,
    })
}
