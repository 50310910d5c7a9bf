//! Those who carry calls.
//!
//! A provider says what its voice can do and turns requests into what then is known of the
//! call. It never sees storage: what it tells goes the same way as everything else that
//! happens to a call.

pub mod simulator;

use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Call, Fact};

/// A provider that is set up.
#[derive(Debug, Clone)]
pub enum Provider {
    /// Our own server plays both ends; nothing is heard.
    Simulator(simulator::Simulator),
}

/// Why a provider did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Its voice has no such control.
    #[error("This call's voice cannot do that.")]
    CannotDo,
}

impl Provider {
    /// The provider's name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Simulator(_) => simulator::NAME,
        }
    }

    /// The name of the way in which its voice travels.
    pub fn voice(&self) -> &'static str {
        match self {
            Self::Simulator(_) => simulator::VOICE,
        }
    }

    /// Has a call made that was already written down as asked for; hands back what is known of
    /// it at once. The rest comes later, by itself.
    #[allow(clippy::unused_async, reason = "a real provider answers over a network")]
    pub async fn start(&self, _call: &Call) -> Result<Vec<Fact>, ProviderError> {
        match self {
            Self::Simulator(_) => Ok(Vec::new()),
        }
    }

    /// Does something to a call; hands back what has come of it.
    #[allow(clippy::unused_async, reason = "a real provider answers over a network")]
    pub async fn control(
        &self,
        call: &Call,
        action: Action,
        now: Millis,
    ) -> Result<Fact, ProviderError> {
        if !voice_features(Some(self.voice())).contains(&feature(action)) {
            return Err(ProviderError::CannotDo);
        }
        match self {
            Self::Simulator(_) => Ok(simulator::Simulator::control(call, action, now)),
        }
    }
}

/// What can be done to a call of a voice; nothing, where only a page told of it.
pub fn voice_features(voice: Option<&str>) -> &'static [&'static str] {
    match voice {
        Some(simulator::VOICE) => &["call", "answer", "hangup", "mute", "hold", "dtmf"],
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
