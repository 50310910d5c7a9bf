//! By what somebody was let in to a client's records.

use serde::{Deserialize, Serialize};

/// What lets somebody in: what is given for it, such as a ticket, is worth no more than it.
///
/// A key's is written as its id alone, so that tickets of servers before this one are understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pass {
    /// One of the client's API keys, by its id.
    Key(String),
    /// One who is signed in as those who look after the client are.
    Staff(StaffPass),
}

/// What one of those who look after a client is signed in by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaffPass {
    /// The operator's token, by the beginning of its hash: another token is another pass.
    Operator(String),
    /// One of the client's tokens, by its id.
    Token(String),
    /// The session of one of the client's people, by its id.
    Session(String),
}

/// Letters of a hash that are enough to tell tokens of one server apart.
const ENOUGH: usize = 16;

impl Pass {
    /// The operator's, with a token of this hash.
    pub fn operator(token_hash: &str) -> Self {
        Self::Staff(StaffPass::Operator(token_hash.chars().take(ENOUGH).collect()))
    }

    /// A session of one of a client's people.
    pub fn session(session_id: String) -> Self {
        Self::Staff(StaffPass::Session(session_id))
    }

    /// A client's token.
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
