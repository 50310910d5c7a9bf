//! Reads what a dialer sends: JSON, a form, a multipart form, or a query.

use super::Problem;
use crate::customer::read_text;
use crate::form_parts;
use crate::http::request::body;
use crate::http::request::bounds::text_within;
use crate::ids::LONGEST_ID;
use crate::missing_value::is_missing_value;
use crate::scan::Scan;
use crate::services::customers::leads::{FIELDS, SentLead};
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use call_ribbon_shared::notes::LONGEST_NOTES;
use call_ribbon_shared::wire::RawValue;
use chrono::NaiveDate;
use serde_json::value::to_raw_value;
use std::collections::{BTreeMap, HashMap};

/// What Vicidial writes for a missing date.
const NO_DATE: &str = "0000-00-00";

/// The fields that hold an id or a number. No value of theirs can be a word for a missing value,
/// which as a value would merge many leads into one.
const IDS_AND_NUMBERS: [&str; 7] =
    ["lead_id", "phone_number", "phone_code", "phone", "dialer_user_id", "user", "agent_username"];

/// The fields that hold prose or a script, and may be as long as an agent's notes.
const PROSE: [&str; 4] = ["comments", "notes", "camp_script", "in_script"];
/// The most characters of any other text, such as the address of a recording.
const LONGEST_TEXT: usize = 2000;

const FORM: &str = "application/x-www-form-urlencoded";
const FORM_IN_PARTS: &str = "multipart/form-data";

/// The fields sent, by name. If a name is repeated, the last value counts, in JSON and in forms.
pub struct Fields(HashMap<String, Option<Box<RawValue>>>);

impl Fields {
    /// Reads a body in the format that `Content-Type` names.
    pub fn from_body(headers: &HeaderMap, body: Bytes) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(FORM) {
            return Self::from_form(&body);
        }
        if essence.eq_ignore_ascii_case(FORM_IN_PARTS) {
            return Self::from_parts(kind, body);
        }
        body::check_type(headers).map_err(|_| unknown_type())?;
        body::check_depth(&body)?;
        Ok(Self(body::read(&body)?))
    }

    /// Reads a form or a query.
    pub fn from_form(form: &[u8]) -> Result<Self, Problem> {
        Self::from_texts(form_parts::read_pairs(form))
    }

    fn from_parts(kind: &str, body: Bytes) -> Result<Self, Problem> {
        let parts = form_parts::read_parts(kind, body).map_err(|error| {
            let sentence = format!("The body is not a valid multipart form: {error}.");
            Problem::new(StatusCode::BAD_REQUEST, "invalid_request", sentence)
        })?;
        Self::from_texts(parts.iter().map(|(name, value)| (name, form_parts::decode_text(value))))
    }

    fn from_texts(
        texts: impl Iterator<Item = (impl Into<String>, impl AsRef<str>)>,
    ) -> Result<Self, Problem> {
        let field = |(name, value): (_, _)| {
            let value = to_raw_value(AsRef::<str>::as_ref(&value));
            let value = value.map_err(|_| Problem::from_status(StatusCode::BAD_REQUEST))?;
            Ok((Into::<String>::into(name), Some(value)))
        };
        texts.map(field).collect::<Result<_, Problem>>().map(Self)
    }

    /// Returns the fields that a lead has.
    pub fn to_lead(&self) -> Result<SentLead, Problem> {
        let mut sent = SentLead {
            dialer_user_id: self.text_field("dialer_user_id")?,
            user: match self.text_field("user")? {
                Some(name) => Some(name),
                None => self.text_field("agent_username")?,
            },
            fields: BTreeMap::new(),
        };
        for name in FIELDS {
            if let Some(value) = self.text_field(name)? {
                sent.fields.insert((*name).to_owned(), value);
            }
        }
        Ok(sent)
    }

    fn text_field(&self, name: &str) -> Result<Option<String>, Problem> {
        match self.0.get(name) {
            Some(Some(value)) => read_field(name, value),
            Some(None) | None => Ok(None),
        }
    }
}

fn unknown_type() -> Problem {
    let sentence = format!(
        "The body must be JSON or a form. Say which in the header Content-Type: application/json, \
         {FORM} or {FORM_IN_PARTS}."
    );
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", sentence)
}

/// Reads a field as text; a number becomes text, and an empty text counts as missing.
fn read_field(name: &str, value: &RawValue) -> Result<Option<String>, Problem> {
    if !value.get().starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        return Err(Problem::invalid(name, format!("{name} must be a text.")));
    }
    let Some(text) = read_text(value).filter(|text| !is_absent(name, text)) else {
        return Ok(None);
    };
    let date = name == "date_of_birth" && text != NO_DATE;
    if date && text.parse::<NaiveDate>().is_err() {
        return Err(Problem::invalid(name, format!("{name} must be a date like 1990-12-31.")));
    }
    if name == "lead_id" {
        return body::id_text(name, text).map(Some);
    }
    text_within(name, text, longest_text(name)).map(Some)
}

/// Returns the most characters of a field.
pub fn longest_text(name: &str) -> usize {
    match name {
        "dialer_user_id" | "user" | "agent_username" => LONGEST_ID,
        _ if PROSE.contains(&name) => LONGEST_NOTES,
        _ => LONGEST_TEXT,
    }
}

/// Returns whether a field's text stands for a missing value. A name or a note stays as sent: a
/// person may be called Null.
fn is_absent(name: &str, text: &str) -> bool {
    // Dialers send 0 for a call without a lead.
    let no_lead = name == "lead_id" && text.trim() == "0";
    let no_value = IDS_AND_NUMBERS.contains(&name) && is_missing_value(text);
    no_lead || no_value || is_unfilled(text)
}

/// Returns whether a text is only Vicidial's placeholder for a field, such as `--A--lead_id--B--`:
/// Vicidial fills in the fields that it knows and sends the others as they are written in the
/// configured address. As values they would merge many leads into one.
fn is_unfilled(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    let mut rest = Scan::new(text);
    while let Some(begun) = rest.after("--A--") {
        let name = begun.run_len(usize::MAX, |b| b.is_ascii_alphanumeric() || b == b'_');
        let Some(after) = begun.skip(name).after("--B--").filter(|_| name > 0) else {
            return false;
        };
        rest = after.skip(after.len_until(|c| !c.is_whitespace()));
    }
    rest.len() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;

    #[test]
    fn placeholders_are_read_once() {
        assert_linear("is_unfilled", |text| {
            is_unfilled(text);
        });
    }

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
