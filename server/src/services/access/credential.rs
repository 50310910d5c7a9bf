//! Identifies the credential that authorised a request.

use serde::{Deserialize, Serialize};

/// The credential that authorised a request. What is issued for it, such as a ticket, is valid only
/// as long as the credential.
///
/// A key is written as its id alone, so that tickets of earlier servers can be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Credential {
    /// One of the client's API keys, by its id.
    Key(String),
    /// A credential of the client's staff or the operator.
    Staff(StaffCredential),
}

/// A credential of the client's staff or the operator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaffCredential {
    /// The operator's token, by the beginning of its hash: a changed token is another credential.
    Operator(String),
    /// One of the client's staff tokens, by its id.
    Token(String),
    /// The session of one of the client's people, by its id.
    Session(String),
}

/// Characters of a hash that are enough to tell the tokens of one server apart.
const HASH_PREFIX_CHARS: usize = 16;

impl Credential {
    /// Creates the operator's credential from the hash of the token.
    pub fn of_operator(token_hash: &str) -> Self {
        Self::Staff(StaffCredential::Operator(token_hash.chars().take(HASH_PREFIX_CHARS).collect()))
    }

    /// Creates the credential for a session of one of the client's people.
    pub fn of_session(session_id: String) -> Self {
        Self::Staff(StaffCredential::Session(session_id))
    }

    /// Creates the credential for a staff token.
    pub fn of_token(token_id: String) -> Self {
        Self::Staff(StaffCredential::Token(token_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_as_it_was_written() {
        for pass in [
            Credential::Key("key_1".to_owned()),
            Credential::of_operator("ab"),
            Credential::of_token("t".to_owned()),
        ] {
            let text = serde_json::to_string(&pass).unwrap();
            assert_eq!(serde_json::from_str::<Credential>(&text).unwrap(), pass, "{text}");
        }
        assert_eq!(
            serde_json::from_str::<Credential>(r#""key_1""#).unwrap(),
            Credential::Key("key_1".into())
        );
    }
}
