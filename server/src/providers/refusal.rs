//! A provider's no, in words that may be shown.

use super::masking::masked;
use super::{ProviderError, Reply};

/// Longer than a sentence or two, an answer is no message any more.
const LONGEST: usize = 300;

/// What an answer that is no yes means. The words are the provider's own, if it had any.
pub fn refused(reply: &Reply, words: Option<&str>, secrets: &[&str]) -> ProviderError {
    if reply.status == 429 {
        return ProviderError::TooMany { retry_after: reply.retry_after };
    }
    let detail = match words.map(|words| shown(words, secrets)).filter(|words| !words.is_empty()) {
        Some(words) => words,
        None => format!("It answered with status {} and no explanation.", reply.status),
    };
    ProviderError::Refused { status: Some(reply.status), detail }
}

/// What is wrong with the answer to a request that dials, where it says neither yes nor no: a
/// provider that broke down, or whose yes cannot be read, may have dialed all the same.
pub fn of_dial(error: ProviderError) -> ProviderError {
    match error {
        ProviderError::Refused { status: Some(status @ (200..300 | 500..)), detail } => {
            ProviderError::Unclear { status, detail }
        }
        error => error,
    }
}

/// A provider's words without the account's secrets and without whole telephone numbers, both of
/// which it likes to repeat.
pub fn shown(words: &str, secrets: &[&str]) -> String {
    let words = masked(words, secrets);
    let printable = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.collect::<String>().trim().chars().take(LONGEST).collect()
}
