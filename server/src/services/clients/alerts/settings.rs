//! What a client is alerted of, and where messages go.

use crate::mail;
use crate::outgoing::{AddressGuard, host_alone};
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::services::access::people::{MAX_EMAIL_CHARS, normalize_email};
use crate::storage::{AlertMessageState, Store};
use crate::time;
use crate::whole_number;
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};

/// The most recipients of e-mails.
const MAX_EMAILS: usize = 20;
/// The most characters of the webhook's URL.
const MAX_URL_CHARS: usize = 2_000;
/// Messages that are shown with their state.
const SHOWN_MESSAGES: i64 = 20;
const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;
const DAY_MINUTES: i64 = 24 * 60;

/// What a client is alerted of, and where messages go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AlertSettings {
    /// Alert if few calls are connected; null: never.
    #[schema(required = true)]
    pub connect_rate: Option<ConnectRateRule>,
    /// Alert if many calls are missed; null: never.
    #[schema(required = true)]
    pub missed: Option<CountRule>,
    /// Alert if requests to telephony providers fail; null: never.
    #[schema(required = true)]
    pub provider: Option<CountRule>,
    /// Alert if 80 and 100 % of the month's calls are used.
    pub plan: bool,
    /// For how many minutes an alert is not repeated, even if it comes and goes.
    #[serde(deserialize_with = "whole_number::read")]
    #[schema(minimum = 1, maximum = 1440, examples(60))]
    pub quiet_minutes: i64,
    /// The hour of the client's day, 0 to 23, at which a digest of the day before is sent; null:
    /// never.
    #[serde(deserialize_with = "whole_number::read_optional")]
    #[schema(required = true, minimum = 0, maximum = 23, examples(8))]
    pub digest_hour: Option<i64>,
    #[schema(schema_with = email_list)]
    pub emails: Vec<String>,
    /// The URL that receives messages as JSON, signed as Standard Webhooks says; null: none.
    #[schema(
        required = true,
        max_length = 2000,
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]*$",
        examples("https://hooks.example.com/calls")
    )]
    pub webhook_url: Option<String>,
}

fn email_list() -> Schema {
    let email = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(3))
        .max_length(Some(MAX_EMAIL_CHARS))
        .pattern(Some(
            r"^\s*[^@\s\u0000-\u001f\u007f-\u009f]+@[^@\s\u0000-\u001f\u007f-\u009f]+\s*$",
        ));
    ArrayBuilder::new()
        .items(email)
        .max_items(Some(MAX_EMAILS))
        .description(Some("The recipients of e-mails."))
        .examples([json!(["asha@example.com"])])
        .into()
}

/// Alert if the connect rate of the latest calls is low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectRateRule {
    /// The rate below which it is low, 0 to 1.
    #[schema(minimum = 0, maximum = 1, examples(0.4))]
    pub below: f64,
    /// How many calls are needed to judge it.
    #[serde(deserialize_with = "whole_number::read")]
    #[schema(minimum = 1, maximum = 100_000, examples(50))]
    pub calls: i64,
    /// The minutes in which these calls began.
    #[serde(deserialize_with = "whole_number::read")]
    #[schema(minimum = 15, maximum = 1440, examples(60))]
    pub minutes: i64,
}

/// Alert if something happens often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountRule {
    /// The number above which it is often.
    #[serde(deserialize_with = "whole_number::read")]
    #[schema(minimum = 0, maximum = 100_000, examples(5))]
    pub above: i64,
    /// The minutes in which it is counted.
    #[serde(deserialize_with = "whole_number::read")]
    #[schema(minimum = 1, maximum = 1440, examples(15))]
    pub minutes: i64,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            connect_rate: None,
            missed: None,
            provider: None,
            plan: true,
            quiet_minutes: 60,
            digest_hour: None,
            emails: Vec::new(),
            webhook_url: None,
        }
    }
}

/// The settings, and how alerts are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertsShown {
    pub settings: AlertSettings,
    /// Whether this server can send e-mails; the operator sets that up.
    pub sends_email: bool,
    /// The alerts that are raised now: `connectRate`, `missed`, `provider`, `plan80`, `plan100`.
    #[schema(examples(json!(["missed"])))]
    pub raised: Vec<String>,
    /// The latest messages, the newest first.
    pub messages: Vec<MessageShown>,
}

/// A message, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertMessage)]
pub struct MessageShown {
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    at: String,
    /// `email` or `webhook`.
    #[schema(examples("email"))]
    channel: String,
    #[schema(examples("asha@example.com"))]
    recipient: String,
    #[schema(examples("Demo Client: Missed calls in the last 15 minutes: 6"))]
    subject: String,
    /// When it was sent; null: not yet, or never.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:02Z"))]
    sent_at: Option<String>,
    /// When it is tried next; null: never again.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:31:00Z"))]
    try_at: Option<String>,
    /// Why the last try failed; null: it did not.
    #[schema(required = true)]
    trouble: Option<String>,
}

/// Returns the hour of the day in a time zone, 0 to 23.
pub fn local_hour(at: Millis, zone: Tz) -> i64 {
    at.saturating_add(time::utc_offset(at, zone)).div_euclid(HOUR).rem_euclid(24)
}

