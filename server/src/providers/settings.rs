//! Parses an account's settings field by field, with a sentence for each invalid field. Fields that
//! all providers share are parsed here.

use super::SettingsError;
use crate::secret::Secret;
use axum::http::Uri;
use axum::http::header::{HeaderName, HeaderValue};
use chrono_tz::Tz;
use phonenumber::country;
use serde_json::{Map, Value};

/// Longer than any key, name or URL that a provider issues.
const MAX_CHARS: usize = 2_000;

/// The fields of an account's settings, as they were sent.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(&'a Map<String, Value>);

/// A header that identifies the provider, in addition to the secret in the URL.
#[derive(Debug, Clone)]
pub struct WebhookHeader {
    pub name: HeaderName,
    pub value: Secret,
}

/// Returns the error for an invalid field.
pub fn field_error(field: &'static str, sentence: impl Into<String>) -> SettingsError {
    SettingsError { field, sentence: sentence.into() }
}

impl<'a> Fields<'a> {
    /// Returns the fields of the settings, which must be an object.
    pub fn from_json(settings: &'a Value) -> Result<Self, SettingsError> {
        let object = settings.as_object();
        object.map(Self).ok_or_else(|| field_error("settings", "settings must be an object."))
    }

    /// Returns the value of a field, if it has one.
    fn field_value(self, field: &str) -> Option<&'a Value> {
        self.0.get(field).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    /// Parses an optional text. A number is converted to its digits.
    pub fn optional_text(self, field: &'static str) -> Result<Option<String>, SettingsError> {
        let text = match self.field_value(field) {
            None => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return Err(field_error(field, format!("{field} must be a text."))),
        };
        if text.chars().any(char::is_control) {
            let sentence = format!("{field} contains a control character; enter it again.");
            return Err(field_error(field, sentence));
        }
        if text.len() > MAX_CHARS {
            return Err(field_error(
                field,
                format!("{field} is longer than {MAX_CHARS} characters."),
            ));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Parses a required text; `found` says where to find it.
    pub fn required_text(self, field: &'static str, found: &str) -> Result<String, SettingsError> {
        let text = self.optional_text(field)?;
        text.ok_or_else(|| field_error(field, format!("{field} is missing: {found}.")))
    }

    /// Parses a required secret.
    pub fn required_secret(
        self,
        field: &'static str,
        found: &str,
    ) -> Result<Secret, SettingsError> {
        self.required_text(field, found).map(Secret::new)
    }

    /// Parses a name that becomes part of a URL: letters, digits, `-` and `_`.
    pub fn path_segment(self, field: &'static str, found: &str) -> Result<String, SettingsError> {
        let name = self.required_text(field, found)?;
        if is_path_segment(&name) {
            return Ok(name);
        }
        Err(field_error(
            field,
            format!("{field} must contain only letters, digits, - and _: {found}."),
        ))
    }

    /// Parses an optional boolean.
    pub fn optional_flag(self, field: &'static str) -> Result<Option<bool>, SettingsError> {
        match self.field_value(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(field_error(field, format!("{field} must be true or false."))),
        }
    }

    /// Parses a phone number as the provider writes it.
    pub fn phone_number(self, field: &'static str, found: &str) -> Result<String, SettingsError> {
        let number = self.required_text(field, found)?;
        match call_ribbon_shared::phone::DialNumber::parse(&number) {
            Ok(_) => Ok(number),
            Err(error) => Err(field_error(field, format!("{field}: {error}."))),
        }
    }

    /// Parses the time zone of times that the provider writes without one; India's by default.
    pub fn time_zone(self, field: &'static str) -> Result<Tz, SettingsError> {
        let Some(name) = self.optional_text(field)? else { return Ok(Tz::Asia__Kolkata) };
        name.parse().map_err(|_| {
            field_error(
                field,
                format!("{field} must be the name of a time zone, such as Asia/Kolkata."),
            )
        })
    }

    /// Parses the country of numbers that the provider writes without a country code; India by
    /// default.
    pub fn country_id(self, field: &'static str) -> Result<country::Id, SettingsError> {
        let Some(code) = self.optional_text(field)? else { return Ok(country::IN) };
        let capitals = code.bytes().all(|byte| byte.is_ascii_uppercase());
        code.parse().ok().filter(|_| capitals).ok_or_else(|| {
            field_error(
                field,
                format!("{field} must be the two capital letters of a country, like IN."),
            )
        })
    }

    /// Parses the base URL of the provider's API, without a trailing slash. Whether the server may
    /// send requests there is judged elsewhere: it depends on the operator's settings.
    pub fn base_url(self, field: &'static str, usual: &str) -> Result<String, SettingsError> {
        let Some(text) = self.optional_text(field)? else { return Ok(usual.to_owned()) };
        let wrong = |what: &str| field_error(field, format!("{field} {what}, like {usual}."));
        let uri: Uri = text.parse().map_err(|_| wrong("must be an address"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong("must be a whole address"));
        };
        if authority.as_str().contains('@') {
            return Err(wrong(
                "must not contain a user name or password; they have their own fields",
            ));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(wrong("must be an address without ? and #"));
        }
        match scheme {
            "https" | "http" => {}
            _ => return Err(wrong("must begin with https://, since keys are sent there")),
        }
        Ok(text.trim_end_matches('/').to_owned())
    }

    /// Parses an optional word out of a list.
    pub fn optional_word<T: Copy>(
        self,
        field: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, SettingsError> {
        let Some(word) = self.optional_text(field)? else { return Ok(None) };
        let found = words.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            field_error(field, format!("{field} must be one of {}.", names.join(", ")))
        })
    }

    /// Parses an optional nested object.
    pub fn optional_object(self, field: &'static str) -> Result<Option<Self>, SettingsError> {
        match self.field_value(field) {
            None => Ok(None),
            Some(Value::Object(fields)) => Ok(Some(Self(fields))),
            Some(_) => Err(field_error(field, format!("{field} must be an object."))),
        }
    }

    /// Parses `webhookHeader`, written as the header is: `Name: value`.
    pub fn webhook_header(self) -> Result<Option<WebhookHeader>, SettingsError> {
        const FIELD: &str = "webhookHeader";
        let Some(text) = self.optional_text(FIELD)? else { return Ok(None) };
        let sentence =
            "webhookHeader must be a header with its value, like X-Webhook-Token: secret.";
        let header = text.split_once(':').and_then(|(name, value)| {
            let name = name.trim().parse().ok()?;
            let value = value.trim();
            let sendable = !value.is_empty() && HeaderValue::from_str(value).is_ok();
            sendable.then(|| WebhookHeader { name, value: Secret::new(value) })
        });
        header.map(Some).ok_or_else(|| field_error(FIELD, sentence))
    }
}

/// Whether a text can be part of a URL's path without encoding.
pub fn is_path_segment(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(plain)
}
