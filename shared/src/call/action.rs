//! The actions of an agent on a call, and when they are allowed.

use super::{Call, Phase};
use std::fmt;

/// An action of an agent on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Answer an inbound call.
    Answer,
    /// End the call; before it is answered, cancel or decline it.
    HangUp,
    /// Mute (true) or unmute the microphone.
    Mute(bool),
    /// Put the other side on hold (true) or resume.
    Hold(bool),
    /// Send a digit: `0`–`9`, `*`, `#`, `A`–`D`.
    Digit(char),
}

impl Action {
    /// Returns the action for a digit that can be sent, in the form in which it is sent.
    #[must_use]
    pub fn parse_digit(c: char) -> Option<Self> {
        let c = c.to_ascii_uppercase();
        matches!(c, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Self::Digit(c))
    }
}

/// Why an action is not possible now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionError {
    /// The call is over.
    Over,
    /// Only a ringing inbound call can be answered.
    NotIncoming,
    /// The call is not connected yet.
    NotConnected,
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Over => "The call is already over.",
            Self::NotIncoming => "Only a call that is ringing in can be answered.",
            Self::NotConnected => "The call is not connected yet; wait until it is answered.",
        })
    }
}

impl std::error::Error for ActionError {}

impl Call {
    /// Checks that the call's state allows the action.
    pub fn check_action(&self, action: Action) -> Result<(), ActionError> {
        match (self.phase(), action) {
            (Phase::Ended, _) => Err(ActionError::Over),
            (Phase::Incoming, Action::Answer) | (_, Action::HangUp) => Ok(()),
            (_, Action::Answer) => Err(ActionError::NotIncoming),
            (Phase::Connected, _) => Ok(()),
            _ => Err(ActionError::NotConnected),
        }
    }
}
