//! Identifies the credential that authorised a request.

use serde::{Deserialize, Serialize};

/// The credential that authorised a request. What is issued for it, such as a ticket, is valid only
/// as long as the credential.
///
/// A key is written as its id alone, so that tickets of earlier servers can be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pass {
    /// One of the client's API keys, by its id.
    Key(String),
    /// A credential of the client's staff or the operator.
    Staff(StaffPass),
}

/// A credential of the client's staff or the operator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaffPass {
    /// The operator's token, by the beginning of its hash: a changed token is another credential.
    Operator(String),
    /// One of the client's staff tokens, by its id.
    Token(String),
    /// The session of one of the client's people, by its id.
    Session(String),
}

/// Characters of a hash that are enough to tell the tokens of one server apart.
const ENOUGH: usize = 16;

impl Pass {
    /// Creates the operator's credential from the hash of the token.
    pub fn operator(token_hash: &str) -> Self {
        Self::Staff(StaffPass::Operator(token_hash.chars().take(ENOUGH).collect()))
    }

    /// Creates the credential for a session of one of the client's people.
    pub fn session(session_id: String) -> Self {
        Self::Staff(StaffPass::Session(session_id))
    }

    /// Creates the credential for a staff token.
    pub fn token(token_id: String) -> Self {
        Self::Staff(StaffPass::Token(token_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_as_it_was_written() {
        for pass in
            [Pass::Key("key_1".to_owned()), Pass::operator("ab"), Pass::token("t".to_owned())]
        {
            let text = serde_json::to_string(&pass).unwrap();
            assert_eq!(serde_json::from_str::<Pass>(&text).unwrap(), pass, "{text}");
        }
        assert_eq!(serde_json::from_str::<Pass>(r#""key_1""#).unwrap(), Pass::Key("key_1".into()));
    }
}
