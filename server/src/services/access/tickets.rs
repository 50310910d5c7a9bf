//! Short-lived tokens that the server signs and need not keep.

use super::principal::Pass;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_shared::Millis;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What a token is for. One for a session opens no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Opens a live stream.
    Events,
    /// Names a signed-in agent.
    Session,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    #[serde(rename = "f")]
    pub purpose: Purpose,
    #[serde(rename = "c")]
    pub client_id: String,
    /// The agent whose events it shows; `None`: all of the client's.
    #[serde(rename = "a")]
    pub agent_id: Option<String>,
    /// By what it was got: it is worth no more than that.
    #[serde(rename = "k")]
    pub pass: Pass,
    /// Where in the feed its stream begins.
    #[serde(rename = "p")]
    pub position: i64,
    /// Until when it lets in.
    #[serde(rename = "e")]
    pub expires_at: Millis,
}

/// Signs tokens and knows its own again.
#[derive(Debug, Clone)]
pub struct Tokens {
    key: Secret,
}

impl Tokens {
    /// Signs with this key.
    pub fn new(key: Secret) -> Self {
        Self { key }
    }

    /// A token that says this.
    pub fn sign(&self, claims: &Claims) -> String {
        // Claims hold texts and numbers only, which can always be written.
        let text = serde_json::to_vec(claims).unwrap_or_default();
        let body = URL_SAFE_NO_PAD.encode(text);
        let signature = self.mac(&body).map(|mac| mac.finalize().into_bytes());
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap_or_default()))
    }

    /// What a token says, if it is ours, for this purpose, and its time is not over.
    pub fn read(&self, token: &str, purpose: Purpose, now: Millis) -> Option<Claims> {
        let (body, signature) = token.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Compared in constant time.
        self.mac(body)?.verify_slice(&signature).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        (claims.purpose == purpose && now < claims.expires_at).then_some(claims)
    }

    /// An HMAC takes a key of any length, so there always is one.
    fn mac(&self, body: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose().as_bytes()).ok()?;
        mac.update(body.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_purpose_and_time_only() {
        let tokens = Tokens::new(Secret::new("k"));
        let claims = Claims {
            purpose: Purpose::Events,
            client_id: "c".to_owned(),
            agent_id: None,
            pass: Pass::Key("k".to_owned()),
            position: 7,
            expires_at: 100,
        };
        let token = tokens.sign(&claims);
        assert_eq!(tokens.read(&token, Purpose::Events, 99), Some(claims));
        assert_eq!(tokens.read(&token, Purpose::Events, 100), None);
        assert_eq!(tokens.read(&token, Purpose::Session, 99), None);
        assert_eq!(Tokens::new(Secret::new("other")).read(&token, Purpose::Events, 99), None);
        let forged = format!("A{}", &token[1..]);
        assert_eq!(tokens.read(&forged, Purpose::Events, 99), None);
        assert_eq!(tokens.read("", Purpose::Events, 99), None);
    }
}
