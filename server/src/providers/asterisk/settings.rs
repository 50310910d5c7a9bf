//! Parses the settings of an Asterisk account.

use super::browser::BrowserCalling;
use crate::providers::settings::{Fields, field_error};
use crate::providers::{Address, AgentContact, ProviderError, SecretUse, SettingsError};
use crate::secret::Secret;
use phonenumber::country;
use serde_json::Value;

/// An example of the address of Asterisk's REST interface. There is no usual one.
const EXAMPLE_BASE: &str = "https://pbx.example.com:8089/ari";
/// The names of the secret settings.
pub const SECRET_FIELDS: &[&str] = &["password", "browserCalling.turnSecret"];

const NUMBER: &str = "{number}";
const AGENT: &str = "{agent}";
const USUAL_APP: &str = "call-ribbon";
const USUAL_AGENT_ENDPOINT: &str = "PJSIP/{agent}";
/// How long a phone rings, in seconds.
const USUAL_RING: u16 = 30;
const MAX_RING: u16 = 300;
/// Phones that ring at once for one caller.
pub const MAX_RUNG: usize = 20;
/// Longer than any name of an agent at a PBX.
const MAX_AGENT_CHARS: usize = 60;

/// The settings of an Asterisk account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the REST interface, without a trailing slash.
    pub base: String,
    pub user: String,
    pub password: Secret,
    /// The name under which this server receives calls in the dialplan (`Stasis(…)`).
    pub app: String,
    /// How a number is dialed: `PJSIP/{number}@trunk`.
    pub trunk: String,
    /// How an agent's phone is dialed: `PJSIP/{agent}`.
    pub agent_endpoint: String,
    /// The number that customers see.
    pub caller_id: String,
    /// The agents whose phones ring for a caller if the dialplan names none.
    pub incoming_agents: Vec<String>,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u16,
    /// The country of numbers that the PBX writes without a country code.
    pub country: country::Id,
    /// Calls in the browser, if configured.
    pub browser_calling: Option<BrowserCalling>,
}

impl Settings {
    /// Parses the settings; the error describes the first invalid field and what to do.
    pub fn from_json(settings: &Value) -> Result<Self, SettingsError> {
        let fields = Fields::from_json(settings)?;
        fields.required_text(
            "ariUrl",
            "enter the address of Asterisk's REST interface, like \
             https://pbx.example.com:8089/ari (http.conf)",
        )?;
        let app = match fields.optional_text("app")? {
            None => USUAL_APP.to_owned(),
            Some(_) => fields.path_segment("app", "it is the name in the dialplan's Stasis(…)")?,
        };
        Ok(Self {
            base: with_ari_path(fields.base_url("ariUrl", EXAMPLE_BASE)?),
            user: fields.required_text("user", "enter the name of the user in ari.conf")?,
            password: fields
                .required_secret("password", "enter the password of the user in ari.conf")?,
            app,
            trunk: parse_endpoint(fields, "trunk", NUMBER, None)?,
            agent_endpoint: parse_endpoint(
                fields,
                "agentEndpoint",
                AGENT,
                Some(USUAL_AGENT_ENDPOINT),
            )?,
            caller_id: fields.phone_number("callerId", "enter the number that customers see")?,
            incoming_agents: parse_agents(fields)?,
            ring_seconds: parse_ring(fields)?,
            country: fields.country_id("defaultCountry")?,
            browser_calling: match fields.optional_object("browserCalling")? {
                None => None,
                Some(fields) => Some(BrowserCalling::from_fields(fields)?),
            },
        })
    }

