//! Parses the settings of an Exotel account.

use crate::providers::SettingsError;
use crate::providers::settings::{Fields, WebhookHeader};
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
    pub fn read(settings: &Value) -> Result<Self, SettingsError> {
        let fields = Fields::of(settings)?;
        Ok(Self {
            account_sid: fields.name("accountSid", IN_THE_DASHBOARD)?,
            api_key: fields.secret("apiKey", IN_THE_DASHBOARD)?,
            api_token: fields.secret("apiToken", IN_THE_DASHBOARD)?,
            caller_id: fields.phone("callerId", "enter the ExoPhone that customers see")?,
            base: fields.base("baseUrl", USUAL_BASE)?,
            record: fields.flag("record")?,
            zone: fields.zone("timeZone")?,
            country: fields.country("defaultCountry")?,
            webhook_header: fields.webhook_header()?,
            browser_calling: match fields.object("browserCalling")? {
                None => None,
                Some(fields) => Some(BrowserCalling::read(fields)?),
            },
        })
    }

    /// Returns the secrets themselves.
    pub fn secrets(&self) -> Vec<&str> {
        let header = self.webhook_header.as_ref().map(|header| &header.value);
        let browser = self.browser_calling.as_ref().map(|browser| &browser.app_secret);
        let secrets = [Some(&self.api_key), Some(&self.api_token), header, browser];
        secrets.into_iter().flatten().map(Secret::expose).collect()
    }
}

impl BrowserCalling {
    fn read(fields: Fields<'_>) -> Result<Self, SettingsError> {
        let given = "Exotel gives it when browser calling is set up";
        Ok(Self {
            app_id: fields.text("appId", given)?,
            app_secret: fields.secret("appSecret", given)?,
            customer_id: fields.optional("customerId")?,
            base: fields.base("baseUrl", USUAL_INTEGRATIONS)?,
            callbacks: fields.flag("callbacks")?.unwrap_or(false),
        })
    }
}
