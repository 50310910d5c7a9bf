//! Refuses secrets that could be guessed: a page that has a ticket can try secret keys without the
//! server noticing.

use super::{Config, Secret};
use std::collections::BTreeSet;

/// The fewest characters of a secret.
const FEWEST_CHARS: usize = 20;
/// The fewest different characters; twenty random digits have fewer in one case in ten thousand.
const FEWEST_DIFFERENT: usize = 6;

/// A secret among the settings that could be guessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{setting} {fault}: set one of at least {FEWEST_CHARS} random characters, as \
     `openssl rand -hex 32` makes them{more}"
)]
pub struct WeakSecret {
    setting: &'static str,
    fault: &'static str,
    more: &'static str,
}

impl Config {
    /// Refuses a secret key or an admin token that could be guessed.
    ///
    /// # Errors
    ///
    /// Returns the first of them.
    pub(crate) fn check_secrets(&self) -> Result<(), WeakSecret> {
        self.weak_secret_key().or_else(|| self.weak_admin_token()).map_or(Ok(()), Err)
    }

    /// Returns what is wrong with the secret key, if it is set.
    pub(crate) fn weak_secret_key(&self) -> Option<WeakSecret> {
        let fault = find_fault(self.keys.secret_key.as_ref()?)?;
        let more = ", and keep this one in CALL_RIBBON_PREVIOUS_SECRET_KEYS until \
                    `call-ribbon rotate-secrets` has run";
        Some(WeakSecret { setting: "CALL_RIBBON_SECRET_KEY", fault, more })
    }

    /// Returns what is wrong with the admin token, if it is set.
    pub(crate) fn weak_admin_token(&self) -> Option<WeakSecret> {
        let fault = find_fault(self.admin_token.as_ref()?)?;
        Some(WeakSecret { setting: "CALL_RIBBON_ADMIN_TOKEN", fault, more: "" })
    }
}

/// Returns why a secret could be guessed. An empty one counts as not set.
fn find_fault(secret: &Secret) -> Option<&'static str> {
    let chars: Vec<char> = secret.expose().chars().collect();
    let different = chars.iter().collect::<BTreeSet<_>>().len();
    // A text repeats itself if it equals itself some places later, as `abcabcab` does after three.
    let repeats = |by: usize| chars.iter().zip(&chars[by..]).all(|(one, later)| one == later);
    if chars.is_empty() {
        None
    } else if chars.len() < FEWEST_CHARS {
        Some("is too short")
    } else if different < FEWEST_DIFFERENT || (1..=chars.len() / 2).any(repeats) {
        Some("repeats itself")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_that_can_be_guessed_have_a_fault() {
        for (secret, fault) in [
            ("", None),
            ("a", Some("is too short")),
            ("nineteen-characters", Some("is too short")),
            ("twenty-characters-ok", None),
            ("पासवर्ड", Some("is too short")),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", Some("repeats itself")),
            ("abababababababababababab", Some("repeats itself")),
            ("changeme!changeme!chang", Some("repeats itself")),
            ("passwordpasswordpassword", Some("repeats itself")),
            ("cradmin_0123456789abcdef", None),
            ("a secret of the tests", None),
        ] {
            assert_eq!(find_fault(&Secret::new(secret)), fault, "{secret}");
        }
    }
}
