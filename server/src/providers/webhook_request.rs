//! Parses a provider's webhook into fields.
//!
//! The same callback arrives as JSON, as a form, as a multipart form, or in the URL alone,
//! depending on account and setting. All are converted to the shape that JSON has, so that each
//! provider's fields are read in one way. A form's `Legs[0][Status]` becomes a nested object.

use crate::form_parts;
use bytes::Bytes;
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Brackets nested deeper than this are part of a form field's name. Providers need two levels.
const MAX_DEPTH: usize = 4;
/// More than a callback has; a field is a few words.
const MAX_FIELDS: usize = 1_000;

/// A provider's webhook as it arrived.
#[derive(Debug, Clone, Default)]
pub struct WebhookRequest {
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The query of the URL, without `?`.
    pub query: String,
    pub body: Bytes,
}

/// Why a webhook cannot be read, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    /// Says where JSON is not as expected. The error's own text may repeat a value, such as a phone
    /// number, and what cannot be read is logged.
    pub fn from_json_error(what: &str, error: &serde_json::Error) -> Self {
        let fault = match error.classify() {
            Category::Data => "has a field of the wrong kind",
            Category::Syntax | Category::Eof | Category::Io => "is not valid JSON",
        };
        let place = match error.column() {
            0 => String::new(),
            column => format!(", at line {} column {column}", error.line()),
        };
        Self(format!("{what} {fault}{place}."))
    }
}

impl WebhookRequest {
    /// Returns the fields of query and body; if both have a field, the body's.
    ///
    /// # Errors
    ///
    /// If the body is not what its `Content-Type` says.
    pub fn parse_fields(&self) -> Result<Map<String, Value>, Unreadable> {
        let mut fields = Map::new();
        insert_form(&mut fields, self.query.as_bytes());
        let kind = self.content_type.as_deref().unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        let begins = body.iter().find(|byte| !byte.is_ascii_whitespace());
        match begins {
            None => {}
            Some(_) if essence == "multipart/form-data" => {
                self.insert_parts(&mut fields, kind)?;
            }
            // Bodies written by hand in a portal are JSON whatever the header says.
            Some(b'{') => {
                let sent: Map<String, Value> = serde_json::from_slice(body)
                    .map_err(|error| Unreadable::from_json_error("The body", &error))?;
                fields.extend(sent);
            }
            Some(_) if essence.ends_with("json") => {
                return Err(Unreadable("The body is not a JSON object.".to_owned()));
            }
            Some(_) => insert_form(&mut fields, body.trim_ascii()),
        }
        Ok(fields)
    }

    fn insert_parts(&self, fields: &mut Map<String, Value>, kind: &str) -> Result<(), Unreadable> {
        let parts = form_parts::read_parts(kind, self.body.clone()).map_err(|error| {
            Unreadable(format!("The body is not a valid multipart form: {error}."))
        })?;
        for (name, value) in parts {
            insert_nested(fields, &name, form_parts::decode_text(&value));
        }
        Ok(())
    }
}

fn insert_form(fields: &mut Map<String, Value>, form: &[u8]) {
    for (name, value) in form_parts::read_pairs(form).take(MAX_FIELDS) {
        insert_nested(fields, &name, value);
    }
}

/// Puts a form's field at the path its brackets give: `Legs[0][Status]`, `Legs[]`.
fn insert_nested(fields: &mut Map<String, Value>, name: &str, value: String) {
    let Some((first, inner)) = split_brackets(name) else {
        fields.insert(name.to_owned(), Value::String(value));
        return;
    };
    let mut at = fields;
    let mut key = first.to_owned();
    for next in inner {
        let within = at.entry(key).or_insert_with(|| Value::Object(Map::new()));
        if !within.is_object() {
            *within = Value::Object(Map::new());
        }
        let Value::Object(within) = within else { return };
        key = if next.is_empty() { within.len().to_string() } else { next.to_owned() };
        at = within;
    }
    at.insert(key, Value::String(value));
}

/// Returns the name before the brackets and those within; `None` if it has no brackets or is
/// malformed.
fn split_brackets(name: &str) -> Option<(&str, Vec<&str>)> {
    let (first, rest) = name.split_once('[')?;
    let inner: Vec<&str> = rest.strip_suffix(']')?.split("][").collect();
    let plain = inner.iter().all(|part| !part.contains(['[', ']']));
    (!first.is_empty() && plain && inner.len() < MAX_DEPTH).then_some((first, inner))
}
