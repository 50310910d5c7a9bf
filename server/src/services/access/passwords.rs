//! Hashes and verifies passwords with Argon2id. Each hash has its own salt and costs, so that every
//! guess is slow even for an attacker with the database.

use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use argon2::Argon2;
use argon2::password_hash::{
    self, PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString,
};
use tokio::sync::{OnceCell, Semaphore};
use tokio::task::spawn_blocking;

/// The shortest password, in characters (NIST SP 800-63B requires 8, and recommends more).
pub const MIN_CHARS: usize = 12;
/// The longest password, in characters, so that the server never hashes huge texts.
pub const MAX_CHARS: usize = 200;
/// Hashes computed at once. Each takes 19 MiB and a processor for some milliseconds, and calls need
/// both.
const MAX_CONCURRENT: usize = 2;
/// Bytes of a salt, as the Argon2 specification (RFC 9106) recommends.
const SALT_BYTES: usize = 16;

/// Hashes and verifies passwords, a few at once.
#[derive(Debug)]
pub struct Passwords {
    permits: Semaphore,
    /// The hash of a random password, verified if an e-mail address is unknown. The work is the
    /// same as for a known address, so that the time of an answer does not reveal which addresses
    /// exist.
    nobodys: OnceCell<String>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { permits: Semaphore::new(MAX_CONCURRENT), nobodys: OnceCell::new() }
    }
}

impl Passwords {
    /// Hashes a password; returns a PHC string.
    pub async fn hash_password(
        &self,
        password: &Secret,
        ids: &Ids,
    ) -> Result<String, ServiceError> {
        let salt =
            SaltString::encode_b64(&ids.random_bytes::<SALT_BYTES>()).map_err(internal_error)?;
        let password = password.clone();
        self.run_blocking(move || {
            let hash = Argon2::default().hash_password(password.expose().as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password matches this hash. Without a hash it never does, which takes as long.
    pub async fn verify_password(
        &self,
        password: &Secret,
        hash: Option<&str>,
        ids: &Ids,
    ) -> Result<bool, ServiceError> {
        let somebodys = hash.is_some();
        let hash = if let Some(hash) = hash {
            hash.to_owned()
        } else {
            let nobodys =
                async || self.hash_password(&Secret::new(ids.random_hex::<32>()), ids).await;
            self.nobodys.get_or_try_init(nobodys).await?.clone()
        };
        let password = password.clone();
        let same = self.run_blocking(move || {
            let hash = PasswordHash::new(&hash)?;
            match Argon2::default().verify_password(password.expose().as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::Password) => Ok(false),
                Err(error) => Err(error),
            }
        });
        Ok(same.await? && somebodys)
    }

    /// Runs the computation off the threads that answer requests.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, password_hash::Error> + Send + 'static,
    ) -> Result<T, ServiceError> {
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await.map_err(internal_error)?;
        spawn_blocking(work).await.map_err(internal_error)?.map_err(internal_error)
    }
}

/// Validates a new password.
pub fn check_new_password(field: &'static str, text: String) -> Result<Secret, ServiceError> {
    let length = text.chars().count();
    if (MIN_CHARS..=MAX_CHARS).contains(&length) {
        return Ok(Secret::new(text));
    }
    let sentence = format!(
        "{field} must have {MIN_CHARS} to {MAX_CHARS} characters; several words are easy to remember."
    );
    Err(ServiceError::Invalid { field, sentence })
}

/// Converts an error that only a broken machine or corrupt data can cause.
fn internal_error(error: impl std::fmt::Display) -> ServiceError {
    tracing::error!("a password could not be processed: {error}");
    ServiceError::Busy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_alone() {
        let (passwords, ids) = (Passwords::default(), Ids::seeded(1));
        let right = Secret::new("correct horse battery");
        let hash = passwords.hash_password(&right, &ids).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(
            hash,
            passwords.hash_password(&right, &ids).await.unwrap(),
            "each has its own salt"
        );
        assert!(passwords.verify_password(&right, Some(&hash), &ids).await.unwrap());
        let wrong = Secret::new("correct horse batterz");
        assert!(!passwords.verify_password(&wrong, Some(&hash), &ids).await.unwrap());
        assert!(!passwords.verify_password(&right, None, &ids).await.unwrap());
        assert!(passwords.verify_password(&right, Some("no hash"), &ids).await.is_err());
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        for (length, is_taken) in [(0, false), (11, false), (12, true), (200, true), (201, false)] {
            assert_eq!(
                check_new_password("password", "ü".repeat(length)).is_ok(),
                is_taken,
                "{length}"
            );
        }
    }
}
