//! Encrypts the credentials of others' systems at rest.
//!
//! Each text is sealed by AES-256-GCM (NIST SP 800-38D) under a key that HKDF-SHA256 (RFC 5869)
//! derives from a secret key of the settings, which is not in the database. A sealed text
//!
//! - names the key that opens it, so that keys can be exchanged one by one;
//! - is bound to its place: moved to another row or column, it does not open.
//!
//! Nonces are random. With 96 bits they are safe for some four thousand million texts under one key
//! (SP 800-38D, 8.3), and only changes to an account need one.

use crate::ids::{Ids, to_hex};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// The purpose for which keys are derived; other uses of the same secret get other keys.
const PURPOSE: &[u8] = b"call-ribbon provider accounts v1";
/// The purpose for which a key's name is derived.
const NAME: &[u8] = b"call-ribbon key name v1";
/// The prefix of a sealed text.
const VERSION: &str = "v1";
/// Bytes of a key's name: enough to distinguish a few keys, too few to reveal the key.
const NAME_LEN: usize = 4;

/// The place of a sealed text. The text opens only there.
#[derive(Debug, Clone, Copy)]
pub struct SealContext<'a> {
    pub client_id: &'a str,
    pub account_id: &'a str,
    pub column: &'static str,
}

/// Why a text cannot be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The settings contain no secret key.
    #[error("there is no secret key; set CALL_RIBBON_SECRET_KEY")]
    NoKey,
    /// The key that sealed it is not in the settings.
    #[error(
        "it was encrypted under the secret key named {0}, which is neither CALL_RIBBON_SECRET_KEY \
         nor among CALL_RIBBON_PREVIOUS_SECRET_KEYS"
    )]
    UnknownKey(String),
    /// It was changed, or moved to another place.
    #[error("it was changed since it was encrypted")]
    Changed,
}

/// Seals and opens texts.
#[derive(Debug, Default)]
pub struct Vault {
    /// Newest first; the newest one seals.
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    name: String,
    key: LessSafeKey,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Vault {
    /// Creates a vault that seals under one key and opens texts sealed under any of them.
    pub fn new(newest: Option<&Secret>, previous: &[Secret]) -> Self {
        // An empty key counts as missing; without a newest key, nothing can be sealed.
        let is_some = |secret: &&Secret| !secret.expose().is_empty();
        let Some(newest) = newest.filter(is_some) else { return Self::default() };
        let all = std::iter::once(newest).chain(previous.iter().filter(is_some));
        Self { keys: all.filter_map(Key::derive_key).collect() }
    }

    /// Returns the name of the key that seals.
    pub fn newest_key_name(&self) -> Option<&str> {
        self.keys.first().map(|key| key.name.as_str())
    }

    /// Returns whether texts sealed under the key of this name can be opened.
    pub fn can_open(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// Seals a text for its place.
    pub fn seal(
        &self,
        ids: &Ids,
        place: SealContext<'_>,
        text: &str,
    ) -> Result<String, VaultError> {
        let key = self.keys.first().ok_or(VaultError::NoKey)?;
        let nonce: [u8; NONCE_LEN] = ids.random_bytes();
        let mut sealed = text.as_bytes().to_vec();
        key.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place.aad(), &mut sealed)
            // Fails only for a text of more than 64 GiB.
            .map_err(|_| VaultError::Changed)?;
        let bytes = [&nonce[..], &sealed].concat();
        Ok(format!("{VERSION}.{}.{}", key.name, URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens a text that was sealed for this place.
    pub fn open(&self, place: SealContext<'_>, sealed: &str) -> Result<Secret, VaultError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(VERSION), Some(name), Some(text)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(VaultError::Changed);
        };
        let key = self.keys.iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| VaultError::UnknownKey(name.to_owned()))?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| VaultError::Changed)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Changed)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let open = key.key.open_in_place(nonce, place.aad(), &mut sealed);
        let open = open.map_err(|_| VaultError::Changed)?;
        std::str::from_utf8(open).map(Secret::new).map_err(|_| VaultError::Changed)
    }
}

