//! Those who carry calls: one folder a provider.
//!
//! A provider turns what is asked of it into bytes for its API, and the bytes it answers or sends
//! by itself into what is known of a call (a [`Report`]). It says what its voice can do. It never
//! sees storage, keeps nothing between two requests, and sends nothing itself: that does the
//! [`Line`], which knows time-outs, repeats, and the log of requests.

mod delivered;
mod exchange;
pub mod exotel;
mod lenient;
pub mod masking;
mod refusal;
mod report;
mod settings;
pub mod simulator;
pub mod tata;

#[cfg(test)]
mod tests;

pub use delivered::{Delivered, Unreadable};
pub use exchange::{Auth, Body, Line, Reply, Request};
pub use report::{Part, Placed, Report};

use crate::secret::Secret;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Call, Fact};
use serde_json::Value;

/// What an account at a provider is set to, secrets included: the one place that knows which
/// providers there are.
#[derive(Debug, Clone)]
pub enum Settings {
    /// Our own server plays both ends; nothing is heard.
    Simulator,
    /// Exotel.
    Exotel(Box<exotel::Settings>),
    /// Tata Smartflo.
    Tata(Box<tata::Settings>),
}

/// A field of an account's settings that is not as the provider needs it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct SettingsError {
    /// The field's name within `settings`.
    pub field: &'static str,
    /// What is wrong with it and what to do, as a sentence.
    pub sentence: String,
}

/// The agent for whom a call is made, as a provider needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentLine {
    pub id: Option<String>,
    pub name: Option<String>,
    /// The number of the agent's own phone, which click-to-call rings first.
    pub phone: Option<String>,
    /// The agent's name at the provider: Exotel's user id, Smartflo's agent number.
    pub provider_user_id: Option<String>,
}

/// A call that is to be made.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// Our name for the call, which the provider is asked to hand back with all it tells.
    pub session_id: &'a str,
    /// The number to dial: E.164 where the client's country is known, else as it was written.
    pub to: &'a str,
    pub agent: &'a AgentLine,
    /// Where the provider is to tell what happens. Holds a secret. `None` where the server does
    /// not know its own public address: then it asks by itself.
    pub callback: Option<&'a str>,
}

/// A call that is to be changed.
#[derive(Debug, Clone)]
pub struct Underway<'a> {
    pub session_id: &'a str,
    /// The provider's name for it, once that is known.
    pub provider_call_id: Option<&'a str>,
    pub call: &'a Call,
}

/// What a page needs to have the sound of calls in it.
#[derive(Debug, Clone)]
pub struct BrowserAccess {
    /// Lets the provider's own SDK in.
    pub token: Secret,
    /// Nobody but the page learns that a call was answered: it counts as connected as soon as the
    /// agent's side is.
    pub leg_connects: bool,
}

/// Why a provider did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Its voice has no such control.
    #[error("This call's voice cannot do that.")]
    CannotDo,
    /// Something of our own is missing for it: an agent's phone number, say. The sentence says
    /// what to do.
    #[error("{0}")]
    NotReady(String),
    /// It said no, or something that makes no sense. Its own words, without secrets.
    #[error("The telephony provider refused this.")]
    Refused { status: Option<u16>, detail: String },
    /// It has had too many requests for now.
    #[error("The telephony provider has too many requests just now; try again in a moment.")]
    TooMany { retry_after: Option<u64> },
    /// It could not be reached at all, so that nothing was done.
    #[error("The telephony provider could not be reached.")]
    Unreachable(String),
    /// It answered, and the answer leaves open whether it did what was asked.
    #[error("The telephony provider's answer does not say whether it did this.")]
    Unclear { status: u16, detail: String },
    /// It did not answer in time; whether it did what was asked is not known.
    #[error("The telephony provider did not answer in time.")]
    TimedOut,
}

impl ProviderError {
    /// What went wrong, for the one who administers the account: the provider's own words, where
    /// it had any.
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

    /// Why a call ended that could not be made.
    pub fn reason(&self) -> String {
        self.detail().map_or_else(|| self.to_string(), |detail| format!("{self} {detail}"))
    }
}

