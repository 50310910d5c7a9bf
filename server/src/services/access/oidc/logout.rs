//! Ends a person's sessions when the provider says so (OpenID Connect Back-Channel Logout 1.0).

use super::claims::read_id;
use super::identify::ALGORITHMS;
use super::provider::Wanted;
use super::{Oidc, OidcError, Surroundings};
use crate::storage::StoreError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_shared::Millis;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use openidconnect::{
    JsonWebKey as _, JsonWebKeyAlgorithm, JsonWebKeyUse, JwsSigningAlgorithm as _,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The most bytes of a logout token.
const MOST_BYTES: usize = 16 * 1024;
/// The event that makes a token a logout token (2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a token may be, in seconds. The specification recommends two minutes; the provider may
/// have to try again.
const LONGEST_LIFE: f64 = 300.0;
/// By how many seconds the clocks of two servers may differ.
const CLOCK_SKEW: f64 = 60.0;
/// How many tokens are remembered. Only the provider can make one.
const MOST_SEEN: usize = 10_000;

/// Why a logout token is refused.
#[derive(Debug, thiserror::Error)]
pub enum LogoutRefusal {
    /// It is not valid.
    #[error("{0}")]
    Invalid(&'static str),
    /// The provider's keys could not be read, so that it cannot be verified now.
    #[error("the provider's keys could not be read: {0}")]
    NoKeys(OidcError),
    /// The database did not answer.
    #[error("the sessions could not be ended")]
    Store(#[from] StoreError),
}

use LogoutRefusal::Invalid;

/// Whose sessions end.
#[derive(Debug, PartialEq, Eq)]
struct Logout {
    subject: Option<String>,
    session_id: Option<String>,
    token_id: String,
}

/// The tokens that were used and are not too old to be used again, on this server.
#[derive(Debug, Default)]
pub struct SeenTokens(Mutex<HashMap<[u8; 32], Millis>>);

impl SeenTokens {
    /// Remembers a token. Returns false if it was used before.
    fn remember(&self, token_id: &str, now: Millis) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "some minutes")]
        let until = now.saturating_add(((LONGEST_LIFE + 2.0 * CLOCK_SKEW) * 1000.0) as Millis);
        // Only this module uses the map, and no step of it can stop halfway.
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_SEEN {
            seen.retain(|_, until| *until > now);
        }
        let id = Sha256::digest(token_id).into();
        if seen.get(&id).is_some_and(|until| *until > now) {
            return false;
        }
        // A logout counts more than the memory of it: to repeat one does little harm.
        if seen.len() < MOST_SEEN {
            seen.insert(id, until);
        }
        true
    }

    fn forget(&self, token_id: &str) {
        let id: [u8; 32] = Sha256::digest(token_id).into();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

impl Oidc {
    /// Verifies a logout token and ends the sessions of its person, at all clients.
    pub async fn log_out(&self, about: Surroundings<'_>, token: &str) -> Result<(), LogoutRefusal> {
        let claims = self.read_signed(token, about.now).await?;
        let logout = check_claims(&claims, &self.config.issuer, &self.config.client.0, about.now)
            .map_err(Invalid)?;
        if !self.logouts.remember(&logout.token_id, about.now) {
            return Err(Invalid("the token was used before"));
        }
        let ended = self.end_sessions(about, &logout).await;
        if ended.is_err() {
            // The provider may send it again.
            self.logouts.forget(&logout.token_id);
        }
        Ok(ended?)
    }

    async fn end_sessions(
        &self,
        about: Surroundings<'_>,
        logout: &Logout,
    ) -> Result<(), StoreError> {
        let (people, issuer) = (about.store.people(), &self.config.issuer);
        let found = match (&logout.subject, &logout.session_id) {
            (Some(subject), _) => people.system_list_identity_people(issuer, subject).await?,
            (None, Some(session)) => people.system_list_session_people(issuer, session).await?,
            (None, None) => Vec::new(),
        };
        for person in found {
            let stamp = self.stamp(about);
            people.end_person_sessions(&person.client_id, &person.person_id, stamp).await?;
        }
        Ok(())
    }

    /// Returns the claims of a token that the provider has signed.
    async fn read_signed(&self, token: &str, now: Millis) -> Result<Value, LogoutRefusal> {
        let signed = SignedToken::parse(token).map_err(Invalid)?;
        let usual = self.provider.describe(Wanted::Usual, now).await;
        let usual = usual.map_err(LogoutRefusal::NoKeys)?;
        if signed.is_verified_by(&usual) {
            return Ok(signed.claims);
        }
        let newer = self.provider.describe(Wanted::NewKeys, now).await;
        let newer = newer.map_err(LogoutRefusal::NoKeys)?;
        if signed.is_verified_by(&newer) {
            return Ok(signed.claims);
        }
        Err(Invalid("the signature is not valid"))
    }
}

/// A token in parts, not yet verified (RFC 7515, compact form).
struct SignedToken<'t> {
    algorithm: CoreJwsSigningAlgorithm,
    key_id: Option<String>,
    signed: &'t str,
    signature: Vec<u8>,
    claims: Value,
}

impl<'t> SignedToken<'t> {
    fn parse(token: &'t str) -> Result<Self, &'static str> {
        const FORM: &str = "logout_token is not a signed token";
        if token.len() > MOST_BYTES {
            return Err("logout_token has more than 16 KiB");
        }
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| FORM);
        let read = |part: &str| {
            let value: Value = serde_json::from_slice(&decode(part)?).map_err(|_| FORM)?;
            if value.is_object() { Ok(value) } else { Err(FORM) }
        };
        let (signed, signature) = token.rsplit_once('.').ok_or(FORM)?;
        let (header, claims) = signed.split_once('.').ok_or(FORM)?;
        let header = read(header)?;
        let algorithm = serde_json::from_value(header["alg"].clone()).map_err(|_| FORM)?;
        if !ALGORITHMS.contains(&algorithm) {
            return Err("its alg is not accepted");
        }
        if header.get("crit").is_some() {
            return Err("it needs an extension that is not known here");
        }
        Ok(Self {
            algorithm,
            key_id: header["kid"].as_str().map(str::to_owned),
            signed,
            signature: decode(signature)?,
            claims: read(claims)?,
        })
    }

    /// Returns whether one of the provider's keys has signed it.
    fn is_verified_by(&self, provider: &CoreProviderMetadata) -> bool {
        let mut keys = provider.jwks().keys().iter().filter(|key| self.may_be_by(key));
        keys.any(|key| {
            key.verify_signature(&self.algorithm, self.signed.as_bytes(), &self.signature).is_ok()
        })
    }

    fn may_be_by(&self, key: &CoreJsonWebKey) -> bool {
        let names_it = match (&self.key_id, key.key_id()) {
            (Some(named), Some(id)) => named == id.as_str(),
            _ => true,
        };
        let suits = match key.signing_alg() {
            JsonWebKeyAlgorithm::Algorithm(algorithm) => *algorithm == self.algorithm,
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        let signs = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
        names_it && suits && signs && self.algorithm.key_type().as_ref() == Some(key.key_type())
    }
}

/// Checks the claims (2.6).
fn check_claims(
    claims: &Value,
    issuer: &str,
    client_id: &str,
    now: Millis,
) -> Result<Logout, &'static str> {
    #[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
    let now = now as f64 / 1000.0;
    if claims["iss"] != issuer {
        return Err("its iss is not the provider");
    }
    let for_us = match &claims["aud"] {
        Value::String(one) => one == client_id,
        Value::Array(several) => several.iter().any(|one| one == client_id),
        _ => false,
    };
    if !for_us {
        return Err("its aud is not this server");
    }
    if !claims["events"][EVENT].is_object() {
        return Err("its events do not name a logout");
    }
    if claims.get("nonce").is_some() {
        return Err("it must not have a nonce");
    }
    let signed_at = claims["iat"].as_f64().ok_or("it has no iat")?;
    if signed_at > now + CLOCK_SKEW {
        return Err("its iat is in the future");
    }
    if signed_at + LONGEST_LIFE + CLOCK_SKEW <= now {
        return Err("its iat is more than five minutes ago");
    }
    match claims.get("exp") {
        None => {}
        Some(expires) if expires.as_f64().is_some_and(|expires| expires + CLOCK_SKEW > now) => {}
        Some(_) => return Err("it has expired"),
    }
    let token_id = read_id(&claims["jti"]).ok_or("it has no jti")?;
    let id = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => read_id(value).map(Some).ok_or("its sub or sid is not an identifier"),
    };
    let (subject, session_id) = (id("sub")?, id("sid")?);
    if subject.is_none() && session_id.is_none() {
        return Err("it has neither sub nor sid");
    }
    Ok(Logout { subject, session_id, token_id })
}