/// Reads stored settings. Settings that cannot be read alert of nothing.
pub fn read_settings(json: &str) -> AlertSettings {
    serde_json::from_str(json).unwrap_or_default()
}

/// Returns a client's settings, and how its alerts are. A reader who may not change them sees of a
/// webhook's URL only the host: the rest may be a secret.
pub async fn show_alerts(
    store: &Store,
    client_id: &str,
    sends_email: bool,
    may_change: bool,
) -> Result<AlertsShown, ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let stored = store.alerts().find_alert_settings(client_id).await?;
    let messages = store.alerts().list_alert_messages(client_id, SHOWN_MESSAGES).await?;
    let mut shown = AlertsShown {
        settings: stored.as_deref().map(read_settings).unwrap_or_default(),
        sends_email,
        raised: store.alerts().list_raised_alerts(client_id).await?,
        messages: messages.into_iter().map(show_message).collect(),
    };
    if !may_change {
        let webhooks = shown.messages.iter_mut().filter(|message| message.channel == "webhook");
        let urls = webhooks.map(|message| &mut message.recipient);
        for url in urls.chain(&mut shown.settings.webhook_url) {
            *url = host_alone(url);
        }
    }
    Ok(shown)
}

fn show_message(row: AlertMessageState) -> MessageShown {
    MessageShown {
        at: time::format(row.created_at),
        channel: row.channel,
        recipient: row.recipient,
        subject: row.subject,
        sent_at: row.sent_at.map(time::format),
        try_at: row.try_at.map(time::format),
        trouble: row.trouble,
    }
}

/// Checks and saves a client's settings.
pub async fn save_settings(
    operator: &Operator<'_>,
    guard: &AddressGuard,
    client_id: &str,
    settings: AlertSettings,
) -> Result<(), ServiceError> {
    let client = operator.store.clients().find_client(client_id).await?;
    let client = client.ok_or_else(ServiceError::unknown_client)?;
    let settings = check_settings(guard, settings).await?;
    // A digest that would have been due before this change is not sent.
    let (now, zone) = (operator.now, client.time_zone);
    let is_past = settings.digest_hour.is_some_and(|hour| local_hour(now, zone) >= hour);
    let digest_day = time::day(if is_past { now } else { now - DAY }, zone);
    let json = serde_json::to_string(&settings).unwrap_or_default();
    let alerts = operator.store.alerts();
    if !alerts.save_alert_settings(client_id, &json, &digest_day, operator.stamp()).await? {
        return Err(ServiceError::unknown_client());
    }
    Ok(())
}

async fn check_settings(
    guard: &AddressGuard,
    mut settings: AlertSettings,
) -> Result<AlertSettings, ServiceError> {
    let wrong = |field, sentence: String| Err(ServiceError::Invalid { field, sentence });
    let within = |field: &'static str, number: i64, low: i64, high: i64| {
        if (low..=high).contains(&number) {
            return Ok(());
        }
        let sentence = format!("{field} must be a whole number from {low} to {high}.");
        Err(ServiceError::Invalid { field, sentence })
    };
    if let Some(rule) = settings.connect_rate {
        if !(0.0..=1.0).contains(&rule.below) {
            let sentence = "connectRate.below must be a number from 0 to 1, such as 0.4.";
            return wrong("connectRate.below", sentence.to_owned());
        }
        within("connectRate.calls", rule.calls, 1, 100_000)?;
        within("connectRate.minutes", rule.minutes, 15, DAY_MINUTES)?;
    }
    if let Some(rule) = settings.missed {
        within("missed.above", rule.above, 0, 100_000)?;
        within("missed.minutes", rule.minutes, 1, DAY_MINUTES)?;
    }
    if let Some(rule) = settings.provider {
        within("provider.above", rule.above, 0, 100_000)?;
        within("provider.minutes", rule.minutes, 1, DAY_MINUTES)?;
    }
    within("quietMinutes", settings.quiet_minutes, 1, DAY_MINUTES)?;
    if let Some(hour) = settings.digest_hour {
        within("digestHour", hour, 0, 23)?;
    }
    if settings.emails.len() > MAX_EMAILS {
        return wrong("emails", format!("emails must have at most {MAX_EMAILS} addresses."));
    }
    for email in &mut settings.emails {
        let address = normalize_email(email).ok().filter(|address| mail::is_address(address));
        *email = address.ok_or_else(|| ServiceError::Invalid {
            field: "emails",
            sentence: "emails must be e-mail addresses, like asha@example.com.".to_owned(),
        })?;
    }
    settings.webhook_url = settings.webhook_url.filter(|url| !url.is_empty());
    if let Some(url) = &settings.webhook_url {
        if url.chars().count() > MAX_URL_CHARS {
            let sentence = format!("webhookUrl must have at most {MAX_URL_CHARS} characters.");
            return wrong("webhookUrl", sentence);
        }
        if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            let sentence = "webhookUrl must contain no spaces or control characters.";
            return wrong("webhookUrl", sentence.to_owned());
        }
        if let Err(refused) = guard.check_url(url).await {
            return wrong("webhookUrl", format!("webhookUrl: {refused}."));
        }
    }
    Ok(settings)
}
