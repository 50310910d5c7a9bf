//! Signatures of seals and files, by Ed25519.

use super::{decode, encode};
use crate::ids::to_hex;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

/// Bytes of a secret key.
pub const SECRET: usize = 32;

/// A key that signs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    id: String,
}

impl SigningKey {
    /// Makes the key of a secret; `None` never happens.
    pub fn from_secret(secret: &[u8; SECRET]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(secret).ok()?;
        let id = key_id(pair.public_key().as_ref());
        Some(Self { pair, id })
    }

    /// Returns the key's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the public key in Base64.
    pub fn public_key(&self) -> String {
        encode(self.pair.public_key().as_ref())
    }

    /// Signs a text; the signature is in Base64.
    pub fn sign(&self, text: &str) -> String {
        encode(self.pair.sign(text.as_bytes()).as_ref())
    }
}

/// Returns the id of a public key: the first half of its SHA-256 in hex.
pub fn key_id(public_key: &[u8]) -> String {
    to_hex(&Sha256::digest(public_key)).chars().take(32).collect()
}

/// Returns the id of a public key in Base64.
pub fn key_id_of(public_key: &str) -> Option<String> {
    Some(key_id(&decode(public_key)?))
}

/// Returns whether a text has this signature by this key, both in Base64.
pub fn is_signed(text: &str, signature: &str, public_key: &str) -> bool {
    let (Some(signature), Some(key)) = (decode(signature), decode(public_key)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_text_by_one_key() {
        let key = SigningKey::from_secret(&[1; SECRET]).unwrap();
        let other = SigningKey::from_secret(&[2; SECRET]).unwrap();
        let signature = key.sign("text");
        assert!(is_signed("text", &signature, &key.public_key()));
        assert!(!is_signed("texts", &signature, &key.public_key()));
        assert!(!is_signed("text", &signature, &other.public_key()));
        assert!(!is_signed("text", "", &key.public_key()) && !is_signed("text", &signature, ""));
        assert_eq!(key_id_of(&key.public_key()).as_deref(), Some(key.id()));
        assert_ne!(key.id(), other.id());
    }
}