/// Reads a token of any bytes, for `crate::fuzz`.
#[cfg(any(test, feature = "fuzz"))]
pub fn check_logout_token(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = SignedToken::parse(&text);
    // Its parts come in Base64, which random bytes are not.
    let parts = text.split(['.', '\u{1f}']).map(|part| URL_SAFE_NO_PAD.encode(part));
    let _ = SignedToken::parse(&parts.collect::<Vec<_>>().join("."));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_of_a_logout_are_checked_one_by_one() {
        let good = json!({"iss": "https://p", "aud": "c", "iat": 1000, "exp": 1120, "jti": "j",
            "sub": "s", "events": {EVENT: {}}});
        let checked = |claims: &Value| check_claims(claims, "https://p", "c", 1_000_000);
        assert_eq!(checked(&good).unwrap().subject.as_deref(), Some("s"));
        let with = |field: &str, value: Option<Value>| {
            let mut claims = good.clone();
            match value {
                Some(value) => claims[field] = value,
                None => drop(claims.as_object_mut().unwrap().remove(field)),
            }
            checked(&claims)
        };
        for (field, value) in [
            ("aud", Some(json!(["x", "c"]))),
            ("exp", None),
            ("exp", Some(json!(941))),
            ("iat", Some(json!(1060))),
            ("iat", Some(json!(641))),
            ("sid", Some(json!("session"))),
        ] {
            assert!(with(field, value.clone()).is_ok(), "{field} {value:?}");
        }
        for (field, values) in [
            ("iss", vec![None, Some(json!("https://p/")), Some(json!(["https://p"]))]),
            ("aud", vec![None, Some(json!("x")), Some(json!([])), Some(json!({"c": 1}))]),
            ("iat", vec![None, Some(json!("1000")), Some(json!(1061)), Some(json!(640))]),
            ("exp", vec![Some(json!(940)), Some(json!("1120")), Some(json!(null))]),
            ("jti", vec![None, Some(json!("")), Some(json!(7))]),
            ("sub", vec![None, Some(json!("")), Some(json!(7)), Some(json!("x".repeat(256)))]),
            ("sid", vec![Some(json!("")), Some(json!({}))]),
            ("nonce", vec![Some(json!("n")), Some(json!(null))]),
            ("events", vec![None, Some(json!({})), Some(json!([EVENT])), Some(json!({EVENT: 1}))]),
        ] {
            for value in values {
                assert!(with(field, value.clone()).is_err(), "{field} {value:?}");
            }
        }
    }

    #[test]
    fn a_logout_counts_once() {
        let seen = SeenTokens::default();
        assert!(seen.remember("a", 0));
        assert!(!seen.remember("a", 1_000));
        assert!(seen.remember("b", 1_000));
        seen.forget("b");
        assert!(seen.remember("b", 1_000));
        assert!(seen.remember("a", 10 * 60_000));
        for number in 0..MOST_SEEN {
            assert!(seen.remember(&format!("n{number}"), 0));
        }
        assert_eq!(seen.0.lock().unwrap().len(), MOST_SEEN);
    }
}
