//! Adapters of telephony providers, one folder per provider.
//!
//! An adapter converts a request into bytes for the provider's API, and converts its answers and
//! webhooks into what is known about a call (a [`Report`]). It says what its voice can do. It never
//! accesses storage, keeps no state between two requests, and sends nothing itself: the transport
//! it is given sends, with time-outs, retries, and the request log.

pub mod asterisk;
mod exchange;
pub mod exotel;
mod lenient;
pub mod masking;
mod refusal;
mod report;
mod settings;
pub mod simulator;
mod sip_line;
pub mod tata;
mod voices;
mod webhook_request;

#[cfg(test)]
mod tests;

pub use exchange::{Auth, Body, EventStream, Reply, Request, Transport};
pub use report::{Part, Placed, Report};
pub use sip_line::{IceServer, SipLine};
pub use voices::{action_feature, voice_features};
pub use webhook_request::{Unreadable, WebhookRequest};

use crate::secret::Secret;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Call, Fact};
use serde_json::Value;

/// The settings of an account at a provider, including secrets: the only type that lists all
/// providers.
#[derive(Debug, Clone)]
pub enum Settings {
    /// This server plays both sides; nothing is heard.
    Simulator,
    /// Exotel.
    Exotel(Box<exotel::Settings>),
    /// Tata Smartflo.
    Tata(Box<tata::Settings>),
    /// Asterisk.
    Asterisk(Box<asterisk::Settings>),
}

/// An invalid field in an account's settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct SettingsError {
    /// The field's name within `settings`.
    pub field: &'static str,
    /// What is wrong with it and what to do, as a sentence.
    pub sentence: String,
}

/// A base URL in an account's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The field's name within its object.
    pub field: &'static str,
    pub url: &'a str,
    /// The provider's own URL, used if the field is missing.
    pub usual: &'static str,
}

/// Secrets of an account, with the settings that determine where they are sent and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretUse<'a> {
    /// The secrets, as [`Settings::secret_fields`] names them.
    pub secrets: &'static [&'static str],
    /// Names and values of these settings.
    pub determined_by: Vec<(&'static str, &'a str)>,
}

/// The agent for whom a call is made, as a provider needs to know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentContact {
    pub id: Option<String>,
    pub name: Option<String>,
    /// The number of the agent's own phone, which click-to-call rings first.
    pub phone: Option<String>,
    /// The agent's id at the provider: Exotel's user id, Smartflo's agent number, the name of a phone
    /// at Asterisk.
    pub provider_user_id: Option<String>,
}

/// A call to make.
#[derive(Debug, Clone)]
pub struct DialOrder<'a> {
    /// The server's id of the call, which the provider is asked to return in its reports.
    pub session_id: &'a str,
    /// The number to dial: E.164 if the client's country is known, else as it was written.
    pub to: &'a str,
    pub agent: &'a AgentContact,
    /// The URL for the provider's reports. It contains a secret. `None` if the server does not know
    /// its own public address: then it polls.
    pub callback: Option<&'a str>,
}

/// A call to control.
#[derive(Debug, Clone)]
pub struct OngoingCall<'a> {
    pub session_id: &'a str,
    /// The provider's id of the call, once known.
    pub provider_call_id: Option<&'a str>,
    pub call: &'a Call,
}

/// What a page needs to take calls in the browser.
#[derive(Debug, Clone)]
pub struct BrowserAccess {
    /// The token for the provider's own SDK.
    pub token: Secret,
    /// Whether only the page learns that a call was answered: the call then counts as connected as
    /// soon as the agent's side is.
    pub leg_connects: bool,
}

/// Why a provider did not do what was requested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Its voice has no such control.
    #[error("This call's voice cannot do that.")]
    CannotDo,
    /// Something required is missing here: an agent's phone number, for example. The sentence says
    /// what to do.
    #[error("{0}")]
    NotReady(String),
    /// It refused, or its answer makes no sense. Contains its own words, without secrets.
    #[error("The telephony provider refused this.")]
    Refused { status: Option<u16>, detail: String },
    /// It has received too many requests for now.
    #[error("The telephony provider is limiting requests; try again in a moment.")]
    TooMany { retry_after: Option<u64> },
    /// It could not be reached at all, so that nothing was done.
    #[error("The telephony provider could not be reached.")]
    Unreachable(String),
    /// Its answer does not say whether the request was carried out.
    #[error("The telephony provider's answer does not say whether it did this.")]
    Unclear { status: u16, detail: String },
    /// It did not answer in time; whether the request was carried out is unknown.
    #[error("The telephony provider did not answer in time.")]
    TimedOut,
}

