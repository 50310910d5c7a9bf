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
}

impl Role {
    /// Parses a role's name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "admin" => Some(Self::Admin),
            "viewer" => Some(Self::Viewer),
            "masked-viewer" => Some(Self::MaskedViewer),
            _ => None,
        }
    }

    /// Returns the role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Viewer => "viewer",
            Self::MaskedViewer => "masked-viewer",
        }
    }

    /// Returns whether the role may not see phone numbers.
    pub fn hides_numbers(self) -> bool {
        self == Self::MaskedViewer
    }
}