impl Settings {
    /// The provider's name in the API.
    pub fn provider(&self) -> &'static str {
        match self {
            Self::Simulator => simulator::NAME,
            Self::Exotel(_) => exotel::NAME,
            Self::Tata(_) => tata::NAME,
        }
    }

    /// The name of the way in which its voice travels.
    pub fn voice(&self) -> &'static str {
        match self {
            Self::Simulator => simulator::VOICE,
            Self::Exotel(settings) => settings.voice(),
            Self::Tata(_) => tata::VOICE,
        }
    }

    /// Reads the settings of a provider's account.
    pub fn read(provider: &str, settings: &Value) -> Result<Self, SettingsError> {
        match provider {
            simulator::NAME => Ok(Self::Simulator),
            exotel::NAME => Ok(Self::Exotel(Box::new(exotel::Settings::read(settings)?))),
            tata::NAME => Ok(Self::Tata(Box::new(tata::Settings::read(settings)?))),
            _ => Err(SettingsError {
                field: "provider",
                sentence: format!("provider must be one of {}.", NAMES.join(", ")),
            }),
        }
    }

    /// The names of the settings that are secrets: kept encrypted, and never shown. A dot leads to
    /// a field of an object within.
    pub fn secret_fields(provider: &str) -> &'static [&'static str] {
        match provider {
            exotel::NAME => exotel::SECRET_FIELDS,
            tata::NAME => tata::SECRET_FIELDS,
            _ => &[],
        }
    }

    /// The secrets themselves, to be masked wherever a request is written down.
    pub fn secrets(&self) -> Vec<&str> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Exotel(settings) => settings.secrets(),
            Self::Tata(settings) => settings.secrets(),
        }
    }

    /// The name and value of a header that what the provider sends must bear, where the account
    /// was set to want one.
    pub fn webhook_header(&self) -> Option<(&str, &Secret)> {
        let header = match self {
            Self::Simulator => None,
            Self::Exotel(settings) => settings.webhook_header.as_ref(),
            Self::Tata(settings) => settings.webhook_header.as_ref(),
        };
        header.map(|header| (header.name.as_str(), &header.value))
    }

    /// The country of numbers that the provider writes without one.
    pub fn country(&self) -> Option<phonenumber::country::Id> {
        match self {
            Self::Simulator => None,
            Self::Exotel(settings) => Some(settings.country),
            Self::Tata(settings) => Some(settings.country),
        }
    }

    /// The provider's own numbers, from which calls seem to come. They are no customer's.
    pub fn own_numbers(&self) -> Vec<&str> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Exotel(settings) => vec![&settings.caller_id],
            Self::Tata(settings) => vec![&settings.phone_number],
        }
    }

    /// Has a call made that was already written down as asked for. Never dials twice: what is not
    /// clear is an error.
    pub async fn start(
        &self,
        line: &impl Line,
        order: &Order<'_>,
    ) -> Result<Placed, ProviderError> {
        match self {
            Self::Simulator => Ok(Placed::default()),
            Self::Exotel(settings) => settings.start(line, order).await,
            Self::Tata(settings) => settings.start(line, order).await,
        }
    }

    /// Does something to a call; hands back what has come of it.
    pub async fn control(
        &self,
        line: &impl Line,
        underway: &Underway<'_>,
        action: Action,
        now: Millis,
    ) -> Result<Fact, ProviderError> {
        if !voice_features(Some(self.voice())).contains(&feature(action)) {
            return Err(ProviderError::CannotDo);
        }
        match self {
            Self::Simulator => Ok(simulator::Simulator::control(underway.call, action, now)),
            // On the agent's phone it has no controls; in the browser the page has them.
            Self::Exotel(_) => Err(ProviderError::CannotDo),
            Self::Tata(settings) => settings.control(line, underway, action, now).await,
        }
    }

    /// What a page needs to have the sound of calls in it; `None` where the sound is elsewhere.
    pub async fn browser_access(
        &self,
        line: &impl Line,
    ) -> Result<Option<BrowserAccess>, ProviderError> {
        match self {
            Self::Simulator | Self::Tata(_) => Ok(None),
            Self::Exotel(settings) => settings.browser_access(line).await,
        }
    }

    /// Asks how a call stands, where word of it may have been lost; `None` where the provider has
    /// no such question.
    pub async fn look_up(
        &self,
        line: &impl Line,
        provider_call_id: &str,
    ) -> Result<Option<Report>, ProviderError> {
        match self {
            // Smartflo says nothing of calls that are over.
            Self::Simulator | Self::Tata(_) => Ok(None),
            Self::Exotel(settings) => settings.look_up(line, provider_call_id).await,
        }
    }

    /// Tries whether the account lets in, without calling anybody.
    pub async fn validate(&self, line: &impl Line) -> Result<(), ProviderError> {
        match self {
            Self::Simulator => Ok(()),
            Self::Exotel(settings) => settings.validate(line).await,
            Self::Tata(settings) => settings.validate(line).await,
        }
    }

    /// What the provider tells by itself. That it is the provider was proven before.
    pub fn read_callback(
        &self,
        delivered: &Delivered,
        received_at: Millis,
    ) -> Result<Report, Unreadable> {
        match self {
            Self::Exotel(settings) => settings.read_callback(delivered, received_at),
            Self::Tata(settings) => settings.read_callback(delivered, received_at),
            Self::Simulator => Err(Unreadable("The simulator sends nothing by itself.".into())),
        }
    }
}

/// The providers' names in the API.
pub const NAMES: &[&str] = &[simulator::NAME, exotel::NAME, tata::NAME];

/// What can be done to a call of a voice; nothing, where only a page told of it.
pub fn voice_features(voice: Option<&str>) -> &'static [&'static str] {
    match voice {
        Some(simulator::VOICE) => &["call", "answer", "hangup", "mute", "hold", "dtmf"],
        Some(exotel::VOICE) => exotel::FEATURES,
        Some(exotel::browser::VOICE) => exotel::browser::FEATURES,
        Some(tata::VOICE) => tata::FEATURES,
        _ => &[],
    }
}

/// The feature that an action is part of.
pub fn feature(action: Action) -> &'static str {
    match action {
        Action::Answer => "answer",
        Action::HangUp => "hangup",
        Action::Mute(_) => "mute",
        Action::Hold(_) => "hold",
        Action::Digit(_) => "dtmf",
    }
}
