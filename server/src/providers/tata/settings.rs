//! Parses the settings of a Smartflo account.

use crate::providers::settings::{Fields, WebhookHeader, field_error};
use crate::providers::{Address, SecretUse, SettingsError};
use crate::secret::Secret;
use chrono_tz::Tz;
use phonenumber::country;
use serde_json::Value;

/// The usual base URL of Smartflo's API.
const USUAL_BASE: &str = "https://api-smartflo.tatateleservices.com";

/// The names of the secret settings.
pub const SECRET_FIELDS: &[&str] = &["apiToken", "password", "webhookHeader"];

/// The settings of a Smartflo account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base URL of the API, without a trailing slash and without the version.
    pub base: String,
    pub access: Access,
    pub account_id: Option<String>,
    /// The number that the customer sees.
    pub phone_number: String,
    pub shape: RequestShape,
    /// The zone of times that Smartflo writes without one.
    pub zone: Tz,
    /// The country of numbers that Smartflo writes without a country code.
    pub country: country::Id,
    pub webhook_header: Option<WebhookHeader>,
}

/// How the account authenticates.
#[derive(Debug, Clone)]
pub enum Access {
    /// By a token created in the portal.
    Token(Secret),
    /// By signing in, which returns a temporary token.
    Login { email: String, password: Secret },
}

/// The format of a call request, which Smartflo sets per account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestShape {
    /// `{agent_number, destination_number, caller_id, …}`.
    ClickToCall,
    /// The older `{from, to, account_id}`.
    FromTo,
}

impl Settings {
    /// Parses the settings; the error describes the first invalid field and what to do.
    pub fn from_json(settings: &Value) -> Result<Self, SettingsError> {
        let fields = Fields::from_json(settings)?;
        let shapes =
            [("click_to_call", RequestShape::ClickToCall), ("from_to", RequestShape::FromTo)];
        let shape =
            fields.optional_word("requestShape", &shapes)?.unwrap_or(RequestShape::ClickToCall);
        let account_id = fields.optional_text("accountId")?;
        if account_id.is_none() && shape == RequestShape::FromTo {
            let sentence =
                "accountId is missing: with the request shape from_to each call names it.";
            return Err(field_error("accountId", sentence));
        }
        Ok(Self {
            base: without_version(&fields.base_url("apiEndpoint", USUAL_BASE)?).to_owned(),
            access: Access::from_fields(fields)?,
            account_id,
            phone_number: fields
                .phone_number("phoneNumber", "enter the Smartflo number that customers see")?,
            shape,
            zone: fields.time_zone("timeZone")?,
            country: fields.country_id("defaultCountry")?,
            webhook_header: fields.webhook_header()?,
        })
    }

    /// Returns the addresses to which requests are sent.
    pub fn addresses(&self) -> Vec<Address<'_>> {
        vec![Address { field: "apiEndpoint", url: &self.base, usual: USUAL_BASE }]
    }

    /// Returns which secrets are sent where, and for whom.
    pub fn secret_uses(&self) -> Vec<SecretUse<'_>> {
        let email = match &self.access {
            Access::Token(_) => "",
            Access::Login { email, .. } => email,
        };
        let account_id = self.account_id.as_deref().unwrap_or_default();
        let determined_by =
            vec![("apiEndpoint", self.base.as_str()), ("email", email), ("accountId", account_id)];
        vec![SecretUse { secrets: &["apiToken", "password"], determined_by }]
    }

    /// Returns the secrets themselves.
    pub fn secret_values(&self) -> Vec<&str> {
        let header = self.webhook_header.as_ref().map(|header| &header.value);
        let access = match &self.access {
            Access::Token(token) => token,
            Access::Login { password, .. } => password,
        };
        [Some(access), header].into_iter().flatten().map(Secret::expose).collect()
    }
}

impl Access {
    fn from_fields(fields: Fields<'_>) -> Result<Self, SettingsError> {
        if let Some(token) = fields.optional_text("apiToken")? {
            // Often copied together with the word before it.
            let token = token.strip_prefix("Bearer ").unwrap_or(&token).trim();
            return Ok(Self::Token(Secret::new(token)));
        }
        let Some(email) = fields.optional_text("email")? else {
            let sentence = "apiToken is missing: make one in Smartflo's portal under API Connect, \
                            or enter email and password instead.";
            return Err(field_error("apiToken", sentence));
        };
        let password =
            fields.required_secret("password", "it belongs to the email that is entered")?;
        Ok(Self::Login { email, password })
    }
}

/// Removes the path: a base URL is often copied with what follows the host.
fn without_version(base: &str) -> &str {
    let base = base.strip_suffix("/click_to_call").unwrap_or(base);
    base.strip_suffix("/v1").unwrap_or(base)
}
