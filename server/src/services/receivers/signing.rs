//! Signs webhooks as [Standard Webhooks](https://www.standardwebhooks.com) says: HMAC-SHA256 over id,
//! time and body.

use crate::secret::Secret;
use crate::vault;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// A key that signs.
pub type SigningKey = [u8; 32];

/// Derives the keys of receivers from the server's secret keys, so that none is stored.
#[derive(Debug, Clone)]
pub struct KeySource {
    /// Newest first. Receivers that were told a key of an older one still accept messages.
    sources: Vec<Hmac<Sha256>>,
}

impl KeySource {
    /// Creates a source for one purpose; keys for other purposes are different.
    pub fn new<'a>(purpose: &[u8], secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let derive = |secret: &Secret| {
            let key = vault::derive_key(secret, purpose)?;
            Hmac::new_from_slice(&key).ok()
        };
        let secrets = secrets.into_iter().filter(|secret| !secret.expose().is_empty());
        Self { sources: secrets.filter_map(derive).collect() }
    }

    /// Returns the keys of a receiver, named by `parts`: the first one is the key to be shown.
    pub fn keys_of(&self, parts: &[&str]) -> Vec<SigningKey> {
        let derive = |source: &Hmac<Sha256>| {
            let mut keyed = source.clone();
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    keyed.update(b"\0");
                }
                keyed.update(part.as_bytes());
            }
            keyed.finalize().into_bytes().into()
        };
        self.sources.iter().map(derive).collect()
    }
}

/// Returns a key as receivers need it.
pub fn show_key(key: &SigningKey) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

/// Returns the header `webhook-signature`: one signature for each key.
pub fn sign(keys: &[SigningKey], id: &str, seconds: &str, body: &str) -> String {
    let signatures = keys.iter().filter_map(|key| {
        let mut keyed = Hmac::<Sha256>::new_from_slice(key).ok()?;
        for part in [id, ".", seconds, ".", body] {
            keyed.update(part.as_bytes());
        }
        Some(format!("v1,{}", STANDARD.encode(keyed.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}
