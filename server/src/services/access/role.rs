//! The roles of a client's staff.

use serde::Serialize;
use utoipa::ToSchema;

/// What a staff token or a person may do. The highest role comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = TokenRole)]
pub enum Role {
    /// Change what is the client's own: providers, agents, keys, tokens and settings, but not its
    /// plan, its limit, or whether it is suspended.
    Admin,
    /// Read only.
    Viewer,
    /// Read only, and no phone numbers: only a few of their digits, and handles to dial them by.
    MaskedViewer,
    /// Read what concerns the agents of one's teams, and nothing else of the client; and organise
    /// their follow-ups and missed calls. Only for people, not for tokens.
    Supervisor,
}

impl Role {
    /// Parses a role's name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "admin" => Some(Self::Admin),
            "viewer" => Some(Self::Viewer),
            "masked-viewer" => Some(Self::MaskedViewer),
            "supervisor" => Some(Self::Supervisor),
            _ => None,
        }
    }

    /// Parses the role of a token. A token is nobody's, so it supervises no team.
    pub fn parse_for_token(name: &str) -> Option<Self> {
        Self::parse(name).filter(|role| *role != Self::Supervisor)
    }

    /// Returns the role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Viewer => "viewer",
            Self::MaskedViewer => "masked-viewer",
            Self::Supervisor => "supervisor",
        }
    }

    /// Returns whether the role may not see phone numbers.
    pub fn hides_numbers(self) -> bool {
        self == Self::MaskedViewer
    }
}
