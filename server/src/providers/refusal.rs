//! Converts a provider's refusal into words that may be shown.

use super::masking::mask_text;
use super::{ProviderError, Reply};

/// An answer longer than a sentence or two is not a message.
const MAX_CHARS: usize = 300;

/// Converts an answer that is not a success into an error, with the provider's own words if it had
/// any.
pub fn refusal_error(reply: &Reply, words: Option<&str>, secrets: &[&str]) -> ProviderError {
    if reply.status == 429 {
        return ProviderError::TooMany { retry_after: reply.retry_after };
    }
    let detail =
        match words.map(|words| redact_words(words, secrets)).filter(|words| !words.is_empty()) {
            Some(words) => words,
            None => format!("It answered with status {} and no explanation.", reply.status),
        };
    ProviderError::Refused { status: Some(reply.status), detail }
}

/// Converts the error of a dial request that says neither yes nor no: a provider that failed, or
/// whose answer cannot be read, may have dialed all the same.
pub fn dial_error(error: ProviderError) -> ProviderError {
    match error {
        ProviderError::Refused { status: Some(status @ (200..300 | 500..)), detail } => {
            ProviderError::Unclear { status, detail }
        }
        error => error,
    }
}

/// Returns a provider's words without the account's secrets and without whole phone numbers, both
/// of which providers often repeat.
pub fn redact_words(words: &str, secrets: &[&str]) -> String {
    let words = mask_text(words, secrets, MAX_CHARS);
    let printable = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.collect::<String>().trim().chars().take(MAX_CHARS).collect()
}