impl ProviderError {
    /// Returns the details for the account's administrator: the provider's own words, if it had
    /// any.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Refused { status, detail } => Some(match status {
                Some(status) => format!("{detail} (HTTP status {status})"),
                None => detail.clone(),
            }),
            Self::Unclear { status, detail } => Some(format!("{detail} (HTTP status {status})")),
            Self::Unreachable(detail) => Some(detail.clone()),
            Self::CannotDo | Self::NotReady(_) | Self::TooMany { .. } | Self::TimedOut => None,
        }
    }

    /// Returns why a call that could not be made ended.
    pub fn reason(&self) -> String {
        self.detail().map_or_else(|| self.to_string(), |detail| format!("{self} {detail}"))
    }
}

impl Settings {
    /// Returns the provider's name in the API.
    pub fn provider_name(&self) -> &'static str {
        match self {
            Self::Simulator => simulator::NAME,
            Self::Exotel(_) => exotel::NAME,
            Self::Tata(_) => tata::NAME,
            Self::Asterisk(_) => asterisk::NAME,
        }
    }

    /// Returns the name of its voice.
    pub fn voice_name(&self) -> &'static str {
        match self {
            Self::Simulator => simulator::VOICE,
            Self::Exotel(settings) => settings.voice_name(),
            Self::Tata(_) => tata::VOICE,
            Self::Asterisk(settings) => settings.voice_name(),
        }
    }

    /// Parses the settings of a provider's account.
    pub fn from_json(provider: &str, settings: &Value) -> Result<Self, SettingsError> {
        match provider {
            simulator::NAME => Ok(Self::Simulator),
            exotel::NAME => Ok(Self::Exotel(Box::new(exotel::Settings::from_json(settings)?))),
            tata::NAME => Ok(Self::Tata(Box::new(tata::Settings::from_json(settings)?))),
            asterisk::NAME => {
                Ok(Self::Asterisk(Box::new(asterisk::Settings::from_json(settings)?)))
            }
            _ => Err(SettingsError {
                field: "provider",
                sentence: format!("provider must be one of {}.", NAMES.join(", ")),
            }),
        }
    }

    /// Returns the names of the secret settings, which are stored encrypted and never shown. A dot
    /// leads to a field of a nested object.
    pub fn secret_fields(provider: &str) -> &'static [&'static str] {
        match provider {
            exotel::NAME => exotel::SECRET_FIELDS,
            tata::NAME => tata::SECRET_FIELDS,
            asterisk::NAME => asterisk::SECRET_FIELDS,
            _ => &[],
        }
    }

    /// Returns the addresses to which requests are sent.
    pub fn addresses(&self) -> Vec<Address<'_>> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Exotel(settings) => settings.addresses(),
            Self::Tata(settings) => settings.addresses(),
            Self::Asterisk(settings) => settings.addresses(),
        }
    }

    /// Returns which secrets are sent where, and for whom.
    pub fn secret_uses(&self) -> Vec<SecretUse<'_>> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Exotel(settings) => settings.secret_uses(),
            Self::Tata(settings) => settings.secret_uses(),
            Self::Asterisk(settings) => settings.secret_uses(),
        }
    }

    /// Returns the secrets themselves, to be masked wherever a request is logged.
    pub fn secret_values(&self) -> Vec<&str> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Exotel(settings) => settings.secret_values(),
            Self::Tata(settings) => settings.secret_values(),
            Self::Asterisk(settings) => settings.secret_values(),
        }
    }

    /// Returns the name and value of the header that the provider's webhooks must have, if the
    /// account requires one.
    pub fn webhook_header(&self) -> Option<(&str, &Secret)> {
        let header = match self {
            Self::Simulator | Self::Asterisk(_) => None,
            Self::Exotel(settings) => settings.webhook_header.as_ref(),
            Self::Tata(settings) => settings.webhook_header.as_ref(),
        };
        header.map(|header| (header.name.as_str(), &header.value))
    }

    /// Returns the country of numbers that the provider writes without a country code.
    pub fn default_country(&self) -> Option<phonenumber::country::Id> {
        match self {
            Self::Simulator => None,
            Self::Exotel(settings) => Some(settings.country),
            Self::Tata(settings) => Some(settings.country),
            Self::Asterisk(settings) => Some(settings.country),
        }
    }

    /// Returns the provider's own numbers, from which calls appear to come. They are never a
    /// customer's.
    pub fn own_numbers(&self) -> Vec<&str> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Exotel(settings) => vec![&settings.caller_id],
            Self::Tata(settings) => vec![&settings.phone_number],
            Self::Asterisk(settings) => vec![&settings.caller_id],
        }
    }

    /// Has the provider make a call that is already recorded as requested. Never dials twice: an
    /// unclear result is an error.
    pub async fn start_call(
        &self,
        transport: &impl Transport,
        order: &DialOrder<'_>,
    ) -> Result<Placed, ProviderError> {
        match self {
            Self::Simulator => Ok(Placed::default()),
            Self::Exotel(settings) => settings.start_call(transport, order).await,
            Self::Tata(settings) => settings.start_call(transport, order).await,
            Self::Asterisk(settings) => settings.start_call(transport, order).await,
        }
    }

    /// Acts on a call; returns the resulting fact.
    pub async fn control_call(
        &self,
        transport: &impl Transport,
        underway: &OngoingCall<'_>,
        action: Action,
        now: Millis,
    ) -> Result<Fact, ProviderError> {
        if !voice_features(Some(self.voice_name())).contains(&action_feature(action)) {
            return Err(ProviderError::CannotDo);
        }
        match self {
            Self::Simulator => Ok(simulator::Simulator::control_fact(underway.call, action, now)),
            // On the agent's phone it has no controls; in the browser the page has them.
            Self::Exotel(_) => Err(ProviderError::CannotDo),
            Self::Tata(settings) => settings.control_call(transport, underway, action, now).await,
            Self::Asterisk(settings) => {
                settings.control_call(transport, underway, action, now).await
            }
        }
    }

    /// Returns what a page needs to take calls in the browser; `None` if they are heard elsewhere.
    pub async fn browser_access(
        &self,
        transport: &impl Transport,
    ) -> Result<Option<BrowserAccess>, ProviderError> {
        match self {
            Self::Simulator | Self::Tata(_) | Self::Asterisk(_) => Ok(None),
            Self::Exotel(settings) => settings.browser_access(transport).await,
        }
    }

    /// Asks for the state of a call whose reports may have been lost; `None` if the provider cannot
    /// be asked.
    pub async fn look_up_call(
        &self,
        transport: &impl Transport,
        provider_call_id: &str,
    ) -> Result<Option<Report>, ProviderError> {
        match self {
            // Smartflo returns nothing about finished calls.
            Self::Simulator | Self::Tata(_) => Ok(None),
            Self::Exotel(settings) => settings.look_up_call(transport, provider_call_id).await,
            Self::Asterisk(settings) => settings.look_up_call(transport, provider_call_id).await,
        }
    }

    /// Tests whether the provider accepts the account's credentials, without calling anyone.
    pub async fn check_credentials(&self, transport: &impl Transport) -> Result<(), ProviderError> {
        match self {
            Self::Simulator => Ok(()),
            Self::Exotel(settings) => settings.check_credentials(transport).await,
            Self::Tata(settings) => settings.check_credentials(transport).await,
            Self::Asterisk(settings) => settings.check_credentials(transport).await,
        }
    }

    /// Parses a webhook of the provider. Its sender was verified before.
    pub fn read_callback(
        &self,
        delivered: &WebhookRequest,
        received_at: Millis,
    ) -> Result<Report, Unreadable> {
        match self {
            Self::Exotel(settings) => settings.read_callback(delivered, received_at),
            Self::Tata(settings) => settings.read_callback(delivered, received_at),
            Self::Simulator => Err(Unreadable("The simulator sends no webhooks.".into())),
            Self::Asterisk(_) => Err(Unreadable("Asterisk sends no webhooks.".into())),
        }
    }

    /// Returns the settings of a provider that tells of its calls on a WebSocket, which this server
    /// opens.
    pub fn event_source(&self) -> Option<&asterisk::Settings> {
        match self {
            Self::Asterisk(settings) => Some(settings),
            Self::Simulator | Self::Exotel(_) | Self::Tata(_) => None,
        }
    }
}

/// The providers' names in the API.
pub const NAMES: &[&str] = &[simulator::NAME, exotel::NAME, tata::NAME, asterisk::NAME];
