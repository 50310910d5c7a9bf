//! A sign-in that has begun, as the browser keeps it in a cookie until the provider sends the user
//! back. The cookie is sealed: the server stores nothing, and any server with the same secret key
//! can finish the sign-in.

use crate::ids::Ids;
use crate::secret::Secret;
use crate::vault::{SealContext, Vault, VaultError};
use call_ribbon_shared::Millis;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How long a user may take at the provider.
pub const LIFETIME: Millis = 10 * 60 * 1000;
/// The longest address to return to, in bytes: the cookie must stay below the 4096 bytes that
/// browsers store.
const LONGEST_RETURN: usize = 500;
/// What the encryption binds the cookie to.
const PLACE: SealContext<'static> =
    SealContext { client_id: "", account_id: "", column: "oidc sign-in" };

/// A sign-in that has begun.
#[derive(Debug, Serialize, Deserialize)]
pub struct PendingSignIn {
    /// Comes back with the provider's answer: it shows that this browser has asked for it.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// The PKCE code verifier (RFC 7636), without which the code is worth nothing.
    pub verifier: String,
    /// The page to open afterwards: a path of this server.
    pub return_to: String,
    /// The client to sign in at, if the user named one.
    pub client_id: Option<String>,
    pub expires_at: Millis,
}

impl PendingSignIn {
    /// Begins a sign-in with new random values.
    pub fn begin(ids: &Ids, return_to: &str, client_id: Option<String>, now: Millis) -> Self {
        Self {
            state: ids.random_hex::<16>(),
            nonce: ids.random_hex::<16>(),
            verifier: ids.random_hex::<32>(),
            return_to: safe_return(return_to).to_owned(),
            client_id,
            expires_at: now.saturating_add(LIFETIME),
        }
    }

    /// Returns whether the provider's answer belongs to this sign-in.
    pub fn is_answered_by(&self, state: &str, now: Millis) -> bool {
        now < self.expires_at && bool::from(self.state.as_bytes().ct_eq(state.as_bytes()))
    }
}

/// Seals and opens cookies of sign-ins.
#[derive(Debug)]
pub struct PendingCookies(Vault);

impl PendingCookies {
    /// Creates it with the server's secret key, and keys of before, which still open.
    pub fn new(key: &Secret, previous: &[Secret]) -> Self {
        Self(Vault::new(Some(key), previous))
    }

    /// Seals a sign-in; the text may be a cookie's value as it is.
    pub fn seal(&self, ids: &Ids, pending: &PendingSignIn) -> Result<String, VaultError> {
        let text = serde_json::to_string(pending).map_err(|_| VaultError::Changed)?;
        self.0.seal(ids, PLACE, &text)
    }

    /// Returns the sign-in in a cookie, unless it was not sealed here.
    pub fn open(&self, cookie: &str) -> Option<PendingSignIn> {
        serde_json::from_str(self.0.open(PLACE, cookie).ok()?.expose()).ok()
    }
}

/// Returns the page to open after a sign-in if it is one of the dashboard's, else the dashboard's
/// first page. Browsers take `//host`, `/\host` and tabs within for another host's address.
fn safe_return(path: &str) -> &str {
    const FIRST: &str = "/dashboard";
    let (page, _) = path.split_once(['?', '#']).unwrap_or((path, ""));
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_ours = page == FIRST || page.starts_with("/dashboard/");
    let stays = page
        .split('/')
        .skip(1)
        .all(|name| !matches!(name, "" | "." | "..") && !name.to_ascii_lowercase().contains("%2e"));
    if is_plain && is_ours && stays && path.len() <= LONGEST_RETURN { path } else { FIRST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_dashboard_are_returned_to() {
        for good in ["/dashboard", "/dashboard/calls", "/dashboard/calls?q=%2B91#top"] {
            assert_eq!(safe_return(good), good);
        }
        let long = format!("/dashboard/{}", "a".repeat(600));
        for wrong in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/dashboard",
            "/dashboard.evil",
            "/dashboard//evil.example",
            "/dashboard/../api",
            "/dashboard/..",
            "/dashboard/%2e%2E/api",
            "/dashboard/\\evil.example",
            "/dashboard/\tx",
            "/dashboard/a b",
            "/dashboard/é",
            "/dashboard\r\nSet-Cookie: x",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(safe_return(wrong), "/dashboard", "{wrong}");
        }
    }

    #[test]
    fn a_sign_in_is_answered_by_its_own_state_in_time() {
        let ids = Ids::seeded(1);
        let cookies = PendingCookies::new(&Secret::new("a key"), &[]);
        let begun = PendingSignIn::begin(&ids, "/dashboard", None, 0);
        let cookie = cookies.seal(&ids, &begun).unwrap();
        assert!(!cookie.contains(&begun.state) && cookie.len() < 2_000);
        let opened = cookies.open(&cookie).unwrap();
        assert!(opened.is_answered_by(&begun.state, LIFETIME - 1));
        assert!(!opened.is_answered_by(&begun.state, LIFETIME));
        for wrong in ["", "x", &begun.state[1..], &begun.nonce] {
            assert!(!opened.is_answered_by(wrong, 0), "{wrong}");
        }
        let other = PendingCookies::new(&Secret::new("another"), &[]);
        assert!(other.open(&cookie).is_none());
        assert!(cookies.open(&cookie[1..]).is_none());
    }
}