impl Key {
    /// `None` never happens: both lengths are valid.
    fn derive_key(secret: &Secret) -> Option<Self> {
        let extracted = Salt::new(HKDF_SHA256, b"").extract(secret.expose().as_bytes());
        let key = expand_key::<32>(&extracted, PURPOSE)?;
        let name = expand_key::<NAME_LEN>(&extracted, NAME)?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?);
        Some(Self { name: to_hex(&name), key })
    }
}

/// Derives a key for one purpose from a secret (HKDF-SHA256). `None` never happens.
pub fn derive_key(secret: &Secret, purpose: &[u8]) -> Option<[u8; 32]> {
    expand_key(&Salt::new(HKDF_SHA256, b"").extract(secret.expose().as_bytes()), purpose)
}

fn expand_key<const N: usize>(from: &Prk, purpose: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    from.expand(&[purpose], Length(N)).ok()?.fill(&mut bytes).ok()?;
    Some(bytes)
}

impl SealContext<'_> {
    /// Returns the data authenticated with the text. It includes lengths, so that no two places
    /// have the same data.
    fn aad(&self) -> Aad<String> {
        let (client, account) = (self.client_id, self.account_id);
        Aad::from(format!("{}:{client}{}:{account}{}", client.len(), account.len(), self.column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: SealContext<'_> =
        SealContext { client_id: "c", account_id: "a", column: "settings" };

    fn vault(newest: &str, previous: &[&str]) -> Vault {
        let previous: Vec<_> = previous.iter().map(|key| Secret::new(*key)).collect();
        Vault::new(Some(&Secret::new(newest)), &previous)
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_under_its_key_alone() {
        let ids = Ids::seeded(1);
        let vault_one = vault("one", &[]);
        let sealed = vault_one.seal(&ids, PLACE, "töp secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(vault_one.open(PLACE, &sealed).unwrap().expose(), "töp secret");
        // Sealing the same text twice gives two different results.
        assert_ne!(vault_one.seal(&ids, PLACE, "töp secret").unwrap(), sealed);
        for place in [
            SealContext { client_id: "d", ..PLACE },
            SealContext { account_id: "b", ..PLACE },
            SealContext { column: "webhook_secret", ..PLACE },
            // The same letters, divided differently.
            SealContext { client_id: "c1:a", account_id: "", ..PLACE },
        ] {
            assert_eq!(vault_one.open(place, &sealed).unwrap_err(), VaultError::Changed);
        }
        let name = vault_one.newest_key_name().unwrap().to_owned();
        let other = vault("two", &[]);
        assert_eq!(other.open(PLACE, &sealed).unwrap_err(), VaultError::UnknownKey(name));
        let both = vault("two", &["", "one"]);
        assert_eq!(both.open(PLACE, &sealed).unwrap().expose(), "töp secret");
        assert_eq!(both.newest_key_name(), other.newest_key_name());
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let vault = vault("one", &[]);
        let sealed = vault.seal(&Ids::seeded(1), PLACE, "secret").unwrap();
        for at in 0..sealed.len() {
            for letter in ["A", "B"] {
                let mut other = sealed.clone();
                other.replace_range(at..=at, letter);
                assert!(other == sealed || vault.open(PLACE, &other).is_err(), "{other}");
            }
            assert!(vault.open(PLACE, &sealed[..at]).is_err());
        }
    }

    #[test]
    fn without_a_key_nothing_is_sealed() {
        for none in [Vault::new(None, &[Secret::new("old")]), vault("", &["old"])] {
            assert_eq!(none.seal(&Ids::seeded(1), PLACE, "x"), Err(VaultError::NoKey));
            assert_eq!(none.newest_key_name(), None);
        }
    }
}
