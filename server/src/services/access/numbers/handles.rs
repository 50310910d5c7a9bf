//! Handles that stand for phone numbers: a reader who may not see a number can still dial it.
//!
//! A handle is the number itself, encrypted by AES-SIV (RFC 5297) under a key derived from the
//! server's secret. The same number of the same client always has the same handle, so that handles
//! can be compared and nothing has to be stored. A changed handle, or one of another client, does
//! not open.

use crate::secret::Secret;
use aes_siv::KeyInit as _;
use aes_siv::siv::Aes128Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// What every handle begins with.
pub const PREFIX: &str = "num_";
/// The most characters of a handle that the server opens.
const MAX_LEN: usize = 1024;
/// The purpose for which the key is derived; other uses of the same secret get other keys.
const PURPOSE: &[u8] = b"call-ribbon number handles v1";
/// Bytes of a key of AES-128-SIV.
const KEY_LEN: usize = 32;

struct KeyLength;

impl KeyType for KeyLength {
    fn len(&self) -> usize {
        KEY_LEN
    }
}

/// Makes handles and opens them.
#[derive(Clone)]
pub struct NumberHandles {
    key: [u8; KEY_LEN],
}

impl std::fmt::Debug for NumberHandles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NumberHandles")
    }
}

impl NumberHandles {
    /// Derives the key from a secret of the server.
    pub fn new(secret: &Secret) -> Self {
        let mut key = [0; KEY_LEN];
        let prk: Prk = Salt::new(HKDF_SHA256, &[]).extract(secret.expose().as_bytes());
        // 32 bytes are within what HKDF can derive, so neither step fails.
        if let Ok(okm) = prk.expand(&[PURPOSE], KeyLength) {
            okm.fill(&mut key).unwrap_or_default();
        }
        Self { key }
    }

    /// Returns the handle of a client's number, or of any text that contains one.
    pub fn create_handle(&self, client_id: &str, number: &str) -> String {
        let sealed = Aes128Siv::new(&self.key.into())
            .encrypt([client_id.as_bytes()], number.as_bytes())
            // Only more than 126 headers fail.
            .unwrap_or_default();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Returns the number of a client's handle; `None` if the text is not one of its handles.
    pub fn open_handle(&self, client_id: &str, handle: &str) -> Option<String> {
        let sealed = handle.strip_prefix(PREFIX).filter(|sealed| sealed.len() <= MAX_LEN)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let opened = Aes128Siv::new(&self.key.into()).decrypt([client_id.as_bytes()], &sealed);
        String::from_utf8(opened.ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_opens_for_its_client_and_under_its_key_alone() {
        let handles = NumberHandles::new(&Secret::new("one"));
        let handle = handles.create_handle("c", "+919876543210");
        assert!(!handle.contains("3210"), "{handle}");
        assert_eq!(handles.create_handle("c", "+919876543210"), handle);
        assert_eq!(handles.open_handle("c", &handle).as_deref(), Some("+919876543210"));
        assert_eq!(handles.open_handle("d", &handle), None);
        let other = NumberHandles::new(&Secret::new("two"));
        assert_eq!(other.open_handle("c", &handle), None);
        for at in PREFIX.len()..handle.len() {
            let letter = if &handle[at..=at] == "A" { "B" } else { "A" };
            let changed = format!("{}{letter}{}", &handle[..at], &handle[at + 1..]);
            // The last letter of base64 may carry unused bits, which the decoder refuses.
            assert_eq!(handles.open_handle("c", &changed), None, "{at}");
        }
        for text in ["", "num_", "num_?", "+919876543210", &format!("num_{}", "A".repeat(9999))] {
            assert_eq!(handles.open_handle("c", text), None, "{text}");
        }
    }
}
