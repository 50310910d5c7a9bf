//! Recognises texts that stand for a missing value.

/// What a script writes into an address for a missing value: an empty text, or JavaScript's own
/// words for no value and not a number.
pub const MISSING_VALUE_WORDS: [&str; 4] = ["", "undefined", "null", "NaN"];

/// Returns whether a text of an address stands for a missing value. Only JavaScript's exact
/// spelling does: a person may be called Null.
pub fn is_missing_value(text: &str) -> bool {
    MISSING_VALUE_WORDS.contains(&text.trim())
}
