//! Short-lived tokens that the server signs and does not store.

use super::credential_ref::CredentialRef;
use crate::secret::Secret;
use crate::vault;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_shared::Millis;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Distinguishes the key of tickets from other keys that are derived from the same secret.
const KEY_PURPOSE: &[u8] = b"call-ribbon tickets v1";

/// What a token is for. A session token does not open a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Opens a live stream.
    Events,
    /// Identifies a signed-in agent.
    Session,
}

/// The claims of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    #[serde(rename = "f")]
    pub purpose: Purpose,
    #[serde(rename = "c")]
    pub client_id: String,
    /// The agent whose events the stream shows; `None` for all of the client's.
    #[serde(rename = "a")]
    pub agent_id: Option<String>,
    /// The credential it was issued for; it is valid only as long as that.
    #[serde(rename = "k")]
    pub credential: CredentialRef,
    /// The position in the feed at which its stream begins.
    #[serde(rename = "p")]
    pub position: i64,
    /// The agents that the page named before, in a session.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<String>,
    /// Whether the agent was proven by an agent token.
    #[serde(rename = "v", default, skip_serializing_if = "std::ops::Not::not")]
    pub proven: bool,
    /// Whether the agent token says that the agent may not see phone numbers.
    #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
    pub hides_numbers: bool,
    /// When the token expires.
    #[serde(rename = "e")]
    pub expires_at: Millis,
}

/// Signs tokens and verifies them.
#[derive(Debug, Clone)]
pub struct TokenSigner {
    keyed: Option<Hmac<Sha256>>,
}

impl TokenSigner {
    /// Creates a signer whose key is derived from a secret: a page has tickets, and can test guesses
    /// of the key that signs them, which must not be the key of other things too.
    pub fn new(secret: &Secret) -> Self {
        let key = vault::derive_key(secret, KEY_PURPOSE);
        Self { keyed: key.and_then(|key| Hmac::new_from_slice(&key).ok()) }
    }

    /// Returns a signed token with these claims.
    pub fn sign_claims(&self, claims: &Claims) -> String {
        // Claims hold only texts and numbers, which always serialise.
        let text = serde_json::to_vec(claims).unwrap_or_default();
        let body = URL_SAFE_NO_PAD.encode(text);
        let signature = self.keyed_mac(&body).map(|mac| mac.finalize().into_bytes());
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap_or_default()))
    }

    /// Returns a token's claims if its signature, purpose and expiry are valid.
    pub fn read_claims(&self, token: &str, purpose: Purpose, now: Millis) -> Option<Claims> {
        let (body, signature) = token.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Compared in constant time.
        self.keyed_mac(body)?.verify_slice(&signature).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        (claims.purpose == purpose && now < claims.expires_at).then_some(claims)
    }

    /// `None` never happens: keys of any length can be derived and used.
    fn keyed_mac(&self, body: &str) -> Option<Hmac<Sha256>> {
        let mut mac = self.keyed.clone()?;
        mac.update(body.as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_purpose_and_time_only() {
        let tokens = TokenSigner::new(&Secret::new("k"));
        let claims = Claims {
            purpose: Purpose::Events,
            client_id: "c".to_owned(),
            agent_id: None,
            credential: CredentialRef::ApiKey("k".to_owned()),
            position: 7,
            former: Vec::new(),
            hides_numbers: false,
            proven: false,
            expires_at: 100,
        };
        let token = tokens.sign_claims(&claims);
        assert_eq!(tokens.read_claims(&token, Purpose::Events, 99), Some(claims));
        assert_eq!(tokens.read_claims(&token, Purpose::Events, 100), None);
        assert_eq!(tokens.read_claims(&token, Purpose::Session, 99), None);
        assert_eq!(
            TokenSigner::new(&Secret::new("other")).read_claims(&token, Purpose::Events, 99),
            None
        );
        let forged = format!("A{}", &token[1..]);
        assert_eq!(tokens.read_claims(&forged, Purpose::Events, 99), None);
        assert_eq!(tokens.read_claims("", Purpose::Events, 99), None);
    }
}
