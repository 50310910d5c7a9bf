//! The names of call events, as used in the JavaScript API and in `log-call`.

use std::fmt;

/// An event of a call, by its name in the API.
///
/// Seven of the names change a call's state ([`EventName::moves_call`]); every other name, ours or
/// an integrator's, is stored and shown but changes no state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventName {
    /// The call was requested; nothing rings yet.
    Initiated,
    /// The other side's phone rings.
    Ringing,
    /// An inbound call rings.
    Incoming,
    /// Both sides talk.
    Connected,
    /// The call is over, whichever side ended it.
    CallEnded,
    /// An inbound call ended unanswered.
    Missed,
    /// The call could not be made or broke down.
    Failed,
    /// The agent's microphone was muted or unmuted.
    MuteToggle,
    /// The other side was put on hold or resumed.
    HoldToggle,
    /// A digit was sent.
    Dtmf,
    /// Any other name, as received: 1–64 letters, digits, `_ - .`.
    Other(String),
}

/// An event name that is not 1–64 letters, digits, `_ - .`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadEventName;

impl fmt::Display for BadEventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event name has 1 to 64 letters, digits, '_', '-' or '.'")
    }
}

impl std::error::Error for BadEventName {}

impl EventName {
    /// Parses a name. Case matters: `callended` is not `callEnded`.
    pub fn parse(name: &str) -> Result<Self, BadEventName> {
        let known = match name {
            "initiated" => Self::Initiated,
            "ringing" => Self::Ringing,
            "incoming" => Self::Incoming,
            "connected" => Self::Connected,
            "callEnded" => Self::CallEnded,
            "missed" => Self::Missed,
            "failed" => Self::Failed,
            "mutetoggle" => Self::MuteToggle,
            "holdtoggle" => Self::HoldToggle,
            "dtmf" => Self::Dtmf,
            _ => {
                let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
                if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
                    return Err(BadEventName);
                }
                Self::Other(name.to_owned())
            }
        };
        Ok(known)
    }

    /// Returns the name as used in the API.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::Incoming => "incoming",
            Self::Connected => "connected",
            Self::CallEnded => "callEnded",
            Self::Missed => "missed",
            Self::Failed => "failed",
            Self::MuteToggle => "mutetoggle",
            Self::HoldToggle => "holdtoggle",
            Self::Dtmf => "dtmf",
            Self::Other(name) => name,
        }
    }

    /// Returns whether an event of this name changes the call's state, not only its history.
    #[must_use]
    pub fn moves_call(&self) -> bool {
        matches!(
            self,
            Self::Initiated
                | Self::Ringing
                | Self::Incoming
                | Self::Connected
                | Self::CallEnded
                | Self::Missed
                | Self::Failed
        )
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_reading_and_writing() {
        for name in [
            "initiated",
            "ringing",
            "incoming",
            "connected",
            "callEnded",
            "missed",
            "failed",
            "mutetoggle",
            "holdtoggle",
            "dtmf",
            "callended",
            "my.event-2_x",
        ] {
            assert_eq!(EventName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_outside_the_rule_are_refused() {
        for name in ["", "two words", "a/b", "é", &"x".repeat(65)] {
            assert_eq!(EventName::parse(name), Err(BadEventName));
        }
        assert!(EventName::parse(&"x".repeat(64)).is_ok());
    }
}
