//! Identifies the credential that authorised a request.

use serde::{Deserialize, Serialize};

/// The credential that authorised a request. What is issued for it, such as a ticket, is valid only
/// as long as the credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialRef {
    /// One of the client's API keys, by its id.
    ApiKey(String),
    /// One of the client's staff tokens, by its id.
    StaffToken(String),
    /// The session of one of the client's people, by its id.
    Session(String),
    /// The operator's token, by the beginning of its hash: a changed token is another credential.
    Operator(String),
}

/// Characters of a hash that are enough to tell the tokens of one server apart.
const HASH_PREFIX_CHARS: usize = 16;

impl CredentialRef {
    /// Refers to the operator's token by its hash.
    pub fn of_operator(token_hash: &str) -> Self {
        Self::Operator(token_hash.chars().take(HASH_PREFIX_CHARS).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_as_it_was_written() {
        for credential in [
            CredentialRef::ApiKey("1".to_owned()),
            CredentialRef::StaffToken("1".to_owned()),
            CredentialRef::Session("1".to_owned()),
            CredentialRef::of_operator("1"),
        ] {
            let text = serde_json::to_string(&credential).unwrap();
            assert_eq!(serde_json::from_str::<CredentialRef>(&text).unwrap(), credential, "{text}");
        }
    }
}