    /// Returns the addresses to which requests are sent.
    pub fn addresses(&self) -> Vec<Address<'_>> {
        vec![Address { field: "ariUrl", url: &self.base, usual: EXAMPLE_BASE }]
    }

    /// Returns which secrets are sent where, and for whom.
    pub fn secret_uses(&self) -> Vec<SecretUse<'_>> {
        let determined_by = vec![("ariUrl", self.base.as_str()), ("user", self.user.as_str())];
        let ari = SecretUse { secrets: &["password"], determined_by };
        // Passwords that are made from it are sent there by browsers.
        let turn = self.browser_calling.as_ref().map(|browser| SecretUse {
            secrets: &["browserCalling.turnSecret"],
            determined_by: vec![("browserCalling.iceServers", browser.ice_text.as_str())],
        });
        [Some(ari), turn].into_iter().flatten().collect()
    }

    /// Returns the secrets themselves.
    pub fn secret_values(&self) -> Vec<&str> {
        let turn = self.browser_calling.as_ref().and_then(|browser| browser.turn_secret.as_ref());
        [Some(&self.password), turn].into_iter().flatten().map(Secret::expose).collect()
    }

    /// Returns how a number is dialed.
    pub fn customer_endpoint(&self, number: &str) -> String {
        self.trunk.replace(NUMBER, number)
    }

    /// Returns how the phone of an agent at the PBX is dialed; `None` if the name is not one.
    pub fn endpoint_of(&self, agent: &str) -> Option<String> {
        is_agent_name(agent).then(|| self.agent_endpoint.replace(AGENT, agent))
    }

    /// Returns how an agent's phone is dialed: the one at the PBX, else the agent's own through
    /// the trunk.
    pub fn phone_of(&self, agent: &AgentContact) -> Result<String, ProviderError> {
        let said = |text: &&String| !text.is_empty();
        if let Some(name) = agent.provider_user_id.as_ref().filter(said) {
            return self.endpoint_of(name).ok_or_else(|| {
                ProviderError::NotReady(
                    "This agent's providerUserId is not a name at the PBX: it has letters, \
                     digits and - _ . + only; an administrator can correct it."
                        .to_owned(),
                )
            });
        }
        let phone = agent.phone.as_ref().filter(said).map(|phone| self.customer_endpoint(phone));
        phone.ok_or_else(|| {
            ProviderError::NotReady(
                "This agent has no phone at the PBX, which is rung first; an administrator can \
                 enter it as providerUserId with the agent."
                    .to_owned(),
            )
        })
    }
}

/// Returns whether a text can be an agent's name at the PBX: it becomes part of an endpoint and of
/// a channel's name.
pub fn is_agent_name(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+');
    !text.is_empty() && text.len() <= MAX_AGENT_CHARS && text.bytes().all(plain)
}

/// Completes an address that is written without the path.
fn with_ari_path(base: String) -> String {
    if base.ends_with("/ari") { base } else { format!("{base}/ari") }
}

/// Parses how something is dialed.
fn parse_endpoint(
    fields: Fields<'_>,
    field: &'static str,
    mark: &str,
    usual: Option<&str>,
) -> Result<String, SettingsError> {
    let example = usual.unwrap_or("PJSIP/{number}@trunk");
    let text = match (fields.optional_text(field)?, usual) {
        (Some(text), _) => text,
        (None, Some(usual)) => usual.to_owned(),
        (None, None) => fields.required_text(field, &format!("enter it like {example}"))?,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/@._:+-*#".contains(&byte);
    let rest = text.replacen(mark, "", 1);
    let valid = rest.len() != text.len()
        && rest.bytes().all(plain)
        && text.split_once('/').is_some_and(|(technology, _)| !technology.is_empty());
    if valid {
        return Ok(text);
    }
    let sentence = format!(
        "{field} must be an endpoint of Asterisk that contains {mark} once, like {example}."
    );
    Err(field_error(field, sentence))
}

/// Parses the list of agents whose phones ring.
fn parse_agents(fields: Fields<'_>) -> Result<Vec<String>, SettingsError> {
    const FIELD: &str = "incomingAgents";
    let Some(text) = fields.optional_text(FIELD)? else { return Ok(Vec::new()) };
    let names: Vec<String> =
        text.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.len() > MAX_RUNG {
        let sentence = format!("{FIELD} names more than {MAX_RUNG} agents, who would all ring.");
        return Err(field_error(FIELD, sentence));
    }
    match names.iter().find(|name| !is_agent_name(name)) {
        None => Ok(names),
        Some(_) => Err(field_error(
            FIELD,
            format!("{FIELD} must be the agents' names at the PBX, like 1001, 1002."),
        )),
    }
}

fn parse_ring(fields: Fields<'_>) -> Result<u16, SettingsError> {
    const FIELD: &str = "ringSeconds";
    let Some(text) = fields.optional_text(FIELD)? else { return Ok(USUAL_RING) };
    text.parse().ok().filter(|seconds| (1..=MAX_RING).contains(seconds)).ok_or_else(|| {
        let sentence = format!("{FIELD} must be a whole number of seconds from 1 to {MAX_RING}.");
        field_error(FIELD, sentence)
    })
}
