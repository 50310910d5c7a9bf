//! Texts that stand for no value.

/// What a script writes into an address for a value that it does not have: an empty text, and
/// JavaScript's own words for no value and for no number.
pub const NOTHING: [&str; 4] = ["", "undefined", "null", "NaN"];

/// Whether a text of an address stands for no value. Only JavaScript's own spelling does: a person
/// may be called Null.
pub fn is_nothing(text: &str) -> bool {
    NOTHING.contains(&text.trim())
}
