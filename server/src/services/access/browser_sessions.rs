//! The session of a user of the dashboard, as the browser keeps it in a cookie.
//!
//! The cookie holds the credential with which the user signed in, encrypted: the server stores
//! nothing, any server with the same secret key can read it, and it is valid only as long as the
//! credential itself, at most for [`LIFETIME`].

use crate::ids::Ids;
use crate::secret::Secret;
use crate::vault::{SealContext, Vault, VaultError};
use call_ribbon_shared::Millis;
use serde::{Deserialize, Serialize};

/// How long the cookie is valid: as long as a person's session.
pub const LIFETIME: Millis = 12 * 60 * 60 * 1000;
/// What the encryption binds the cookie to, so that no other sealed text passes for one.
const PLACE: SealContext<'static> =
    SealContext { client_id: "", account_id: "", column: "browser session" };

/// The credential of a user of the dashboard.
#[derive(Debug, Clone)]
pub enum BrowserCredential {
    /// The token of a person's session, a staff token, or the operator's token.
    Staff(Secret),
    /// An API key.
    Key(Secret),
}

/// Seals and opens the contents of cookies.
#[derive(Debug)]
pub struct BrowserSessions {
    vault: Vault,
}

/// The contents of a cookie.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contents {
    is_key: bool,
    credential: String,
    expires_at: Millis,
}

impl BrowserSessions {
    /// Creates it with the server's secret key, and keys of before, under which cookies stay valid.
    pub fn new(key: &Secret, previous: &[Secret]) -> Self {
        Self { vault: Vault::new(Some(key), previous) }
    }

    /// Seals a credential; the text may be a cookie's value as it is.
    pub fn seal(
        &self,
        ids: &Ids,
        credential: &BrowserCredential,
        now: Millis,
    ) -> Result<String, VaultError> {
        let (is_key, credential) = match credential {
            BrowserCredential::Staff(token) => (false, token),
            BrowserCredential::Key(key) => (true, key),
        };
        let contents = Contents {
            is_key,
            credential: credential.expose().to_owned(),
            expires_at: now.saturating_add(LIFETIME),
        };
        let text = serde_json::to_string(&contents).map_err(|_| VaultError::Changed)?;
        self.vault.seal(ids, PLACE, &text)
    }

    /// Returns the credential in a cookie, unless it has expired or was not sealed here.
    pub fn open(&self, cookie: &str, now: Millis) -> Option<BrowserCredential> {
        let text = self.vault.open(PLACE, cookie).ok()?;
        let contents: Contents = serde_json::from_str(text.expose()).ok()?;
        let credential = Secret::new(contents.credential);
        let credential = if contents.is_key {
            BrowserCredential::Key(credential)
        } else {
            BrowserCredential::Staff(credential)
        };
        (now < contents.expires_at).then_some(credential)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_opens_only_where_it_was_sealed_and_until_it_expires() {
        let ids = Ids::seeded(1);
        let sessions = BrowserSessions::new(&Secret::new("a key"), &[]);
        let credential = BrowserCredential::Staff(Secret::new("crs_1"));
        let cookie = sessions.seal(&ids, &credential, 1_000).unwrap();
        assert!(!cookie.contains("crs_1"));
        assert!(cookie.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
        let open = |sessions: &BrowserSessions, cookie: &str, now| match sessions.open(cookie, now)
        {
            Some(BrowserCredential::Staff(token)) => Some(token.expose().to_owned()),
            _ => None,
        };
        assert_eq!(open(&sessions, &cookie, 1_000).as_deref(), Some("crs_1"));
        assert_eq!(open(&sessions, &cookie, 999 + LIFETIME).as_deref(), Some("crs_1"));
        assert_eq!(open(&sessions, &cookie, 1_000 + LIFETIME), None);
        let other = BrowserSessions::new(&Secret::new("another"), &[]);
        assert_eq!(open(&other, &cookie, 1_000), None);
        let rotated = BrowserSessions::new(&Secret::new("another"), &[Secret::new("a key")]);
        assert_eq!(open(&rotated, &cookie, 1_000).as_deref(), Some("crs_1"));
        for wrong in ["", "v1", "v1.x.y", &cookie[1..], &cookie[..cookie.len() - 1]] {
            assert_eq!(open(&sessions, wrong, 1_000), None, "{wrong}");
        }
        let place = SealContext { column: "settings", ..PLACE };
        let moved = sessions.vault.seal(&ids, place, "{}").unwrap();
        assert_eq!(open(&sessions, &moved, 1_000), None);
    }
}
