//! Parses the settings of an Exotel account.

use crate::providers::settings::{Fields, WebhookHeader};
use crate::providers::{Address, SecretUse, SettingsError};
use crate::secret::Secret;
use chrono_tz::Tz;
use phonenumber::country;
use serde_json::Value;

/// Exotel's API in Singapore, which most accounts use.
const USUAL_BASE: &str = "https://api.exotel.com";
/// The URL of Exotel's integrations, as in its SDK for browsers.
const USUAL_INTEGRATIONS: &str = "https://integrationscore.mum1.exotel.com";
/// Where to find the three parts of an account's credentials.
const IN_THE_DASHBOARD: &str = "find it in Exotel's dashboard under API Settings";

/// The names of the secret settings.
pub const SECRET_FIELDS: &[&str] =
    &["apiKey", "apiToken", "webhookHeader", "browserCalling.appSecret"];

/// The settings of an Exotel account.
#[derive(Debug, Clone)]
pub struct Settings {
    pub account_sid: String,
    pub api_key: Secret,
    pub api_token: Secret,
    /// The virtual number that the customer sees.
    pub caller_id: String,
    /// The base URL of the API, without a trailing slash.
    pub base: String,
    /// Whether calls are recorded; `None` for the account's default.
    pub record: Option<bool>,
    /// The zone of times that Exotel writes without one.
    pub zone: Tz,
    /// The country of numbers that Exotel writes without a country code.
    pub country: country::Id,
    pub webhook_header: Option<WebhookHeader>,
    /// Calls in the browser, if configured.
    pub browser_calling: Option<BrowserCalling>,
}

/// The additional settings of calls in the browser.
#[derive(Debug, Clone)]
pub struct BrowserCalling {
    /// The application's id at Exotel's integrations.
    pub app_id: String,
    pub app_secret: Secret,
    /// Exotel's own id of its customer.
    pub customer_id: Option<String>,
    /// The base URL of the integrations, without a trailing slash. The SDK knows only the usual
    /// one.
    pub base: String,
    /// Whether Exotel reports calls to this server: its app setting `callback` is the account's
    /// webhook. Without it only the page learns that a call was answered.
    pub callbacks: bool,
}

impl Settings {
    /// Parses the settings; the error describes the first invalid field and what to do.
    pub fn from_json(settings: &Value) -> Result<Self, SettingsError> {
        let fields = Fields::from_json(settings)?;
        Ok(Self {
            account_sid: fields.path_segment("accountSid", IN_THE_DASHBOARD)?,
            api_key: fields.required_secret("apiKey", IN_THE_DASHBOARD)?,
            api_token: fields.required_secret("apiToken", IN_THE_DASHBOARD)?,
            caller_id: fields.phone_number("callerId", "enter the ExoPhone that customers see")?,
            base: fields.base_url("baseUrl", USUAL_BASE)?,
            record: fields.optional_flag("record")?,
            zone: fields.time_zone("timeZone")?,
            country: fields.country_id("defaultCountry")?,
            webhook_header: fields.webhook_header()?,
            browser_calling: match fields.optional_object("browserCalling")? {
                None => None,
                Some(fields) => Some(BrowserCalling::from_fields(fields)?),
            },
        })
    }

    /// Returns the addresses to which requests are sent.
    pub fn addresses(&self) -> Vec<Address<'_>> {
        let api = Address { field: "baseUrl", url: &self.base, usual: USUAL_BASE };
        let browser = self.browser_calling.as_ref().map(|browser| Address {
            field: "baseUrl",
            url: &browser.base,
            usual: USUAL_INTEGRATIONS,
        });
        [Some(api), browser].into_iter().flatten().collect()
    }

    /// Returns which secrets are sent where, and for whom.
    pub fn secret_uses(&self) -> Vec<SecretUse<'_>> {
        let api = SecretUse {
            secrets: &["apiKey", "apiToken"],
            determined_by: vec![("baseUrl", &self.base), ("accountSid", &self.account_sid)],
        };
        let browser = self.browser_calling.as_ref().map(|browser| SecretUse {
            secrets: &["browserCalling.appSecret"],
            determined_by: vec![
                ("browserCalling.baseUrl", &browser.base),
                ("browserCalling.appId", &browser.app_id),
            ],
        });
        [Some(api), browser].into_iter().flatten().collect()
    }

    /// Returns the secrets themselves.
    pub fn secret_values(&self) -> Vec<&str> {
        let header = self.webhook_header.as_ref().map(|header| &header.value);
        let browser = self.browser_calling.as_ref().map(|browser| &browser.app_secret);
        let secrets = [Some(&self.api_key), Some(&self.api_token), header, browser];
        secrets.into_iter().flatten().map(Secret::expose).collect()
    }
}

impl BrowserCalling {
    fn from_fields(fields: Fields<'_>) -> Result<Self, SettingsError> {
        let given = "Exotel gives it when browser calling is set up";
        Ok(Self {
            app_id: fields.required_text("appId", given)?,
            app_secret: fields.required_secret("appSecret", given)?,
            customer_id: fields.optional_text("customerId")?,
            base: fields.base_url("baseUrl", USUAL_INTEGRATIONS)?,
            callbacks: fields.optional_flag("callbacks")?.unwrap_or(false),
        })
    }
}
